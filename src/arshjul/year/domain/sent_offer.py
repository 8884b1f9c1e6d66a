"""A party's offer to a call, and the party when that is taken over: lines bounded to the call's dates.

As a table an offer has a number by weekday and shift, with exceptions; lines say the same. A line names one shift or
all; an exception may name several, and is then as many lines.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from itertools import chain, groupby
from typing import Annotated, Any, ClassVar, TypeVar

from annotated_types import MaxLen

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.declaration import FieldRefusal, Flag, Officers, OwnId, Teams, Told
from arshjul.year.domain.parties import Agency, Matching, Offer, OfficerLine, PoliceUnit, TeamLine, most_teams
from arshjul.year.domain.scenario import Scenario

Line = TypeVar("Line", OfficerLine, TeamLine)
DAY = timedelta(days=1)
MOST_LINES = 80
NOTHING = Message("Nothing to offer")
EMPTY = Message("The offer is empty: fill in the table, or tick Nothing to offer.")

# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class SentOffer:
    """An offer to the call of that id. `nothing`: there is none, which is an answer too.

    The fields of each kind have the names that the party's own have: its `LINES`, and how many in all, which hold for
    all of the plan (None: no limit).
    """

    LINES: ClassVar[str]

    call: OwnId
    nothing: Annotated[Flag, Told(NOTHING)] = False

    @property
    def lines(self) -> tuple[Any, ...]:
        """Its offer on the dates of the call."""
        return tuple(getattr(self, self.LINES))

    @classmethod
    def numbers(cls) -> tuple[str, ...]:
        """The fields of how many in all."""
        return tuple(field.name for field in fields(cls) if field.name not in ("call", "nothing", cls.LINES))

    def at(self, slot: Slot) -> tuple[int, int]:
        """The number that it offers there, and of designated officers among them."""
        raise NotImplementedError

    def refusals(self) -> Iterator[FieldRefusal]:
        """An offer that says nothing, or two things."""
        if self.nothing == bool(self.lines):
            yield FieldRefusal("bad-value", EMPTY)


@dataclass(frozen=True, slots=True)
class OfficersOffer(SentOffer):
    """Of a police unit."""

    LINES = "officers"

    officer_shifts_per_month: Annotated[Officers | None, Told(Message("Officer shifts a month, at most (empty: no limit)"))] = None
    officers: Annotated[tuple[OfficerLine, ...], MaxLen(MOST_LINES), Told(Message("Officers"))] = ()

    def at(self, slot: Slot) -> tuple[int, int]:
        there = PoliceUnit("", "", "local", (), officers=self.officers).offer(slot)
        return there.officers, there.designated


@dataclass(frozen=True, slots=True)
class TeamsOffer(SentOffer):
    """Of an agency."""

    LINES = "teams"

    staff_teams: Annotated[Teams | None, Told(Message("Teams in all (empty: the most offered at once)"))] = None
    team_shifts_per_week: Annotated[Teams | None, Told(Message("Team shifts a week, at most (empty: no limit)"))] = None
    team_shifts_per_month: Annotated[Teams | None, Told(Message("Team shifts a month, at most (empty: no limit)"))] = None
    teams: Annotated[tuple[TeamLine, ...], MaxLen(MOST_LINES), Told(Message("Teams"))] = ()

    def at(self, slot: Slot) -> tuple[int, int]:
        return Agency("", "", "municipal", teams=self.teams).offer(slot), 0


# fmt: on


def standing(party: Agency | PoliceUnit, call: str, span: Span) -> OfficersOffer | TeamsOffer:
    """The party's standing lines on the dates of the span, in the form of an offer."""
    kind: Any = OfficersOffer if isinstance(party, PoliceUnit) else TeamsOffer
    numbers = {key: getattr(party, key) for key in kind.numbers()}
    made: OfficersOffer | TeamsOffer = kind(call, **numbers, **{kind.LINES: within(getattr(party, kind.LINES), span)})
    return made


def with_offer(scenario: Scenario, party: str, offer: SentOffer, span: Span, id: str) -> Scenario:
    """The scenario with the offer of a party on those dates; lines that mean the same on each of them stay.

    Without a number of teams in all: as many as are offered at once. The party says by its `id` that it is in there.
    """
    slots = [Slot(day, shift.id) for day in span.days() for shift in scenario.shifts]
    own: Any = scenario.parties[party]

    def meaning(lines: Sequence[Any]) -> Callable[[Slot], object]:
        meant: Callable[[Slot], object] = replace(own, **{offer.LINES: lines}).offer
        return meant

    lines = _with(getattr(own, offer.LINES), offer.lines, span, slots, meaning)
    new = {} if offer.nothing else {key: getattr(offer, key) for key in offer.numbers()}
    if "staff_teams" in new and new["staff_teams"] is None:
        new["staff_teams"] = most_teams(lines)
    made = replace(own, **new, **{offer.LINES: lines}, offers=(*own.offers, id))
    if isinstance(own, PoliceUnit):
        return replace(scenario, police={**scenario.police, party: made})
    return replace(scenario, agencies={**scenario.agencies, party: made})


def _with(
    own: tuple[Line, ...],
    offered: tuple[Line, ...],
    span: Span,
    slots: Sequence[Slot],
    offer: Callable[[tuple[Line, ...]], Callable[[Slot], object]],
) -> tuple[Line, ...]:
    """The own lines, and those last ones of the offer without which they would mean another thing on its dates.

    If they say nothing of it: the offer's in place of theirs.
    """
    new: tuple[Line, ...] = bounded(offered, span)
    meant = offer(new)
    for n in range(len(new), min(len(new), 1) - 1, -1):
        made: tuple[Line, ...] = own + new[n:]
        means = offer(made)
        if all(meant(slot) == means(slot) for slot in slots):
            return made
    return outside(own, span) + new


