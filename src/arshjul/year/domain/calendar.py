"""Dates, shifts, slots and the years of a plan: the grid on which it is made."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from arshjul.errors import Message, Refused
from arshjul.year.domain.declaration import (
    FROM,
    TO,
    Clock,
    Day,
    FieldRefusal,
    Flat,
    OwnId,
    OwnName,
    Points,
    ShiftId,
    Text,
    Told,
    Unkeyed,
    Unstated,
    ValueKind,
    Weekday,
    WrittenKey,
    ends_before,
)

YEARS = range(1970, 2200)
"""The years in which a moment is believed.

Others are typing errors or a wrong clock, and some calendars do not cover them.
"""

WEEKDAY_IDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SATURDAY = WEEKDAY_IDS.index("sat")


def plausible(now: datetime) -> datetime:
    """The moment that a clock shows. Refused if its year cannot be planned: dates could not even be counted from it."""
    if now.year not in YEARS:
        values = {"now": now.date(), "first": YEARS.start, "last": YEARS.stop - 1}
        raise Refused(Message("The clock says {now}, outside {first} to {last}: set it right.", values))
    return now


class Week(NamedTuple):
    """An ISO week. The first days of January may belong to the last week of the year before."""

    year: int
    number: int

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The dates from `first` to `last`, both included."""

    first: Annotated[Day, WrittenKey("from"), FROM]
    last: Annotated[Day, WrittenKey("to"), TO]

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.last < self.first:
            yield FieldRefusal("bad-value", ends_before(self.first, self.last))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: "Span") -> bool:
        return self.first <= other.last and other.first <= self.last

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


Dates = Annotated[Span, ValueKind("period", read_as="date or period")]
"""Written as a date where it is one."""
FROM_TO = Told(parts={"from": Told(Message("From")), "to": Told(Message("To"))})


def week_of(day: date) -> Span:
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + timedelta(days=6))


