r"""A view as a calendar feed (RFC 5545, RFC 7986), in the form that real calendars read correctly (feeds 2).

The library folds lines and orders components; texts are escaped here, since it takes a written `\N` for a line end.
Every feed is parsed again before it is given out: it must contain exactly the intended lines, whatever its texts
contain.

A time zone is a VTIMEZONE with two yearly rules (RFC 5545 3.6.5): calendars misread lists of dates for the changes of
the clock, but read rules correctly (feeds 1). zoneinfo has instants, not rules, so a rule is inferred from the changes
in the plan's years and, if possible, the years around them: the same month, clock time and weekday, counted from the
month's start or end. A moment for which such a rule could mislead a reader is written in UTC, which every calendar
shows correctly; so is the whole feed of a zone without two yearly rules (Africa/Casablanca when Ramadan falls twice in
a year).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.parser import Contentline
from icalendar.prop import vDate, vDatetime, vDuration, vText, vUTCOffset

from arshjul.errors import FeedFault, Message
from arshjul.year.agenda.entry import FeedEntry
from arshjul.year.agenda.view import View

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


REFRESH = timedelta(hours=1)  # the interval at which a calendar is asked to fetch again; few comply (feeds 3)
FOLDED_OCTETS = 75
_END = b"END:VCALENDAR\r\n"

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class _Text(vText):
    """TEXT with only the escapes of RFC 5545 3.3.11."""

    def to_ical(self) -> bytes:
        return self.translate(_ESCAPES).encode()


class _Rule(vText):
    """RRULE as it is written: the library would reorder its parts, and that order was not tried with all calendars."""

    def to_ical(self) -> bytes:
        return self.encode()


def feed(view: View) -> bytes:
    """The bytes of the party's feed; the same view gives the same."""
    rules = zone(view.timezone, view.span.first.year, view.span.last.year)
    head = _head_lines(view.language, view.calendar_name, view.timezone)
    zone_lines = b"" if rules is None else _zone_lines(rules)
    events = b"".join(_event_lines(entry, rules) for entry in view.entries)
    written = head + zone_lines + events + _END
    read_back(written, view)
    return written


def event(entry: FeedEntry) -> bytes:
    """An all-day event, to be inserted into a finished feed."""
    written = _event_lines(entry, None)
    if not _WRITTEN_EVENT.fullmatch(written.replace(b"\r\n ", b"")):
        raise _misread(entry.event.uid)
    return written


@lru_cache(maxsize=16384)
def _event_lines(entry: FeedEntry, rules: Zone | None) -> bytes:
    """The lines of an event, cached because many feeds contain the same event."""
    return b"".join(_event(entry, rules))


def _lines(component: Component) -> bytes:
    lines: bytes = component.to_ical(sorted=False)
    return lines


