"""Moments by a zone's clock, of which files and comparisons know no offset."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from arshjul.year.domain.calendar import by_clock

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize("day", [datetime(2027, 3, 27, 22, tzinfo=UTC), datetime(2027, 10, 30, 22, tzinfo=UTC)])
def test_moments_stay_in_order_and_are_read_as_they_were_written_when_clocks_change(day: datetime) -> None:
    moments = [by_clock(day + timedelta(minutes=minutes), STOCKHOLM) for minutes in range(6 * 60)]
    assert all(before <= after for before, after in pairwise(moments))
    assert all(before.astimezone(UTC) <= after.astimezone(UTC) for before, after in pairwise(moments))
    for moment in moments:
        read = by_clock(datetime.fromisoformat(moment.replace(tzinfo=None).isoformat()), STOCKHOLM)
        assert (read, read.astimezone(UTC)) == (moment, moment.astimezone(UTC))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2027-10-31T00:50+00:00", "2027-10-31T02:50+02:00"),
        ("2027-10-31T01:10+00:00", "2027-10-31T02:59+02:00"),  # the second 02:10
        ("2027-10-31T02:10", "2027-10-31T02:10+02:00"),  # the first one
        ("2027-10-31T02:00+00:00", "2027-10-31T03:00+01:00"),
        ("2027-03-28T02:30", "2027-03-28T03:30+02:00"),  # there is none
    ],
)
def test_the_hour_that_comes_twice_is_told_once(given: str, shown: str) -> None:
    assert by_clock(datetime.fromisoformat(given), STOCKHOLM).isoformat(timespec="minutes") == shown
