from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.lenders import coverage
from arshjul.year.agenda.overview import overview
from arshjul.year.agenda.party import COORDINATOR, Party
from arshjul.year.agenda.view import View, remembered, view
from arshjul.year.agenda.year import YearView, iso_weeks, kinds_said, months, year
from arshjul.year.domain.calendar import Avoided, Calendar, Slot, Span
from arshjul.year.domain.entries.amendment import Outcome, Result
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import AgencyGroup, Operation, Placement
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import FREEZE_DAYS, Cycle, Meeting, Milestone, Settings
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.notices import notices
from arshjul.year.render.page.labels import PageLabels
from tests import builders
from tests.builders import operation, placement, plan, scenario, swedish
from tests.year.render import builder

spans = st.builds(
    lambda first, n: Span(first, first + timedelta(days=n)),
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(0, 800),
)


@given(spans)
def test_months_and_weeks_cover_the_period_without_gap_or_overlap(span: Span) -> None:
    every = list(span.days())
    assert [day for month in months(span) for day in month.days()] == every
    assert [day for week in iso_weeks(span) for day in week.span.days()] == every
    for month in months(span):
        assert (month.first.year, month.first.month) == (month.last.year, month.last.month)
    for week in iso_weeks(span):
        assert {day.isocalendar()[:2] for day in week.span.days()} == {(week.year, week.number)}


def one(*operations: Operation, day: date = date(2027, 3, 2), **changed: object) -> YearView:
    """The view of a scenario with these operations, all of them on one day."""
    scenario = builders.scenario(operations or [builders.operation()], **changed)
    placements = [
        Placement(id, Slot(day, "day"), None if operation.officers == 0 else next(iter(scenario.police)))
        for id, operation in scenario.operations.items()
    ]
    return year(scenario, builders.plan(scenario, placements))


def test_an_insats_is_with_police_and_two_agencies_and_others_are_counted_beside_it() -> None:
    alone = builders.operation("OP-003", officers=2, agencies={"miljo": 1})
    seen = one(builders.operation("OP-001", officers=0), builders.operation("OP-002", officers=2), alone)
    assert [(o.id, o.kind, o.unit is None) for o in seen.operations] == [
        ("OP-001", "no-police", True),
        ("OP-002", "insats", False),
        ("OP-003", "one-agency", False),
    ]
    assert [words("en").say(message) for message in kinds_said(seen.kinds)] == [
        "1 operation with police",
        "1 with police and one agency",
        "1 without police",
    ]


def test_operations_stand_by_time_then_as_they_are_written_and_changes_in_the_order_of_the_plan() -> None:
    ids = ("OP-9", "OP-10", "OP-11")
    made, day = scenario([operation(id, officers=0) for id in ids]), date(2027, 1, 20)
    evening, morning = Slot(day, "evening"), Slot(day, "day")
    places = [Placement("OP-9", evening, None), Placement("OP-11", morning, None), Placement("OP-10", morning, None)]
    assert [one.id for one in year(made, plan(made, places)).operations] == ["OP-10", "OP-11", "OP-9"]
    days = {"OP-9": date(2028, 2, 2), "OP-10": date(2027, 3, 2), "OP-15": date(2028, 3, 1)}
    made = scenario([operation(id) for id in days], span=Span(date(2027, 1, 1), date(2028, 12, 31)))
    new = plan(made, [placement(id, day) for id, day in days.items()], datetime(2027, 1, 4))
    new = replace(new, revision=2, base=Base(1, new.as_of, {"OP-8": placement("OP-8", date(2027, 3, 2))}))
    found = overview(made, new).revised
    assert found is not None
    assert [change.id for change in found.changed] == ["OP-8", "OP-9", "OP-10", "OP-15"]
    labels, view = PageLabels(swedish()), year(made, new)
    said = [labels.where(change.new, view).replace("\xa0", " ") for change in found.changed[1:3]]
    assert [one.partition(",")[0] for one in said] == ["ons 2 feb 2028", "tis 2 mar"]


