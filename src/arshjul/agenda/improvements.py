"""What becomes of improvements: where each stands now, and whether it has helped.

An improvement stands on the next operation that it applies to, whose parties are asked whether it helped. If more say
yes than no, it is checked. If nobody said so before that evaluation closed, it stands on the next operation again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from arshjul.agenda.evaluations import AskedEvaluation, Given, asked_evaluations, given_evaluations
from arshjul.domain.entries.learnt import (
    Improvement,
    ImprovementState,
    PartyEvaluation,
    latest_improvements,
)
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message

State = ImprovementState | Literal["checked"]
STATES: Mapping[State, Message] = {
    "open": Message("open"),
    "done": Message("done, not checked yet"),
    "checked": Message("checked: it helped"),
    "dropped": Message("dropped"),
}


@dataclass(frozen=True, slots=True)
class FollowedImprovement:
    """An improvement and what has become of it. `yes` and `no`: how many parties said that it helped, and did not.

    `asked_on`: the operation whose parties are asked, or that checked it; empty if there is none.
    """

    improvement: Improvement
    state: State
    asked_on: str
    yes: int
    no: int

    def stands_on(self, operation: str) -> bool:
        return self.asked_on == operation and self.state in ("open", "done")

    def is_overdue(self, today: date) -> bool:
        return self.state == "open" and self.improvement.due < today


def followed(scenario: Scenario, plan: Plan, today: date) -> list[FollowedImprovement]:
    """All improvements, in the order in which they were entered. The plan's entries have those that count now."""
    asked = asked_evaluations(scenario, plan)
    said = _said(given_evaluations(plan, asked))
    first: dict[str, Improvement] = {}
    for one in plan.entries.improvements:
        first.setdefault(one.id, one)
    known = latest_improvements(plan.entries.improvements)
    return [_followed(known[id], _coming(scenario, one, known[id], asked), said, today) for id, one in first.items()]


def _said(given: Given) -> Mapping[str, list[PartyEvaluation]]:
    found: dict[str, list[PartyEvaluation]] = {}
    for (operation, _), one in given.items():
        found.setdefault(operation, []).append(one)
    return found


def _coming(
    scenario: Scenario, entered: Improvement, now: Improvement, asked: Mapping[str, AskedEvaluation]
) -> Iterator[AskedEvaluation]:
    learnt_on = asked.get(now.origin)
    since = learnt_on.last if learnt_on is not None else date.min
    if entered.reported is not None:
        since = max(since, entered.reported.date())
    for one in asked.values():
        if one.first > since and _applies(scenario, now, one):
            yield one


def _applies(scenario: Scenario, one: Improvement, asked: AskedEvaluation) -> bool:
    operation, to = scenario.operations[asked.operation], one.applies
    return (
        (not to.sectors or operation.sector in to.sectors)
        and (not to.areas or operation.area in to.areas)
        and (not to.programmes or operation.programme in to.programmes)
        and (not to.parties or not set(to.parties).isdisjoint(asked.parties))
    )


def _followed(
    one: Improvement, coming: Iterator[AskedEvaluation], said: Mapping[str, list[PartyEvaluation]], today: date
) -> FollowedImprovement:
    all_yes = all_no = 0
    for asked in () if one.state == "dropped" else coming:
        marks = [evaluation.helped.get(one.id) for evaluation in said.get(asked.operation, ())]
        yes, no = marks.count(1), marks.count(0)
        all_yes, all_no = all_yes + yes, all_no + no
        if yes > no:
            return FollowedImprovement(one, "checked", asked.operation, all_yes, all_no)
        if today <= asked.closes:
            return FollowedImprovement(one, one.state, asked.operation, all_yes, all_no)
    return FollowedImprovement(one, one.state, "", all_yes, all_no)
