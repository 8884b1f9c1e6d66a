"""The dates of a year that were called off: which, when that was decided, and why.

A plan knows its replans by what they changed, so each is put together again, from the last one backwards, and
asked for the cause as its own coordinator was told it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from arshjul.agenda.cause import ON_THE_DAY, cause
from arshjul.agenda.party import COORDINATOR
from arshjul.domain.amended import given_causes
from arshjul.domain.amendment import Cancelled
from arshjul.domain.outcome import Outcome, latest
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Plan, Unplaced
from arshjul.domain.revision import ReplanRecord
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class CalledOff:
    """A date that an operation did not keep: where it stood, and where it stands instead, if anywhere.

    `decided` is the moment of the replan that took the date away. `on_the_day`: the operation was to begin and
    did not; else it had lost its date before, and has none now.
    """

    placement: Placement
    decided: datetime
    on_the_day: bool
    why: Message | None
    anew: Placement | None


def with_cancelled(scenario: Scenario, plan: Plan) -> Scenario:
    """The scenario with the operations that were cancelled, as they were."""
    gone = {one.operation: one.was for one in plan.entries.changes if isinstance(one, Cancelled) and one.was}
    return replace(scenario, operations={**gone, **scenario.operations})


def called_off(scenario: Scenario, plan: Plan) -> list[CalledOff]:
    """All of them, by date. `scenario` is one that has the cancelled operations too."""
    known = latest(plan.entries.outcomes)
    found: dict[tuple[str, date], CalledOff] = {}
    for then, left in _replans(scenario, plan):
        for old in left:
            key = (old.operation, old.slot.day)
            outcome = known.get(key)
            if outcome is not None and outcome.result != "called-off":
                outcome = None
            if _has_left(plan, then, old, outcome):
                found.pop(key, None)
                why = _why(scenario, then, old, outcome)
                anew = plan.placed.get(old.operation)
                found[key] = CalledOff(old, then.as_of, outcome is not None, why, anew)
    last = {one.placement.operation: one for one in found.values()}
    listed = (one for one in found.values() if one.on_the_day or one is last[one.placement.operation])
    return sorted(listed, key=lambda one: (one.placement.slot.day, one.placement.operation))


def _has_left(plan: Plan, then: Plan, old: Placement, outcome: Outcome | None) -> bool:
    """True if the date was called off then: it has none now, or did not begin on it (`outcome`) and left it."""
    now = plan.placed.get(old.operation)
    if outcome is None:
        return now is None and old.operation not in then.placed
    return not any(place is not None and place.slot == old.slot for place in (now, then.placed.get(old.operation)))


def _why(scenario: Scenario, then: Plan, old: Placement, outcome: Outcome | None) -> Message | None:
    """The outcome's note, or the cause as it was told; None where that says no more than that it was called off."""
    if outcome is not None and outcome.note:
        return Message("{note}", {"note": outcome.note})
    why = cause(scenario, then, old, COORDINATOR)
    return None if why == ON_THE_DAY else why


def _replans(scenario: Scenario, plan: Plan) -> list[tuple[Plan, list[Placement]]]:
    """The plan after each replan, in their order, with the places that operations had before and have no more."""
    found: list[tuple[Plan, list[Placement]]] = []
    after: Mapping[str, Placement] = plan.placed
    for record in reversed(plan.revisions):
        left = {move.operation: move.old for move in record.changed if move.old is not None}
        left |= _cancelled(plan, record.number)
        before = {**after, **left}
        found.append((_after(scenario, plan, record, before, after), list(left.values())))
        after = before
    return found[::-1]


def _after(
    scenario: Scenario,
    plan: Plan,
    record: ReplanRecord,
    before: Mapping[str, Placement],
    after: Mapping[str, Placement],
) -> Plan:
    """The plan that a replan made, with the base that it started from."""
    entries = plan.entries.up_to(record.number)
    now = [change for change in entries.changes if change.revision == record.number]
    known = {id: placement for id, placement in before.items() if id in scenario.operations}
    return replace(
        plan,
        as_of=record.as_of,
        placements=tuple(after.values()),
        unplaced=tuple(Unplaced(id) for id in scenario.operations if id not in after),
        entries=entries,
        base=Base(record.number - 1, record.as_of, before, record.hit, given_causes(scenario, now, known)),
        revision=record.number,
        placed_by=None,
    )


def _cancelled(plan: Plan, revision: int) -> dict[str, Placement]:
    """The places of what was cancelled in that revision."""
    return {
        one.operation: Placement(one.operation, one.slot, one.police, one.joining, one.any_of)
        for one in plan.entries.changes
        if isinstance(one, Cancelled) and one.revision == revision and one.slot is not None
    }
