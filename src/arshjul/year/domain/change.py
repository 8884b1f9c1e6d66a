"""The difference between the placements of two plans, with the causes that are kept with the revision that made it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from arshjul.year.domain.declaration import Text, Unstated
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.scenario import Scenario

Kind = Literal[
    "withdrawal", "teams", "outcome", "scenario", "pin", "agreed", "asked", "decided", "tied", "knock-on", "undone"
]
TOLD_AS: Mapping[Kind, str] = {
    "withdrawal": "withdrawal",
    "teams": "teams",
    "outcome": "outcome",
    "scenario": "scenario",
    "pin": "pin",
    "agreed": "pin",
    "asked": "asked",
    "decided": "asked",
    "tied": "knock-on",
    "knock-on": "knock-on",
    "undone": "undone",
}
"""For every kind, the kind that changes.json gives for it (docs/formats.md#plan-folder)."""


@dataclass(frozen=True, slots=True)
class ChangeCause:
    """A cause why an operation left its place, or why an agency no longer joins it.

    `absent` is the agency that no longer joins; empty: the cause is about the place. `id` is the withdrawal of a
    `withdrawal`, the other operation of `tied`, else the operation itself. `party` is the agency that is short of teams
    or was asked, or the unit that said no. `given` are that agency's own words, for it and the coordinator alone.
    """

    kind: Kind
    id: Annotated[Text, Unstated] = ""
    party: Annotated[Text, Unstated] = ""
    given: Annotated[Text, Unstated] = ""
    absent: Annotated[Text, Unstated] = ""


Causes = Mapping[str, tuple[ChangeCause, ...]]
"""The causes of a revision's changes, by operation.

First those why it left its place, in the order in which they apply, then those of absent agencies.
"""


@dataclass(frozen=True, slots=True)
class Move:
    """One operation's old and new place. `old` None: newly placed; `new` None: dropped."""

    operation: str
    old: Placement | None
    new: Placement | None

    @property
    def is_moved(self) -> bool:
        return self.old is not None and self.new is not None and self.old.slot != self.new.slot

    def notice_days(self, today: date) -> int:
        """The days from today to the nearer of its places; negative where that has passed."""
        return (min(place.slot.day for place in (self.old, self.new) if place is not None) - today).days


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a revision, each list in the plan's order of operations, those that are gone from it last.

    `moved`: another slot; `unit_changed`: the same slot with another unit or choice of agencies.
    """

    moved: tuple[Move, ...] = ()
    unit_changed: tuple[Move, ...] = ()
    dropped: tuple[Move, ...] = ()
    new: tuple[Move, ...] = ()

    @property
    def changed(self) -> tuple[Move, ...]:
        return self.moved + self.unit_changed + self.dropped


def in_plan_order(ids: Collection[str], known: Mapping[str, object]) -> list[str]:
    """In the order of `known`, operations or places by id; those that are gone from it come last, by id."""
    return [*(id for id in known if id in ids), *sorted({*ids} - known.keys())]


def changes(old: Mapping[str, Placement], new: Mapping[str, Placement]) -> Changes:
    moved, unit_changed, dropped, fresh = [], [], [], []
    for id in in_plan_order(old.keys() | new.keys(), new):
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
