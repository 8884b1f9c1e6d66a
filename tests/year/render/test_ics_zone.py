"""The zone's rules, as a reader that shares no code with them understands them, against zoneinfo."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.render.ics import Zone, vtimezone, zone
from tests.examples import often

STOCKHOLM = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
X-LIC-LOCATION:Europe/Stockholm
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
ZONES = sorted(key for key in available_timezones() if "/" in key)


def read(rules: Zone) -> tzinfo:
    """The written zone as another program's reader has it."""
    component = icalendar.Timezone.from_ical(vtimezone(rules).to_ical(sorted=False))
    assert isinstance(component, icalendar.Timezone)
    reader: tzinfo = component.to_tz(lookup_tzid=False)
    return reader


def telling_moments(key: str, year: int) -> Iterator[datetime]:
    """The 10th of every month, and the hours around every change of the clock."""
    info, hour = ZoneInfo(key), timedelta(hours=1)
    for month in range(1, 13):
        yield datetime(year, month, 10, 12, tzinfo=UTC)
    moment = datetime(year, 1, 1, tzinfo=UTC)
    while moment.year == year:
        if moment.astimezone(info).utcoffset() != (moment + 6 * hour).astimezone(info).utcoffset():
            yield from (moment + n * hour / 2 for n in range(-6, 20))
        moment += 6 * hour


def is_doubtful(local: datetime) -> bool:
    """Whether its clock time comes twice, or ends the time that does."""
    second = timedelta(seconds=1)
    return any(c.replace(fold=0).utcoffset() != c.replace(fold=1).utcoffset() for c in (local, local - second))


def test_stockholm_is_the_constant_that_was_tried_on_14_calendars() -> None:
    rules = zone("Europe/Stockholm", 2027, 2027)
    assert rules is not None
    assert vtimezone(rules).to_ical(sorted=False).decode() == STOCKHOLM.replace("\n", "\r\n")


@pytest.mark.parametrize("step", often([27], [1]))
def test_every_zone_is_read_as_zoneinfo_has_it(step: int) -> None:
    year = 2027
    without = []
    for key in ZONES[::step]:
        rules = zone(key, year, year)
        if rules is None:
            without.append(key)
            continue
        reader = read(rules)
        for moment in telling_moments(key, year):
            clock = rules.local(moment)
            if clock is not None:
                assert clock.replace(tzinfo=reader).astimezone(UTC) == moment, f"{key} {moment}"
            else:
                assert is_doubtful(moment.astimezone(ZoneInfo(key))), f"{key} {moment}"
    assert len(without) < 10, without


@given(st.sampled_from(ZONES), st.integers(1990, 2060), st.datetimes(datetime(1985, 1, 1), datetime(2065, 1, 1)))
def test_a_clock_time_is_given_only_where_its_reader_finds_the_moment_again(key: str, year: int, at: datetime) -> None:
    rules, moment = zone(key, year, year), at.replace(tzinfo=UTC, microsecond=0)
    clock = rules.local(moment) if rules else None
    if rules and clock:
        assert clock.replace(tzinfo=read(rules)).astimezone(UTC) == moment


@pytest.mark.parametrize(
    ("moment", "clock"),
    [
        ("2027-03-28T00:30", "2027-03-28T01:30"),
        ("2027-03-28T01:00", "2027-03-28T03:00"),
        ("2027-10-30T23:59", "2027-10-31T01:59"),
        ("2027-10-31T00:00", None),  # 02:00, which ical.js and libical take for the second one
        ("2027-10-31T00:30", None),
        ("2027-10-31T01:30", None),
        ("2027-10-31T02:00", None),
        ("2027-10-31T02:01", "2027-10-31T03:01"),
    ],
)
def test_the_hours_around_a_change_of_the_clock(moment: str, clock: str | None) -> None:
    rules = zone("Europe/Stockholm", 2027, 2027)
    assert rules is not None
    given = rules.local(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert given == (None if clock is None else datetime.fromisoformat(clock))


def test_rules_that_hold_in_the_plans_year_alone_are_not_used_beside_it() -> None:
    # Egypt took up summer time in April 2023: the rule of 2023 misleads in the summer before.
    rules = zone("Africa/Cairo", 2023, 2023)
    assert rules is not None
    assert rules.local(datetime(2023, 7, 1, 9, tzinfo=UTC)) == datetime(2023, 7, 1, 12)
    assert rules.local(datetime(2022, 7, 1, 9, tzinfo=UTC)) is None


def test_a_zone_whose_offset_changed_once_has_no_rules() -> None:
    assert zone("Asia/Almaty", 2024, 2024) is None
