"""Police taken back at short notice: a ceiling on what units offer for some dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from arshjul.domain.calendar import Slot


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who withdrew what, when it was reported, and why.

    `reported` is local time. `last` None: until further notice, and `until` is then the
    last date that it is taken to have; None where no replan has taken it up yet. `shifts` None: all.
    `officers_left` is a ceiling on officers and designated ones alike. `answered` is the revision
    that answered it; None where none has yet.
    """

    id: str
    reported: datetime
    police: tuple[str, ...]
    first: date
    last: date | None
    shifts: tuple[str, ...] | None = None
    officers_left: int = 0
    cause: str = ""
    answered: int | None = None
    until: date | None = None

    def ends(self, as_of: date, unknown_end_days: int) -> date:
        """The last date; an unknown one is taken to be so many dates from the later of start and as_of.

        What was taken once stays, whatever later moment it is seen from.
        """
        known = self.last or self.until
        if known is not None:
            return known
        return max(self.first, as_of) + timedelta(days=unknown_end_days - 1)

    def covers(self, slot: Slot, last: date) -> bool:
        """Whether it takes officers from the slot, when it ends on `last`."""
        return self.first <= slot.day <= last and (self.shifts is None or slot.shift in self.shifts)


def in_force(log: Iterable[Withdrawal]) -> tuple[Withdrawal, ...]:
    """Of all reports, in their order, the last of each id: it takes the place of those before it."""
    return tuple({withdrawal.id: withdrawal for withdrawal in log}.values())