def test_a_week_holds_officers_and_teams_of_its_operations_and_a_leading_agency_takes_part_without() -> None:
    made = builder.scenario(1)
    operation = replace(
        made.operations["OP-001"],
        area="city",
        officers=4,
        agencies={"miljo": 2, "skatteverket": 1},
        optional_agencies={"kronofogden": 3, "slk": 1},
    )
    made = replace(made, operations={operation.id: operation})
    placement = Placement(operation.id, Slot(date(2027, 3, 2), "day"), "lpo-city", ("kronofogden",))
    seen = year(made, replace(builder.plan(made), placements=(placement,)))
    loads = {str(week): (week.officers, week.team_shifts) for week in seen.weeks if week.officers or week.team_shifts}
    assert loads == {"2027-W09": (4, 6)}
    assert seen.operations[0].agencies == ("Miljöförvaltningen", "Skatteverket", "Kronofogden")
    made = builder.scenario(1)
    operation = replace(made.operations["OP-001"], lead_agency="slk", agencies={"miljo": 1}, optional_agencies={})
    made = replace(made, operations={operation.id: operation})
    seen = year(made, builder.plan(made))
    assert seen.operations[0].agencies == ("Miljöförvaltningen", "Stadsledningskontoret")
    assert sum(week.team_shifts for week in seen.weeks) == 1


def test_status_follows_the_moment_the_frozen_days_and_the_latest_outcome() -> None:
    made, placement = builder.scenario(1), Placement("OP-001", Slot(date(2027, 3, 2), "day"), "lpo-city")
    assert made.settings[FREEZE_DAYS] == 14
    for as_of, status in [
        (datetime(2027, 3, 2, 9, 0, 1), "passed"),
        (datetime(2027, 3, 2, 9), "confirmed"),
        (datetime(2027, 2, 17, 9), "confirmed"),
        (datetime(2027, 2, 16, 23, 59), "tentative"),
    ]:
        moment = as_of.replace(tzinfo=ZoneInfo("Europe/Stockholm"))
        seen = year(made, replace(builder.plan(made), as_of=moment, placements=(placement,)))
        assert seen.operations[0].status == status
    gone: list[tuple[tuple[Result, ...], str, str]] = [
        ((), "passed", "insats"),
        (("done",), "done", "insats"),
        (("done", "without-police"), "without-police", "no-police"),
        (("aborted",), "aborted", "insats"),
    ]
    for results, status, kind in gone:
        outcomes = tuple(Outcome("OP-001", placement.slot.day, result) for result in results)
        after = datetime(2027, 3, 3, tzinfo=ZoneInfo("Europe/Stockholm"))
        plan = replace(builder.plan(made), as_of=after, placements=(placement,), entries=Entries.of(outcomes=outcomes))
        (one,) = year(made, plan).operations
        assert (one.status, one.kind) == (status, kind)


def test_dates_that_are_closed_or_avoided_say_why() -> None:
    calendar = Calendar(
        "SE",
        frozenset({6}),
        (Span(date(2027, 3, 1), date(2027, 3, 7)),),
        (Span(date(2027, 3, 14), date(2027, 3, 14)),),
        {date(2027, 3, 7): "En helgdag"},
    )
    made = replace(builder.scenario(0), calendar=calendar, span=Span(date(2027, 3, 1), date(2027, 3, 21)))
    closed = year(made, builder.plan(made)).closed
    assert closed == {
        **{date(2027, 3, number): "closed" for number in range(1, 7)},
        date(2027, 3, 7): "holiday",
        date(2027, 3, 21): "weekday",
    }
    for price in [None, 0]:
        maundy_thursday, good_friday, monday = date(2027, 3, 25), date(2027, 3, 26), date(2027, 3, 22)
        free = Avoided(Span(maundy_thursday, good_friday), 0)
        calendar = Calendar(
            holidays={good_friday: "Långfredagen"}, avoid=(free, "eves", "bridge_days", Avoided(Span(monday, monday)))
        )
        made = replace(builder.scenario(1), calendar=calendar, span=Span(monday, date(2027, 3, 28)))
        if price is not None:
            made = replace(made, objective=replace(made.objective, prices={"avoided-day": price}))
        placement = Placement("OP-001", Slot(maundy_thursday, "day"), "lpo-city")
        seen = year(made, replace(builder.plan(made), placements=(placement,)))
        avoided = {} if price == 0 else {monday: "avoided", maundy_thursday: "eves"}
        assert seen.closed == {**avoided, good_friday: "holiday"}
        assert [why.template for why in seen.operations[0].avoided] == ([] if price == 0 else ["an eve"])
    maundy_thursday, good_friday = date(2027, 3, 25), date(2027, 3, 26)
    named = Avoided(Span(maundy_thursday, maundy_thursday), 5)
    calendar = Calendar(holidays={good_friday: "Långfredagen"}, avoid=("eves", named))
    assert [calendar.why_avoided(maundy_thursday, usual) for usual in (2, 5)] == ["avoided", "eves"]
    assert [calendar.avoided(maundy_thursday, usual) for usual in (2, 8)] == [5, 8]


