"""Tables of what a party offers: table -> lines -> table is the identity, and lines say what the table says."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.domain.calendar import Shift, Slot, Span
from arshjul.year.domain.parties import Agency, Matching, Offer, PoliceUnit, TeamLine
from arshjul.year.domain.sent_offer import (
    OfferException,
    OfferTable,
    TeamsOffer,
    bounded,
    offer_table,
    officer_lines,
    outside,
    team_lines,
    with_offer,
    within,
)
from tests.builders import scenario
from tests.examples import examples

SHIFTS = ("day", "evening", "night")
SPAN = Span(date(2026, 1, 1), date(2027, 1, 31))
"""A year of 53 weeks and the month after, over both changes of the clock."""

days = st.dates(SPAN.first, SPAN.last)
some_days = st.frozensets(st.integers(0, 6), min_size=1)
some_weeks: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(["odd", "even"]), st.frozensets(st.integers(1, 53), min_size=1, max_size=5)
)
ordinals = st.frozensets(st.sampled_from([-5, -2, -1, 1, 2, 5]), min_size=1)


@st.composite
def exceptions(draw: st.DrawFn, *, is_unit: bool) -> OfferException:
    first, last = sorted((draw(days), draw(days)))
    when = Matching(
        draw(st.none() | some_days),
        first=draw(st.sampled_from([None, first])),
        last=draw(st.sampled_from([None, last])),
        weeks=draw(st.none() | some_weeks),
        nth=draw(st.none() | ordinals),
    )
    if not any((when.first, when.last, when.weeks, when.nth)):
        when = replace(when, first=first)
    number, at_most = draw(st.integers(0, 3)), draw(st.booleans())
    designated = draw(st.none() | st.integers(0, number)) if is_unit else None
    named = draw(st.none() | st.frozensets(st.sampled_from(SHIFTS), min_size=1))
    return OfferException(when, named, number, designated, at_most)


@st.composite
def tables(draw: st.DrawFn, *, is_unit: bool) -> OfferTable:
    offers = st.integers(0, 3).flatmap(
        lambda n: st.builds(Offer, st.just(n), st.integers(0, n) if is_unit else st.just(0))
    )
    places = st.tuples(st.integers(0, 6), st.sampled_from(SHIFTS))
    cells = draw(st.dictionaries(places, offers, max_size=21))
    return OfferTable(SHIFTS, cells, tuple(draw(st.lists(exceptions(is_unit=is_unit), max_size=5))))


def plainly(table: OfferTable, day: date, shift: str) -> Offer:
    """What the table says of a slot, read as a person would."""
    offer = table.cells.get((day.weekday(), shift), Offer())
    for exception in table.exceptions:
        if (exception.shifts is None or shift in exception.shifts) and exception.when.matches(Slot(day, shift)):
            if exception.at_most:
                few = offer.designated if exception.designated is None else min(offer.designated, exception.designated)
                offer = Offer(min(offer.officers, exception.number), few)
            else:
                offer = Offer(exception.number, exception.designated or 0)
    return offer


def every_slot() -> list[Slot]:
    return [Slot(day, shift) for day in SPAN.days() for shift in SHIFTS]


@given(tables(is_unit=True))
@examples(100, 10_000)
def test_a_table_of_a_unit_comes_back_from_its_lines(table: OfferTable) -> None:
    assert offer_table(officer_lines(table), SHIFTS, SPAN) == table


@given(tables(is_unit=False))
@examples(100, 10_000)
def test_a_table_of_an_agency_comes_back_from_its_lines(table: OfferTable) -> None:
    assert offer_table(team_lines(table), SHIFTS, SPAN) == table


@given(tables(is_unit=True), tables(is_unit=False))
@examples(4, 300)
def test_lines_say_what_the_table_says_on_every_date(of_unit: OfferTable, of_agency: OfferTable) -> None:
    unit = PoliceUnit("u", "U", "local", (), officers=officer_lines(of_unit))
    agency = Agency("a", "A", "municipal", teams=team_lines(of_agency))
    for slot in every_slot():
        assert unit.offer(slot) == plainly(of_unit, slot.day, slot.shift)
        assert agency.offer(slot) == plainly(of_agency, slot.day, slot.shift).officers


@given(tables(is_unit=False), tables(is_unit=False), days, days)
@examples(4, 300)
def test_what_is_taken_over_holds_on_the_dates_of_the_call_and_nowhere_else(
    old: OfferTable, new: OfferTable, one: date, other: date
) -> None:
    span = Span(*sorted((one, other)))
    before = Agency("a", "A", "municipal", teams=team_lines(old))
    year = scenario(agencies={"a": before}, shifts=tuple(Shift(id, id, time(9), time(15)) for id in SHIFTS))
    after = with_offer(year, "a", TeamsOffer("H1", teams=team_lines(new)), span, "e1").agencies["a"]
    for slot in every_slot():
        said = plainly(new, slot.day, slot.shift).officers if slot.day in span else before.offer(slot)
        assert after.offer(slot) == said


@given(tables(is_unit=True), days, days)
@examples(10, 1_000)
def test_bounded_lines_say_the_same_within_the_call(table: OfferTable, one: date, other: date) -> None:
    span = Span(*sorted((one, other)))
    back = within(bounded(officer_lines(table), span), span)
    was = PoliceUnit("u", "U", "local", (), officers=officer_lines(table))
    now = PoliceUnit("u", "U", "local", (), officers=back)
    assert all(was.offer(slot) == now.offer(slot) for slot in every_slot() if slot.day in span)


def test_lines_written_by_hand_become_a_table_that_says_the_same() -> None:
    lines = (
        TeamLine(Matching(frozenset({1, 2}), "day"), 2),
        TeamLine(Matching(), 1, at_most=True),
        TeamLine(Matching(first=date(2026, 7, 1), last=date(2026, 7, 31)), 0),
        TeamLine(Matching(frozenset({4}), "evening"), 3),
    )
    table = offer_table(lines, SHIFTS, SPAN)
    assert table.cells == {(1, "day"): Offer(1), (2, "day"): Offer(1)}
    assert [exception.when.first for exception in table.exceptions] == [date(2026, 7, 1), SPAN.first]
    agency = Agency("a", "A", "municipal", teams=lines)
    for slot in every_slot():
        assert plainly(table, slot.day, slot.shift).officers == agency.offer(slot)


def test_lines_that_never_touch_the_call_stay_as_they_are() -> None:
    lines = (TeamLine(Matching(first=date(2026, 7, 1), last=date(2026, 7, 31)), 1),)
    assert outside(lines, Span(date(2026, 8, 1), date(2026, 12, 31))) == lines
    assert outside(lines, Span(date(2026, 7, 10), date(2026, 7, 20))) == (
        TeamLine(Matching(first=date(2026, 7, 1), last=date(2026, 7, 9)), 1),
        TeamLine(Matching(first=date(2026, 7, 21), last=date(2026, 7, 31)), 1),
    )


def test_a_week_53_and_the_hour_that_is_missing_count_like_others() -> None:
    away = OfferException(Matching(weeks=frozenset({53})), None, 0)
    last_sunday = OfferException(Matching(frozenset({6}), nth=frozenset({-1})), frozenset({"night"}), 2)
    cells = {(day, "night"): Offer(1) for day in range(7)}
    agency = Agency("a", "A", "municipal", teams=team_lines(OfferTable(SHIFTS, cells, (away, last_sunday))))
    week_53 = [Slot(date(2026, 12, 28) + timedelta(days=n), "night") for n in range(6)]
    assert {agency.offer(slot) for slot in week_53} == {0}
    assert agency.offer(Slot(date(2026, 3, 29), "night")) == agency.offer(Slot(date(2026, 10, 25), "night")) == 2
    assert agency.offer(Slot(date(2027, 1, 4), "night")) == 1
