"""The causes of a plan's changes as they were told: kept with each revision; found, where none were kept yet."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from arshjul.domain.amendment import Cancelled
from arshjul.domain.cause import Causes, ChangeCause
from arshjul.domain.change import Changes
from arshjul.domain.past_replans import PastReplan, past_replans
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import context_of
from arshjul.domain.revision import ReplanRecord
from arshjul.domain.scenario import Scenario
from arshjul.rules.causes import CauseFinder


@dataclass(frozen=True, slots=True)
class ToldCauses:
    """The causes for which an operation left a place, or agencies no longer join it; and the revision that did it."""

    revision: int
    causes: tuple[ChangeCause, ...]


def told_causes(scenario: Scenario, plan: Plan, old: Placement) -> ToldCauses | None:
    """Of the last revision in which the operation left that place; None where no revision of the plan made it so.

    `scenario` may know more than the plan's own.
    """
    for number, causes, before in _revisions(plan, old.operation):
        if _is_cancelled(plan, number, old):
            return ToldCauses(number, (ChangeCause("decided", id=old.operation),))
        if before is not None and before.same_place(old):
            found = _found(scenario, plan, number, old) if causes is None else causes.get(old.operation, ())
            if found:
                return ToldCauses(number, found)
    return None


def places_before(plan: Plan, id: str) -> Iterator[Placement]:
    """The places of the operation before each replan up to the plan, the last first."""
    for _, _, before in _revisions(plan, id):
        if before is not None:
            yield before


def _revisions(plan: Plan, id: str) -> Iterator[tuple[int, Causes | None, Placement | None]]:
    """The replans up to the plan, the last first: number, causes, and where the operation stood before.

    Asked for each change and reader, so it compares no placements but this one's.
    """
    place = plan.placed.get(id)
    if plan.base is not None:
        place = plan.base.placements.get(id)
        yield plan.placing.revision, plan.causes, place
    for record in reversed(plan.earlier):
        place = next((move.old for move in record.changed if move.operation == id), place)
        yield record.number, record.causes, place


def kept(scenario: Scenario, plan: Plan) -> tuple[ReplanRecord, ...]:
    """All replans up to the plan, each with its causes: those that were not kept then as far as they are known now."""
    past = {one.plan.revision: one for one in past_replans(scenario, plan)} if _lacks_any(plan) else {}
    return tuple(
        record if record.causes is not None else replace(record, causes=_all(scenario, past[record.number]))
        for record in plan.revisions
    )


def _lacks_any(plan: Plan) -> bool:
    return any(record.causes is None for record in plan.revisions)


def _found(scenario: Scenario, plan: Plan, number: int, old: Placement) -> tuple[ChangeCause, ...]:
    """The causes as far as they are known now, of a revision that kept none; none where it left the operation alone."""
    then = plan
    if number != plan.placing.revision:
        then = next(one.plan for one in past_replans(scenario, plan) if one.plan.revision == number)
    return () if then.placed.get(old.operation) == old else _finder(scenario, then).of(old, then.placed)


def _all(scenario: Scenario, past: PastReplan) -> Causes:
    return _finder(scenario, past.plan).all(past.plan.placed)


def _finder(scenario: Scenario, plan: Plan) -> CauseFinder:
    return CauseFinder(context_of(scenario, plan), plan.entries, plan.placing.revision)


def _is_cancelled(plan: Plan, number: int, old: Placement) -> bool:
    """True if the operation was cancelled in that revision, from there."""
    return any(
        isinstance(one, Cancelled) and one.operation == old.operation and one.revision == number
        for one in plan.entries.changes
    )


def causes_told(scenario: Scenario, plan: Plan, changes: Changes) -> Causes:
    """The causes of each change, by operation; none for those that no revision of the plan made."""
    told = {move.operation: told_causes(scenario, plan, move.old) for move in changes.changed if move.old is not None}
    return {id: found.causes for id, found in told.items() if found is not None}
