"""The changes of a replan: for its coordinator, the parties to tell, and each change as a message tells it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from arshjul.errors import Message
from arshjul.year.agenda.cause import absence, cause
from arshjul.year.agenda.meetings import is_invited
from arshjul.year.agenda.milestone_times import meeting_moments
from arshjul.year.agenda.party import COORDINATOR, Party, concerns, name_of
from arshjul.year.agenda.party_change import FormerPlan, PartyChange, is_changed
from arshjul.year.agenda.party_part import PartyPart, because
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.change import Move, changes, in_plan_order, lost_agencies
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_former_lenders
from arshjul.year.domain.scenario import Scenario
from arshjul.year.texts import counted


def tell(former: FormerPlan, scenario: Scenario, placed: Mapping[str, Placement]) -> Mapping[str, tuple[str, ...]]:
    """By the party's id; agencies first. `placed` are the present places. `scenario` may include the parties of
    `former`: a party that it does not know has no contact.
    """
    told: dict[str, set[str]] = {id: set() for id in (*scenario.agencies, *scenario.police)}
    for id in changed_operations(former, scenario, placed):
        was, now = former.placed.get(id), placed.get(id)
        for party in {*_concerned(former.scenario, was), *_concerned(scenario, now)}:
            if party.id in told and is_changed(former, scenario, party, was, now):
                told[party.id].add(id)
    return {
        party: tuple(in_plan_order(operations, scenario.operations)) for party, operations in told.items() if operations
    }


def changed_operations(former: FormerPlan, scenario: Scenario, placed: Mapping[str, Placement]) -> tuple[str, ...]:
    before = former.scenario
    ids = in_plan_order(former.placed.keys() | placed.keys(), scenario.operations)
    if before.shifts != scenario.shifts or before.timezone != scenario.timezone:
        return tuple(ids)
    return tuple(id for id in ids if former.placed.get(id) != placed.get(id) or _is_edited(before, scenario, id))


def _is_edited(before: Scenario, scenario: Scenario, id: str) -> bool:
    """True if what may be read of it differs: all but its sites, which the served scenario never has."""
    was, now = before.operations.get(id), scenario.operations.get(id)
    if before is scenario or was is None or now is None:
        return before is not scenario and was is not now
    if before.meet(was) != scenario.meet(now) or before.shows_participants(was) != scenario.shows_participants(now):
        return True
    if before.owner(was) != scenario.owner(now):
        return True
    return replace(was, sites=now.sites) != now


def _concerned(scenario: Scenario, placement: Placement | None) -> Iterator[Party]:
    if placement is None or placement.operation not in scenario.operations:
        return
    yield from (Party("agency", id) for id in scenario.agencies_told(placement))
    yield from (Party("police", id) for id in scenario.lenders(placement.operation, placement.police))


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the plan, with the unit's name; None: without police."""

    slot: Slot
    unit: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """`old` None: newly placed; `new` None: dropped. `title` is empty for one that is gone. `lost`: the agencies that
    no longer join, each in a phrase with its own cause.
    """

    id: str
    title: str
    old: Where | None
    new: Where | None
    is_hit: bool
    cause: Message | None = None
    lost: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyChanges:
    name: str
    contact: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """`n_freed`: the number of objects that are no longer bound to frames."""

    since: int
    option: str | None
    changed: tuple[Changed, ...]
    told: tuple[PartyChanges, ...]
    n_freed: int = 0


def revised(scenario: Scenario, plan: Plan, told: Mapping[str, tuple[str, ...]] | None = None) -> Revised | None:
    """None for a first plan and a filling. `told`: operations that each party must be told of; None: by places."""
    base = plan.replanned_from
    if base is None:
        return None
    found = changes(base.placements, plan.placed)
    moves = {move.operation: move for move in (*found.moved, *found.unit_changed, *found.dropped, *found.new)}
    lost = lost_agencies(scenario, base.placements, plan.placed)
    if told is None:
        former = FormerPlan(with_former_lenders(scenario, plan), base.placements)
        told = tell(former, scenario, plan.placed)
    for id in in_plan_order({*lost, *chain.from_iterable(told.values())}, scenario.operations):
        moves.setdefault(id, Move(id, base.placements.get(id), plan.placed.get(id)))
    changed = tuple(_changed(scenario, plan, move, lost) for move in moves.values())
    freed = sum(len(filling.freed) for filling in plan.entries.fillings if filling.revision == plan.revision)
    return Revised(base.revision, plan.option, changed, tuple(_told(scenario, told)), freed)


