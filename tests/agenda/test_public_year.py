"""Numbers for everybody: complete, and none so small that it points at somebody."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.agenda.public_year import LEAST, PublicYear, public_year
from arshjul.domain.calendar import Span
from tests.builders import operation, placement, plan, scenario
from tests.examples import examples

YEAR = Span(date(2027, 1, 1), date(2027, 12, 31))
days = st.integers(0, 364).map(lambda number: YEAR.first + timedelta(days=number))


def seen(placed: list[date], without_police: int = 0, span: Span = YEAR) -> PublicYear:
    n = len(placed) + without_police
    there = scenario([operation(f"OP-{number}") for number in range(n)], span=span)
    placements = [placement(f"OP-{number}", day) for number, day in enumerate(placed)]
    placements += [placement(f"OP-{number}", YEAR.first, "day", None) for number in range(len(placed), n)]
    return public_year(there, plan(there, placements))


@examples(40, 300)
@given(st.lists(days, max_size=120), st.integers(0, 8))
def test_every_operation_is_counted_and_no_small_number_told(placed: list[date], without_police: int) -> None:
    year = seen(placed, without_police)
    weeks = [week for total in year.totals for week in total.weeks]
    assert weeks == list(year.weeks), "every week stands in one number"
    told = [total.operations for total in year.totals]
    if len(placed) < LEAST:
        assert (told, year.operations) == ([None], None)
    else:
        assert year.operations == len(placed)
        for total in year.totals:
            assert total.operations == sum(day in total.span for day in placed) >= LEAST
    assert year.without_police == (without_police if without_police >= LEAST else None)


def test_weeks_are_told_one_by_one_where_they_have_enough() -> None:
    every_day = [YEAR.first + timedelta(days=number) for number in range(365)]
    assert [len(total.weeks) for total in seen(every_day).totals] == [2, *[1] * 50, 1]
    assert {total.operations for total in seen(every_day).totals[1:-1]} == {7}


def test_an_empty_week_is_told_together_with_a_neighbour() -> None:
    but_one = [day for number in range(365) if (day := YEAR.first + timedelta(days=number)).isocalendar().week != 20]
    (wide,) = (total for total in seen(but_one).totals if 20 in [week.number for week in total.weeks])
    assert [week.number for week in wide.weeks] in ([19, 20], [20, 21])
    assert (wide.operations, wide.per_week) == (7, 3.5)


@pytest.mark.parametrize("n_days", [1, 5, 8, 20, 400])
def test_a_period_of_any_length_has_its_weeks(n_days: int) -> None:
    span = Span(YEAR.first, YEAR.first + timedelta(days=n_days - 1))
    year = seen([YEAR.first] * 6, span=span)
    assert (year.totals[0].span.first, year.totals[-1].span.last) == (span.first, span.last)
    assert year.operations == 6
