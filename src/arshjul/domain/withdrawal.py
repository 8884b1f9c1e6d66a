"""Police taken back at short notice: a ceiling on what units offer for some dates, and what is given back of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from arshjul.domain.calendar import Slot
from arshjul.domain.entry import Entry


@dataclass(frozen=True, slots=True)
class GivenBack(Entry):
    """Some slots of a withdrawal given back: there its ceiling is `officers`; None: there is none.

    `first`, `last`, `shifts` None: as far as the withdrawal reaches.
    """

    id: str
    withdrawal: str
    first: date | None = None
    last: date | None = None
    shifts: tuple[str, ...] | None = None
    officers: int | None = None

    def covers(self, slot: Slot) -> bool:
        """True if the slot is given back, where it was withdrawn."""
        return (
            (self.first is None or self.first <= slot.day)
            and (self.last is None or slot.day <= self.last)
            and (self.shifts is None or slot.shift in self.shifts)
        )


@dataclass(frozen=True, slots=True)
class Still(Entry):
    """A withdrawal until further notice goes on, as was confirmed."""

    withdrawal: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who withdrew what, when it was reported, and why.

    `reported` is local time. `last` None: until further notice, and `until` is then the
    last date that it is taken to have; None where no replan has taken it up yet. `shifts` None: all.
    `officers_left` is a ceiling on officers and designated ones alike. `revision` is the one that
    answered it; None where none has yet. `given_back`: what has come back of it, in order.
    """

    id: str
    reported: datetime | None
    police: tuple[str, ...]
    first: date
    last: date | None
    shifts: tuple[str, ...] | None = None
    officers_left: int = 0
    cause: str = ""
    revision: int | None = None
    until: date | None = None
    given_back: tuple[GivenBack, ...] = ()

    def ends(self, as_of: date, unknown_end_days: int) -> date:
        """The last date; an unknown one is taken to be `days` dates from the later of start and as_of.

        What was taken once stays, whatever later moment it is seen from.
        """
        known = self.last or self.until
        if known is not None:
            return known
        return max(self.first, as_of) + timedelta(days=unknown_end_days - 1)

    def covers(self, slot: Slot, last: date) -> bool:
        """True if it takes officers from the slot, when it ends on `last`."""
        return self.first <= slot.day <= last and (self.shifts is None or slot.shift in self.shifts)

    def ceiling(self, slot: Slot, last: date) -> int | None:
        """The officers that it leaves at the slot, at most, when it ends on `last`; None: any number."""
        if not self.covers(slot, last):
            return None
        for back in reversed(self.given_back):
            if back.covers(slot):
                return None if back.officers is None else max(back.officers, self.officers_left)
        return self.officers_left


def first_told(log: Iterable[Withdrawal]) -> Mapping[str, datetime | None]:
    """The first report of each, by its id: that is how late it came, whatever was said of it since."""
    told: dict[str, datetime | None] = {}
    for withdrawal in log:
        told.setdefault(withdrawal.id, withdrawal.reported)
    return told


def in_force(log: Iterable[Withdrawal]) -> tuple[Withdrawal, ...]:
    """Of all reports, in their order, the last of each id: it takes the place of those before it."""
    return tuple({withdrawal.id: withdrawal for withdrawal in log}.values())