def bounded(lines: Iterable[Line], span: Span) -> tuple[Line, ...]:
    """The lines on the dates of the span alone; those that say nothing of them are gone."""
    return tuple(_on(lines, span.first, span.last))


def outside(lines: Iterable[Line], span: Span) -> tuple[Line, ...]:
    """The lines on all dates but those of the span: what comes before it, then what comes after."""
    known: tuple[Line, ...] = tuple(lines)
    if not any(_overlaps(line, span) for line in known):
        return known
    before, after = _on(known, None, span.first - DAY), _on(known, span.last + DAY, None)
    return tuple(chain(before, after))


def within(lines: Iterable[Line], span: Span) -> tuple[Line, ...]:
    """The lines cut to the dates of the span, without dates that say no more: the reverse of `bounded`."""

    def unbound(line: Line) -> Line:
        first = None if line.when.first is None or line.when.first <= span.first else line.when.first
        last = None if line.when.last is None or line.when.last >= span.last else line.when.last
        return replace(line, when=replace(line.when, first=first, last=last))

    return tuple(unbound(line) for line in lines if _overlaps(line, span))


def _overlaps(line: OfficerLine | TeamLine, span: Span) -> bool:
    return Span(line.when.first or date.min, line.when.last or date.max).overlaps(span)


def _on(lines: Iterable[Line], first: date | None, last: date | None) -> Iterator[Line]:
    for line in lines:
        begin = max((day for day in (first, line.when.first) if day is not None), default=None)
        end = min((day for day in (last, line.when.last) if day is not None), default=None)
        if begin is None or end is None or begin <= end:
            yield replace(line, when=replace(line.when, first=begin, last=end))


def taken_offers(scenario: Scenario) -> frozenset[str]:
    """The ids of all offers that the year has taken over."""
    return frozenset(id for party in scenario.parties.values() for id in party.offers)


def without_offers(scenario: Scenario) -> Scenario:
    """The scenario as if it said of no offer that it is in there; all that they brought stays."""
    return replace(
        scenario,
        police={id: replace(unit, offers=()) for id, unit in scenario.police.items()},
        agencies={id: replace(agency, offers=()) for id, agency in scenario.agencies.items()},
    )


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
        object.__setattr__(self, "cells", {key: cell for key, cell in self.cells.items() if cell != Offer()})
        object.__setattr__(self, "exceptions", tuple(_joined(self.exceptions, self.shifts)))


def _joined(exceptions: Iterable[OfferException], shifts: Sequence[str]) -> Iterator[OfferException]:
    for one, alike in groupby(exceptions, key=lambda exception: replace(exception, shifts=None)):
        named = [other.shifts for other in alike]
        there = frozenset[str]().union(*(shifts if part is None else part for part in named))
        yield replace(one, shifts=None if there.issuperset(shifts) else there)


def changes_nothing(one: OfferException, table: OfferTable, span: Span) -> bool:
    """True if the table with its exceptions says the same without this one more, on all dates of the span."""
    for slot in (Slot(day, shift) for day in span.days() for shift in table.shifts):
        if one.covers(slot):
            offer = table.cells.get((slot.day.weekday(), slot.shift), Offer())
            for other in table.exceptions:
                offer = other.after(offer) if other.covers(slot) else offer
            if one.after(offer) != offer:
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
        for number in numbers:
            days = frozenset(day for day in range(7) if table.cells.get((day, shift)) == number)
            yield Matching(None if len(days) == 7 else days, shift), number


def _others(table: OfferTable) -> Iterator[tuple[Matching, OfferException]]:
    for exception in table.exceptions:
        for shift in (None,) if exception.shifts is None else [id for id in table.shifts if id in exception.shifts]:
            yield replace(exception.when, shift=shift), exception


def offer_table(lines: Lines, shifts: Sequence[str], span: Span) -> OfferTable:
    """The table of such lines; of others a table that says the same on the dates of the span."""
    n_usual = next((n for n, line in enumerate(lines) if _exception(line).is_dated), len(lines))
    cells = {(day, shift): _usually(lines[:n_usual], day, shift) for shift in shifts for day in range(7)}
    others = (_exception(line) for line in lines[n_usual:])
    dated = (
        other if other.is_dated else replace(other, when=replace(other.when, first=span.first)) for other in others
    )
    known = (exception for exception in dated if exception.shifts is None or exception.shifts <= set(shifts))
    return OfferTable(tuple(shifts), cells, tuple(known))


def _usually(lines: Lines, day: int, shift: str) -> Offer:
    """The offer by lines that say nothing of dates: as `PoliceUnit.offer`."""
    offer = Offer()
    for exception in map(_exception, lines):
        if (exception.when.weekdays is None or day in exception.when.weekdays) and (
            exception.shifts is None or shift in exception.shifts
        ):
            offer = exception.after(offer)
    return offer


def _exception(line: OfficerLine | TeamLine) -> OfferException:
    shifts = None if line.when.shift is None else frozenset({line.when.shift})
    when = replace(line.when, shift=None)
    if isinstance(line, OfficerLine):
        return OfferException(when, shifts, line.officers, line.designated, line.at_most)
    return OfferException(when, shifts, line.teams, None if line.at_most else 0, line.at_most)
