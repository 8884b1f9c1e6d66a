"""A scenario after changes: teams lost, operations new, cancelled or pinned, other dates asked for."""

from collections.abc import Iterable

from arshjul.domain.entries.amendment import Amendment
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message


def amended(scenario: Scenario, changes: Iterable[Amendment]) -> Scenario:
    """The scenario with the changes made in their order; withdrawals are applied apart (`Scenario.after`).

    InputError if an operation is cancelled on which another one depends.
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
