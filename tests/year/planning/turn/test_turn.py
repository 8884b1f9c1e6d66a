"""A year carried into the next by the calendar, with known answers for 2027 and 2028."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.errors import Refused
from arshjul.year.domain.calendar import Avoided, Calendar, Slot, Span
from arshjul.year.domain.entries.amendment import FewerOfficers, OtherDates, TeamsLost, WithoutPolice
from arshjul.year.domain.operation import FollowUp, Operation, Pin, Repeat, Site, as_written, single
from arshjul.year.domain.parties import Agency, Matching, TeamLine
from arshjul.year.domain.scenario import Scenario, Target
from arshjul.year.domain.settings import Cycle, Every, LimitException, Meeting, Settings
from arshjul.year.formats.scenario.scenario import public_holidays
from arshjul.year.planning.next_year import NextYear, TwoYears, Wishes
from arshjul.year.planning.turn import Turned, next_ids, turned
from tests import builders

NAMED = {day: name for kind in ("de_facto", "public") for day, name in public_holidays("SE", 2026, 2031, kind)}
NEXT = NextYear(NAMED)
TODAY = date(2027, 11, 20)


def span(text: str) -> Span:
    """Dates like `02-15 02-21` of 2027, or `2028-02-14`."""
    days = [date.fromisoformat(one if len(one) > 5 else f"2027-{one}") for one in text.split()]
    return Span(days[0], days[-1])


def test_dates_and_windows_follow_weeks_months_and_holidays() -> None:
    for old, new in [
        ("02-15 02-21", "2028-02-14 2028-02-20"),  # the winter holiday, week 7
        ("03-29 04-04", "2028-04-17 2028-04-23"),  # the week after Easter
        ("03-22 03-26", "2028-04-10 2028-04-14"),  # the week before Easter
        ("11-01 11-07", "2028-10-30 2028-11-05"),  # the autumn holiday, week 44
        ("07-12 08-08", "2028-07-10 2028-08-06"),  # weeks 28 to 31
        ("12-20 12-31", "2028-12-18 2028-12-31"),  # from the Monday of week 51 to New Year's Eve
        ("01-02 01-08", "2028-01-02 2028-01-07"),  # from the day after New Year's Day
        ("05-07", "2028-05-26"),  # the day after Ascension Day
        ("06-25", "2028-06-23"),  # Midsummer's Eve
        ("03-25", "2028-04-13"),  # Maundy Thursday
        ("12-24", "2028-12-24"),
        ("04-30", "2028-04-30"),  # the day before the first of May
        ("06-01 06-30", "2028-06-01 2028-06-30"),
        ("02-01 02-28", "2028-02-01 2028-02-29"),
        ("01-14", "2028-01-13"),  # a Thursday of week 2
    ]:
        assert NEXT.days(span(old)) == span(new)
    for old, new in [
        ("04-19 04-23", "2028-04-17 2028-04-21"),  # week 16, whatever Easter does
        ("03-29 04-04", "2028-03-27 2028-04-02"),
        ("02-01 05-31", "2028-02-01 2028-05-31"),
        ("02-01 06-15", "2028-02-01 2028-06-13"),  # from the month's first, to the Tuesday of week 24
        ("2026-12-28 2027-01-03", "2027-12-27 2028-01-02"),  # week 53 becomes the last, week 52
    ]:
        assert NEXT.period(span(old)) == span(new)


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.integers(0, 200))
def test_a_period_never_ends_before_it_begins(first: date, length: int) -> None:
    old = Span(first, first + timedelta(days=length))
    for new in (NEXT.days(old), NEXT.period(old)):
        assert new.first <= new.last
        assert 330 < (new.first - old.first).days < 400


def turn(
    scenario: Scenario, given: Scenario | None = None, begun: Mapping[str, date] | None = None, **wishes: Any
) -> Turned:
    return turned(scenario, Wishes(**wishes), NAMED, given or scenario, TODAY, begun or {}, scenario.operations)


def year(*operations: Operation, **more: object) -> Scenario:
    made = builders.scenario(list(operations), **more)
    return replace(made, span=span("01-01 12-31"))


def test_operations_come_again_as_if_nominated_anew() -> None:
    old = builders.operation(
        "OP-009",
        window=span("02-01 05-31"),
        preferred=span("03-01 03-31"),
        not_on=(span("03-25"), span("04-06")),
        nominated_on=date(2026, 12, 1),
        fixed=Pin(Slot(date(2027, 3, 2), "day")),
        sites=(Site("hemlig"),),
    )
    given = year(replace(old, not_on=old.not_on[:1]), builders.operation("OP-100"))
    made = turn(year(old, builders.operation("OP-100")), given)
    new = made.scenario.operations["OP-101"]
    assert made.again == {"OP-009": "OP-101", "OP-100": "OP-102"}
    assert (new.window, new.preferred) == (span("2028-02-01 2028-05-31"), span("2028-03-01 2028-03-31"))
    assert new.not_on == (span("2028-04-13"),), "what an agency asked for was about this year"
    assert (new.nominated_on, new.fixed, new.sites) == (TODAY, None, ())
    assert made.scenario.operations["OP-009"] == old


def test_an_operation_of_the_whole_year_or_of_new_years_day_comes_again_once() -> None:
    made = turn(year(builders.operation("OP-1"), builders.operation("OP-2")), begun={"OP-2": date(2027, 3, 2)})
    windows = {id: one.window for id, one in made.scenario.operations.items()}
    assert windows == {
        "OP-1": span("01-01 12-31"),
        "OP-2": None,
        "OP-3": span("2028-01-01 2028-12-31"),
        "OP-4": span("2028-01-01 2028-12-31"),
    }
    # It lies in the last week of 2026, whose Friday in 2027 is New Year's Eve.
    made = turn(year(builders.operation("OP-1", window=span("01-01"))))
    assert made.scenario.operations["OP-2"].window == span("2028-01-01")
    once = turn(year(builders.operation("OP-1")), begun={"OP-1": date(2027, 3, 2)}).scenario
    twice = turned(once, Wishes(), NAMED, once, date(2028, 11, 20), {"OP-1": date(2027, 3, 2)}, once.operations)
    assert twice.again == {"OP-2": "OP-3"}
    assert twice.scenario.operations["OP-3"].window == span("2029-01-01 2029-12-31")
    made = turn(year(builders.operation("OP-1", window=span("10-01 10-31"))), last=date(2028, 6, 30))
    assert (made.again, made.outside) == ({}, ("OP-1",))


@pytest.mark.parametrize("number", range(2026, 2040))
@pytest.mark.parametrize("begins", [(1, 1), (7, 1)])
def test_a_date_of_the_year_comes_again_in_the_next_one(number: int, begins: tuple[int, int]) -> None:
    """Also 30 December 2031, which lies in the first week of 2032, and 1 January 2027, in the last one of 2026."""
    first, then, after = (date(number + later, *begins) for later in range(3))
    old, new = Span(first, then - timedelta(days=1)), Span(then, after - timedelta(days=1))
    years = TwoYears(old, new, NextYear({}))
    for day in old.days():
        assert years.day(day) in new
        assert years.day(day).weekday() == day.weekday()
        assert years.window(Span(day, min(day + timedelta(days=2), old.last))).overlaps(new)


def test_a_meeting_keeps_its_hour_and_is_in_the_next_year_whatever_is_closed() -> None:
    there = builders.scenario([builders.operation("OP-1")], span=span("2031-01-01 2031-12-31"))
    meeting = Meeting("net", "Nätverk", (date(2031, 12, 30),), start=time(13))
    there = replace(there, cycle=replace(there.cycle, meetings=(meeting,)))
    made = turned(there, Wishes(), {}, there, date(2031, 11, 20), {}, ())
    assert made.scenario.cycle.meetings[0].dates == (date(2031, 12, 30), date(2032, 12, 28))
    closed = Calendar(closed=(Span(date(2020, 1, 1), date(2040, 1, 1)),))
    there = replace(year(), calendar=closed, cycle=Cycle(meetings=(Meeting("net", "Nätverk", (date(2027, 6, 7),)),)))
    assert turn(there).scenario.cycle.meetings[0].dates == (date(2027, 6, 7), date(2028, 6, 5))
    every = Every(1, time(10), first=date(2027, 11, 1), last=date(2027, 12, 14))
    there = year(builders.operation("OP-1"))
    meeting = Meeting("net", "Nätverk", start=time(9), every=every)
    made = turn(replace(there, cycle=replace(there.cycle, meetings=(meeting,))))
    (after,) = made.scenario.cycle.meetings
    for scenario, one in ((there, meeting), (made.scenario, after)):
        days = scenario.meeting_days(one)
        assert {one.starts_at(day) for day in days} == {time(10)}
        assert {date(2027, 11, 2), date(2027, 12, 14)} <= {*days}


def test_an_offer_of_the_first_days_of_january_changes_nothing_in_december() -> None:
    there = year(builders.operation("OP-1"))
    agency = there.agencies["miljo"]
    friday = Matching(first=date(2027, 1, 1), last=date(2027, 1, 7), weekdays=frozenset({4}))
    made = turn(replace(there, agencies={agency.id: replace(agency, teams=(TeamLine(friday, 0),))}))
    _, line = made.scenario.agencies[agency.id].teams
    assert (line.when.first, line.when.last) == (date(2028, 1, 1), date(2028, 1, 6))


def test_ties_and_series_lead_to_their_successors_or_nowhere() -> None:
    first, other = builders.operation("OP-1", sector="restaurant"), builders.operation("OP-2", sector="car")
    follower = builders.operation("OP-3", sector="restaurant", after=FollowUp("OP-1", 60), not_same_day_as=("OP-2",))
    made = turn(year(first, other, follower), sectors=frozenset({"restaurant"}))
    new = made.scenario.operations["OP-5"]
    assert made.again == {"OP-1": "OP-4", "OP-3": "OP-5"}
    assert (new.after, new.not_same_day_as) == (FollowUp("OP-4", 60), ())
    assert made.loose == ("OP-3",)
    series = {operation.id: operation for operation in single(builders.operation("OP-7", repeat=Repeat(3, (28, 42))))}
    tied = builders.operation("OP-8", after=FollowUp("OP-7.3", 10))
    made = turn(replace(year(), operations={**series, "OP-8": tied}))
    assert made.again == {"OP-7": "OP-9", "OP-8": "OP-10"}
    assert [operation.id for operation in as_written(made.scenario.operations)] == ["OP-7", "OP-8", "OP-9", "OP-10"]
    assert made.scenario.operations["OP-10"].after == FollowUp("OP-9.3", 10)


def test_what_was_decided_about_one_date_is_not_inherited() -> None:
    """Without police, with fewer officers, on other dates: the next year comes from what was given."""
    given = year(builders.operation("OP-1", officers=3, police_also={"p1": 1}, designated="require"))
    spring = span("2027-04-01 2027-04-30")
    for change in (WithoutPolice("OP-1"), FewerOfficers("OP-1", 1), OtherDates("OP-1", "miljo", (spring,))):
        now = change.on(given)
        made = turned(now, Wishes(), NAMED, given, TODAY, {}, now.operations)
        new = made.scenario.operations["OP-2"]
        assert (new.officers, new.officers_least, new.police_also) == (3, None, {"p1": 1})
        assert (new.designated, new.not_on) == ("require", ())


def test_numbers_continue_each_once_and_a_name_gets_its_year() -> None:
    assert next_ids(["B-2", "A-01", "marknad"], ["A-09", "B-2"], "2028") == {
        "B-2": "B-3",
        "A-01": "A-10",
        "marknad": "marknad-2028",
    }
    assert next_ids(["marknad-2028"], [], "2029") == {"marknad-2028": "marknad-2029"}
    assert next_ids(["marknad-2027", "marknad"], [], "2028") == {
        "marknad-2027": "marknad-2028",
        "marknad": "marknad-2028-2",
    }
    assert next_ids(["marknad", "marknad-2027"], [], "2028") == {
        "marknad": "marknad-2028",
        "marknad-2027": "marknad-2029",
    }
    long = ["x" * 60, "x" * 59 + "y"]
    new = next_ids(long, [], "2027/2028").values()
    assert len({*new}) == 2
    assert max(map(len, new)) == 64


def test_dates_that_do_not_reach_are_carried_unless_they_are_left() -> None:
    there = year(
        calendar=Calendar(
            "SE",
            frozenset({6}),
            (span("02-15 02-21"), span("06-25")),
            (span("05-06"),),
            avoid=("eves", Avoided(span("02-15 02-21"), 4)),
        ),
        settings=Settings({}, (LimitException(span("11-01 11-05"), {"operations_per_day": 5}),)),
        targets=(Target("host-2027", "Hösten 2027", span("08-01 11-30"), 3),),
    )
    meetings = (
        Meeting("net", "Nätverk", (date(2027, 3, 17), date(2027, 6, 7)), start=time(13)),
        Meeting("report", "Rapport", (date(2027, 3, 31),)),
    )
    there = replace(there, cycle=replace(there.cycle, meetings=meetings))
    made = turn(there, left=frozenset({"closed.1"}))
    assert made.scenario.calendar.closed == (*there.calendar.closed, span("2028-02-14 2028-02-20"))
    assert made.scenario.calendar.opened == (span("05-06"), span("2028-05-25"))
    assert made.scenario.calendar.avoid == (*there.calendar.avoid, Avoided(span("2028-02-14 2028-02-20"), 4))
    assert made.scenario.settings.exceptions[-1].span == span("2028-10-30 2028-11-03")
    target = made.scenario.targets[-1]
    assert (target.id, target.name, target.span) == ("host-2028", "Hösten 2028", span("2028-08-01 2028-11-30"))
    assert [meeting.dates[-1] for meeting in made.scenario.cycle.meetings] == [date(2028, 6, 5), date(2028, 3, 31)]
    assert [one.key for one in made.dates if one.key.startswith("closed")] == ["closed.0", "closed.1"]


def test_dated_offers_are_carried_behind_their_own_and_a_loss_is_not() -> None:
    lines = (
        TeamLine(Matching(weekdays=frozenset({1})), 2),
        TeamLine(Matching(first=date(2027, 2, 15), last=date(2027, 2, 19)), 0),
        TeamLine(Matching(first=date(2027, 9, 1), last=date(2027, 9, 30), weekdays=frozenset({0})), 1, at_most=True),
    )
    lost = TeamsLost("miljo", span("10-01 10-31"), None, frozenset({0}), 1)
    agency = Agency("miljo", "Miljö", "municipal", teams=lines)
    there = year(agencies={"miljo": agency})
    made = turn(lost.on(there), there)
    carried = TeamLine(Matching(first=date(2028, 2, 14), last=date(2028, 2, 18)), 0)
    again = TeamLine(Matching(first=date(2028, 9, 1), last=date(2028, 9, 30), weekdays=frozenset({0})), 1, at_most=True)
    assert made.scenario.agencies["miljo"].teams == (*lines[:2], carried, lines[2], again, *lost.lines())
    assert [(one.n_lasting, one.n_carried, one.until) for one in made.offers if one.party == "miljo"] == [(1, 2, None)]
    dated = replace(agency, teams=(TeamLine(Matching(first=date(2027, 1, 1), last=date(2027, 6, 30)), 2),))
    (offer,) = [one for one in turn(year(agencies={"miljo": dated})).offers if one.party == "miljo"]
    assert offer.until == date(2027, 6, 30), "promised for half a year: to be asked for anew"


def test_an_offer_over_new_year_comes_again_whole_when_the_year_ends_in_which_it_begins() -> None:
    def mondays(first: str, last: str) -> TeamLine:
        whole = Matching(first=date.fromisoformat(first), last=date.fromisoformat(last), weekdays=frozenset({0}))
        return TeamLine(whole, 2)

    lines = [
        mondays("2027-12-13", "2028-01-16"),
        mondays("2028-12-11", "2029-01-14"),
        mondays("2029-12-10", "2030-01-13"),
    ]
    agency = Agency("miljo", "Miljö", "municipal", teams=(lines[0],))
    first = turn(year(agencies={"miljo": agency}))
    assert first.scenario.agencies["miljo"].teams == tuple(lines[:2])
    (offer,) = [one for one in first.offers if one.party == "miljo"]
    assert (offer.n_carried, offer.until) == (1, date(2028, 1, 16)), "said, and to be asked for anew"
    second = turned(first.scenario, Wishes(), NAMED, first.scenario, date(2028, 11, 20), {}, ())
    assert second.scenario.agencies["miljo"].teams == tuple(lines), "each once"


@pytest.mark.parametrize(
    ("first", "last", "turns"),
    [
        ("2027-03-01", "2027-12-31", [2027]),
        ("2026-11-01", "2027-02-28", [2027]),  # the plan begins in 2027
        (None, "2028-03-31", [2027]),
        ("2027-06-01", "2028-12-31", [2028]),  # all of the next year is promised already
        ("2027-06-01", "2029-01-31", [2028]),
        ("2028-02-01", "2028-05-31", [2028]),
        ("2028-11-01", "2029-02-28", [2028]),
        ("2027-01-01", None, []),
    ],
)
def test_a_dated_offer_comes_again_at_one_turn(first: str | None, last: str | None, turns: list[int]) -> None:
    ends_at = [None if one is None else date.fromisoformat(one) for one in (first, last)]
    when = Matching(first=ends_at[0], last=ends_at[1])
    agency = Agency("miljo", "Miljö", "municipal", teams=(TeamLine(when, 2),))
    there, carried = year(agencies={"miljo": agency}), []
    for ends in (2027, 2028):
        made = turned(there, Wishes(), NAMED, there, date(ends, 11, 20), {}, ())
        carried += [ends] * (len(made.scenario.agencies["miljo"].teams) - 1)
        there = replace(made.scenario, agencies={"miljo": agency})
    assert carried == turns


@pytest.mark.parametrize("last", [date(2027, 12, 31), date(2029, 1, 1)])
def test_the_last_date_lies_in_the_next_year(last: date) -> None:
    with pytest.raises(Refused):
        turn(year(), last=last)
