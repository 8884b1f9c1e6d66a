"""The difference between the placements of two plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Move:
    """One operation's old and new place. `old` None: newly placed; `new` None: dropped."""

    operation: str
    old: Placement | None
    new: Placement | None

    @property
    def is_moved(self) -> bool:
        """True if it has another slot."""
        return self.old is not None and self.new is not None and self.old.slot != self.new.slot

    def notice_days(self, today: date) -> int:
        """The days from today to the nearer of its places; negative where that has passed."""
        return (min(place.slot.day for place in (self.old, self.new) if place is not None) - today).days


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a revision, each list by operation id in plan order.

    `moved`: another slot; `unit_changed`: the same slot with another unit or choice of agencies.
    """

    moved: tuple[Move, ...] = ()
    unit_changed: tuple[Move, ...] = ()
    dropped: tuple[Move, ...] = ()
    new: tuple[Move, ...] = ()

    @property
    def changed(self) -> tuple[Move, ...]:
        """All that had a place, and now have another one or none."""
        return self.moved + self.unit_changed + self.dropped


def changes(old: Mapping[str, Placement], new: Mapping[str, Placement]) -> Changes:
    """The changes from the old placements to the new ones, both by operation."""
    moved, unit_changed, dropped, fresh = [], [], [], []
    for id in sorted(old.keys() | new.keys()):
        move = Move(id, old.get(id), new.get(id))
        if move.old is None:
            fresh.append(move)
        elif move.new is None:
            dropped.append(move)
        elif move.new.slot != move.old.slot:
            moved.append(move)
        elif move.new.staffing != move.old.staffing:
            unit_changed.append(move)
    return Changes(tuple(moved), tuple(unit_changed), tuple(dropped), tuple(fresh))


def lost_agencies(
    scenario: Scenario, old: Mapping[str, Placement], new: Mapping[str, Placement]
) -> dict[str, tuple[str, ...]]:
    """The agencies that joined an operation before and send no team to it at its present place, by operation."""
    lost = {}
    for id, before in old.items():
        now, operation = new.get(id), scenario.operations.get(id)
        if now is None or operation is None:
            continue
        there = {*operation.sent(now.any_of), *now.optional_agencies}
        if gone := tuple(agency for agency in before.optional_agencies if agency not in there):
            lost[id] = gone
    return lost
