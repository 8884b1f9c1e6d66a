"""A scenario after changes: teams lost, operations new, cancelled or pinned, other dates asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from arshjul.domain.amendment import Amendment, OtherDates, TeamsLost, WithoutPolice
from arshjul.domain.placement import Placement
from arshjul.domain.plan import GivenCause
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message


def amended(scenario: Scenario, changes: Iterable[Amendment]) -> Scenario:
    """The scenario with the changes made in their order; withdrawals are no part of it (`Scenario.after`).

    InputError where an operation is cancelled that another one hangs on.
    """
    new = scenario
    for change in changes:
        new = change.on(new)
    for operation in new.operations.values():
        for other in (operation.after and operation.after.operation, operation.same_slot_as):
            if other is not None and other not in new.operations:
                raise InputError(
                    Message(
                        "{other} cannot be cancelled alone: {operation} hangs on it. Cancel that one too.",
                        {"other": other, "operation": operation.id},
                    )
                )
    return new


def with_former_lenders(scenario: Scenario, changes: Iterable[Amendment]) -> Scenario:
    """The same, in which those that go without police know who lent to them besides: who must be told of it."""
    known = {
        change.operation: replace(scenario.operations[change.operation], police_also=change.police_also)
        for change in changes
        if isinstance(change, WithoutPolice) and change.operation in scenario.operations
    }
    return replace(scenario, operations={**scenario.operations, **known}) if known else scenario


def given_causes(
    scenario: Scenario, changes: Iterable[Amendment], placed: Mapping[str, Placement]
) -> dict[str, GivenCause]:
    """The causes that agencies gave, by the operation that it may move: a wish goes before lost teams."""
    found: dict[str, GivenCause] = {}
    for change in changes:
        if isinstance(change, OtherDates) and change.cause:
            place = placed.get(change.operation)
            if place and any(slot.day in span for slot in scenario.slots(place) for span in change.dates):
                found.setdefault(change.operation, GivenCause(change.agency, change.cause))
    for change in changes:
        if isinstance(change, TeamsLost) and change.cause:
            for id in placed:
                taking_part = {*scenario.operations[id].sent(placed[id].any_of), *placed[id].optional_agencies}
                lost = any(line.when.matches(slot) for line in change.lines() for slot in scenario.slots(placed[id]))
                if lost and change.agency in taking_part:
                    found.setdefault(id, GivenCause(change.agency, change.cause))
    return found
