"""The place of an operation: its date and shift, who serves it and who joins."""

from dataclasses import dataclass

from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Staffing


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

    def same_place(self, other: "Placement | None") -> bool:
        """Same date, shift, unit and chosen agencies: not a change, whoever joins."""
        return other is not None and (self.slot, self.staffing) == (other.slot, other.staffing)