def test_milestones_and_meetings_of_the_period_are_shown_on_their_office_days() -> None:
    milestones = (
        Milestone("nomination", "Objekt nominerade", -90),
        Milestone("planning-meeting", "Planeringsmöte", -2, time(10)),
        Milestone("joint-evaluation", "Gemensam utvärdering", 5),
    )
    seen = one(calendar=Calendar(None, frozenset({6})), cycle=Cycle(milestones))
    assert [(around.milestone, around.day) for around in seen.around] == [
        ("planning-meeting", date(2027, 2, 26)),  # the Friday before a Sunday
        ("joint-evaluation", date(2027, 3, 8)),  # the Monday after one
    ]
    meetings = (
        Meeting("network-meeting", "Nätverksträff", (date(2027, 9, 15), date(2027, 3, 17), date(2028, 3, 1))),
        Meeting("annual-report", "Årsrapport", (date(2027, 3, 31),)),
    )
    seen = one(cycle=Cycle((), meetings))
    assert [(meeting.id, meeting.day.month) for meeting in seen.meetings] == [
        ("network-meeting", 3),
        ("annual-report", 3),
        ("network-meeting", 9),
    ]


def test_sectors_keep_their_order_when_the_plan_changes() -> None:
    made = builder.scenario(60)
    full, half = year(made, builder.plan(made)), year(made, builder.plan(made, unplaced=55))
    assert list(full.sectors) == list(half.sectors) == [id for id in made.names if id in full.sectors]
    assert half.n_unplaced == 55


def test_what_a_revision_gave_another_place_is_changed_and_the_rest_is_not() -> None:
    made = builder.scenario(3)
    plan = builder.plan(made)
    first, second, third = plan.placements
    base = Base(
        1,
        plan.as_of,
        {
            first.operation: replace(first, slot=Slot(date(2027, 5, 5), "day")),
            second.operation: replace(second, optional_agencies=("slk",)),
        },
    )
    seen = year(made, replace(plan, base=base, revision=2))
    assert {o.id: o.changed for o in seen.operations} == {"OP-001": True, "OP-002": False, third.operation: False}


def test_no_site_and_no_title_is_in_the_view() -> None:
    made = builder.with_sites(builder.scenario(30))
    titled = {o.id: replace(o, title=f"{builder.CANARY} {o.id}") for o in made.operations.values()}
    made = replace(made, operations=titled, settings=Settings())
    assert builder.CANARY not in repr(year(made, builder.plan(made, unplaced=2)))
    assert not {"titles", "sites", "contact"} & {field.name for field in fields(YearView)}


# What feeds, milestones and messages say of operations on several dates, and of agencies that are chosen.


SEVERAL = scenario([operation(days=2)])
GROUPED = scenario([operation(agencies={"miljo": 1}, any_of=(AgencyGroup(("skatteverket", "arbetsmiljoverket"), 2),))])


def seen(party: Party, plan: Plan, scenario: Scenario, history: FeedHistory | None = None) -> View:
    return view(plan, scenario, Channel(party, "full", "all"), history or FeedHistory(), swedish(), bytes(32))


def replanned(old: Plan, new: Plan) -> Plan:
    return replace(new, revision=2, base=Base(1, new.as_of, old.placed))


