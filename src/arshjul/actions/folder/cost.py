"""cost: what would come in if a rule were a step looser."""

from collections.abc import Callable
from datetime import datetime

from arshjul.actions.folder.reading import moment_in
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.effort import Effort
from arshjul.planning.worth.cost import CostOfRule, rule_meant
from arshjul.planning.worth.cost import cost as cost_of


def cost(
    scenario: Scenario,
    plan: Plan,
    rule: str,
    as_of: datetime | None,
    effort: Effort,
    told: Callable[[int, int], None] | None = None,
) -> CostOfRule:
    """What the rule, or one of its settings, costs the plan from `as_of` on (None: now).

    InputError if it has no step, with the rules that have one.
    """
    meant = rule_meant(rule)
    moment = max(moment_in(scenario, as_of), plan.as_of)
    return cost_of(scenario, plan, meant, moment, effort, told)
