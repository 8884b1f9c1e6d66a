"""What a party is asked to evaluate, and what it sees of improvements: never what another party has said."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice

from arshjul.agenda.evaluations import AskedEvaluation, ToEvaluate, asked_evaluations, given_evaluations
from arshjul.agenda.improvements import FollowedImprovement, followed
from arshjul.domain.entries.learnt import Improvement
from arshjul.domain.party_view import ViewAction, ViewEvaluation, ViewLearnt, ViewWord
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario

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
    known = [one for one in followed(scenario, plan, today) if may_be_told(one.improvement)]
    said = given_evaluations(plan, asked).keys()
    has_opened = [(one, id) for one in asked.values() if one.opens <= today for id in one.parties]
    opened = [(one.operation, id) for one, id in has_opened if (one.operation, id) in said or one.asks(id, contacts)]
    n_said = sum(pair in said for pair in opened)
    standing = {id: _measures([each for each in known if each.asked_on == id]) for id in asked}
    changed = [each for each in reversed(known) if each.state in ("done", "checked")]
    shown = _measures(list(islice(changed, MOST_CHANGED)))

    def of(party: str) -> tuple[tuple[ViewEvaluation, ...], ViewLearnt]:
        own = [one for one in asked.values() if party in one.parties]
        evaluations = tuple(
            ViewEvaluation(
                one.operation,
                one.first,
                one.opens,
                one.closes,
                standing[one.operation],
                (one.operation, party) in said,
            )
            for one in own
        )
        to_do = tuple(sorted(_to_do(known, party), key=lambda one: (one.due, one.id)))
        return evaluations, ViewLearnt(len(opened), n_said, _standing(own, known), shown, to_do)

    return of


def _to_do(known: Sequence[FollowedImprovement], party: str) -> Iterator[ViewAction]:
    for one in known:
        if one.state == "open" and one.improvement.owner == party:
            yield ViewAction(one.improvement.id, one.improvement.action, one.improvement.due)


def _standing(own: Sequence[AskedEvaluation], known: Sequence[FollowedImprovement]) -> dict[str, tuple[ViewWord, ...]]:
    found = {one.operation: _measures([each for each in known if each.stands_on(one.operation)]) for one in own}
    return {operation: measures for operation, measures in found.items() if measures}


def _measures(some: Sequence[FollowedImprovement]) -> tuple[ViewWord, ...]:
    """Each by its id: what is done. What was seen, and why, the coordinator alone reads."""
    return tuple(ViewWord(one.improvement.id, one.improvement.action) for one in some)
