"""The place of an operation: its date and shift, the unit that serves it, and the agencies that join."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Operation, Staffing

PartOfPlace = Literal["place", "slot-and-unit", "slot", "unit", "has-police"]
"""The part of an operation's place that a reader sees."""


@dataclass(frozen=True, slots=True)
class Placement:
    """An operation's slot and police unit (None: no officers), and the optional agencies that join.

    `any_of` is the agency chosen of each of its groups, in their order. `officers` come of the unit if they are fewer
    than wanted; None: all come.
    """

    operation: str
    slot: Slot
    police: str | None
    optional_agencies: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    officers: int | None = None

    @property
    def staffing(self) -> Staffing:
        return Staffing(self.police, self.any_of)

    def lent(self, operation: Operation) -> Mapping[str, int]:
        """The officers that come of each unit."""
        wanted = operation.wanted(self.police)
        return wanted if self.police is None or self.officers is None else {**wanted, self.police: self.officers}

    def part(self, of: PartOfPlace) -> tuple[object, ...]:
        match of:
            case "place":
                return self.slot, self.staffing
            case "slot-and-unit":
                return self.slot, self.police
            case "slot":
                return (self.slot,)
            case "unit":
                return (self.police,)
            case "has-police":
                return (self.police is not None,)

    def same_place(self, other: "Placement | None") -> bool:
        """True for the same date, shift, unit and chosen agencies, whoever joins."""
        return other is not None and self.part("place") == other.part("place")