def test_an_operation_of_several_dates_has_an_event_officers_and_teams_on_each() -> None:
    found = {e.event.uid: e.event for e in seen(COORDINATOR, plan(SEVERAL, [placement()]), SEVERAL).entries}
    first, second = found["OP-001@goteborg-2027.arshjul"], found["OP-001..2@goteborg-2027.arshjul"]
    assert (first.starts, second.starts) == (datetime(2027, 3, 2, 8, tzinfo=UTC), datetime(2027, 3, 3, 8, tzinfo=UTC))
    assert "Dag 2 av 2, 2–3 mars 2027" in second.description
    assert "OP-001..3@goteborg-2027.arshjul" not in found
    frozen = plan(SEVERAL, [placement()], datetime(2027, 2, 17, 10))  # 2 March is the last frozen date
    entries = seen(COORDINATOR, frozen, SEVERAL).entries
    assert {e.event.status for e in entries if e.event.uid.startswith("OP-001..2@")} == {"CONFIRMED"}
    both = [seen(COORDINATOR, plan(s, [placement()]), s) for s in (scenario([operation()]), SEVERAL)]
    days = [{e.event.uid: e.event.day for e in one.entries if e.event.uid.startswith("OP-001.")} for one in both]
    before = "OP-001.planning-meeting@goteborg-2027.arshjul"
    after = "OP-001.joint-evaluation@goteborg-2027.arshjul"
    assert days[0][before] == days[1][before]
    assert (days[1][after] - days[0][after]).days == 1
    old = plan(SEVERAL, [placement()])
    history = remembered(FeedHistory(), [seen(COORDINATOR, old, SEVERAL)])
    shorter = scenario([operation()])
    new = replanned(old, plan(shorter, [placement()], datetime(2026, 12, 1, 10)))
    later = {e.event.uid: e.event for e in seen(COORDINATOR, new, shorter, history).entries}
    assert later["OP-001..2@goteborg-2027.arshjul"].status == "CANCELLED"
    assert later["OP-001@goteborg-2027.arshjul"].status != "CANCELLED"
    context, made = ReplanContext.of(SEVERAL), plan(SEVERAL, [placement(day=date(2027, 3, 31))])
    city = next(unit for unit in coverage(context, made).police if unit.name == "LPO City")
    skatt = next(agency for agency in coverage(context, made).agencies if agency.name == "Skatteverket")
    assert [use.used for use in city.by_month][2:4] == [2, 2]
    assert [use.used for use in skatt.by_month][2:4] == [2, 2]
    week = next(week for week in year(SEVERAL, made).weeks if str(week) == "2027-W13")
    assert (week.officers, week.team_shifts) == (4, 6)


def test_who_is_chosen_sees_the_operation_and_another_choice_is_told_to_who_comes_and_who_goes() -> None:
    made = plan(GROUPED, [replace(placement(), any_of=("skatteverket",))])
    chosen = {e.event.uid: e.event for e in seen(Party("agency", "skatteverket"), made, GROUPED).entries}
    other = seen(Party("agency", "arbetsmiljoverket"), made, GROUPED).entries
    told = chosen["OP-001@goteborg-2027.arshjul"].description
    assert "Er roll: deltar, behövs" in told
    assert "Era lag: 2" in told
    assert not any(e.event.uid.startswith("OP-001") for e in other)
    old = plan(GROUPED, [replace(placement(), any_of=("skatteverket",))])
    new = replanned(old, plan(GROUPED, [replace(placement(), any_of=("arbetsmiljoverket",))]))
    found = notices(GROUPED, GROUPED, old.placed, new)
    assert [move.operation for move in found.changes.unit_changed] == ["OP-001"]
    assert found.tell == dict.fromkeys(("miljo", "skatteverket", "arbetsmiljoverket", "lpo-city"), ("OP-001",))
    (sentence,) = found.sentences
    assert (
        "nu utan Skatteverket, på grund av att andra insatser behövde lagen; nu med Arbetsmiljöverket"
        in swedish().say(sentence)
    )
    said = {letter.to.id: swedish().say(letter.lines[0]) for letter in found.letters}
    assert "ni deltar inte längre" in said["skatteverket"]
    assert "ni deltar nu" in said["arbetsmiljoverket"]
    assert (
        "nu utan Skatteverket, på grund av att andra insatser behövde lagen; nu med Arbetsmiljöverket" in said["miljo"]
    )