def month_of(day: date) -> Span:
    return Span(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Shift:
    """Working hours. If `end` <= `start` the shift ends the next day; its date is the one on which it starts."""

    id: OwnId
    name: OwnName
    start: Annotated[Clock, Told(Message("Start"), Message("Clock time, like 09:00."))]
    end: Annotated[Clock, Told(Message("End"), Message("At or before the start: next day."))]

    @property
    def ends_next_day(self) -> bool:
        return self.end <= self.start


class Slot(NamedTuple):
    day: Annotated[Day, WrittenKey("date")]
    shift: ShiftId


DayKind = Literal["eves", "bridge_days"]
"""Dates before a public holiday that are none themselves; working days alone between two days off."""

WhyAvoided = DayKind | Literal["avoided"]


@dataclass(frozen=True, slots=True)
class Avoided:
    """Dates that are possible at a price. `points` None: the usual price."""

    span: Annotated[Span, Flat, Told(parts={"from": FROM, "to": TO})]
    points: Annotated[Points | None, Told(Message("Points"), Message("avoid: price per date. Empty: the usual."))] = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The open dates, and those that had better be avoided.

    `holidays`: the public ones of `country`, by date, with their names.
    """

    country: Annotated[Text | None, Told(Message("Country of public holidays"))] = None
    closed_weekdays: Annotated[frozenset[Weekday], Told(Message("Closed weekdays"))] = frozenset()
    closed: tuple[Annotated[Span | DayKind, ValueKind("period", read_as="days")], ...] = ()
    opened: Annotated[tuple[Dates, ...], WrittenKey("open")] = ()
    holidays: Annotated[Mapping[date, str], Unkeyed] = field(default_factory=dict)
    avoid: Annotated[tuple[Annotated[Avoided | DayKind, ValueKind("period", read_as="days at a price")], ...], Unstated] = ()

    def is_open(self, day: date) -> bool:
        """Open unless its weekday, a holiday or `closed` closes it; `opened` opens it again."""
        if any(day in span for span in self.opened):
            return True
        closed = day.weekday() in self.closed_weekdays or day in self.holidays
        return not (closed or self.is_named(day))

    def is_named(self, day: date) -> bool:
        """True if `closed` names the date, or the kind of day that it is."""
        return any(self._is(day, span) if isinstance(span, str) else day in span for span in self.closed)

    def avoided(self, day: date, usual: int) -> int:
        """The points of the date, of several the most; 0 if nothing is against it. `usual`: the usual price."""
        return max((points for points, _ in self._against(day, usual)), default=0)

    def why_avoided(self, day: date, usual: int) -> WhyAvoided | None:
        """The reason for the date's points: the kind of day that it is, or "avoided" if it is named by itself.

        A kind goes before a name with as many points. None if nothing is against it.
        """
        against = [reason for reason in self._against(day, usual) if reason[0]]
        return max(against, key=lambda reason: (reason[0], reason[1] != "avoided"))[1] if against else None

    def _against(self, day: date, usual: int) -> Iterator[tuple[int, WhyAvoided]]:
        for avoided in self.avoid:
            if isinstance(avoided, str):
                if self._is(day, avoided):
                    yield usual, avoided
            elif day in avoided.span:
                yield usual if avoided.points is None else avoided.points, "avoided"

    def _is(self, day: date, kind: DayKind) -> bool:
        if kind == "eves":
            return day not in self.holidays and day + timedelta(days=1) in self.holidays
        beside = (day - timedelta(days=1), day + timedelta(days=1))
        return not self._is_off(day) and all(map(self._is_off, beside))

    def _is_off(self, day: date) -> bool:
        return day.weekday() >= SATURDAY or day in self.holidays

    def is_office_day(self, day: date) -> bool:
        """True from Monday to Friday, unless a holiday or in `closed`; closed weekdays of operations do not matter."""
        if day.weekday() >= SATURDAY or day in self.holidays:
            return False
        return any(day in span for span in self.opened) or not self.is_named(day)

    def has_meetings(self, day: date) -> bool:
        """True if a standing meeting is held on the date: offices or the plan are open."""
        return self.is_office_day(day) or self.is_open(day)


# fmt: on


def local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The clock time in the zone.

    A clock time that occurs twice is the first one; one that never occurs takes the offset from before the change (RFC
    5545 3.3.5; this is what fold=0 means in PEP 495).
    """
    return datetime.combine(day, clock, tzinfo=zone)


def by_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment by the zone's clock; without a zone of its own it is local already.

    Files have local time without an offset, and moments of one zone are compared by their clock times. So the hour that
    comes twice is told once: what falls into its second time is taken for the last minute of the first.
    """
    there = (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)
    if there.fold == 0:
        return there
    last = there.replace(second=0, microsecond=0, fold=0)
    while (later := last + timedelta(minutes=1)).utcoffset() != later.replace(fold=1).utcoffset():
        last = later
    return last


@lru_cache(4096)
def shift_moments(shift: Shift, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The start and end of a shift of that date, in UTC: hours between them are real hours.

    Cached, since every rule asks for the same few shifts, and time zone arithmetic is slow.
    """
    end_day = day + timedelta(days=1) if shift.ends_next_day else day
    return local(day, shift.start, zone).astimezone(UTC), local(end_day, shift.end, zone).astimezone(UTC)


_SHORT = timedelta(days=92)
"""A quarter: shorter parts at the ends of a period are no years of their own."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def years_of(period: Span) -> tuple[Span, ...]:
    """The years of a period, from January if it begins near there, otherwise from the date on which it begins."""
    begins = [period.first, *_beginnings(period), period.last + timedelta(days=1)]
    return tuple(Span(first, then - timedelta(days=1)) for first, then in pairwise(begins))


def _beginnings(period: Span) -> Iterator[date]:
    """The first dates of all years but the first."""
    first = date(year_number(period), 1, 1) if _is_calendar_year(period.first) else period.first
    while True:
        first = a_year_later(first)
        if first + _SHORT > period.last:
            return
        yield first


def a_year_later(day: date) -> date:
    """The same date of the next year; of 29 February, the 28th."""
    return date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


def year_number(year: Span) -> int:
    """The number of the calendar year that it is, or begins in."""
    return (year.first + _SHORT).year if _is_calendar_year(year.first) else year.first.year


def year_label(year: Span) -> str:
    """The year in figures: "2027", "2027/28"."""
    number = year_number(year)
    if _is_calendar_year(year.first) or year.last.year == number:
        return str(number)
    return f"{number}/{(number + 1) % 100:02}"


def _is_calendar_year(first: date) -> bool:
    return (first + _SHORT).year > first.year or (first - _SHORT).year < first.year


def name_in(name: str, period: Span, year: Span) -> str:
    """The plan's name in one of its years: "Göteborg 2028" of "Göteborg 2027".

    A name without a year is followed by it if the period has several.
    """
    if period == year:
        return name
    begun, later = years_of(period)[0], year_number(year) - year_number(years_of(period)[0])
    moved = with_years_later(name, year_number(begun), later)
    return moved if _YEAR.search(name) else f"{name} {year_label(year)}"


def with_years_later(text: str, year: int, later: int) -> str:
    """The text with that year and the next, as "2027", "2027/28" or "2027–2028", so many years later."""

    def moved(found: re.Match[str]) -> str:
        digits = "".join(part for part in found[0] if part.isdigit())
        if len(digits) == 4:
            return str(int(digits) + later) if int(digits) in (year, year + 1) else found[0]
        return f"{int(digits[:4]) + later}{found[0][4]}{(int(digits[4:]) + later) % 100:02}"

    return re.sub(rf"(?<!\d)(?:{year}[/–-]{(year + 1) % 100:02}(?!\d)|\d{{4}}(?!\d))", moved, text)
