"""Evaluations: who is asked about which operation, the improvements that follow, and what a party sees of both.

An improvement stands on the next operation that it applies to, whose parties are asked whether it helped. If more say
yes than no, it is checked. If nobody said so before that evaluation closed, it stands on the next operation again.
Nobody but the coordinator reads what another party has said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Literal

from arshjul.errors import Message
from arshjul.year.agenda.milestone_times import milestone_day
from arshjul.year.domain.entries.learnt import (
    Improvement,
    ImprovementState,
    PartyEvaluation,
    latest_evaluations,
    latest_improvements,
)
from arshjul.year.domain.party_view import ViewAction, ViewEvaluation, ViewLearnt, ViewWord
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario

DAY = timedelta(days=1)
OPEN_DAYS = timedelta(days=21)
"""The time for an evaluation where no milestone closes it."""


@dataclass(frozen=True, slots=True)
class AskedEvaluation:
    """An operation that its parties evaluate, from the day after it to the date on which that closes, both included."""

    operation: str
    first: date
    last: date
    closes: date
    parties: tuple[str, ...]

    @property
    def opens(self) -> date:
        return self.last + DAY

    def asks(self, party: str, contacts: "ToEvaluate | None") -> bool:
        """True if the party is asked: it took part, and had a contact while it was open. `contacts` None: unknown."""
        if party not in self.parties or contacts is None:
            return party in self.parties
        return any(since <= self.closes and self.opens <= until for since, until in contacts.get(party, ()))

    def is_open(self, today: date) -> bool:
        return self.opens <= today <= self.closes


ToEvaluate = Mapping[str, Sequence[tuple[date, date]]]
"""From when to when each party has had contacts that may evaluate, by its id."""


def asked_evaluations(scenario: Scenario, plan: Plan) -> Mapping[str, AskedEvaluation]:
    """Evaluations of all operations with a place and not called off there, by operation, in order of date."""
    meant = (
        milestone for milestone in scenario.cycle.milestones if scenario.cycle.meaning(milestone.id) == "evaluation"
    )
    closing = next((milestone for milestone in meant if milestone.comes_after), None)
    outcomes, evaluations = plan.entries.known_outcomes(), list[AskedEvaluation]()
    for place in plan.placements:
        outcome = outcomes.get((place.operation, place.slot.day))
        if place.operation in scenario.operations and (outcome is None or outcome.result != "called-off"):
            last = scenario.last_day(place)
            due = last if closing is None else milestone_day(scenario, closing, place)
            closes = due if due > last else last + OPEN_DAYS
            evaluations.append(
                AskedEvaluation(place.operation, place.slot.day, last, closes, scenario.parties_at(place))
            )
    return {
        evaluation.operation: evaluation
        for evaluation in sorted(evaluations, key=lambda evaluation: (evaluation.last, evaluation.operation))
    }


Given = Mapping[tuple[str, str], PartyEvaluation]
"""Parties' evaluations, by operation and party."""


def given_evaluations(plan: Plan, asked: Mapping[str, AskedEvaluation]) -> Given:
    """Each party's evaluation of each operation on its present date: what was said before that is about another."""
    return {
        (operation, party): evaluation
        for (operation, party), evaluation in latest_evaluations(plan.entries.evaluations).items()
        if operation in asked and (evaluation.reported is None or evaluation.reported.date() >= asked[operation].opens)
    }


State = ImprovementState | Literal["checked"]
STATES: Mapping[State, Message] = {
    "open": Message("open"),
    "done": Message("done, not checked yet"),
    "checked": Message("checked: it helped"),
    "dropped": Message("dropped"),
}


@dataclass(frozen=True, slots=True)
class FollowedImprovement:
    """`yes`, `no`: how many parties said that it helped, or not. `asked_on`: where that is asked or was checked."""

    improvement: Improvement
    state: State
    asked_on: str
    yes: int
    no: int

    def stands_on(self, operation: str) -> bool:
        return self.asked_on == operation and self.state in ("open", "done")

    def is_overdue(self, today: date) -> bool:
        return self.state == "open" and self.improvement.due < today


