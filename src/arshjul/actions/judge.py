"""A plan from a folder, judged in the situation in which it was made."""

from arshjul.domain.hit import hit
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.verify import Verdict, verify


def situation_of(scenario: Scenario, plan: Plan) -> Situation:
    """The situation of a plan: what its withdrawals left, and what it started from."""
    return Situation(scenario.after(plan.withdrawals, plan.as_of.date()), plan.base, plan.unpinned)


def judge(scenario: Scenario, plan: Plan, status: str | None = None) -> Verdict:
    """What is wrong with a plan. `scenario` as read; `status` is what its file claims."""
    situation = situation_of(scenario, plan)
    verdict = verify(situation, plan)
    claims = list(verdict.claims)
    if status is not None and status != plan.status:
        claims.append(
            Message(
                "the plan calls itself {claimed}, its levels say {status}", {"claimed": status, "status": plan.status}
            )
        )
    if plan.base is not None and plan.base.placements.keys() <= scenario.operations.keys():
        lost = hit(situation.scenario, plan.base.placements.values(), plan.base.as_of)
        if missing := lost - plan.base.hit:
            claims.append(
                Message("{operations} were hit, and the plan does not say so", {"operations": sorted(missing)})
            )
    return Verdict(verdict.breaches, tuple(claims))
