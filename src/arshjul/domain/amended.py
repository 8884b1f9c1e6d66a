"""A scenario after amendments: teams lost, operations new, cancelled or pinned, other dates asked for."""

from collections.abc import Mapping
from dataclasses import replace

from arshjul.domain.amendment import Amendments
from arshjul.domain.operation import Operation
from arshjul.domain.plan import GivenCause, Placement
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message


def amended(scenario: Scenario, amendments: Amendments) -> Scenario:
    """The scenario with the amendments made; withdrawals are no part of it (`Scenario.after`).

    InputError where an operation is cancelled that another one hangs on.
    """
    cancelled = frozenset(amendments.cancelled)
    operations = {id: o for id, o in scenario.operations.items() if id not in cancelled}
    operations.update({operation.id: operation for operation in amendments.operations})
    for operation in operations.values():
        _refuse_orphan(operation, cancelled)
        if cancelled & {*operation.not_same_day_as, *operation.not_same_week_as}:
            operations[operation.id] = replace(
                operation,
                not_same_day_as=tuple(id for id in operation.not_same_day_as if id not in cancelled),
                not_same_week_as=tuple(id for id in operation.not_same_week_as if id not in cancelled),
            )
    for id in amendments.unpinned:
        operations[id] = replace(operations[id], fixed=None)
    for pin in amendments.pinned:
        operations[pin.operation] = replace(operations[pin.operation], fixed=pin.slot)
    for wish in amendments.other_dates:
        before = operations[wish.operation]
        operations[wish.operation] = replace(before, not_on=before.not_on + wish.dates)
    agencies = dict(scenario.agencies)
    for lost in amendments.teams_lost:
        agency = agencies[lost.agency]
        agencies[lost.agency] = replace(agency, teams=agency.teams + tuple(lost.lines()))
    return replace(scenario, operations=operations, agencies=agencies)


def unsettled(amendments: Amendments, placed: Mapping[str, Placement]) -> frozenset[str]:
    """The placed operations that the amendments ask away from where they are."""
    slots = {id: placement.slot for id, placement in placed.items()}
    pinned = {p.operation for p in amendments.pinned if p.operation in slots and slots[p.operation] != p.slot}
    asked = {
        wish.operation
        for wish in amendments.other_dates
        if wish.operation in slots and any(slots[wish.operation].day in span for span in wish.dates)
    }
    return frozenset(pinned | asked)


def given_causes(scenario: Scenario, amendments: Amendments, placed: Mapping[str, Placement]) -> dict[str, GivenCause]:
    """What agencies gave as their cause, by the operation that it may move: a wish goes before lost teams."""
    found: dict[str, GivenCause] = {}
    for wish in amendments.other_dates:
        place = placed.get(wish.operation)
        if wish.cause and place and any(place.slot.day in span for span in wish.dates):
            found.setdefault(wish.operation, GivenCause(wish.agency, wish.cause))
    for lost in amendments.teams_lost:
        for id in placed if lost.cause else ():
            taking_part = {*scenario.operations[id].agencies, *placed[id].optional_agencies}
            if lost.agency in taking_part and any(line.when.matches(placed[id].slot) for line in lost.lines()):
                found.setdefault(id, GivenCause(lost.agency, lost.cause))
    return found


def _refuse_orphan(operation: Operation, cancelled: frozenset[str]) -> None:
    earlier = operation.after.operation if operation.after is not None else None
    for other in (earlier, operation.same_slot_as):
        if other in cancelled:
            raise InputError(
                Message(
                    "{other} cannot be cancelled alone: {operation} hangs on it. Cancel that one too.",
                    {"other": other, "operation": operation.id},
                )
            )
