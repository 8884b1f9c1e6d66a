"""The replans of a year as its parties had to live with them: from what they were told to what they were told next.

And as they were made: a plan records what each replan changed, so the plans are reconstructed from the last backwards.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from arshjul.year.domain.change import Move
from arshjul.year.domain.entries.amendment import Cancelled
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Base, Plan, ReplanRecord, Unplaced
from arshjul.year.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PastReplan:
    """The plan after a replan, with the base that it started from.

    `left` are the places that operations had before and no longer have; `changed` are the moves, cancelled operations
    aside.
    """

    plan: Plan
    left: tuple[Placement, ...]
    changed: tuple[Move, ...]


def past_replans(scenario: Scenario, plan: Plan) -> list[PastReplan]:
    """All replans in order. `scenario` may know more than the plan's own."""
    replans: list[PastReplan] = []
    after: Mapping[str, Placement] = plan.placed
    records = plan.revisions
    for n, record in reversed(list(enumerate(records))):
        left = {move.operation: move.old for move in record.changed if move.old is not None}
        left |= _cancelled(plan, record.number)
        before = {**after, **left}
        replans.append(
            PastReplan(_after(scenario, plan, records[: n + 1], before, after), tuple(left.values()), record.changed)
        )
        after = before
    return replans[::-1]


def _after(
    scenario: Scenario,
    plan: Plan,
    records: tuple[ReplanRecord, ...],
    before: Mapping[str, Placement],
    after: Mapping[str, Placement],
) -> Plan:
    """The plan that the last of these replans made, with the base that it started from."""
    *earlier, record = records
    return replace(
        plan,
        as_of=record.as_of,
        placements=tuple(after.values()),
        unplaced=tuple(Unplaced(id) for id in scenario.operations if id not in after),
        entries=plan.entries.up_to(record.number),
        base=Base(record.number - 1, record.as_of, before, record.hit),
        revision=record.number,
        earlier=tuple(earlier),
        placed_by=None,
        causes=record.causes,
    )


def _cancelled(plan: Plan, revision: int) -> dict[str, Placement]:
    """The places of the operations that were cancelled in that revision."""
    return {
        change.operation: change.stood
        for change in plan.entries.changes
        if isinstance(change, Cancelled) and change.revision == revision and change.stood is not None
    }


ToldPlaces = Mapping[str, list[tuple[int, Placement | None]]]
"""By operation the places that parties were told of, each with the version that told it; None: that it had none."""


class _Left(NamedTuple):
    """The place that an operation left, the version of the plan in which that counts, and whether police withdrew."""

    due: int
    old: Placement | None
    is_hit: bool


def lived_replans(scenario: Scenario, plan: Plan, told: Collection[int] = ()) -> Iterator[ReplanRecord]:
    """The replans, each with the moves that came of it for the parties. `hit` are those that a withdrawal hit.

    A version that nobody was told of counts with the next of those `told` (empty: each was told). One that is taken
    back counts with the version that does so: what went back is no move. `scenario` may know more than the plan's own.
    """
    left, due_of = dict[str, _Left](), told_with(plan, told)
    for record, past in zip(plan.revisions, past_replans(scenario, plan), strict=True):
        due = due_of[record.number]
        lost = {id for id in record.hit if _lost_police(scenario, record, past, id)}
        now = {move.operation: move.new for move in record.changed}
        for move in record.changed:
            before = left.get(move.operation, _Left(due, move.old, is_hit=False))
            is_hit = move.operation in lost or (before.is_hit and before.due == due)
            left[move.operation] = _Left(due, before.old, is_hit)
        over = {id: left.pop(id) for id, one in list(left.items()) if one.due <= record.number}
        moves = [Move(id, one.old, now.get(id, past.plan.placed.get(id))) for id, one in over.items()]
        changed = tuple(move for move in moves if move.old is not None and not move.old.same_place(move.new))
        hit = frozenset(move.operation for move in changed if over[move.operation].is_hit)
        yield replace(record, hit=hit | (lost - now.keys() if due == record.number else hit), changed=changed)


def told_with(plan: Plan, told: Collection[int] = ()) -> Mapping[int, int]:
    """The version with which parties were told of each one, by its number, the first too."""
    undone, found = plan.entries.undone, dict[int, int]()
    for number in (1, *(record.number for record in plan.revisions)):
        due = min((version for version in told if version >= number), default=number)
        found[number] = (undone[due].revision or due) if due in undone else due
    return found


def told_places(plan: Plan, told: Collection[int] = ()) -> ToldPlaces:
    """The places that parties were told of, by operation: each with the version that told it first, in order.

    None: that it had none any more.
    """
    after: dict[str, Placement | None] = dict(plan.placed)
    backwards = dict[str, list[tuple[int, Placement | None]]]()
    for record in reversed(plan.revisions):
        for id in record.fresh & after.keys():
            backwards.setdefault(id, []).append((record.number, after.pop(id)))
        for move in record.changed:
            backwards.setdefault(move.operation, []).append((record.number, move.new))
            after[move.operation] = move.old
    for id, place in after.items():
        backwards.setdefault(id, []).append((1, place))
    due_of = told_with(plan, told)
    return {id: _heard((due_of[number], place) for number, place in reversed(of)) for id, of in backwards.items()}


def _heard(places: Iterable[tuple[int, Placement | None]]) -> list[tuple[int, Placement | None]]:
    """Of the places with one version the last."""
    return list(dict(places).items())


def _lost_police(scenario: Scenario, record: ReplanRecord, past: PastReplan, operation: str) -> bool:
    """True if a withdrawal is the cause, or took officers from a place that the operation could keep all the same."""
    left = [cause for cause in (record.causes or {}).get(operation, ()) if not cause.absent]
    if left:
        return any(cause.kind == "withdrawal" for cause in left)
    old = None if past.plan.base is None else past.plan.base.placements.get(operation)
    if old is None:
        return False
    units = scenario.lenders(operation, old.police)
    taken = scenario.after(past.plan.entries.in_force(), record.as_of.date()).taken
    slots = [
        (slot, withdrawal)
        for slot in scenario.slots(old)
        for withdrawal in taken
        if not set(withdrawal.police).isdisjoint(units)
    ]
    return any(one.ceiling(slot, one.last or slot.day) is not None for slot, one in slots)