def _changed(scenario: Scenario, plan: Plan, move: Move, lost: Mapping[str, tuple[str, ...]]) -> Changed:
    return Changed(
        id=move.operation,
        title=operation.title if (operation := scenario.operations.get(move.operation)) else "",
        old=_where(scenario, move.old),
        new=_where(scenario, move.new),
        is_hit=plan.base is not None and move.operation in plan.base.hit,
        cause=None if move.old is None else cause(scenario, plan, move.old, COORDINATOR),
        lost=tuple(_lost(scenario, plan, move, agency) for agency in lost.get(move.operation, ())),
    )


def _lost(scenario: Scenario, plan: Plan, move: Move, agency: str) -> Message:
    said = Message("no longer there: {agency}", {"agency": scenario.agencies[agency].name})
    return said if move.old is None else because(said, absence(scenario, plan, move.old, agency, COORDINATOR))


def _where(scenario: Scenario, placement: Placement | None) -> Where | None:
    if placement is None:
        return None
    units = [] if placement.police is None else [scenario.police[placement.police].name]
    chosen = [scenario.agencies[agency].name for agency in placement.any_of]
    return Where(placement.slot, ", ".join([*units, *chosen]) or None)


def _told(scenario: Scenario, told: Mapping[str, tuple[str, ...]]) -> Iterator[PartyChanges]:
    for party, operations in told.items():
        known = scenario.parties.get(party)
        yield PartyChanges(name_of(scenario, party), "" if known is None else known.contact, operations)


def notice(scenario: Scenario, plan: Plan, change: PartyChange) -> Message:
    """For an operation that has not moved it gives the time, which a calendar entry need not do."""
    old, new = change.old, change.new
    what = operation_said(scenario, change.operation, old if new is None else None)
    if old is not None and new is not None and old.moments == new.moments:
        what = Message("{what}, {place}", {"what": what, "place": new.when})
    if (back := change.taken_back) is not None:
        said = Message("The change of {what} is taken back: {change}", {"what": what, "change": back.sentence})
        return with_notice(plan, change.first, said)
    return with_notice(plan, change.first, Message("{what}: {change}", {"what": what, "change": change.sentence}))


def seen(scenario: Scenario, party: Party, placement: Placement | None) -> Placement | None:
    return placement if placement is not None and concerns(scenario, party, placement) else None


def with_notice(plan: Plan, day: date, sentence: Message) -> Message:
    days = (day - plan.as_of.date()).days
    if days < 0:
        return Message("{sentence}.", {"sentence": sentence})
    if days == 0:
        return Message("{sentence} (told the same day).", {"sentence": sentence})
    return counted(
        days, "{sentence} (with one day's notice).", "{sentence} (with {n} days' notice).", sentence=sentence
    )


def operation_said(scenario: Scenario, id: str, left: PartyPart | None = None) -> Message:
    """Never by its title, which may hint at a target. `left`: the part of a reader that has none any more."""
    operation = scenario.operations.get(id)
    if operation is None:
        return Message("{id}", {"id": id})
    sector, area = operation.sector, scenario.areas[operation.area].name
    if left is not None:
        sector, area = left.sector.id, left.area.name
    return Message("{id} ({sector}, {area})", {"id": id, "sector": scenario.word(sector), "area": area})


def alarms(scenario: Scenario, placed: Mapping[str, Placement], former: Mapping[str, Placement]) -> tuple[Message, ...]:
    """Musts without a place, and clashes with own meetings, but of those that stand where they stood."""
    out = [operation.id for operation in scenario.planned.values() if operation.is_must and operation.id not in placed]
    ids = [operation_said(scenario, id) for id in out]
    said = [counted(len(ids), "An unplaced must: {ids}.", "{n} unplaced musts: {ids}.", ids=ids)] if ids else []
    moved = [one for id, one in placed.items() if (old := former.get(id)) is None or old.slot != one.slot]
    return (*said, *_clashes(scenario, moved))


def _clashes(scenario: Scenario, placements: Iterable[Placement]) -> Iterator[Message]:
    there = [(placement, *scenario.moments(slot)) for placement in placements for slot in scenario.slots(placement)]
    for meeting, _, starts, ends in meeting_moments(scenario):
        ids = [
            id_said(scenario, one.operation)
            for one, begins, over in there
            if begins < ends
            and starts < over
            and any(is_invited(scenario, meeting, party) for party in scenario.parties_at(one))
        ]
        if ids:
            values = {"meeting": meeting.name, "when": starts.astimezone(scenario.zone), "ids": ids}
            yield Message("{meeting} {when} clashes with {ids}, for the same parties.", values)


def id_said(scenario: Scenario, id: str) -> Message:
    """An operation in a list, by its id; in full if the id could be read as a number."""
    return operation_said(scenario, id) if not any(map(str.isalpha, id)) else Message("{id}", {"id": id})
