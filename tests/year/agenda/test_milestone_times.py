"""Meetings around operations that would begin together follow one another, and stay where they were told to be."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.milestone_times import milestone_times
from arshjul.year.agenda.party import COORDINATOR, Party, parties
from arshjul.year.agenda.sheet_completeness import due_dates
from arshjul.year.agenda.view import View, remembered, views
from arshjul.year.domain.plan import Base, Placing, Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Meeting, Milestone
from tests.builders import MEETINGS, operation, placement, plan, scenario, swedish

IDS = [f"OP-{number}" for number in range(1, 4)]
ALONE = operation("OP-4", lead_agency="arbetsmiljoverket", agencies={"arbetsmiljoverket": 1})
TUESDAY, WEDNESDAY = date(2027, 3, 2), date(2027, 3, 3)
MEETING = Milestone("m", "Planeringsmöte", -14, time(10), 60)
LENGTHS = Cycle((MEETING,), MEETINGS)
YEAR = scenario([*(operation(id) for id in IDS), ALONE], cycle=LENGTHS)


def at(day: date, *ids: str) -> Plan:
    return plan(YEAR, [placement(id, day) for id in ids])


def replanned(made: Plan, later: Plan, as_of: datetime) -> Plan:
    moment = as_of.replace(tzinfo=YEAR.zone)
    return replace(later, as_of=moment, base=Base(made.revision, moment, made.placed), revision=made.revision + 1)


def seen(made: Plan, history: FeedHistory, year: Scenario = YEAR) -> dict[Party, View]:
    channels = [Channel(party, "full", "all") for party in parties(year)]
    return {view.channel.party: view for view in views(made, year, channels, history, swedish())}


def starts(view: View) -> dict[str, str]:
    """The local date and clock time of every meeting around an operation that is on."""
    return {
        entry.event.uid.partition(".")[0]: f"{entry.event.starts.astimezone(YEAR.zone):%d %H:%M}"
        for entry in view.entries
        if ".m@" in entry.event.uid
        if entry.event.status != "CANCELLED" and isinstance(entry.event.starts, datetime)
    }


def test_meetings_that_would_begin_together_follow_one_another_beside_those_of_the_year() -> None:
    found = seen(at(TUESDAY, "OP-3", "OP-1", "OP-4"), FeedHistory())
    assert starts(found[COORDINATOR]) == {"OP-1": "16 10:00", "OP-3": "16 11:00", "OP-4": "16 12:00"}
    assert starts(found[Party("agency", "miljo")]) == {"OP-1": "16 10:00", "OP-3": "16 11:00"}
    assert starts(found[Party("agency", "arbetsmiljoverket")]) == {"OP-4": "16 12:00"}
    network = Meeting("network", "Nätverksträff", (date(2027, 2, 16),), time(10, 30), 90)
    year = replace(YEAR, cycle=Cycle((MEETING,), (network,)))
    beside = starts(seen(at(TUESDAY, "OP-1", "OP-2"), FeedHistory(), year)[COORDINATOR])
    assert beside == {"OP-1": "16 12:00", "OP-2": "16 13:00"}
    year = replace(YEAR, cycle=Cycle((replace(MEETING, start=None),)))
    (milestone_time,) = milestone_times(year, at(WEDNESDAY, "OP-1"), {}).values()
    assert (milestone_time.day, milestone_time.starts) == (date(2027, 2, 17), None)


def test_what_was_told_or_held_stays_when_another_leaves_or_comes() -> None:
    first = at(TUESDAY, "OP-2", "OP-3")
    told = remembered(FeedHistory(), seen(first, FeedHistory()).values())
    left = replanned(first, at(TUESDAY, "OP-3"), datetime(2027, 1, 8, 9))
    after = seen(left, told)
    assert starts(after[COORDINATOR]) == {"OP-3": "16 11:00"}
    told = remembered(told, after.values())
    come = replanned(left, at(TUESDAY, "OP-1", "OP-3", "OP-4"), datetime(2027, 1, 9, 9))
    for party in (COORDINATOR, Party("agency", "miljo")):
        now = starts(seen(come, told)[party])
        assert now.items() >= {"OP-1": "16 10:00", "OP-3": "16 11:00"}.items()
    assert starts(seen(come, told)[Party("agency", "arbetsmiljoverket")]) == {"OP-4": "16 12:00"}
    first = at(TUESDAY, "OP-1", "OP-2")
    views_then = seen(first, FeedHistory()).values()
    told = remembered(FeedHistory(), views_then)
    later = replanned(first, at(TUESDAY, "OP-1", "OP-2", "OP-3"), datetime(2027, 2, 16, 10, 30))
    # OP-1's has begun, OP-2's comes at eleven; OP-3's can no longer come that day at ten.
    assert starts(seen(later, told)[COORDINATOR]) == {"OP-1": "16 10:00", "OP-2": "16 11:00", "OP-3": "17 10:00"}
    first = at(TUESDAY, "OP-1", "OP-2")
    told = remembered(FeedHistory(), seen(first, FeedHistory()).values())
    earlier = replace(YEAR, cycle=Cycle((replace(MEETING, start=time(9)),)))
    later = replanned(first, first, datetime(2027, 1, 8, 9))
    assert starts(seen(later, told, earlier)[COORDINATOR]) == {"OP-1": "16 09:00", "OP-2": "16 10:00"}


@pytest.mark.parametrize("n", [14, 24, 26])
def test_a_day_that_is_full_goes_on_before(n: int) -> None:
    ids = [f"OP-{number:02}" for number in range(n)]
    year = scenario([operation(id) for id in ids], cycle=LENGTHS)
    times = milestone_times(year, plan(year, [placement(id, TUESDAY) for id in ids]), {})
    there = sorted(found.starts for found in times.values() if found.starts is not None)
    assert {found.day for found in times.values()} == {date(2027, 2, 16)}
    assert all(starts.astimezone(year.zone).date() == date(2027, 2, 16) for starts in there)
    if n <= 24:
        assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(there))
    assert min(there).astimezone(year.zone).hour == max(0, 24 - n if n > 14 else 10)


def days(view: View) -> dict[str, tuple[date, str]]:
    return {
        entry.event.uid.partition("@")[0]: (entry.event.day, entry.event.summary.partition(" ")[0])
        for entry in view.entries
        if ".m@" in entry.event.uid
    }


def late(year: Scenario = YEAR) -> tuple[Plan, FeedHistory]:
    """A replan on a Saturday: OP-1, with miljo and skatteverket, comes so soon that its meeting is late, on Monday."""
    first = at(date(2027, 6, 1), "OP-1", "OP-4")
    told = remembered(FeedHistory(), seen(first, FeedHistory(), year).values())
    moved = [placement("OP-1", date(2027, 3, 11)), placement("OP-4", date(2027, 6, 1))]
    made = replanned(first, plan(YEAR, moved), datetime(2027, 3, 6, 7))
    return made, remembered(told, seen(made, told, year).values())


@pytest.mark.parametrize("clock", [MEETING.start, None])
def test_what_is_late_stays_so_until_it_is_held(clock: time | None) -> None:
    year = replace(YEAR, cycle=Cycle((replace(MEETING, start=clock),)))
    made, told = late(year)
    for as_of in (datetime(2027, 3, 7, 12), datetime(2027, 3, 9, 12), datetime(2027, 4, 9, 12)):
        made = replanned(made, made, as_of)
        now = seen(made, told, year)
        assert days(now[COORDINATOR])["OP-1.m"] == (date(2027, 3, 8), "Försenad:")
        told = remembered(told, now.values())


def test_a_sheet_is_due_when_its_milestone_stands_in_calendars() -> None:
    """For everybody: calendars, portal, reminders and report; also after a replan about something else."""
    year = replace(YEAR, cycle=Cycle((replace(MEETING, start=None, counts_as="information-sheet"),)))
    made, told = late(year)
    for as_of in (datetime(2027, 3, 7, 12), datetime(2027, 3, 9, 12)):
        made = replanned(made, made, as_of)
        now = seen(made, told, year)
        (calendar, _) = days(now[COORDINATOR])["OP-1.m"]
        assert calendar == due_dates(year, made, told)["OP-1"] == date(2027, 3, 8)
        told = remembered(told, now.values())
        assert due_dates(year, made, told)["OP-1"] == calendar, "and after publishing"


def test_what_is_late_stays_so_until_it_has_more_time_or_was_held() -> None:
    made, told = late()
    joined = replace(YEAR, operations={**YEAR.operations, "OP-1": operation("OP-1", agencies={"arbetsmiljoverket": 1})})
    later = replanned(made, made, datetime(2027, 3, 9, 12))
    now = seen(later, told, joined)[Party("agency", "arbetsmiljoverket")]
    assert days(now)["OP-1.m"][0] == date(2027, 3, 8)
    assert starts(now)["OP-1"] == "08 10:00"
    made, told = late()
    later = replanned(made, at(date(2027, 6, 1), "OP-1", "OP-4"), datetime(2027, 3, 7, 12))
    now = seen(later, told)[COORDINATOR]
    assert days(now)["OP-1.m"] == (date(2027, 5, 18), "OP-1")
    assert starts(now) == {"OP-1": "18 10:00", "OP-4": "18 11:00"}
    made, told = late()
    moment = datetime(2027, 3, 8, 9, tzinfo=YEAR.zone)
    filled = replace(made, as_of=moment, revision=3, placed_by=Placing(made.revision, made.as_of))
    later = replace(filled, as_of=moment + timedelta(hours=1, minutes=30))
    for plan_now in (filled, later):
        assert days(seen(plan_now, told)[COORDINATOR])["OP-1.m"] == (date(2027, 3, 8), "Försenad:")
