"""what-if: what one more of a party, or a rule a step looser, would bring in."""

from collections.abc import Callable
from datetime import datetime

from arshjul.actions.folder.reading import moment_in
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.effort import Effort
from arshjul.planning.what_if.what_if import WhatIf, WhatIfQuestion, loosenings
from arshjul.planning.what_if.what_if import what_if as found_of


def what_if(
    scenario: Scenario,
    plan: Plan,
    asked: WhatIfQuestion,
    as_of: datetime | None,
    effort: Effort,
    told: Callable[[int, int], None] | None = None,
) -> WhatIf:
    """What the question's steps would bring into the plan from `as_of` on (None: now). InputError if it has none."""
    moment = max(moment_in(scenario, as_of), plan.as_of)
    steps = loosenings(scenario, asked, moment)
    return found_of(scenario, plan, steps, moment, effort, told, has_quality=asked.kind == "rule")
