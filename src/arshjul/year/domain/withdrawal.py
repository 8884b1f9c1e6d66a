"""Police withdrawn at short notice: a ceiling on units' offers for some dates, and what is given back of it.

How they come is assumed, by kinds of causes with their figures, and told by logs of other years.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.declaration import (
    FROM,
    SHIFTS,
    TO,
    Day,
    Entry,
    FieldRefusal,
    FromReplan,
    Id,
    Moment,
    Officers,
    OnceEach,
    Revision,
    ShiftId,
    Text,
    Told,
    UnitId,
    Unkeyed,
    WithdrawalId,
    WrittenKey,
    ends_before,
)

# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class GivenBack(Entry):
    """Some slots of a withdrawal given back: the ceiling there is now `officers`; None: no ceiling.

    `first`, `last`, `shifts` None: as far as the withdrawal reaches.
    """

    id: Annotated[Id, Told(Message("No"))]
    withdrawal: Annotated[WithdrawalId, Told(Message("Of"), Message("The withdrawal returned or prolonged."))]
    first: Annotated[Day | None, WrittenKey("from"), FROM] = None
    last: Annotated[Day | None, WrittenKey("to"), TO] = None
    shifts: Annotated[tuple[ShiftId, ...] | None, SHIFTS] = None
    officers: Annotated[Officers | None, Told(Message("Officers left"), prompt=Message("Officers (empty: as before the withdrawal)"))] = None

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.first is not None and self.last is not None and self.last < self.first:
            yield FieldRefusal("bad-value", ends_before(self.first, self.last), ("to",))

    def covers(self, slot: Slot) -> bool:
        """True if the slot is given back, provided that it was withdrawn."""
        return (
            (self.first is None or self.first <= slot.day)
            and (self.last is None or slot.day <= self.last)
            and (self.shifts is None or slot.shift in self.shifts)
        )

    def beyond(self, dates: Span, shifts: Collection[str] | None, numbers: range) -> Iterator[tuple[str, Message]]:
        """Problems with numbers that the withdrawal does not take, by key. `numbers`: of officers, with these."""
        for key, day in (("from", self.first), ("to", self.last)):
            if day is not None and day not in dates:
                span = {"first": dates.first, "last": dates.last}
                yield key, Message("The withdrawal is from {first} to {last}: choose dates within it.", span)
        if shifts is not None and not set(self.shifts or ()) <= set(shifts):
            yield "shifts", Message("The withdrawal does not take that shift: choose one that it takes.")
        if self.officers is not None and self.officers not in numbers:
            values = {"least": numbers.start, "most": numbers.stop - 1}
            yield "officers", Message("Write {least} to {most}, or leave it empty to give all back.", values)


@dataclass(frozen=True, slots=True)
class Still(Entry):
    """A confirmation that a withdrawal until further notice continues; `until` is then its assumed last date."""

    withdrawal: Annotated[WithdrawalId, Told(Message("Of"))]
    until: Annotated[Day | None, FromReplan] = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawal: who withdrew what, when it was reported, and why.

    `reported` is local time. `last` None: until further notice, and `until` is then the assumed last date; None if no
    replan has assumed one yet. `shifts` None: all. `officers_left` is a ceiling on officers and designated ones alike.
    `revision` is the one that answered it; None if none has yet. `given_back` are the parts given back, in order; they
    follow from later entries, and so does an end that was put off (`Entries.in_force`).
    """

    id: Annotated[Id, Told(Message("No"), Message("Number of the withdrawal or return."), also=("Id",))]
    reported: Annotated[Moment | None, Told(Message("Reported"), Message("When it was reported: 2027-05-12 06:30. Empty: at the replan."), prompt=Message("Reported (empty: now)"))]
    police: Annotated[tuple[UnitId, ...], OnceEach, Told(Message("Units"), Message("Units that withdraw officers."), also=("Enhet", "Unit"), prompt=Message("Unit"))]
    first: Annotated[Day, WrittenKey("from"), FROM]
    last: date | None
    shifts: Annotated[tuple[ShiftId, ...] | None, SHIFTS] = None
    officers_left: Annotated[Officers, Told(Message("Officers left"), Message("Left in each shift. Empty: none."))] = 0
    cause: Annotated[Text, Told(Message("Cause"), Message("One word, like shooting. Read by you and the unit alone."))] = ""
    revision: Revision = None
    until: date | None = None
    given_back: Annotated[tuple[GivenBack, ...], Unkeyed] = ()

    def ends(self, as_of: date, unknown_end_days: int) -> date:
        """The last date; an unknown one is taken to be `unknown_end_days` dates from the later of start and as_of.

        An end that was assumed once stays, whenever it is asked for.
        """
        known = self.last or self.until
        if known is not None:
            return known
        return max(self.first, as_of) + timedelta(days=unknown_end_days - 1)

    def covers(self, slot: Slot, last: date) -> bool:
        return self.first <= slot.day <= last and (self.shifts is None or slot.shift in self.shifts)

    def ceiling(self, slot: Slot, last: date) -> int | None:
        """The most officers that it leaves at the slot, given that it ends on `last`; None: any number."""
        if not self.covers(slot, last):
            return None
        for back in reversed(self.given_back):
            if back.covers(slot):
                return None if back.officers is None else max(back.officers, self.officers_left)
        return self.officers_left


