"""What a party has offered to a call, and the party when that is taken over: lines bounded to the call's dates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import TypeVar

from arshjul.domain.calendar import Span
from arshjul.domain.parties import Agency, OfficerLine, PoliceUnit, TeamLine

Line = TypeVar("Line", OfficerLine, TeamLine)
DAY = timedelta(days=1)

NUMBERS = {
    "agencies": ("staff_teams", "team_shifts_per_week", "team_shifts_per_month"),
    "police": ("officer_shifts_per_month",),
}
"""How many in all: the keys, by the section of the party. They hold for all of the plan; None: no limit."""


@dataclass(frozen=True, slots=True)
class SentOffer:
    """An offer to the call of that id. `nothing`: the party has nothing to offer on its dates, and says so."""

    call: str
    nothing: bool = False
    officers: tuple[OfficerLine, ...] = ()
    teams: tuple[TeamLine, ...] = ()
    staff_teams: int | None = None
    team_shifts_per_week: int | None = None
    team_shifts_per_month: int | None = None
    officer_shifts_per_month: int | None = None


def standing(party: Agency | PoliceUnit, call: str, span: Span) -> SentOffer:
    """What stands of the party on the dates of the span, as it would have been offered."""
    if isinstance(party, PoliceUnit):
        lines = within(party.officers, span)
        return SentOffer(call, officers=lines, officer_shifts_per_month=party.officer_shifts_per_month)
    numbers = {key: getattr(party, key) for key in NUMBERS["agencies"]}
    return SentOffer(call, teams=within(party.teams, span), **numbers)


def unit_with(unit: PoliceUnit, offer: SentOffer, span: Span) -> PoliceUnit:
    """The unit with the offer on those dates."""
    lines = (*outside(unit.officers, span), *bounded(offer.officers, span))
    most = unit.officer_shifts_per_month if offer.nothing else offer.officer_shifts_per_month
    return replace(unit, officers=lines, officer_shifts_per_month=most)


def agency_with(agency: Agency, offer: SentOffer, span: Span) -> Agency:
    """The agency with the offer on those dates. Without a number of teams in all: as many as are offered at once."""
    lines = (*outside(agency.teams, span), *bounded(offer.teams, span))
    if offer.nothing:
        return replace(agency, teams=lines)
    most = max((line.teams for line in lines if not line.at_most), default=0)
    return replace(
        agency,
        teams=lines,
        staff_teams=most if offer.staff_teams is None else offer.staff_teams,
        team_shifts_per_week=offer.team_shifts_per_week,
        team_shifts_per_month=offer.team_shifts_per_month,
    )


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
    """What the lines say on the dates of the span, without dates that say no more: the reverse of `bounded`."""

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
