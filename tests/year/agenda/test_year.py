from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.agenda.year import YearView, iso_weeks, kinds_said, months, year
from arshjul.year.domain.calendar import Avoided, Calendar, Slot, Span
from arshjul.year.domain.entries.amendment import Outcome, Result
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Base
from arshjul.year.domain.settings import FREEZE_DAYS, Cycle, Meeting, Milestone, Settings
from arshjul.year.formats.catalogues import words
from tests import builders
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


def test_the_first_days_of_2027_lie_in_week_53_of_2026() -> None:
    first, second, *_ = iso_weeks(builder.YEAR_2027)
    assert (str(first), first.span) == ("2026-W53", Span(date(2027, 1, 1), date(2027, 1, 3)))
    assert str(second) == "2027-W01"


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


def test_a_week_holds_officers_and_teams_of_its_operations_optional_ones_included() -> None:
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


def test_a_leading_agency_takes_part_though_it_sends_no_team() -> None:
    made = builder.scenario(1)
    operation = replace(made.operations["OP-001"], lead_agency="slk", agencies={"miljo": 1}, optional_agencies={})
    made = replace(made, operations={operation.id: operation})
    seen = year(made, builder.plan(made))
    assert seen.operations[0].agencies == ("Miljöförvaltningen", "Stadsledningskontoret")
    assert sum(week.team_shifts for week in seen.weeks) == 1


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        (datetime(2027, 3, 2, 9, 0, 1), "passed"),
        (datetime(2027, 3, 2, 9), "confirmed"),
        (datetime(2027, 2, 17, 9), "confirmed"),
        (datetime(2027, 2, 16, 23, 59), "tentative"),
    ],
)
def test_status_follows_the_moment_and_the_frozen_days(as_of: datetime, status: str) -> None:
    made = builder.scenario(1)
    assert made.settings[FREEZE_DAYS] == 14
    placement = Placement("OP-001", Slot(date(2027, 3, 2), "day"), "lpo-city")
    as_of = as_of.replace(tzinfo=ZoneInfo("Europe/Stockholm"))
    seen = year(made, replace(builder.plan(made), as_of=as_of, placements=(placement,)))
    assert seen.operations[0].status == status


def test_closed_dates_say_why_and_an_opened_one_is_none() -> None:
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


@pytest.mark.parametrize("price", [None, 0])
def test_open_dates_that_are_avoided_say_why_while_they_cost_something(price: int | None) -> None:
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


def test_a_date_with_several_prices_is_called_by_the_dearest() -> None:
    maundy_thursday, good_friday = date(2027, 3, 25), date(2027, 3, 26)
    named = Avoided(Span(maundy_thursday, maundy_thursday), 5)
    calendar = Calendar(holidays={good_friday: "Långfredagen"}, avoid=("eves", named))
    assert [calendar.why_avoided(maundy_thursday, usual) for usual in (2, 5)] == ["avoided", "eves"]
    assert [calendar.avoided(maundy_thursday, usual) for usual in (2, 8)] == [5, 8]


def test_milestones_move_to_office_days_and_those_before_the_period_are_not_shown() -> None:
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


def test_meetings_within_the_period_ascend() -> None:
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


@pytest.mark.parametrize(
    ("results", "status", "kind"),
    [
        ((), "passed", "insats"),
        (("done",), "done", "insats"),
        (("done", "without-police"), "without-police", "no-police"),
        (("aborted",), "aborted", "insats"),
    ],
)
def test_what_has_started_shows_its_latest_outcome(results: tuple[Result, ...], status: str, kind: str) -> None:
    made = builder.scenario(1)
    placement = Placement("OP-001", Slot(date(2027, 3, 2), "day"), "lpo-city")
    outcomes = tuple(Outcome("OP-001", placement.slot.day, result) for result in results)
    as_of = datetime(2027, 3, 3, tzinfo=ZoneInfo("Europe/Stockholm"))
    plan = replace(builder.plan(made), as_of=as_of, placements=(placement,), entries=Entries.of(outcomes=outcomes))
    (seen,) = year(made, plan).operations
    assert (seen.status, seen.kind) == (status, kind)
