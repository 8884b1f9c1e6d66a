"""The tables of an operation's page: its units and parties, its other times, and its milestones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from arshjul.actions.draft.answers import questions
from arshjul.agenda.milestone_times import due_time
from arshjul.agenda.view import times_told
from arshjul.console.visit import Visit
from arshjul.domain.entries.answer import Reply
from arshjul.domain.entries.entries import Entries
from arshjul.domain.operation import Operation, Placement
from arshjul.domain.plan import held_on
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Milestone
from arshjul.domain.share import ROLE_NAMES, Role, coming_share
from arshjul.errors import Message
from arshjul.planning.places.finder import Alternative
from arshjul.texts import counted

REPLIES: Mapping[Reply, Message] = {
    "yes": Message("yes"),
    "no": Message("no"),
    "later": Message("answers later"),
    "asked": Message("no answer"),
}


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A unit or an agency with what it contributes (None: nothing), and what it answered if it was asked.

    `wished`: the officers wished for, where fewer come. `other`: what it was asked about, if that is another place.
    """

    name: str
    role: Message
    gives: Message | None = None
    wished: int | None = None
    answer: Reply | None = None
    other: Placement | None = None
    phone: str = ""


def party_rows(visit: Visit, operation: Operation, place: Placement | None) -> list[PartyRow]:
    """All who take part, units first, then the optional agencies that do not; without a place, all that it asks for."""
    scenario, contacts = visit.draft.scenario, visit.draft.contacts
    answers = {} if place is None else _answers(visit, place)
    there = _wanted(scenario, operation) if place is None else _coming(scenario, operation, place)
    rows = []
    for party, row in there:
        answer, other = answers.get(party, (None, None))
        phone = contacts[party].phone if party in contacts else None
        rows.append(replace(row, answer=answer, other=other, phone=phone or ""))
    return rows


def _coming(scenario: Scenario, operation: Operation, place: Placement) -> Iterator[tuple[str, PartyRow]]:
    there = (*scenario.lenders(operation.id, place.police), *scenario.agencies_at(place))
    for party in (*there, *(id for id in scenario.agencies if id in operation.optional_agencies and id not in there)):
        name, own = scenario.parties[party].name, coming_share(scenario, place, party)
        if own is None:
            yield party, PartyRow(name, ROLE_NAMES["voluntary"])
        elif own.role in ("serves", "lends"):
            wished = operation.wanted(place.police)[party]
            fewer = wished if wished != own.strength else None
            yield party, PartyRow(name, ROLE_NAMES[own.role], _officers(own.strength), fewer)
        else:
            yield party, PartyRow(name, ROLE_NAMES[own.role], _teams(own.strength))


def _wanted(scenario: Scenario, operation: Operation) -> Iterator[tuple[str, PartyRow]]:
    """One of its units, its agencies, one of each of its groups, and the optional ones."""
    units = [scenario.police[id] for id in scenario.units_for(operation) if id is not None]
    if operation.officers:
        one = units[0].id if len(units) == 1 else ""
        yield one, PartyRow(_one_of([unit.name for unit in units]), ROLE_NAMES["serves"], _officers(operation.officers))
    for id, officers in operation.police_also.items():
        yield id, PartyRow(scenario.police[id].name, ROLE_NAMES["lends"], _officers(officers))
    for id in scenario.parties_of(operation):
        role: Role = "leads" if id == operation.lead_agency else "needed"
        yield id, PartyRow(scenario.agencies[id].name, ROLE_NAMES[role], _teams(operation.agencies.get(id, 0)))
    for group in operation.any_of:
        names = [scenario.agencies[id].name for id in group.agencies]
        yield "", PartyRow(_one_of(names), ROLE_NAMES["needed"], _teams(group.teams))
    for id in operation.optional_agencies:
        yield id, PartyRow(scenario.agencies[id].name, ROLE_NAMES["voluntary"])


def _one_of(names: Sequence[str]) -> str:
    return " / ".join(names) or "–"


def _officers(n: int) -> Message:
    return counted(n, "{n} officer", "{n} officers")


def _teams(n: int) -> Message | None:
    return counted(n, "{n} team", "{n} teams") if n else None


def _answers(visit: Visit, place: Placement) -> dict[str, tuple[Reply, Placement | None]]:
    """What each party answered about that place; in an open proposal, about the place that is proposed."""
    given = visit.draft.made_plan.entries.answers
    found: dict[str, tuple[Reply, Placement | None]] = {
        one.party: (one.answer, None) for one in given if one.operation == place.operation and one.is_about(place)
    }
    for one in questions(visit.draft):
        if one.about.operation == place.operation:
            found[one.about.party] = (one.answer, None if one.about.is_about(place) else one.about.place)
    return found


@dataclass(frozen=True, slots=True)
class TimeRow:
    """Another time of an operation: who serves it and takes part there, and where each other that moves goes."""

    place: Placement
    cost: int
    parties: tuple[str, ...]
    moves: tuple[tuple[str, Placement, tuple[str, ...]], ...]


def time_rows(scenario: Scenario, operation: Operation, ways: Sequence[Alternative]) -> list[TimeRow]:
    """The other times as rows; of a move that stays in its slot, the parties that change."""
    return [_time_row(scenario, operation, way) for way in ways]


def _time_row(scenario: Scenario, operation: Operation, way: Alternative) -> TimeRow:
    place = way.placement
    there = place.lent(operation)
    lent = [
        f"{scenario.police[unit].name} {n}" if len(there) > 1 else scenario.police[unit].name
        for unit, n in there.items()
    ]
    chosen = [scenario.agencies[id].name for id in place.any_of]
    moves = []
    for old, new in way.moves:
        changed = (() if new.police in (None, old.police) else (new.police,), set(new.any_of) - set(old.any_of))
        names = tuple(scenario.parties[id].name for ids in changed for id in ids if id is not None)
        moves.append((old.operation, new, names if old.slot == new.slot else ()))
    return TimeRow(place, way.cost, (*lent, *chosen), tuple(moves))


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone of an operation: when it is due, when it was held, and whether it can be ticked."""

    milestone: Milestone
    due: date
    held_on: date | None
    is_open: bool


def milestone_rows(visit: Visit, place: Placement, waiting: Entries, *, has_begun: bool) -> list[MilestoneRow]:
    """The operation's milestones by date."""
    draft, scenario, plan = visit.draft, visit.scenario, visit.draft.made_plan
    times = times_told(scenario, plan, visit.years.told(visit.store, draft))
    held = replace(plan, entries=plan.entries.and_then(waiting)).held()
    found = []
    for one in scenario.cycle.milestones:
        on, due = held_on(held, one, place), due_time(scenario, times, held, one, place).day
        found.append(MilestoneRow(one, due, on, on is None and (has_begun or not one.comes_after)))
    return sorted(found, key=lambda row: row.due)