# fmt: on


def first_told(log: Iterable[Withdrawal]) -> Mapping[str, datetime | None]:
    """The first report of each withdrawal, by id: it decides how late it came, whatever was reported since."""
    told: dict[str, datetime | None] = {}
    for withdrawal in log:
        told.setdefault(withdrawal.id, withdrawal.reported)
    return told


def in_force(log: Iterable[Withdrawal]) -> tuple[Withdrawal, ...]:
    """The last report of each id, which replaces earlier ones, in order of first report."""
    return tuple({withdrawal.id: withdrawal for withdrawal in log}.values())


@dataclass(frozen=True, slots=True)
class Kind:
    """A cause of withdrawals, in all units together.

    `days` is the mean duration, `notice_hours` the mean notice before the first shift; `units_percent` is the share of
    its withdrawals that take officers of a given unit. `open_ended`: a burst, reported without an end, which lasts for
    weeks and hits several units.
    """

    cause: str
    per_year: int
    days: int
    notice_hours: int
    units_percent: int
    open_ended: bool = False


OTHER = Kind("other", 0, days=1, notice_hours=24, units_percent=40)
"""Causes without a kind of their own: only a log tells how often they come."""

# Sourced: special events are not rare (4.7 a year and region, decisions of 2015-2021, tn.se), and come late and without
# an end (Riksrevisionen, 2023). Assumed: all other figures; they are those of the years of scenarios/goteborg-2027.
KINDS = (
    Kind("shooting", 21, days=2, notice_hours=4, units_percent=37),
    Kind("accident", 9, days=2, notice_hours=4, units_percent=37),
    Kind("match", 3, days=1, notice_hours=276, units_percent=34),
    Kind("demonstration", 3, days=1, notice_hours=276, units_percent=34),
    Kind("special-event", 5, days=15, notice_hours=12, units_percent=60, open_ended=True),
)


@dataclass(frozen=True, slots=True)
class AssumedRates:
    """Assumptions about withdrawals before any log is read, and their weight beside one. Assumed.

    The assumed number a year weighs as much as `years` of log, the other figures as much as `withdrawals` of it.
    """

    years: int = 1
    withdrawals: int = 10
    kinds: tuple[Kind, ...] = KINDS


@dataclass(frozen=True, slots=True)
class WithdrawalHistory:
    """The withdrawals that began on the dates of `year`; of reports with one id only the last is there."""

    year: Span
    withdrawals: tuple[Withdrawal, ...]

    def up_to(self, day: date) -> "WithdrawalHistory | None":
        """The log as known on that date; None if it begins later."""
        if day < self.year.first:
            return None
        heard = tuple(withdrawal for withdrawal in self.withdrawals if withdrawal.first <= day)
        return replace(self, year=Span(self.year.first, min(day, self.year.last)), withdrawals=heard)

    def in_zone(self, zone: ZoneInfo) -> "WithdrawalHistory":
        """The log with its reports as moments of that zone, since the hours of notice are what is learnt from them."""
        told = tuple(
            withdrawal
            if withdrawal.reported is None
            else replace(withdrawal, reported=withdrawal.reported.replace(tzinfo=zone))
            for withdrawal in self.withdrawals
        )
        return replace(self, withdrawals=told)

    def overlaps(self, span: Span) -> bool:
        return span.first <= self.year.last and self.year.first <= span.last
