"""What a scenario says of its words."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.domain.business_traces import identity_numbers
from arshjul.year.domain.calendar import Shift, Slot, Span, by_clock
from arshjul.year.domain.operation import Site
from arshjul.year.domain.parties import Agency, Area, Matching, Offer, PoliceUnit, TeamLine
from arshjul.year.domain.scenario import Programme
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
from arshjul.year.domain.settings import Meet, Meeting
from arshjul.year.formats.schema.declared import shape
from tests import builders
from tests.builders import scenario
from tests.examples import examples

NAMES = {
    "restaurant": "Restaurang", "tobacco": "Tobak", "gone": "Nedlagt program",
    "miljo.role": "Beställer tillsyn", "gone.role": "Beställde kontroller",
}  # fmt: skip


def test_neither_a_programme_without_operations_nor_a_role_is_a_sector() -> None:
    # Sectors stand in every party's form, and in the portal's database.
    gone = {"gone": Programme("gone", "Nedlagt program")}
    made = builders.scenario([builders.operation(sector="restaurant")], names=NAMES, programmes=gone)
    assert made.sectors == ("restaurant", "tobacco")
    scenario = builders.scenario([builders.operation(sector="restaurant")], names=NAMES)
    assert scenario.role("miljo") == "Beställer tillsyn"
    assert not [id for id in scenario.sectors if id.endswith(".role")]


# Moments by a zone's clock, of which files and comparisons know no offset.


STOCKHOLM = ZoneInfo("Europe/Stockholm")


def test_moments_stay_in_order_and_the_hour_that_comes_twice_is_told_once() -> None:
    for day in [datetime(2027, 3, 27, 22, tzinfo=UTC), datetime(2027, 10, 30, 22, tzinfo=UTC)]:
        moments = [by_clock(day + timedelta(minutes=minutes), STOCKHOLM) for minutes in range(6 * 60)]
        assert all(before <= after for before, after in pairwise(moments))
        assert all(before.astimezone(UTC) <= after.astimezone(UTC) for before, after in pairwise(moments))
        for moment in moments:
            read = by_clock(datetime.fromisoformat(moment.replace(tzinfo=None).isoformat()), STOCKHOLM)
            assert (read, read.astimezone(UTC)) == (moment, moment.astimezone(UTC))
    for written, shown in [
        ("2027-10-31T00:50+00:00", "2027-10-31T02:50+02:00"),
        ("2027-10-31T01:10+00:00", "2027-10-31T02:59+02:00"),  # the second 02:10
        ("2027-10-31T02:10", "2027-10-31T02:10+02:00"),  # the first one
        ("2027-10-31T02:00+00:00", "2027-10-31T03:00+01:00"),
        ("2027-03-28T02:30", "2027-03-28T03:30+02:00"),  # there is none
    ]:
        assert by_clock(datetime.fromisoformat(written), STOCKHOLM).isoformat(timespec="minutes") == shown


# Numbers of organisations and persons are told from telephone numbers by series and check digit.


def test_numbers_of_organisations_and_persons_are_told_from_others() -> None:
    for text, kinds in [
        ("556677-8899", ["organisation"]),
        ("5566778899", ["organisation"]),
        ("165566778899", ["organisation"]),
        ("5566778898", []),  # its check digit is another
        ("556677-8898", ["organisation"]),  # and so it is a slip
        ("195566778899", []),  # a century is a person's
        ("811218-9876", ["person"]),
        ("556677\u20138899 811218\u20119876", ["organisation", "person"]),  # as word processors and phones write them
        ("198112189876", ["person"]),
        ("8112789873", ["person"]),  # of co-ordination: sixty days later
        ("811232-9876", []),
        ("Ring 0701740605 innan", []),
        ("0313900600", []),
        ("+46701740605", []),
        ("070-174 06 05", []),
        ("270115 0830-1200", []),
        ("556677-8899 och 811218-9876", ["organisation", "person"]),
    ]:
        assert [kind for kind, _ in identity_numbers(text)] == kinds
    # Of the ten last digits one alone is right, whatever stands before it.
    for begin in ("556677889", "811218987", "212000014"):
        assert sum(bool(list(identity_numbers(begin + str(last)))) for last in range(10)) == 1


# Sites and meeting places may stand in no traceback and no log: what says an object leaves them out.


MEET = Meet("Kajen 7", time(7, 30))


def test_no_meeting_place_and_no_site_is_said() -> None:
    area = Area("a", "Area", meet=MEET)
    said = repr((area, Meeting("m", "Meeting", meet=MEET), shape(Area).of(area)))
    assert "Area" in said
    assert "Kajen" not in said
    site = Site("R-1", "Kiosken", "Storgatan 1")
    said = repr((site, shape(Site).of(site)))
    assert all(word not in said for word in ("R-1", "Kiosken", "Storgatan"))


# Tables of what a party offers: table -> lines -> table is the identity, and lines say what the table says.


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
@examples(40, 2_000)
def test_a_table_of_a_unit_comes_back_from_its_lines(table: OfferTable) -> None:
    assert offer_table(officer_lines(table), SHIFTS, SPAN) == table


@given(tables(is_unit=False))
@examples(40, 2_000)
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


def test_lines_become_a_table_that_says_the_same_and_stay_where_they_never_touch_the_call() -> None:
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
    july = (TeamLine(Matching(first=date(2026, 7, 1), last=date(2026, 7, 31)), 1),)
    assert outside(july, Span(date(2026, 8, 1), date(2026, 12, 31))) == july
    assert outside(july, Span(date(2026, 7, 10), date(2026, 7, 20))) == (
        TeamLine(Matching(first=date(2026, 7, 1), last=date(2026, 7, 9)), 1),
        TeamLine(Matching(first=date(2026, 7, 21), last=date(2026, 7, 31)), 1),
    )
    away = OfferException(Matching(weeks=frozenset({53})), None, 0)
    last_sunday = OfferException(Matching(frozenset({6}), nth=frozenset({-1})), frozenset({"night"}), 2)
    cells = {(day, "night"): Offer(1) for day in range(7)}
    agency = Agency("a", "A", "municipal", teams=team_lines(OfferTable(SHIFTS, cells, (away, last_sunday))))
    week_53 = [Slot(date(2026, 12, 28) + timedelta(days=n), "night") for n in range(6)]
    assert {agency.offer(slot) for slot in week_53} == {0}
    assert agency.offer(Slot(date(2026, 3, 29), "night")) == agency.offer(Slot(date(2026, 10, 25), "night")) == 2
    assert agency.offer(Slot(date(2027, 1, 4), "night")) == 1