def followed(
    scenario: Scenario, plan: Plan, today: date, asked: Mapping[str, AskedEvaluation] | None = None
) -> list[FollowedImprovement]:
    """All improvements, in the order in which they were entered. The plan's entries have those that count now.

    `asked`: all that is asked of the plan; None: not known yet.
    """
    asked = asked_evaluations(scenario, plan) if asked is None else asked
    said: dict[str, list[PartyEvaluation]] = {}
    for (operation, _), evaluation in given_evaluations(plan, asked).items():
        said.setdefault(operation, []).append(evaluation)
    first: dict[str, Improvement] = {}
    for improvement in plan.entries.improvements:
        first.setdefault(improvement.id, improvement)
    known = latest_improvements(plan.entries.improvements)
    return [_followed(known[id], _coming(scenario, one, known[id], asked), said, today) for id, one in first.items()]


def _coming(
    scenario: Scenario, entered: Improvement, now: Improvement, asked: Mapping[str, AskedEvaluation]
) -> Iterator[AskedEvaluation]:
    learnt_on = asked.get(now.origin)
    since = learnt_on.last if learnt_on is not None else date.min
    if entered.reported is not None:
        since = max(since, entered.reported.date())
    for evaluation in asked.values():
        if evaluation.first > since and _applies(scenario, now, evaluation):
            yield evaluation


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
    improvement = FollowedImprovement(one, one.state, "", 0, 0)
    for asked in () if one.state == "dropped" else coming:
        marks = [evaluation.helped.get(one.id) for evaluation in said.get(asked.operation, ())]
        yes, no = marks.count(1), marks.count(0)
        improvement = replace(improvement, yes=improvement.yes + yes, no=improvement.no + no)
        if yes > no or today <= asked.closes:
            return replace(improvement, state="checked" if yes > no else one.state, asked_on=asked.operation)
    return improvement


MOST_CHANGED = 3
"""The most changes that are shown before the questions."""


LearntOf = Callable[[str], tuple[tuple[ViewEvaluation, ...], ViewLearnt]]


def view_learnt(
    scenario: Scenario,
    plan: Plan,
    today: date,
    may_be_told: Callable[[Improvement], bool],
    contacts: ToEvaluate | None = None,
) -> LearntOf:
    asked = asked_evaluations(scenario, plan)
    known = [tracked for tracked in followed(scenario, plan, today, asked) if may_be_told(tracked.improvement)]
    said = given_evaluations(plan, asked).keys()
    has_opened = [
        (evaluation, id) for evaluation in asked.values() if evaluation.opens <= today for id in evaluation.parties
    ]
    opened = [(one.operation, id) for one, id in has_opened if (one.operation, id) in said or one.asks(id, contacts)]
    n_said = sum(pair in said for pair in opened)
    standing = {id: measures_asked_on(id, known) for id in asked}
    changed = [each for each in reversed(known) if each.state in ("done", "checked")]
    shown = _measures(list(islice(changed, MOST_CHANGED)))

    def of(party: str) -> tuple[tuple[ViewEvaluation, ...], ViewLearnt]:
        own, evaluations = (
            [evaluation for evaluation in asked.values() if party in evaluation.parties],
            list[ViewEvaluation](),
        )
        for evaluation in own:
            measures, is_said = standing[evaluation.operation], (evaluation.operation, party) in said
            evaluations.append(
                ViewEvaluation(
                    evaluation.operation, evaluation.first, evaluation.opens, evaluation.closes, measures, is_said
                )
            )
        to_do = [
            tracked.improvement for tracked in known if tracked.state == "open" and tracked.improvement.owner == party
        ]
        actions = [
            ViewAction(improvement.id, improvement.action, improvement.due)
            for improvement in sorted(to_do, key=lambda one: (one.due, one.id))
        ]
        return tuple(evaluations), ViewLearnt(len(opened), n_said, _standing(own, known), shown, tuple(actions))

    return of


def _standing(own: Sequence[AskedEvaluation], known: Sequence[FollowedImprovement]) -> dict[str, tuple[ViewWord, ...]]:
    found = {
        evaluation.operation: _measures([each for each in known if each.stands_on(evaluation.operation)])
        for evaluation in own
    }
    return {operation: measures for operation, measures in found.items() if measures}


def measures_asked_on(operation: str, known: Sequence[FollowedImprovement]) -> tuple[ViewWord, ...]:
    """The measures of which the evaluation of that operation asks whether they helped."""
    return _measures([improvement for improvement in known if improvement.asked_on == operation])


def _measures(some: Sequence[FollowedImprovement]) -> tuple[ViewWord, ...]:
    """Each by its id: what is done. What was seen, and why, the coordinator alone reads."""
    return tuple(ViewWord(tracked.improvement.id, tracked.improvement.action) for tracked in some)
