"""What a party has offered to a call, and the party when that is taken over: lines bounded to the call's dates."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import TypeVar

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.parties import Agency, OfficerLine, PoliceUnit, TeamLine, most_teams
from arshjul.domain.scenario import Scenario

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


def with_offer(scenario: Scenario, party: str, offer: SentOffer, span: Span, id: str) -> Scenario:
    """The scenario with the offer of a party on those dates; lines that mean the same on each of them stay.

    Without a number of teams in all: as many as are offered at once. The party says by its `id` that it is in there.
    """
    slots = [Slot(day, shift.id) for day in span.days() for shift in scenario.shifts]
    if party in scenario.police:
        unit = scenario.police[party]
        officers = _with(unit.officers, offer.officers, span, slots, lambda lines: replace(unit, officers=lines).offer)
        limit = unit.officer_shifts_per_month if offer.nothing else offer.officer_shifts_per_month
        lent = replace(unit, officers=officers, officer_shifts_per_month=limit, offers=(*unit.offers, id))
        return replace(scenario, police={**scenario.police, party: lent})
    agency = scenario.agencies[party]
    teams = _with(agency.teams, offer.teams, span, slots, lambda lines: replace(agency, teams=lines).offer)
    made = replace(agency, teams=teams, offers=(*agency.offers, id))
    if not offer.nothing:
        most = most_teams(teams)
        made = replace(
            made,
            staff_teams=most if offer.staff_teams is None else offer.staff_teams,
            team_shifts_per_week=offer.team_shifts_per_week,
            team_shifts_per_month=offer.team_shifts_per_month,
        )
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


def taken_offers(scenario: Scenario) -> frozenset[str]:
    """The ids of all offers that the year has taken over."""
    return frozenset(id for party in scenario.parties.values() for id in party.offers)


def without_offers(scenario: Scenario) -> Scenario:
    """The scenario as if it said of no offer that it is in there; all that they brought stays."""
    return replace(
        scenario,
        police={id: replace(one, offers=()) for id, one in scenario.police.items()},
        agencies={id: replace(one, offers=()) for id, one in scenario.agencies.items()},
    )
