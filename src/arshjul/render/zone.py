"""A time zone as calendars understand it: a VTIMEZONE with two yearly rules (RFC 5545 3.6.5).

Calendars misread lists of dates for the changes of the clock, but read rules correctly (feeds 1). zoneinfo has
instants, not rules, so a rule is inferred from the changes in the plan's years and, if possible, the years around them:
the same month, clock time and weekday, counted from the month's start or end. A moment for which such a rule could
mislead a reader is written in UTC, which every calendar shows correctly; so is the whole feed of a zone without two
yearly rules (Africa/Casablanca when Ramadan falls twice in a year).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Yearly:
    """The date of a change: the nth such weekday (Monday is 0) of a month; -1 is the last."""

    month: int
    weekday: int
    nth: int

    def day(self, year: int) -> date:
        if self.nth > 0:
            first = date(year, self.month, 1)
            return first + timedelta(days=(self.weekday - first.weekday()) % 7 + 7 * (self.nth - 1))
        last = date(year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - self.weekday) % 7)


@dataclass(frozen=True, slots=True)
class Observance:
    """A part of the year: the change that begins it, and the offset before and after that.

    `onset`: the first such change since 1970, in the clock time before it. `yearly`: None if the offset never changes.
    """

    onset: datetime
    before: timedelta
    after: timedelta
    name: str
    yearly: Yearly | None

    @property
    def is_daylight(self) -> bool:
        """True if its change sets the clocks forward."""
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Zone:
    """The rules of a zone: one observance, or two of which the first is daylight time."""

    key: str
    observances: tuple[Observance, ...]

    def local(self, moment: datetime) -> datetime | None:
        """The clock time of a moment, naive; None if readers of the rules could interpret it differently.

        That is the case in years with other rules; and when clocks go back, in the repeated hour and at its end: by RFC
        5545 a clock time there is the first of the two, but ical.js (Thunderbird, Nextcloud) and libical (Evolution)
        take the second.
        """
        clock = moment.astimezone(ZoneInfo(self.key)).replace(tzinfo=None)
        onsets = self._onsets(clock.year)
        if any(timedelta(0) <= onset - clock <= before - after for onset, before, after in onsets):
            return None
        past = [onset for onset in onsets if onset[0] <= clock]
        offset = max(past)[2] if past else self.observances[0].after
        return clock if clock - offset == moment.astimezone(UTC).replace(tzinfo=None) else None

    def _onsets(self, year: int) -> list[tuple[datetime, timedelta, timedelta]]:
        """The changes of that year and the one before: the clock time before it, the offset before and after."""
        return [
            (datetime.combine(o.yearly.day(either), o.onset.time()), o.before, o.after)
            for o in self.observances
            if o.yearly is not None
            for either in (year - 1, year)
        ]


@lru_cache(maxsize=64)
def zone(key: str, first_year: int, last_year: int) -> Zone | None:
    """The zone's rules in a plan's years, from the years around them too if the same rules hold there.

    None if there are no two yearly rules even in the plan's years.
    """
    wider = _rules(key, range(first_year - 1, last_year + 2))
    return wider or _rules(key, range(first_year, last_year + 1))


def _rules(key: str, years: range) -> Zone | None:
    info = ZoneInfo(key)
    changes = [_changes(info, year) for year in years]
    if not any(changes):
        moment = datetime(years[0], 1, 1, tzinfo=UTC).astimezone(info)
        offset = moment.utcoffset() or timedelta(0)
        return Zone(key, (Observance(datetime(1970, 1, 1), offset, offset, moment.tzname() or key, None),))
    if any(len(of_year) != 2 for of_year in changes):
        return None
    found = [_observance(info, of_years) for of_years in zip(*changes, strict=True)]
    observances = sorted((o for o in found if o is not None), key=lambda o: not o.is_daylight)
    return Zone(key, tuple(observances)) if len(observances) == 2 else None


def _changes(info: ZoneInfo, year: int) -> list[datetime]:
    """The moments (UTC) in a year at which the offset changes."""
    changes = []
    day, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while day < end:
        following = day + timedelta(days=1)
        if _offset(info, day) != _offset(info, following):
            changes.append(_first_with(info, day, following))
        day = following
    return changes


def _first_with(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first whole second with the offset of `high`."""
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if _offset(info, middle) == _offset(info, high):
            high = middle
        else:
            low = middle
    return high


def _offset(info: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(info).utcoffset() or timedelta(0)


def _observance(info: ZoneInfo, changes: Sequence[datetime]) -> Observance | None:
    """The rule that all these changes follow, one a year; None if there is none."""
    second = timedelta(seconds=1)
    ways = {(_offset(info, c - second), _offset(info, c), c.astimezone(info).tzname()) for c in changes}
    if len(ways) != 1:
        return None
    before, after, name = ways.pop()
    clocks = [(change + before).replace(tzinfo=None) for change in changes]
    if len({clock.time() for clock in clocks}) != 1:
        return None
    for nth in (-1, 1, 2, 3, 4):
        yearly = Yearly(clocks[0].month, clocks[0].weekday(), nth)
        if all(yearly.day(clock.year) == clock.date() for clock in clocks):
            onset = datetime.combine(yearly.day(1970), clocks[0].time())
            return Observance(onset, before, after, name or "", yearly)
    return None
