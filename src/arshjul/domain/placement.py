"""The place of an operation: its date and shift, the unit that serves it, and the agencies that join."""

from dataclasses import dataclass
from typing import Literal

from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Staffing

PartOfPlace = Literal["place", "slot-and-unit", "slot", "unit", "has-police"]
"""The part of an operation's place that a reader sees."""


@dataclass(frozen=True, slots=True)
class Placement:
    """An operation's slot and police unit (None: no officers), and the optional agencies that join.

    `any_of` is the agency chosen of each of its groups, in their order.
    """

    operation: str
    slot: Slot
    police: str | None
    optional_agencies: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()

    @property
    def staffing(self) -> Staffing:
        """The unit and the chosen agencies."""
        return Staffing(self.police, self.any_of)

    def part(self, of: PartOfPlace) -> tuple[object, ...]:
        """That part of its place, comparable with the same part of another."""
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
