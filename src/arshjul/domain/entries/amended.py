"""A scenario after changes: teams lost, operations new, cancelled or pinned, other dates asked for."""

from collections.abc import Iterable, Sequence

from arshjul.domain.entries.amendment import Amendment, TeamsLost
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message


def latest_changes(changes: Iterable[Amendment]) -> tuple[Amendment, ...]:
    """The changes without those that a later one of the same id replaces."""
    given = tuple(changes)
    last = {change.id: change for change in given if isinstance(change, TeamsLost)}
    return tuple(one for one in given if not isinstance(one, TeamsLost) or one.id is None or last[one.id] is one)


def without_replaced(scenario: Scenario, changes: Sequence[Amendment]) -> Scenario:
    """The scenario without what it has of changes that a later one replaces; those that hold stay."""
    latest = latest_changes(changes)
    replaced = [one for one in changes if isinstance(one, TeamsLost) and not any(one is other for other in latest)]
    for one in replaced:
        scenario = one.off(scenario)
    agencies = {one.agency for one in replaced}
    for other in latest:
        if isinstance(other, TeamsLost) and other.agency in agencies:
            scenario = other.on(scenario)
    return scenario


def as_offered(scenario: Scenario, changes: Iterable[Amendment]) -> Scenario:
    """The scenario with the teams that agencies offered, before any of them fell away by these changes."""
    for one in changes:
        if isinstance(one, TeamsLost):
            scenario = one.off(scenario)
    return scenario


def amended(scenario: Scenario, changes: Iterable[Amendment], before: Iterable[Amendment] = ()) -> Scenario:
    """The scenario with the changes made in their order; withdrawals are applied apart (`Scenario.after`).

    `before`: those that it has already. InputError if an operation is cancelled on which another one depends.
    """
    made = tuple(changes)
    new = without_replaced(scenario, (*before, *made))
    for change in latest_changes(made):
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
