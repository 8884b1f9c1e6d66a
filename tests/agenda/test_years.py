"""A plan that goes on is shown year by year: what is drawn, counted and called by each."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from arshjul.agenda.channel import Channel
from arshjul.agenda.overview import overview
from arshjul.agenda.party import COORDINATOR
from arshjul.agenda.public_year import public_year
from arshjul.agenda.uid import Uids
from arshjul.agenda.wording import Wording
from arshjul.agenda.year import year
from arshjul.domain.calendar import Span
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.years import name_in, year_label, years_of
from tests import builders


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


def turned() -> tuple[Scenario, Plan]:
    """An operation in each of two years, and one of the second without a place."""
    there = builders.scenario([builders.operation(id) for id in ("OP-1", "OP-2", "OP-3")])
    late = replace(there.operations["OP-3"], window=span("2028-01-01", "2028-12-31"))
    there = replace(there, span=span("2027-01-01", "2028-12-31"), operations={**there.operations, "OP-3": late})
    placed = [builders.placement("OP-1", date(2027, 3, 2)), builders.placement("OP-2", date(2028, 3, 7))]
    return there, builders.plan(there, placed, datetime(2027, 11, 20, 9))


@pytest.mark.parametrize(
    ("period", "years"),
    [
        (span("2027-01-01", "2027-12-31"), ["2027"]),
        (span("2027-01-01", "2028-12-31"), ["2027", "2028"]),
        (span("2026-12-01", "2028-12-31"), ["2027", "2028"]),
        (span("2027-02-15", "2028-12-31"), ["2027", "2028"]),
        (span("2027-01-01", "2028-01-31"), ["2027"]),
        (span("2027-07-01", "2029-06-30"), ["2027/28", "2028/29"]),
        (span("2028-02-29", "2028-12-31"), ["2028"]),
    ],
)
def test_a_period_falls_into_years(period: Span, years: list[str]) -> None:
    found = years_of(period)
    assert [year_label(one) for one in found] == years
    assert [day for one in found for day in one.days()] == list(period.days())


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("Göteborg 2027", "Göteborg 2028"),
        ("2027 års plan", "2028 års plan"),
        ("Läsåret 2027/28", "Läsåret 2028/29"),
        ("Läsåret 2027–2028", "Läsåret 2028–2029"),
        ("Plan 12027", "Plan 12027 2028"),
        ("Byn", "Byn 2028"),
    ],
)
def test_a_name_follows_the_year(name: str, second: str) -> None:
    period = span("2027-01-01", "2028-12-31")
    assert name_in(name, period, years_of(period)[1]) == second
    assert name_in(name, years_of(period)[0], years_of(period)[0]) == name, "a plan of one year is called as it is"


def test_each_year_has_its_own_view() -> None:
    there, plan = turned()
    first, second = (year(there, plan, one) for one in there.years)
    assert year(there, plan) == first, "that of the plan's moment"
    assert [one.id for one in (*first.operations, *second.operations)] == ["OP-1", "OP-2"]
    assert (first.name, second.name) == ("Göteborg 2027", "Göteborg 2028")
    assert (first.n_unplaced, second.n_unplaced) == (0, 1)
    assert (len(first.months), len(second.months)) == (12, 12)
    assert (first.weeks[-1].span.last, second.weeks[0].span.first) == (date(2027, 12, 31), date(2028, 1, 1))
    assert {one.operation for one in first.around} == {"OP-1"}
    assert [public_year(there, plan, one).span for one in there.years] == list(there.years)
    of_second = overview(there, plan, shown=there.years[1])
    assert of_second.other_years == ("2027",)
    assert [one.id for one in of_second.left_out] == ["OP-3"]
    assert all(len(one.by_month) == 12 for one in of_second.coverage.police)


def test_a_calendar_is_called_by_the_years_that_it_has_ahead_and_its_uids_stay() -> None:
    there, plan = turned()
    called = []
    for moment in (2027, 2028):
        seen = replace(plan, as_of=plan.as_of.replace(year=moment))
        called.append(Wording(there, builders.swedish(), Channel(COORDINATOR, "full", "all"), seen).calendar_name)
    assert called == ["Årshjul Göteborg 2027–2028", "Årshjul Göteborg 2028"]
    assert Uids.of(there.name).operation("OP-2") == "OP-2@goteborg-2027.arshjul"
