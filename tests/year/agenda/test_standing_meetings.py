"""Meetings that come again, who is asked to them, and the milestones that are dealt with there."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest

from arshjul.year.agenda.channel import Channel, Content, files
from arshjul.year.agenda.entry import FeedEntry
from arshjul.year.agenda.evaluations import asked_evaluations
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.meetings import view_meetings
from arshjul.year.agenda.milestone_times import MilestoneTime, due_at_meetings, milestone_times
from arshjul.year.agenda.party import COORDINATOR, Party, parties
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.sheet_completeness import due_dates
from arshjul.year.agenda.view import View, remembered, views
from arshjul.year.domain.calendar import Calendar, Span
from arshjul.year.domain.entries.amendment import MilestoneHeld
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.plan import Base, Placing, Plan
from arshjul.year.domain.scenario import Programme, Scenario
from arshjul.year.domain.settings import Cycle, Every, Meeting, Milestone
from tests.builders import MEETINGS, operation, placement, plan, scenario, swedish

TUESDAYS = Meeting("weekly", "Planeringsmöte", every=Every(1, time(10)), minutes=90, agencies=("miljo",))
SHEET = Milestone("sheet", "Informationsblad", -28, at="weekly")
PREPARED = Milestone("prepared", "Planerad", -14, at="weekly", parties=("police",))
JUDGED = Milestone("judged", "Utvärdering", 21, counts_as="evaluation", at="weekly", parties=("lead",))
MILJO, SKATT = Party("agency", "miljo"), Party("agency", "skatteverket")
CITY, HISINGEN = Party("police", "lpo-city"), Party("police", "lpo-hisingen")
IDS = ("OP-1", "OP-2")
YEAR = scenario([operation(id) for id in IDS], cycle=Cycle((SHEET, PREPARED, JUDGED), (TUESDAYS,)))
THURSDAY = date(2027, 3, 11)


def days(every: Every, **changed: Any) -> list[str]:
    year = scenario(cycle=Cycle(meetings=(Meeting("m", "Möte", every=every),)), **changed)
    return [f"{day:%m-%d}" for day in year.meeting_days(year.cycle.meetings[0])]


def test_a_standing_meeting_is_held_in_its_weeks_but_not_on_closed_days() -> None:
    closed = Calendar(
        closed_weekdays=frozenset({0, 6}),
        closed=(Span(date(2027, 1, 12), date(2027, 1, 20)),),
        opened=(Span(date(2027, 1, 19), date(2027, 1, 19)),),
        holidays={date(2027, 1, 26): "Helgdag"},
    )
    january = Every(1, first=date(2027, 1, 1), last=date(2027, 2, 2))
    assert days(january, calendar=closed) == ["01-05", "01-19", "02-02"]
    year = scenario(calendar=closed)
    assert year.meeting_days_left_out(Meeting("m", "Möte", every=january)) == (date(2027, 1, 12), date(2027, 1, 26))
    mondays = Every(0, first=date(2027, 1, 1), last=date(2027, 1, 11))
    assert days(mondays, calendar=closed) == ["01-04", "01-11"], "offices are open when no operation is"
    assert days(Every(6, last=date(2027, 1, 31)), calendar=closed) == [], "nobody works on Sundays"
    by_hand = Meeting("m", "Möte", (date(2027, 1, 26),), every=january)
    assert date(2027, 1, 26) in year.meeting_days(by_hand), "what is written as a date stands"
    odd = Every(1, weeks="odd", first=date(2026, 12, 14), last=date(2027, 1, 31))
    assert days(odd) == ["12-15", "12-29", "01-05", "01-19"], "weeks 51, 53, 1 and 3"
    assert days(replace(odd, weeks="even")) == ["12-22", "01-12", "01-26"]
    year = scenario(calendar=Calendar(closed=(Span(date(2027, 7, 1), date(2027, 8, 15)),)))
    wednesdays = Every(3, weeks="all", first=date(2026, 11, 1))
    for rhythm in (wednesdays, replace(wednesdays, weeks="odd"), replace(wednesdays, weeks="even")):
        meeting = Meeting("m", "Möte", (date(2027, 7, 7),), every=rhythm)
        every = year.meeting_days(meeting)
        for day in Span(date(2026, 10, 25), date(2028, 1, 9)).days():
            assert year.last_meeting_day(meeting, day) == max((one for one in every if one <= day), default=None)


def test_the_clock_time_of_a_meeting() -> None:
    made = plan(YEAR, [])
    (told,) = seen(made, YEAR, FeedHistory(), COORDINATOR, "operations").values()
    starts = {entry.event.day: entry.event.starts for entry in told.entries}
    assert starts[date(2027, 3, 23)] == datetime(2027, 3, 23, 9, tzinfo=UTC)
    assert starts[date(2027, 3, 30)] == datetime(2027, 3, 30, 8, tzinfo=UTC)
    assert starts[date(2027, 11, 2)] == datetime(2027, 11, 2, 9, tzinfo=UTC)
    beside = replace(TUESDAYS, dates=(THURSDAY,), start=time(13))
    assert (beside.starts_at(THURSDAY), beside.starts_at(date(2027, 3, 9))) == (time(13), time(10))
    assert replace(beside, start=None).starts_at(THURSDAY) == time(10)
    assert replace(beside, every=Every(1)).starts_at(date(2027, 3, 9)) == time(13)


def test_groups_of_parties_are_asked_by_a_word() -> None:
    year = scenario(programmes={"akc": Programme("akc", "AKC", "arbetsmiljoverket"), "gvi": Programme("gvi", "GVI")})
    groups = {
        "units": ("lpo-city", "lpo-hisingen"),
        "owners": ("arbetsmiljoverket",),
        "agencies": ("miljo", "skatteverket", "arbetsmiljoverket"),
        "lpo-city": ("lpo-city",),
    }
    for word, asked in groups.items():
        assert year.invited(Meeting("m", "Möte", agencies=(), parties=(word,))) == asked
    both = Meeting("m", "Möte", agencies=("miljo",), parties=("owners", "lpo-city"))
    assert year.invited(both) == ("miljo", "arbetsmiljoverket", "lpo-city")


def seen(
    made: Plan, year: Scenario, history: FeedHistory, party: Party | None = None, content: Content | None = None
) -> dict[str, View]:
    chosen = [file for file in files(year) if party in (None, file.party) and content in (None, file.content)]
    return {view.feed: view for view in views(made, year, chosen, history, swedish())}


def told_in(view: View) -> dict[str, FeedEntry]:
    return {entry.event.uid.partition("@")[0]: entry for entry in view.entries if entry.event.status != "CANCELLED"}


def dealt(view: View) -> dict[str, list[str]]:
    """What the entries of the meeting list, by date."""
    return {
        uid[-4:]: [line for line in entry.event.description.splitlines() if "OP-" in line or line.endswith(":")]
        for uid, entry in told_in(view).items()
        if uid.startswith("meeting.weekly.") and "OP-" in entry.event.description
    }


def test_milestones_stand_in_the_entry_of_the_last_meeting_up_to_their_dates() -> None:
    made = plan(YEAR, [placement("OP-1", THURSDAY), placement("OP-2", date(2027, 3, 16))])
    views_now = seen(made, YEAR, FeedHistory())
    all_of_it = {
        "0209": ["Informationsblad:", "- OP-1 Restauranger runt Avenyn"],
        "0216": ["Informationsblad:", "- OP-2 Restauranger runt Avenyn"],
        "0223": ["Planerad:", "- OP-1 Restauranger runt Avenyn"],
        "0302": ["Planerad:", "- OP-2 Restauranger runt Avenyn"],
        "0330": ["Utvärdering:", "- OP-1 Restauranger runt Avenyn"],
        "0406": ["Utvärdering:", "- OP-2 Restauranger runt Avenyn"],
    }
    assert dealt(views_now["coordinator-milestones"]) == all_of_it, "OP-1's own dates are Thursdays, two days later"
    assert dealt(views_now["coordinator"]) == all_of_it
    assert not [uid for uid in told_in(views_now["coordinator-milestones"]) if uid.startswith("OP-")]
    assert len(views_now["coordinator-milestones"].entries) == 6
    entry = told_in(views_now["agency-skatteverket-milestones"])["meeting.weekly.20270223"].event
    assert entry.description == "Planerad:\n- OP-1 Göteborg City: restaurang"
    assert (entry.starts, entry.transparent) == (datetime(2027, 2, 23, 9, tzinfo=UTC), True), "it is not asked to it"
    assert not told_in(views_now["agency-miljo-milestones"])["meeting.weekly.20270223"].event.transparent
    assert not [uid for uid in told_in(views_now["agency-skatteverket"]) if "weekly" in uid]


def test_who_has_a_milestone_follows_from_its_parties() -> None:
    made = plan(YEAR, [placement("OP-1", THURSDAY)])
    there = {name: dealt(view) for name, view in seen(made, YEAR, FeedHistory(), content="milestones").items()}
    assert list(there["agency-miljo-milestones"]) == ["0209", "0223", "0330"]
    assert list(there["agency-skatteverket-milestones"]) == ["0209", "0223"], "the lead alone judges"
    assert list(there["police-lpo-city-milestones"]) == ["0223"]
    assert there["police-lpo-hisingen-milestones"] == there["agency-arbetsmiljoverket-milestones"] == {}
    alone = replace(YEAR, cycle=Cycle((replace(PREPARED, at=None), SHEET), ()))
    unit = told_in(seen(made, alone, FeedHistory(), CITY, "milestones")["police-lpo-city-milestones"])
    assert list(unit) == ["OP-1.prepared"]
    without = replace(YEAR, cycle=Cycle((SHEET, JUDGED), (TUESDAYS,)))
    assert not [file for file in files(without) if file.party.kind == "police" and file.content == "milestones"]


def test_a_milestone_without_a_meeting_in_time_keeps_its_own_date() -> None:
    from_march = replace(TUESDAYS, every=Every(1, time(10), first=date(2027, 3, 2)))
    year = replace(YEAR, cycle=Cycle((SHEET, PREPARED, JUDGED), (from_march,)))
    times = milestone_times(year, plan(year, [placement("OP-1", date(2027, 3, 18))]), {})
    assert times == {
        ("OP-1", "sheet"): MilestoneTime(date(2027, 2, 18)),
        ("OP-1", "prepared"): MilestoneTime(date(2027, 3, 2), meeting="weekly"),
        ("OP-1", "judged"): MilestoneTime(date(2027, 4, 6), meeting="weekly"),
    }
    rare = Meeting("rare", "Träff", (date(2027, 3, 9), THURSDAY, date(2027, 6, 9)))
    year = replace(YEAR, cycle=Cycle((replace(JUDGED, at="rare"),), (rare,)))
    made = plan(year, [placement("OP-1", THURSDAY)])
    assert milestone_times(year, made, {})["OP-1", "judged"] == MilestoneTime(date(2027, 4, 1))
    later = replace(year, cycle=Cycle(year.cycle.milestones, (replace(rare, dates=(date(2027, 3, 12),)),)))
    assert milestone_times(later, made, {})["OP-1", "judged"].day == date(2027, 3, 12)
    assert asked_evaluations(later, made)["OP-1"].closes == date(2027, 3, 12), "what is said is there when it is judged"


def at(year: Scenario, as_of: datetime, before: Plan | None = None, **places: date) -> Plan:
    """A plan of that moment, the next revision of another one."""
    placements = [placement(id.replace("_", "-"), day) for id, day in places.items()]
    moment = as_of.replace(tzinfo=year.zone)
    made = replace(plan(year, placements), as_of=moment)
    if before is None:
        return made
    return replace(
        made, base=Base(before.revision, moment, before.placed), earlier=before.revisions, revision=before.revision + 1
    )


def after(made: Plan, year: Scenario, history: FeedHistory, views_now: dict[str, View]) -> FeedHistory:
    return replace(remembered(history, views_now.values()), plan=FormerPlan(year, made.placed))


def test_what_was_dealt_with_stays_and_what_lies_ahead_goes_with_its_operation() -> None:
    first = at(YEAR, datetime(2026, 11, 24, 10), OP_1=THURSDAY, OP_2=THURSDAY)
    history = after(first, YEAR, FeedHistory(), seen(first, YEAR, FeedHistory()))
    # On 12 February OP-1's sheet has been dealt with, on the 9th; it moves a month.
    second = at(YEAR, datetime(2027, 2, 12, 9), first, OP_1=date(2027, 4, 15), OP_2=THURSDAY)
    views_now = seen(second, YEAR, history)
    named = {
        day: [line[2:6] for line in lines if "OP-" in line] for day, lines in dealt(views_now["coordinator"]).items()
    }
    assert named["0209"] == ["OP-1", "OP-2"]
    assert named["0223"] == ["OP-2"]
    assert "0316" not in named, "its sheet is not due again"
    assert named["0330"] == ["OP-1", "OP-2"], "OP-1 is prepared, and OP-2 judged"
    history = after(second, YEAR, history, views_now)
    # Nothing of it changes when another replan moves something else.
    third = at(YEAR, datetime(2027, 2, 17, 9), second, OP_1=date(2027, 4, 15), OP_2=date(2027, 3, 18))
    assert "0316" not in dealt(seen(third, YEAR, history)["coordinator"])
    held = MilestoneHeld(operation="OP-1", milestone="sheet", day=date(2027, 2, 9), revision=1)
    ticked = replace(third, entries=Entries.of(changes=(held,)))
    times = milestone_times(YEAR, ticked, {})
    due = due_at_meetings(YEAR, ticked, times, ticked.held())
    assert [one.operation for _, one in due["weekly", date(2027, 3, 16)]] == ["OP-1"], "its new date has another sheet"


def test_unchanged_entries_keep_their_stamps() -> None:
    first = at(YEAR, datetime(2026, 11, 24, 10), OP_1=THURSDAY)
    made = seen(first, YEAR, FeedHistory())
    history = after(first, YEAR, FeedHistory(), made)
    again = at(YEAR, datetime(2026, 11, 25, 10), first, OP_1=THURSDAY)
    for name, view in seen(again, YEAR, history).items():
        assert view.entries == made[name].entries, name
    moved = at(YEAR, datetime(2026, 11, 25, 10), first, OP_1=date(2027, 3, 25))
    now, was = told_in(seen(moved, YEAR, history)["coordinator"]), told_in(made["coordinator"])
    changed = {uid for uid in was if uid.startswith("meeting.") and now[uid] != was[uid]}
    assert changed == {f"meeting.weekly.2027{day}" for day in ("0209", "0223", "0309", "0330", "0413")}
    assert {now[uid].stamps.sequence for uid in changed} == {0}, "their times are the same"
    assert {now[uid].stamps.changed for uid in changed} == {datetime(2026, 11, 25, 9, tzinfo=UTC)}
    gone = seen(moved, YEAR, history)["agency-skatteverket-milestones"]
    assert "meeting.weekly.20270209" not in {entry.event.uid.partition("@")[0] for entry in gone.entries}, (
        "without a trace"
    )


def test_one_that_comes_too_late_for_its_meeting_has_an_entry_of_its_own() -> None:
    empty = at(YEAR, datetime(2027, 2, 1, 9))
    history = after(empty, YEAR, FeedHistory(), seen(empty, YEAR, FeedHistory()))
    # On Wednesday 10 February the meeting of the 9th has been; OP-1's sheet is due on the 11th, OP-2's was on the 8th.
    made = at(YEAR, datetime(2027, 2, 10, 9), empty, OP_1=THURSDAY, OP_2=date(2027, 3, 8))
    told = told_in(seen(made, YEAR, history)["coordinator-milestones"])
    assert told["OP-1.sheet"].event.day == date(2027, 2, 11)
    assert told["OP-2.sheet"].event.summary.startswith("Försenad: ")
    assert told["OP-2.sheet"].event.day == date(2027, 2, 10)
    assert "OP-1.prepared" not in told


def test_the_pages_of_those_who_come_have_what_is_dealt_with() -> None:
    made = plan(YEAR, [placement("OP-1", THURSDAY), placement("OP-2", THURSDAY)])
    due = due_at_meetings(YEAR, made, milestone_times(YEAR, made, {}))
    found = {}
    for party in parties(YEAR)[1:]:
        there = view_meetings(YEAR, made, party, date(2027, 2, 15), due).meetings
        found[party] = [
            (meeting.day.day, meeting.due[0].operations, meeting.is_invited) for meeting in there if meeting.due
        ]
    assert found[MILJO] == [(23, IDS, True), (30, IDS, True)]
    assert found[SKATT] == found[CITY] == [(23, IDS, False)]
    assert found[HISINGEN] == found[Party("agency", "arbetsmiljoverket")] == []


def test_a_busy_reader_learns_of_no_meeting_that_it_is_not_asked_to() -> None:
    made = plan(YEAR, [placement("OP-1", THURSDAY)])
    for party, n in ((SKATT, 0), (MILJO, 3)):
        channel = Channel(party, "busy", "milestones")
        (view,) = views(made, YEAR, [channel], FeedHistory(), swedish(), b"key")
        assert [entry.event.summary for entry in view.entries if not entry.event.transparent] == ["Upptagen"] * n


# Meetings around operations that would begin together follow one another, and stay where they were told to be.


THREE = [f"OP-{number}" for number in range(1, 4)]
ALONE = operation("OP-4", lead_agency="arbetsmiljoverket", agencies={"arbetsmiljoverket": 1})
TUESDAY, WEDNESDAY = date(2027, 3, 2), date(2027, 3, 3)
MEETING = Milestone("m", "Planeringsmöte", -14, time(10), 60)
LENGTHS = Cycle((MEETING,), MEETINGS)
MEETING_YEAR = scenario([*(operation(id) for id in THREE), ALONE], cycle=LENGTHS)


def planned_on(day: date, *ids: str) -> Plan:
    return plan(MEETING_YEAR, [placement(id, day) for id in ids])


def replanned_on(made: Plan, later: Plan, as_of: datetime) -> Plan:
    moment = as_of.replace(tzinfo=MEETING_YEAR.zone)
    return replace(later, as_of=moment, base=Base(made.revision, moment, made.placed), revision=made.revision + 1)


def seen_by_all(made: Plan, history: FeedHistory, year: Scenario = MEETING_YEAR) -> dict[Party, View]:
    channels = [Channel(party, "full", "all") for party in parties(year)]
    return {view.channel.party: view for view in views(made, year, channels, history, swedish())}


def clock_times(view: View) -> dict[str, str]:
    """The local date and clock time of every meeting around an operation that is on."""
    return {
        entry.event.uid.partition(".")[0]: f"{entry.event.starts.astimezone(MEETING_YEAR.zone):%d %H:%M}"
        for entry in view.entries
        if ".m@" in entry.event.uid
        if entry.event.status != "CANCELLED" and isinstance(entry.event.starts, datetime)
    }


def test_meetings_that_would_begin_together_follow_one_another_beside_those_of_the_year() -> None:
    found = seen_by_all(planned_on(TUESDAY, "OP-3", "OP-1", "OP-4"), FeedHistory())
    assert clock_times(found[COORDINATOR]) == {"OP-1": "16 10:00", "OP-3": "16 11:00", "OP-4": "16 12:00"}
    assert clock_times(found[Party("agency", "miljo")]) == {"OP-1": "16 10:00", "OP-3": "16 11:00"}
    assert clock_times(found[Party("agency", "arbetsmiljoverket")]) == {"OP-4": "16 12:00"}
    network = Meeting("network", "Nätverksträff", (date(2027, 2, 16),), time(10, 30), 90)
    year = replace(MEETING_YEAR, cycle=Cycle((MEETING,), (network,)))
    beside = clock_times(seen_by_all(planned_on(TUESDAY, "OP-1", "OP-2"), FeedHistory(), year)[COORDINATOR])
    assert beside == {"OP-1": "16 12:00", "OP-2": "16 13:00"}
    year = replace(MEETING_YEAR, cycle=Cycle((replace(MEETING, start=None),)))
    (milestone_time,) = milestone_times(year, planned_on(WEDNESDAY, "OP-1"), {}).values()
    assert (milestone_time.day, milestone_time.starts) == (date(2027, 2, 17), None)


def test_what_was_told_or_held_stays_when_another_leaves_or_comes() -> None:
    first = planned_on(TUESDAY, "OP-2", "OP-3")
    told = remembered(FeedHistory(), seen_by_all(first, FeedHistory()).values())
    left = replanned_on(first, planned_on(TUESDAY, "OP-3"), datetime(2027, 1, 8, 9))
    after = seen_by_all(left, told)
    assert clock_times(after[COORDINATOR]) == {"OP-3": "16 11:00"}
    told = remembered(told, after.values())
    come = replanned_on(left, planned_on(TUESDAY, "OP-1", "OP-3", "OP-4"), datetime(2027, 1, 9, 9))
    for party in (COORDINATOR, Party("agency", "miljo")):
        now = clock_times(seen_by_all(come, told)[party])
        assert now.items() >= {"OP-1": "16 10:00", "OP-3": "16 11:00"}.items()
    assert clock_times(seen_by_all(come, told)[Party("agency", "arbetsmiljoverket")]) == {"OP-4": "16 12:00"}
    first = planned_on(TUESDAY, "OP-1", "OP-2")
    views_then = seen_by_all(first, FeedHistory()).values()
    told = remembered(FeedHistory(), views_then)
    later = replanned_on(first, planned_on(TUESDAY, "OP-1", "OP-2", "OP-3"), datetime(2027, 2, 16, 10, 30))
    # OP-1's has begun, OP-2's comes planned_on eleven; OP-3's can no longer come that day planned_on ten.
    assert clock_times(seen_by_all(later, told)[COORDINATOR]) == {
        "OP-1": "16 10:00",
        "OP-2": "16 11:00",
        "OP-3": "17 10:00",
    }
    first = planned_on(TUESDAY, "OP-1", "OP-2")
    told = remembered(FeedHistory(), seen_by_all(first, FeedHistory()).values())
    earlier = replace(MEETING_YEAR, cycle=Cycle((replace(MEETING, start=time(9)),)))
    later = replanned_on(first, first, datetime(2027, 1, 8, 9))
    assert clock_times(seen_by_all(later, told, earlier)[COORDINATOR]) == {"OP-1": "16 09:00", "OP-2": "16 10:00"}


@pytest.mark.parametrize("n", [14, 24, 26])
def test_a_day_that_is_full_goes_on_before(n: int) -> None:
    ids = [f"OP-{number:02}" for number in range(n)]
    year = scenario([operation(id) for id in ids], cycle=LENGTHS)
    times = milestone_times(year, plan(year, [placement(id, TUESDAY) for id in ids]), {})
    there = sorted(found.starts for found in times.values() if found.starts is not None)
    assert {found.day for found in times.values()} == {date(2027, 2, 16)}
    assert all(clock_times.astimezone(year.zone).date() == date(2027, 2, 16) for clock_times in there)
    if n <= 24:
        assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(there))
    assert min(there).astimezone(year.zone).hour == max(0, 24 - n if n > 14 else 10)


def late_days(view: View) -> dict[str, tuple[date, str]]:
    return {
        entry.event.uid.partition("@")[0]: (entry.event.day, entry.event.summary.partition(" ")[0])
        for entry in view.entries
        if ".m@" in entry.event.uid
    }


def late(year: Scenario = MEETING_YEAR) -> tuple[Plan, FeedHistory]:
    """A replan on a Saturday: OP-1, with miljo and skatteverket, comes so soon that its meeting is late, on Monday."""
    first = planned_on(date(2027, 6, 1), "OP-1", "OP-4")
    told = remembered(FeedHistory(), seen_by_all(first, FeedHistory(), year).values())
    moved = [placement("OP-1", date(2027, 3, 11)), placement("OP-4", date(2027, 6, 1))]
    made = replanned_on(first, plan(MEETING_YEAR, moved), datetime(2027, 3, 6, 7))
    return made, remembered(told, seen_by_all(made, told, year).values())


@pytest.mark.parametrize("clock", [MEETING.start, None])
def test_what_is_late_stays_so_until_it_is_held(clock: time | None) -> None:
    year = replace(MEETING_YEAR, cycle=Cycle((replace(MEETING, start=clock),)))
    made, told = late(year)
    for as_of in (datetime(2027, 3, 7, 12), datetime(2027, 3, 9, 12), datetime(2027, 4, 9, 12)):
        made = replanned_on(made, made, as_of)
        now = seen_by_all(made, told, year)
        assert late_days(now[COORDINATOR])["OP-1.m"] == (date(2027, 3, 8), "Försenad:")
        told = remembered(told, now.values())


def test_a_sheet_is_due_when_its_milestone_stands_in_calendars() -> None:
    """For everybody: calendars, portal, reminders and report; also after a replan about something else."""
    year = replace(MEETING_YEAR, cycle=Cycle((replace(MEETING, start=None, counts_as="information-sheet"),)))
    made, told = late(year)
    for as_of in (datetime(2027, 3, 7, 12), datetime(2027, 3, 9, 12)):
        made = replanned_on(made, made, as_of)
        now = seen_by_all(made, told, year)
        (calendar, _) = late_days(now[COORDINATOR])["OP-1.m"]
        assert calendar == due_dates(year, made, told)["OP-1"] == date(2027, 3, 8)
        told = remembered(told, now.values())
        assert due_dates(year, made, told)["OP-1"] == calendar, "and after publishing"


def test_what_is_late_stays_so_until_it_has_more_time_or_was_held() -> None:
    made, told = late()
    joined = replace(
        MEETING_YEAR,
        operations={**MEETING_YEAR.operations, "OP-1": operation("OP-1", agencies={"arbetsmiljoverket": 1})},
    )
    later = replanned_on(made, made, datetime(2027, 3, 9, 12))
    now = seen_by_all(later, told, joined)[Party("agency", "arbetsmiljoverket")]
    assert late_days(now)["OP-1.m"][0] == date(2027, 3, 8)
    assert clock_times(now)["OP-1"] == "08 10:00"
    made, told = late()
    later = replanned_on(made, planned_on(date(2027, 6, 1), "OP-1", "OP-4"), datetime(2027, 3, 7, 12))
    now = seen_by_all(later, told)[COORDINATOR]
    assert late_days(now)["OP-1.m"] == (date(2027, 5, 18), "OP-1")
    assert clock_times(now) == {"OP-1": "18 10:00", "OP-4": "18 11:00"}
    made, told = late()
    moment = datetime(2027, 3, 8, 9, tzinfo=MEETING_YEAR.zone)
    filled = replace(made, as_of=moment, revision=3, placed_by=Placing(made.revision, made.as_of))
    later = replace(filled, as_of=moment + timedelta(hours=1, minutes=30))
    for plan_now in (filled, later):
        assert late_days(seen_by_all(plan_now, told)[COORDINATOR])["OP-1.m"] == (date(2027, 3, 8), "Försenad:")
