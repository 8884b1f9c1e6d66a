"""The morning's note, read from top to bottom: every kind of way out as a sentence, with whom to ask."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.amendment import MilestoneHeld, Outcome
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import FollowUp, Placement
from arshjul.year.domain.parties import Matching, OfficerLine, PoliceUnit, TeamLine
from arshjul.year.domain.plan import Base
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Meeting, Milestone, Settings
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.domain.withdrawal import GivenBack, Withdrawal
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.morning_note import morning_note, placed_in, reached
from arshjul.year.planning.places.explain import fits
from arshjul.year.planning.places.finder import Alternative
from arshjul.year.planning.replan.replan import replan
from arshjul.year.planning.today import (
    Due,
    FreeTeams,
    Today,
    away,
    free_teams,
    meetings_ahead,
    operations_ahead,
    today,
)
from arshjul.year.texts import Words
from tests import builders, years

TUESDAY = date(2027, 3, 2)
AS_OF = datetime(2027, 3, 2, 7, 10)
MORNING = Matching(shift="day", first=TUESDAY, last=TUESDAY)


def year(*more: Any, **changed: Any) -> Scenario:
    """OP-1 with LPO City on Tuesday morning, and Gränspolisen on Tuesday, morning and evening."""
    usual: dict[str, Any] = {"officers": 3, "without_police": True, "agencies": {"miljo": 1}, "window": None}
    first = builders.operation("OP-1", **{**usual, **changed})
    scenario = builders.scenario([first, *more], cycle=Cycle(), settings=Settings.of(notice_days=14))
    always = TeamLine(Matching(), 2)
    agencies = {id: replace(agency, teams=(always,), staff_teams=9) for id, agency in scenario.agencies.items()}
    tuesday = Matching(first=TUESDAY, last=TUESDAY)
    police = {
        "lpo-city": PoliceUnit("lpo-city", "LPO City", "local", ("city",), "Vakthavande", (OfficerLine(MORNING, 4),)),
        "border": PoliceUnit("border", "Gränspolisen", "border", ("city",), "", (OfficerLine(tuesday, 3),)),
    }
    return replace(scenario, span=Span(TUESDAY, date(2027, 3, 3)), agencies=agencies, police=police)


def away_city(scenario: Scenario, left: int) -> Withdrawal:
    return Withdrawal("W-1", AS_OF.replace(tzinfo=scenario.zone), ("lpo-city",), TUESDAY, TUESDAY, None, left)


def seen(scenario: Scenario, left: int, *places: Placement) -> Today:
    plan = builders.plan(scenario, places)
    reserves = {id for id, operation in scenario.operations.items() if operation.reserve}
    plan = replace(plan, unplaced=tuple(out for out in plan.unplaced if out.operation not in reserves))
    return today(
        scenario, plan, Entries.of(withdrawals=(away_city(scenario, left),)), AS_OF.replace(tzinfo=scenario.zone)
    )


def said(found: Today, words: Words = Words("en")) -> list[str]:  # noqa: B008 - it is never changed
    numbers = ((line.number, words.say(line.text)) for paragraph in morning_note(found) for line in paragraph)
    return [text if number is None else f"{number}. {text}" for number, text in numbers]


def test_every_way_out_is_a_sentence_with_whom_to_ask() -> None:
    reserve = builders.operation("OP-9", reserve=True, officers=0, agencies={"miljo": 1})
    found = seen(year(reserve, shifts=("day", "evening")), 2, builders.placement("OP-1", TUESDAY))
    assert [way_out.kind for hit in found.hit for way_out in hit.ways_out] == [
        "other-unit", "fewer-officers", "another-shift", "without-police", "reserve",
    ]  # fmt: skip
    assert said(found)[:11] == [
        "Tuesday 2 March 2027 07:10: one operation today.",
        "09:00–15:00 OP-1 (Restaurang, Göteborg City): Miljöförvaltningen and LPO City – affected",
        "One operation is affected. It starts today 09:00–15:00.",
        "OP-1 (Restaurang, Göteborg City), today 09:00–15:00 (LPO City):",
        "Call Miljöförvaltningen (Samordnaren mot osund konkurrens).",
        "Call LPO City (Vakthavande).",
        "1. Gränspolisen can take it, same time. Ask Gränspolisen.",
        "2. It can go ahead with 2 officers from LPO City, instead of 3. "
        "All must agree: Miljöförvaltningen and LPO City.",
        "3. It can come later the same day, today 16:00–22:00 (Gränspolisen). "
        "All must agree: Miljöförvaltningen, LPO City and Gränspolisen.",
        "4. It can go ahead without police, same time. Ask Miljöförvaltningen.",
        "5. OP-9 (Restaurang, Göteborg City) can be carried out today 09:00–15:00; "
        "OP-1 moves to today 16:00–22:00 (Gränspolisen). "
        "All must agree: Miljöförvaltningen, LPO City and Gränspolisen.",
    ]
    swedish = said(found, builders.swedish())
    assert swedish[1] == "09:00–15:00 OP-1 (Restaurang, Göteborg City): Miljöförvaltningen och LPO City – berörs"
    assert swedish[6] == "1. Gränspolisen kan ta den, samma tid. Fråga Gränspolisen."
    assert swedish[7] == (
        "2. Den kan genomföras med 2 poliser från LPO City i stället för 3. "
        "Alla måste säga ja: Miljöförvaltningen och LPO City."
    )
    assert "Lediga lag:" in swedish


def test_a_reserve_goes_without_police_beside_a_hit_one_with_a_follow_up() -> None:
    reserve = builders.operation(
        "OP-9", reserve=True, without_police=True, officers=2, police=("lpo-city",), agencies={"miljo": 1}
    )
    follow_up = builders.operation("OP-2", officers=0, agencies={}, after=FollowUp("OP-1"), sector="taxi")
    scenario = year(reserve, follow_up, police=("lpo-city",), shifts=("day",), without_police=False)
    places = [builders.placement("OP-1", TUESDAY), builders.placement("OP-2", date(2027, 3, 3), police=None)]
    found = seen(scenario, 0, *places)
    (way_out,) = found.hit[0].ways_out
    assert way_out.changes == {
        "without_police": ["OP-9"],
        "promoted": ["OP-9"],
        "pinned": [{"operation": "OP-9", "date": "2027-03-02", "shift": "day"}],
        "left_out": ["OP-1", "OP-2"],
    }
    there = "OP-9 (Restaurang, Göteborg City)"
    lines = said(found)
    assert (
        f"1. {there} can be carried out today 09:00–15:00, without police; OP-1 is left out, with no other "
        "slot. OP-2 must be left out. All must agree: Miljöförvaltningen and LPO City."
    ) in lines
    at = lines.index("Reserves possible today:")
    assert lines[at - 2 : at] == ["Free teams:", "today 09:00–15:00: Miljöförvaltningen 2 teams"]
    assert lines[at + 1 : at + 3] == [
        f"1. {there}, today 09:00–15:00, without police: Miljöförvaltningen. All must agree: Miljöförvaltningen.",
        "The next 7 days:",
    ]
    assert [way.placement.slot.shift for way in found.ready] == ["day", "evening", "night"]


def test_those_struck_together_are_saved_together_and_a_follow_up_waits() -> None:
    scenario = year(
        builders.operation("OP-2", same_slot_as="OP-1", agencies={"skatteverket": 1}, officers=1), officers=1
    )
    places = [builders.placement("OP-1", TUESDAY), builders.placement("OP-2", TUESDAY)]
    found = seen(scenario, 0, *places)
    first = found.hit[0].ways_out[0]
    assert (first.kind, first.ask, first.asks) == ("other-unit", ("border",), False)
    assert [new for _, new in first.moves] == [Placement("OP-2", Slot(TUESDAY, "day"), "border")]
    assert any("OP-2 is served by Gränspolisen" in text for text in said(found))
    scenario = year(
        builders.operation("OP-2", after=FollowUp("OP-1"), agencies={}, officers=1, sector="taxi"), officers=1
    )
    places = [builders.placement("OP-1", TUESDAY), builders.placement("OP-2", TUESDAY)]
    text = "It follows up OP-1, also affected: settle that one first."
    assert text in said(seen(scenario, 0, *places))


def test_one_that_only_an_option_saves_is_not_said_to_be_lost() -> None:
    alone = {"police": ("lpo-city", "border"), "shifts": ("day", "evening"), "without_police": False}
    other = builders.operation("OP-2", officers=3, agencies={"miljo": 1}, sector="taxi", must=False, **alone)
    scenario = year(other, **alone, must=True)
    border = replace(scenario.police["border"], officers=(OfficerLine(Matching(shift="evening"), 3),))
    police, settings = {**scenario.police, "border": border}, Settings.of(notice_days=0)
    scenario = replace(scenario, police=police, settings=settings, span=Span(TUESDAY, TUESDAY))
    places = [builders.placement("OP-1", TUESDAY), Placement("OP-2", Slot(TUESDAY, "evening"), "border")]
    found = seen(scenario, 0, *places)
    assert found.hit[0].ways_out == ()
    text = "No way to save it without moving or leaving out other operations: work out the options."
    assert text in said(found)
    plan = builders.plan(scenario, places)
    made = replan(scenario, plan, Entries.of(withdrawals=(away_city(scenario, 0),)), found.as_of, Effort(20, seed=1))
    assert made.options["fewest-changes"].placed["OP-1"] == Placement("OP-1", Slot(TUESDAY, "evening"), "border")


def test_a_quiet_morning_and_one_outside_the_plan_say_so() -> None:
    scenario = year()
    plan, moment = builders.plan(scenario, []), AS_OF.replace(year=2029, tzinfo=scenario.zone)
    assert said(today(scenario, plan, Entries(), moment))[:2] == [
        "Friday 2 March 2029 07:10: no operation today.",
        "Friday 2 March 2029 lies outside the plan, Tuesday 2 March 2027 to Wednesday 3 March 2027.",
    ]
    found = seen(year(), 4)
    assert said(found) == ["Tuesday 2 March 2027 07:10: no operation today.", "No operation is affected."]
    found = seen(year(), 0, builders.placement("OP-1", TUESDAY))
    later = replace(found, as_of=datetime(2027, 4, 21, 7, tzinfo=found.scenario.zone))
    assert "One operation is affected. It was to start Tuesday 2 March 2027 09:00–15:00." in said(later)


def test_it_begins_with_what_happens_today_and_goes_on_with_the_days_that_follow() -> None:
    monday, last = date(2027, 3, 1), date(2027, 3, 9)
    operations = [builders.operation("OP-1"), builders.operation("OP-2", days=2), builders.operation("OP-3")]
    meeting = Meeting("network-meeting", "Nätverksträff", (TUESDAY, date(2027, 3, 4), date(2027, 3, 12)), time(13))
    scenario = builders.scenario(operations, cycle=Cycle(meetings=(meeting,)))
    places = [
        builders.placement("OP-1", date(2027, 3, 3)),
        builders.placement("OP-2", monday),
        builders.placement("OP-3", monday, "night"),
    ]
    plan = builders.plan(scenario, places, datetime(2027, 3, 2, 1))
    plan = replace(plan, entries=Entries.of(outcomes=(Outcome("OP-3", monday, "aborted"),)))
    context = ReplanContext(SlotTables.of(scenario), plan.as_of, Base(1, plan.as_of, plan.placed))
    found = replace(
        seen(year(), 4),
        scenario=scenario,
        as_of=plan.as_of,
        operations=tuple(operations_ahead(context, plan, last)),
        meetings=tuple(meetings_ahead(scenario, TUESDAY, last)),
    )
    assert said(found) == [
        "Tuesday 2 March 2027 01:00: 2 operations today.",
        "since yesterday 20:00–02:00 OP-3 (Restaurang, Göteborg City): "
        "Miljöförvaltningen, Skatteverket and LPO City – broken off",
        "09:00–15:00 OP-2 (Restaurang, Göteborg City): Miljöförvaltningen, Skatteverket and LPO City, day 2 of 2",
        "13:00 Nätverksträff",
        "No operation is affected.",
        "The next 7 days:",
        "Wednesday 3 March 2027 09:00–15:00 (LPO City): OP-1 (Restaurang, Göteborg City)",
        "Thursday 4 March 2027 13:00 Nätverksträff",
    ]


def test_a_party_is_reached_by_its_functions_telephone_and_address() -> None:
    agency = builders.agency("miljo", "Miljöförvaltningen")
    assert reached(agency) == {"phone": "", "email": ""}
    known = replace(agency, phone="031-390 06 00", email="insatser@example.org")
    assert reached(known) == {"phone": "031-390 06 00", "email": "insatser@example.org"}


def test_milestones_and_missing_outcomes_are_named_once_and_of_many_the_last() -> None:
    found = seen(year(shifts=("day", "evening")), 2, builders.placement("OP-1", TUESDAY))
    nomination, meeting = Milestone("nomination", "Nominated", -56), Milestone("meeting", "Meeting", -14)
    due = [
        Due(milestone, id, Slot(TUESDAY, "day"), TUESDAY, overdue=False)
        for id in ("OP-1", "OP-2")
        for milestone in (nomination, meeting)
    ]
    ids = tuple(f"OP-{number}" for number in range(1, 16))
    lines = said(replace(found, due=tuple(due), no_outcome=ids))
    assert "today: Nominated (OP-1 and OP-2) and Meeting (OP-1 and OP-2)" in lines
    (missing,) = (line for line in lines if line.startswith("The outcomes of 15"))
    assert "OP-3," not in missing
    assert missing.endswith("OP-15 and 3 earlier.")
    kinds = (nomination, meeting)
    due = [Due(kind, id, Slot(TUESDAY, "day"), TUESDAY, overdue=True) for kind in kinds for id in ids]
    lines = said(replace(found, due=tuple(due)))
    waits = [line for line in lines if "Nominated" in line or "earlier" in line]
    assert waits[0] == "3 earlier"
    assert [line.partition(":")[0] for line in waits[1:]] == [*ids[3:]]
    assert all(line.count("OP-") == 1 and "Meeting" in line for line in waits[1:])
    two = builders.operation("2", sector="food", area="city")
    found = seen(year(two, shifts=("day", "evening")), 2, builders.placement("OP-1", TUESDAY))
    named = f"2 ({found.scenario.word('food')}, {found.scenario.areas['city'].name})"
    sheet = Due(Milestone("sheet", "Sheet handed out", -14), "2", Slot(TUESDAY, "day"), TUESDAY, overdue=False)
    lines = said(replace(found, due=(sheet,), no_outcome=("2",)))
    assert f"today: Sheet handed out ({named})" in lines
    assert f"The outcome of one operation: {named}." in lines


def test_overdue_milestones_stay_until_they_are_held_or_an_outcome_is_in() -> None:
    sheet = Milestone("sheet", "Sheet", -28)
    review = Milestone("review", "Review", 21, counts_as="evaluation")
    operations = [builders.operation("OP-1"), builders.operation("OP-2"), builders.operation("OP-3")]
    scenario = builders.scenario(operations, cycle=Cycle((sheet, review)))
    january, february, june = date(2027, 1, 12), date(2027, 2, 2), date(2027, 6, 8)
    held = Outcome("OP-2", february, "done", figures={"joint-evaluation": 1})
    places = [builders.placement(f"OP-{n}", day) for n, day in enumerate((january, february, june), 1)]
    plan = replace(builders.plan(scenario, places, datetime(2026, 12, 1)), entries=Entries.of(outcomes=(held,)))
    found = today(scenario, plan, Entries(), datetime(2027, 6, 7, 9, tzinfo=scenario.zone), checked=True)
    assert [(due.operation, due.milestone.id, due.overdue) for due in found.due] == [
        ("OP-1", "sheet", True), ("OP-1", "review", True), ("OP-3", "sheet", True),
    ]  # fmt: skip
    ticked = [
        MilestoneHeld("OP-1", "sheet", january),
        MilestoneHeld("OP-1", "review", january),
        MilestoneHeld("OP-3", "sheet", february),
    ]
    again = Entries.of(changes=(*ticked, MilestoneHeld("OP-1", "review", date(2027, 1, 11))))
    after = today(scenario, plan, again, found.as_of, checked=True)
    assert [(due.operation, due.milestone.id) for due in after.due] == [("OP-1", "review")], "before its date"
    assert today(scenario, plan, Entries.of(changes=tuple(ticked)), found.as_of, checked=True).due == ()
    waits = today(scenario, replace(plan, entries=Entries()), Entries.of(outcomes=(held,)), found.as_of, checked=True)
    assert waits.due == found.due, "what is entered counts before a plan has taken it in"
    lines = said(found)
    assert "OP-1: Sheet (due Tuesday 15 December 2026) and Review (due Tuesday 2 February 2027)" in lines
    assert "OP-3: Sheet (due Tuesday 11 May 2027)" in lines


def test_what_was_held_for_an_earlier_date_is_due_again_for_the_present_one() -> None:
    """The meeting before 3 May was held, and entered; then the operation moved to October, and back."""
    meeting = Milestone("meeting", "Meeting", -14)
    scenario = builders.scenario([builders.operation("OP-1")], cycle=Cycle((meeting,)))
    may, october = (builders.placement("OP-1", day) for day in (date(2027, 5, 3), date(2027, 10, 4)))
    at = [datetime(2027, 4, day, 9, tzinfo=scenario.zone) for day in (20, 21, 22)]
    held = Entries.of(changes=(MilestoneHeld("OP-1", "meeting", date(2027, 4, 19), revision=2),))
    first = replace(builders.plan(scenario, [may], at[0]), base=Base(1, at[0], {"OP-1": may}), revision=2, entries=held)
    moved = replace(
        first,
        as_of=at[1],
        placements=(october,),
        base=Base(2, at[1], first.placed),
        revision=3,
        earlier=first.revisions,
    )
    back = replace(
        moved, as_of=at[2], placements=(may,), base=Base(3, at[2], moved.placed), revision=4, earlier=moved.revisions
    )
    for plan, day, n in (
        (first, date(2027, 4, 28), 0),
        (moved, date(2027, 4, 28), 0),
        (moved, date(2027, 9, 12), 0),
        (moved, date(2027, 9, 13), 1),
        (back, date(2027, 4, 28), 0),
    ):
        found = today(scenario, plan, Entries(), datetime.combine(day, time(9), scenario.zone), checked=True)
        assert [due.day for due in found.due] == [date(2027, 9, 20)] * n, (plan.revision, day)


def test_a_place_that_is_today_is_called_so() -> None:
    evening = replace(builders.placement("OP-1", TUESDAY), slot=Slot(TUESDAY, "evening"))
    scenario = year(shifts=("day", "evening"))
    found = seen(scenario, 0, builders.placement("OP-1", TUESDAY))
    moved = fits(scenario, Alternative(evening, 0, ()), partial(placed_in, found))
    assert Words("en").say(moved) == "It fits today 16:00–22:00 (LPO City), without other moves."


def test_fewer_officers_are_those_of_the_date_that_has_fewest() -> None:
    wednesday = date(2027, 3, 3)
    scenario = year(days=2, without_police=False)
    both = OfficerLine(Matching(shift="day"), 4)
    police = {"lpo-city": replace(scenario.police["lpo-city"], officers=(both,))}
    scenario = replace(scenario, police=police, span=Span(TUESDAY, date(2027, 3, 4)))
    for day, left in ((TUESDAY, 1), (wednesday, 2)):
        taken = Withdrawal("W-1", AS_OF.replace(tzinfo=scenario.zone), ("lpo-city",), day, day, None, left)
        plan = builders.plan(scenario, [builders.placement("OP-1", TUESDAY)])
        found = today(scenario, plan, Entries.of(withdrawals=(taken,)), AS_OF.replace(tzinfo=scenario.zone))
        fewer = [
            way_out.changes["fewer_officers"]
            for hit in found.hit
            for way_out in hit.ways_out
            if way_out.kind == "fewer-officers"
        ]
        assert fewer == [[{"operation": "OP-1", "officers": left}]], day


# Who is away now and soon, in words, as the plan's withdrawals say it.


TODAY = date(2027, 3, 2)


def _told(*withdrawals: Withdrawal, back: tuple[GivenBack, ...] = ()) -> tuple[list[str], list[str]]:
    year = years.scenario(n_police=3)
    plan = replace(years.plan(year), entries=Entries.of(withdrawals=withdrawals, given_back=back))
    found, words = away(year, plan, TODAY), Words("en")
    return [words.say(text) for text in found.now], [words.say(text) for text in found.soon]


def _withdrawal(id: str, units: str, first: int, last: int | None, left: int = 0) -> Withdrawal:
    end = None if last is None else TODAY + timedelta(days=last)
    police = tuple(units.split())
    return Withdrawal(id, datetime(2027, 3, 1), police, TODAY + timedelta(days=first), end, None, left)


def test_who_is_away_now_and_soon_stands_together_until_it_is_given_back() -> None:
    now, soon = _told(_withdrawal("A1", "p0", 0, 5), _withdrawal("A2", "p1 p2", 0, 5))
    assert now == ["LPO 0, LPO 1 and LPO 2 until Sunday 7 March 2027"]
    assert not soon
    now, soon = _told(
        _withdrawal("A1", "p0", 7, 8, left=2),
        _withdrawal("A2", "p1", 8, 9),
        _withdrawal("A3", "p1", -3, -1),
        _withdrawal("A4", "p2", 3, 3),
    )
    assert not now
    assert soon == [
        "LPO 2 on Friday 5 March 2027",
        "LPO 0, Tuesday 9 March 2027 to Wednesday 10 March 2027, 2 officers left",
    ]
    (unknown,), _ = _told(_withdrawal("A1", "p0", 0, None))
    assert unknown.endswith("(until further notice)")
    back = GivenBack(id="T1", withdrawal="A1", first=TODAY, last=TODAY)
    now, soon = _told(_withdrawal("A1", "p0", -1, 1), back=(back,))
    assert not now
    assert soon == ["LPO 0 on Wednesday 3 March 2027"]


# Free teams, by hand: what an agency's offer, week, month and rest leave at the slot of a hit operation.


SLOT = Slot(TUESDAY, "day")


def free(other: tuple[date, str] | None = None, rest_hours: int = 0, **limits: Any) -> list[FreeTeams]:
    """What Miljö, with three teams, has free where OP-1 is hit, OP-2 (two teams) standing elsewhere."""
    scenario = builders.scenario(
        [builders.operation("OP-1", agencies={"miljo": 1}), builders.operation("OP-2", agencies={"miljo": 2})],
        settings=Settings.of(daily_rest_hours=rest_hours),
    )
    miljo = replace(scenario.agencies["miljo"], teams=(TeamLine(Matching(), 3),), staff_teams=4, **limits)
    scenario = replace(scenario, agencies={**scenario.agencies, "miljo": miljo})
    places = {"OP-1": builders.placement("OP-1", TUESDAY)}
    if other is not None:
        places["OP-2"] = builders.placement("OP-2", *other)
    base = Base(1, datetime(2027, 3, 1, tzinfo=scenario.zone), places, frozenset({"OP-1"}))
    return list(free_teams(ReplanContext.of(scenario, base), ["OP-1"]))


def test_free_teams_are_the_most_that_could_work_there() -> None:
    cases: list[tuple[dict[str, Any], int]] = [
        ({}, 3),
        ({"other": (TUESDAY, "day")}, 1),
        ({"other": (TUESDAY, "evening")}, 3),
        ({"team_shifts_per_week": 2}, 2),
        ({"team_shifts_per_week": 3, "other": (date(2027, 3, 6), "day")}, 1),
        ({"team_shifts_per_week": 3, "other": (date(2027, 3, 8), "day")}, 3),
        ({"team_shifts_per_month": 4, "other": (date(2027, 3, 31), "day")}, 2),
        ({"team_shifts_per_month": 4, "other": (date(2027, 4, 1), "day")}, 3),
        # Two of four teams worked the evening before, until 22:00: with 11 hours they are there again at 09:00.
        ({"rest_hours": 11, "other": (date(2027, 3, 1), "evening")}, 3),
        ({"rest_hours": 12, "other": (date(2027, 3, 1), "evening")}, 2),
        # And whoever works by day is taken when the evening begins, where there is an hour between.
        ({"rest_hours": 2, "other": (TUESDAY, "evening")}, 2),
        ({"rest_hours": 1, "other": (TUESDAY, "evening")}, 3),
    ]
    for given, teams in cases:
        assert free(**given) == [FreeTeams("miljo", SLOT, teams)]
    assert free(team_shifts_per_week=2, other=(date(2027, 3, 3), "day")) == []
    operations = [
        builders.operation("OP-1", agencies={"miljo": 1}, days=2),
        builders.operation("OP-2", agencies={"skatteverket": 1}),
    ]
    scenario = builders.scenario(operations)
    always = {id: replace(one, teams=(TeamLine(Matching(), 3),)) for id, one in scenario.agencies.items()}
    scenario = replace(scenario, agencies=always)
    places = {id: builders.placement(id, TUESDAY) for id in ("OP-1", "OP-2")}
    base = Base(1, datetime(2027, 3, 1, tzinfo=scenario.zone), places, frozenset(places))
    days = [team.slot.day for team in free_teams(ReplanContext.of(scenario, base), places)]
    assert days == [TUESDAY, TUESDAY, TUESDAY + timedelta(1)]
