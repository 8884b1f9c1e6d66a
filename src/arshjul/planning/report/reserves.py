"""The reserves of a year: how many were promoted, and those that teams carried out which would have stood free."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.report.figures import Figure
from arshjul.planning.report.occasions import CARRIED_OUT, DatedOperation


@dataclass(frozen=True, slots=True)
class UsedReserve:
    """A reserve that was carried out; `meanwhile`: the operations that lost that time in the same version."""

    placement: Placement
    meanwhile: tuple[str, ...]

    @property
    def said(self) -> Message:
        """The reserve, its date, and what moved."""
        values = {"operation": self.placement.operation, "day": self.placement.slot.day, "others": list(self.meanwhile)}
        if not self.meanwhile:
            return Message("{operation} {day}", values)
        return Message("{operation} {day} instead of {others}", values)


def used_reserves(plan: Plan, there: Iterable[DatedOperation]) -> list[UsedReserve]:
    """Those among these dates that were carried out, by date."""
    promoted = plan.entries.promoted
    used = (one.placement for one in there if one.operation.id in promoted and one.state in CARRIED_OUT)
    return [UsedReserve(place, _meanwhile(plan, place, promoted[place.operation])) for place in used]


def _meanwhile(plan: Plan, place: Placement, version: int) -> tuple[str, ...]:
    """The hit operations that left that time in a version of the plan."""
    record = next((one for one in plan.revisions if one.number == version), None)
    left = () if record is None else (move for move in record.changed if move.operation in record.hit)
    return tuple(move.operation for move in left if move.old is not None and move.old.slot == place.slot)


def figures_of_reserves(scenario: Scenario, plan: Plan, used: list[UsedReserve]) -> Iterator[Figure]:
    """How many were promoted, of all that were ever held, and how many shifts of teams they saved."""
    promoted = plan.entries.promoted.keys()
    held = {operation.id for operation in scenario.operations.values() if operation.reserve}
    yield Figure("reserves", Message("reserves promoted"), len(promoted), len(promoted | held))
    label = Message("saved by a reserve")
    if used:
        label = Message("saved by a reserve ({reserves})", {"reserves": [one.said for one in used]})
    yield Figure("saved_by_reserve", label, len(used))
