"""What a party offers as a table, weekday by shift, with exceptions; and as availability lines, which say the same.

A line names one shift or all; an exception may name several, and is then as many lines.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.parties import Matching, Offer, OfficerLine, TeamLine

Lines = Sequence[OfficerLine | TeamLine]


@dataclass(frozen=True, slots=True)
class OfferException:
    """The number on some slots, in place of the table's; `at_most`: where that is larger.

    `when` names no shift; `shifts` None: all. `designated`: of units; None, with `at_most` alone: as many as before.
    """

    when: Matching
    shifts: frozenset[str] | None
    number: int
    designated: int | None = None
    at_most: bool = False

    def __post_init__(self) -> None:
        """One way of saying each thing: none at most is none, and nothing said of designated ones is none."""
        if self.number == 0:
            object.__setattr__(self, "at_most", False)
        if not self.at_most and (self.number == 0 or self.designated is None):
            object.__setattr__(self, "designated", 0)

    def after(self, before: Offer) -> Offer:
        """The numbers on a slot of it that had those before."""
        if not self.at_most:
            return Offer(self.number, self.designated or 0)
        most = before.designated if self.designated is None else self.designated
        return Offer(min(before.officers, self.number), min(before.designated, most))

    def covers(self, slot: Slot) -> bool:
        return self.when.matches(slot) and (self.shifts is None or slot.shift in self.shifts)

    @property
    def is_dated(self) -> bool:
        """True if it holds on some dates of a weekday alone."""
        return any((self.when.first, self.when.last, self.when.weeks, self.when.nth))


@dataclass(frozen=True, slots=True)
class OfferTable:
    """Numbers by weekday, 0 to 6, and shift, none of them 0; then the exceptions, of which a later one prevails."""

    shifts: tuple[str, ...]
    cells: Mapping[tuple[int, str], Offer] = field(default_factory=dict)
    exceptions: tuple[OfferException, ...] = ()

    def __post_init__(self) -> None:
        """Leaves out what offers nothing, and joins neighbours that differ in their shifts alone."""
        object.__setattr__(self, "cells", {key: one for key, one in self.cells.items() if one != Offer()})
        object.__setattr__(self, "exceptions", tuple(_joined(self.exceptions, self.shifts)))


def _joined(exceptions: Iterable[OfferException], shifts: Sequence[str]) -> Iterator[OfferException]:
    for one, alike in groupby(exceptions, key=lambda one: replace(one, shifts=None)):
        named = [other.shifts for other in alike]
        there = frozenset[str]().union(*(shifts if part is None else part for part in named))
        yield replace(one, shifts=None if there.issuperset(shifts) else there)


def changes_nothing(one: OfferException, table: OfferTable, span: Span) -> bool:
    """True if the table with its exceptions says the same without this one more, on all dates of the span."""
    for slot in (Slot(day, shift) for day in span.days() for shift in table.shifts):
        if one.covers(slot):
            found = table.cells.get((slot.day.weekday(), slot.shift), Offer())
            for other in table.exceptions:
                found = other.after(found) if other.covers(slot) else found
            if one.after(found) != found:
                return False
    return True


def officer_lines(table: OfferTable) -> tuple[OfficerLine, ...]:
    usual = (OfficerLine(when, one.officers, one.designated) for when, one in _usual(table))
    others = (OfficerLine(when, one.number, one.designated, one.at_most) for when, one in _others(table))
    return (*usual, *others)


def team_lines(table: OfferTable) -> tuple[TeamLine, ...]:
    usual = (TeamLine(when, one.officers) for when, one in _usual(table))
    others = (TeamLine(when, one.number, one.at_most) for when, one in _others(table))
    return (*usual, *others)


def _usual(table: OfferTable) -> Iterator[tuple[Matching, Offer]]:
    """Shift by shift, the weekdays of each number."""
    for shift in table.shifts:
        numbers = dict.fromkeys(table.cells[day, shift] for day in range(7) if (day, shift) in table.cells)
        for one in numbers:
            days = frozenset(day for day in range(7) if table.cells.get((day, shift)) == one)
            yield Matching(None if len(days) == 7 else days, shift), one


def _others(table: OfferTable) -> Iterator[tuple[Matching, OfferException]]:
    for one in table.exceptions:
        for shift in (None,) if one.shifts is None else [id for id in table.shifts if id in one.shifts]:
            yield replace(one.when, shift=shift), one


def offer_table(lines: Lines, shifts: Sequence[str], span: Span) -> OfferTable:
    """The table of such lines; of others a table that says the same on the dates of the span."""
    n_usual = next((n for n, line in enumerate(lines) if _exception(line).is_dated), len(lines))
    cells = {(day, shift): _usually(lines[:n_usual], day, shift) for shift in shifts for day in range(7)}
    others = (_exception(line) for line in lines[n_usual:])
    dated = (one if one.is_dated else replace(one, when=replace(one.when, first=span.first)) for one in others)
    known = (one for one in dated if one.shifts is None or one.shifts <= set(shifts))
    return OfferTable(tuple(shifts), cells, tuple(known))


def _usually(lines: Lines, day: int, shift: str) -> Offer:
    """The offer by lines that say nothing of dates: as `PoliceUnit.offer`."""
    found = Offer()
    for one in map(_exception, lines):
        if (one.when.weekdays is None or day in one.when.weekdays) and (one.shifts is None or shift in one.shifts):
            found = one.after(found)
    return found


def _exception(line: OfficerLine | TeamLine) -> OfferException:
    shifts = None if line.when.shift is None else frozenset({line.when.shift})
    when = replace(line.when, shift=None)
    if isinstance(line, OfficerLine):
        return OfferException(when, shifts, line.officers, line.designated, line.at_most)
    return OfferException(when, shifts, line.teams, None if line.at_most else 0, line.at_most)
