"""An edit is made anew in another scenario: what only one of them has changed stays as that one has it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.domain.calendar import Avoided, DayKind, Span
from arshjul.year.domain.contact import OfferCall
from arshjul.year.domain.parties import Matching, OfficerLine
from arshjul.year.domain.scenario import Scenario, Target
from arshjul.year.domain.settings import Meeting, Milestone
from arshjul.year.planning.replan.edit import rebased
from tests import years


def day(month: int, number: int = 1) -> date:
    return date(2027, month, number)


def span(month: int) -> Span:
    return Span(day(month), day(month, 28))


LINES = tuple(OfficerLine(Matching(first=day(n), last=day(n, 28)), n) for n in range(1, 7))
MEETING = Meeting("net", "Nätverk", (day(2), day(5)))


def base() -> Scenario:
    year = years.scenario()
    unit = next(iter(year.police))
    return replace(
        year,
        police={**year.police, unit: replace(year.police[unit], officers=LINES[:3])},
        calendar=replace(year.calendar, closed=(span(7),), avoid=(Avoided(span(8)),)),
        cycle=replace(year.cycle, meetings=(MEETING,), milestones=(Milestone("plan", "Möte", -14),)),
        calls=(OfferCall("H1", day(1), span=span(1)),),
        targets=(Target("T1", "Mål", span(3), 2),),
    )


BEFORE = base()
UNIT = next(iter(BEFORE.police))
Change = Callable[[Scenario], Scenario]


def titled(year: Scenario, id: str, title: str) -> Scenario:
    return replace(year, operations={**year.operations, id: replace(year.operations[id], title=title)})


def urgent(year: Scenario, id: str) -> Scenario:
    return replace(year, operations={**year.operations, id: replace(year.operations[id], priority=1)})


def without(year: Scenario, id: str) -> Scenario:
    return replace(year, operations={key: one for key, one in year.operations.items() if key != id})


def called(year: Scenario, id: str, name: str) -> Scenario:
    return replace(year, agencies={**year.agencies, id: replace(year.agencies[id], name=name)})


def with_call(year: Scenario, id: str) -> Scenario:
    return replace(year, calls=(*year.calls, OfferCall(id, day(3), span=span(4))))


def with_lines(year: Scenario, *lines: OfficerLine) -> Scenario:
    return replace(year, police={**year.police, UNIT: replace(year.police[UNIT], officers=lines)})


def closed(year: Scenario, *spans: Span | DayKind) -> Scenario:
    return replace(year, calendar=replace(year.calendar, closed=spans))


def met(year: Scenario, *dates: date) -> Scenario:
    return replace(year, cycle=replace(year.cycle, meetings=(replace(MEETING, dates=dates),)))


def lines_of(year: Scenario) -> tuple[OfficerLine, ...]:
    return year.police[UNIT].officers


def test_each_keeps_what_it_changed_alone_and_what_both_changed_otherwise_is_contested() -> None:
    ours = titled(called(BEFORE, "a0", "Vår"), "OP-001", "Vår titel")
    theirs = urgent(called(BEFORE, "a1", "Deras"), "OP-001")
    found = rebased(BEFORE, ours, theirs)
    assert (found.scenario.operations["OP-001"].title, found.scenario.operations["OP-001"].priority) == ("Vår titel", 1)
    assert (found.scenario.agencies["a0"].name, found.scenario.agencies["a1"].name) == ("Vår", "Deras")
    assert not found.is_contested
    found = rebased(BEFORE, titled(BEFORE, "OP-001", "Vår"), titled(BEFORE, "OP-001", "Deras"))
    assert found.is_contested
    assert found.scenario.operations["OP-001"].title == "Vår"
    assert found.theirs.operations["OP-001"].title == "Deras"
    assert not rebased(BEFORE, titled(BEFORE, "OP-001", "Ny"), titled(BEFORE, "OP-001", "Ny")).is_contested
    found = rebased(BEFORE, without(BEFORE, "OP-001"), titled(BEFORE, "OP-001", "Deras"))
    assert "OP-001" not in found.scenario.operations
    assert found.theirs.operations["OP-001"].title == "Deras"
    found = rebased(BEFORE, titled(BEFORE, "OP-001", "Vår"), without(BEFORE, "OP-001"))
    assert found.scenario.operations["OP-001"].title == "Vår"
    assert "OP-001" not in found.theirs.operations
    new = replace(BEFORE.operations["OP-002"], id="OP-100")
    ours = replace(BEFORE, operations={**without(BEFORE, "OP-000").operations, "OP-100": new})
    found = rebased(BEFORE, ours, without(BEFORE, "OP-003"))
    assert list(found.scenario.operations) == ["OP-001", "OP-002", "OP-100"]


def test_a_span_is_one_value() -> None:
    """Her first date and their last one would be a window that nobody has given."""

    def in_window(first: date, last: date) -> Scenario:
        known = BEFORE.operations["OP-001"]
        return replace(BEFORE, operations={**BEFORE.operations, "OP-001": replace(known, window=Span(first, last))})

    begun = in_window(day(2), day(5))
    found = rebased(begun, in_window(day(4), day(5)), in_window(day(2), day(3)))
    assert found.scenario.operations["OP-001"].window == Span(day(4), day(5))
    assert found.theirs.operations["OP-001"].window == Span(day(2), day(3))


def test_rows_without_ids_are_a_set_and_one_that_both_replaced_is_contested() -> None:
    hers, theirs = closed(BEFORE, span(7), span(9)), closed(BEFORE, span(10))
    assert rebased(BEFORE, hers, theirs).scenario.calendar.closed == (span(10), span(9))
    assert rebased(BEFORE, theirs, hers).scenario.calendar.closed == (span(10), span(9)), (
        "in the place of the one before"
    )
    assert not rebased(BEFORE, hers, theirs).is_contested
    moved = rebased(BEFORE, met(BEFORE, day(2, 8), day(5)), met(BEFORE, day(2), day(5), day(9)))
    assert moved.scenario.cycle.meetings[0].dates == (day(2, 8), day(5), day(9))
    found = rebased(BEFORE, met(BEFORE, day(2, 8), day(5)), met(BEFORE, day(2, 15), day(5)))
    assert found.scenario.cycle.meetings[0].dates == (day(2, 8), day(5))
    assert found.theirs.cycle.meetings[0].dates == (day(2, 15), day(5))


def test_of_lines_a_changed_one_keeps_its_place_and_those_of_both_about_one_date_are_contested() -> None:
    # Of lines that match a slot the last one decides.
    changed = replace(LINES[1], officers=9)
    found = rebased(
        BEFORE, with_lines(BEFORE, LINES[0], changed, LINES[2], LINES[4]), with_lines(BEFORE, *LINES[:3], LINES[3])
    )
    assert lines_of(found.scenario) == (LINES[0], changed, LINES[2], LINES[3], LINES[4])
    assert not found.is_contested
    turned = rebased(BEFORE, with_lines(BEFORE, *LINES[2::-1]), with_lines(BEFORE, *LINES[:4]))
    assert lines_of(turned.scenario) == (*LINES[2::-1], LINES[3])
    week = OfficerLine(Matching(first=day(4, 5), last=day(4, 11)), 0)
    hers, theirs = with_lines(BEFORE, *LINES[:4]), with_lines(BEFORE, *LINES[:3], week)
    found = rebased(BEFORE, hers, theirs)
    assert lines_of(found.scenario) == (*LINES[:3], week, LINES[3])
    assert lines_of(found.theirs) == (*LINES[:4], week)
    first = rebased(BEFORE, with_lines(BEFORE, LINES[3], *LINES[:3]), theirs)
    assert first.is_contested


CHANGES: Sequence[Change] = (
    lambda year: titled(year, "OP-001", "Ny"),
    lambda year: urgent(year, "OP-001"),
    lambda year: without(year, "OP-003"),
    lambda year: called(year, "a0", "Ny"),
    lambda year: with_call(year, "H2"),
    lambda year: with_call(year, "H3"),
    lambda year: replace(
        year, calls=tuple(replace(call, due=day(1, 9)) if call.id == "H1" else call for call in year.calls)
    ),
    lambda year: closed(year, *year.calendar.closed, span(9)),
    lambda year: closed(year, *(one for one in year.calendar.closed if one != span(7))),
    lambda year: closed(year, span(10), *year.calendar.closed),
    lambda year: replace(year, calendar=replace(year.calendar, avoid=())),
    lambda year: met(year, *year.cycle.meetings[0].dates, day(11)),
    lambda year: met(year, *(one for one in year.cycle.meetings[0].dates if one != day(2))),
    lambda year: replace(year, cycle=replace(year.cycle, milestones=())),
    lambda year: replace(year, targets=(*year.targets, Target("T2", "Mål", span(6), 1))),
    lambda year: with_lines(year, *(line for line in lines_of(year) if line != LINES[0])),
    lambda year: with_lines(year, *lines_of(year), LINES[4]),
    lambda year: with_lines(year, LINES[5], *lines_of(year)),
    lambda year: replace(year, language="en"),
)
some = st.sets(st.integers(0, len(CHANGES) - 1))


def changed(changes: set[int]) -> Scenario:
    year = BEFORE
    for number in sorted(changes):
        year = CHANGES[number](year)
    return year


def unordered(year: Scenario) -> Scenario:
    """The scenario with its rows in one order: no lines here meet, so that none decides over another."""
    police = {id: replace(one, officers=tuple(sorted(one.officers, key=repr))) for id, one in year.police.items()}
    meetings = tuple(replace(meeting, dates=tuple(sorted(meeting.dates))) for meeting in year.cycle.meetings)
    return replace(
        year,
        police=police,
        cycle=replace(year.cycle, meetings=meetings),
        calendar=replace(year.calendar, closed=tuple(sorted(year.calendar.closed, key=repr))),
        calls=tuple(sorted(year.calls, key=repr)),
        targets=tuple(sorted(year.targets, key=repr)),
    )


@given(some, some)
def test_disjoint_edits_are_both_made_whichever_comes_first(hers: set[int], theirs: set[int]) -> None:
    edit, other = changed(hers), changed(theirs - hers)
    assert rebased(BEFORE, edit, BEFORE).scenario == edit
    assert rebased(BEFORE, BEFORE, other).scenario == other
    assert rebased(edit, edit, edit).scenario == edit
    found = rebased(BEFORE, edit, other)
    assert not found.is_contested
    assert unordered(found.scenario) == unordered(rebased(BEFORE, other, edit).scenario)
    assert unordered(found.scenario) == unordered(changed(hers | theirs))
