"""The changes of a replan, for its coordinator, and the parties to tell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from arshjul.agenda.cause import absence, cause
from arshjul.agenda.clause import because
from arshjul.agenda.part_change import Former, is_changed
from arshjul.agenda.party import COORDINATOR, Party
from arshjul.domain.calendar import Slot
from arshjul.domain.change import Move, changes, lost_agencies
from arshjul.domain.former import with_former_lenders
from arshjul.domain.operation import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message


def tell(former: Former, scenario: Scenario, placed: Mapping[str, Placement]) -> Mapping[str, tuple[str, ...]]:
    """The operations that each party must be told of, by the party's id; agencies first, in the scenario's order.

    `placed` are the present places. `scenario` may include the parties of `former`: a party that it does not know has
    no contact.
    """
    told: dict[str, set[str]] = {id: set() for id in (*scenario.agencies, *scenario.police)}
    for id in changed_operations(former, scenario, placed):
        was, now = former.placed.get(id), placed.get(id)
        for party in {*_concerned(former.scenario, was), *_concerned(scenario, now)}:
            if party.id in told and is_changed(former, scenario, party, was, now):
                told[party.id].add(id)
    return {party: tuple(sorted(operations)) for party, operations in told.items() if operations}


def changed_operations(former: Former, scenario: Scenario, placed: Mapping[str, Placement]) -> tuple[str, ...]:
    """The operations in which somebody's part may have changed, by id."""
    before = former.scenario
    ids = sorted(former.placed.keys() | placed.keys())
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
    """The change of one operation. `old` None: newly placed; `new` None: dropped.

    `title` is empty for an operation that the scenario no longer has. `cause` is why it left its place; `lost` are the
    agencies that no longer join, each in a phrase with its own cause.
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
    """A party, and the operations that it must be told of."""

    name: str
    contact: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """The changes of a replan since revision `since`, and the parties to tell. `option`: the one chosen.

    `n_freed`: the number of objects that are no longer bound to frames.
    """

    since: int
    option: str | None
    changed: tuple[Changed, ...]
    told: tuple[PartyChanges, ...]
    n_freed: int = 0


def revised(scenario: Scenario, plan: Plan, told: Mapping[str, tuple[str, ...]] | None = None) -> Revised | None:
    """The difference between a replan and its base; None for a first plan and a filling.

    `told`: the operations that each party must be told of; None: derived from the placements alone, since the earlier
    scenario is not known here.
    """
    base = plan.replanned_from
    if base is None:
        return None
    found = changes(base.placements, plan.placed)
    moves = {move.operation: move for move in (*found.moved, *found.unit_changed, *found.dropped, *found.new)}
    lost = lost_agencies(scenario, base.placements, plan.placed)
    if told is None:
        former = Former(with_former_lenders(scenario, plan), base.placements)
        told = tell(former, scenario, plan.placed)
    for id in sorted({*lost, *chain.from_iterable(told.values())}):
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
    """The parties to tell by name and contact; by id if the scenario no longer has them."""
    for party, operations in told.items():
        known = scenario.parties.get(party)
        name, contact = (party, "") if known is None else (known.name, known.contact)
        yield PartyChanges(name, contact, operations)
