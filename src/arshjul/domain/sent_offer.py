"""What a party has offered to a call, and the party when that is taken over: lines bounded to the call's dates."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from itertools import chain
from typing import Annotated, Any, ClassVar, TypeVar

from annotated_types import MaxLen

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.declaration import FieldRefusal, Flag, Officers, OwnId, Teams, Told
from arshjul.domain.parties import Agency, OfficerLine, PoliceUnit, TeamLine
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message

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
        """What it offers on the dates of the call."""
        return tuple(getattr(self, self.LINES))

    @classmethod
    def numbers(cls) -> tuple[str, ...]:
        """The fields of how many in all."""
        return tuple(one.name for one in fields(cls) if one.name not in ("call", "nothing", cls.LINES))

    def at(self, slot: Slot) -> tuple[int, int]:
        """How many it offers there, and how many designated officers among them."""
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
    """What stands of the party on the dates of the span, as it would have been offered."""
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
        new["staff_teams"] = max((line.teams for line in lines if not line.at_most), default=0)
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