@lru_cache(maxsize=1024)
def _head_lines(language: str, name: str, timezone: str) -> bytes:
    calendar = Calendar()
    calendar["VERSION"] = _Text("2.0")
    calendar["PRODID"] = _Text(f"-//arshjul//arshjul//{language.upper()}")
    calendar["CALSCALE"] = _Text("GREGORIAN")
    calendar["NAME"] = calendar["X-WR-CALNAME"] = _Text(name)
    calendar["X-WR-TIMEZONE"] = _Text(timezone)
    calendar["REFRESH-INTERVAL"] = vDuration(REFRESH, params={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vDuration(REFRESH)
    return _lines(calendar).removesuffix(_END)


@lru_cache
def _zone_lines(rules: Zone) -> bytes:
    return _lines(vtimezone(rules))


def vtimezone(rules: Zone) -> Timezone:
    component = Timezone()
    component["TZID"] = component["X-LIC-LOCATION"] = _Text(rules.key)
    for observance in rules.observances:
        component.add_component(_observed(observance))
    return component


def _observed(observance: Observance) -> Component:
    component = TimezoneDaylight() if observance.is_daylight else TimezoneStandard()
    component["TZNAME"] = _Text(observance.name)
    component["TZOFFSETFROM"] = vUTCOffset(observance.before)
    component["TZOFFSETTO"] = vUTCOffset(observance.after)
    component["DTSTART"] = vDatetime(observance.onset)
    if observance.yearly is not None:
        yearly = observance.yearly
        component["RRULE"] = _Rule(f"FREQ=YEARLY;BYMONTH={yearly.month};BYDAY={yearly.nth}{WEEKDAYS[yearly.weekday]}")
    return component


def _event(entry: FeedEntry, rules: Zone | None) -> Iterator[bytes]:
    said, stamps = entry.event, entry.stamps
    yield b"BEGIN:VEVENT\r\n"
    yield _text_line("UID", said.uid)
    yield _time_line("DTSTAMP", stamps.changed, None)
    yield _time_line("DTSTART", said.starts, rules)
    if said.ends > said.starts:  # an end equal to the start is left out (RFC 5545 3.6.1)
        yield _time_line("DTEND", said.ends, rules)
    yield _text_line("SEQUENCE", str(stamps.sequence))
    yield _text_line("STATUS", said.status)
    yield _text_line("TRANSP", "TRANSPARENT" if said.transparent else "OPAQUE")
    if said.transparent:
        yield _text_line("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
    elif said.status == "TENTATIVE":  # Outlook reads this instead of the status
        yield _text_line("X-MICROSOFT-CDO-BUSYSTATUS", "TENTATIVE")
    yield _time_line("CREATED", stamps.created, None)
    yield _time_line("LAST-MODIFIED", stamps.changed, None)
    yield _text_line("SUMMARY", said.summary)
    if said.location:
        yield _text_line("LOCATION", said.location)
    if said.description:
        yield _text_line("DESCRIPTION", said.description)
    yield _text_line("CLASS", "CONFIDENTIAL")
    if said.category:
        yield _text_line("CATEGORIES", said.category)
    yield b"END:VEVENT\r\n"


# Most lines occur in many events, so each is escaped and folded once: that is most of the time that a feed takes.
@lru_cache(maxsize=32768)
def _text_line(name: str, text: str) -> bytes:
    return _line(name, _Text(text))


@lru_cache(maxsize=8192)
def _time_line(name: str, when: date, rules: Zone | None) -> bytes:
    return _line(name, _when(when, rules))


def _line(name: str, value: vText | vDate | vDatetime) -> bytes:
    """A property's line, folded."""
    folded: bytes = Contentline.from_parts(name, value.params, value, sorted=False).to_ical()
    return folded + b"\r\n"


def _when(when: date, rules: Zone | None) -> vDate | vDatetime:
    """A date; or a clock time in the plan's zone, or in UTC if a reader of the zone's rules could get it wrong."""
    if not isinstance(when, datetime):
        return vDate(when, params={"VALUE": "DATE"})
    clock = None if rules is None else rules.local(when)
    if rules is None or clock is None:
        return vDatetime(when.astimezone(UTC))
    local = vDatetime(clock)
    local.params["TZID"] = rules.key
    return local


_VALUE = rb"[^\x00-\x1f\x7f]"
_STAMP = rb"\d{8}T\d{6}Z"
_WHEN = rb"(?:;VALUE=DATE:\d{8}|;TZID=[\w+/-]+:\d{8}T\d{6}|:" + _STAMP + rb")"
_WRITTEN_EVENT = re.compile(
    rb"BEGIN:VEVENT\r\nUID:([!-~]+)\r\nDTSTAMP:" + _STAMP + rb"\r\n"
    rb"DTSTART" + _WHEN + rb"\r\n(?:DTEND" + _WHEN + rb"\r\n)?"
    rb"SEQUENCE:\d+\r\nSTATUS:[A-Z]+\r\nTRANSP:[A-Z]+\r\n(?:X-MICROSOFT-CDO-BUSYSTATUS:(?:FREE|TENTATIVE)\r\n)?"
    rb"CREATED:" + _STAMP + rb"\r\nLAST-MODIFIED:" + _STAMP + rb"\r\n"
    rb"SUMMARY:" + _VALUE + rb"+\r\n(?:LOCATION:" + _VALUE + rb"+\r\n)?(?:DESCRIPTION:" + _VALUE + rb"+\r\n)?"
    rb"CLASS:CONFIDENTIAL\r\n(?:CATEGORIES:" + _VALUE + rb"+\r\n)?END:VEVENT\r\n"
)
_WRITTEN_REST = re.compile(
    rb"BEGIN:VCALENDAR\r\n(?:(?:VERSION|PRODID|CALSCALE|NAME|X-WR-CALNAME|X-WR-TIMEZONE|X-PUBLISHED-TTL"
    rb"|REFRESH-INTERVAL;VALUE=DURATION):" + _VALUE + rb"+\r\n){8}"
    rb"(?:BEGIN:VTIMEZONE\r\nTZID:[\w+/-]+\r\nX-LIC-LOCATION:[\w+/-]+\r\n(?:BEGIN:(DAYLIGHT|STANDARD)\r\n"
    rb"(?:(?:TZNAME|TZOFFSETFROM|TZOFFSETTO|DTSTART|RRULE):[\w+;=,-]+\r\n){4,5}END:\1\r\n){1,2}END:VTIMEZONE\r\n)?"
    rb"END:VCALENDAR\r\n"
)


def read_back(written: bytes, view: View) -> None:
    """Raises `FeedFault` if a feed contains other lines than the view calls for, or not exactly its events."""
    unfolded = written.replace(b"\r\n ", b"")
    uids = [match[1].decode() for match in _WRITTEN_EVENT.finditer(unfolded)]
    meant = [entry.event.uid for entry in view.entries]
    rest = _WRITTEN_EVENT.sub(b"", unfolded)
    longest = max(map(len, written.split(b"\r\n")))
    if uids != meant or not _WRITTEN_REST.fullmatch(rest) or longest > FOLDED_OCTETS:
        raise _misread(view.feed)


def _misread(feed: str) -> FeedFault:
    return FeedFault(
        Message("The feed {feed} failed its check, and was not written. The error is ours.", {"feed": feed})
    )
