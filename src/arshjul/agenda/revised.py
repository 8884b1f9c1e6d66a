"""What a replan changed, for its coordinator, and who must be told of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from arshjul.agenda.wording import taking_part
from arshjul.domain.calendar import Slot
from arshjul.domain.change import Changes, Move, changes
from arshjul.domain.plan import Placement, Plan
from arshjul.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the plan, with the unit's name; None: without police."""

    slot: Slot
    unit: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """What a revision did to one operation. No `old`: newly placed; no `new`: dropped."""

    id: str
    title: str
    old: Where | None
    new: Where | None
    is_hit: bool
    lost_agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A party and the operations about which it must be told."""

    name: str
    contact: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """What a replan changed since `since`, and who must be told. `option`: the one that was chosen."""

    since: datetime
    option: str | None
    changed: tuple[Changed, ...]
    told: tuple[Told, ...]


def revised(scenario: Scenario, plan: Plan) -> Revised | None:
    """The difference between a replan and its base; None for a first plan."""
    base = plan.base
    if base is None:
        return None
    found = changes(base.placements, plan)
    moves = (*found.moved, *found.unit_changed, *found.dropped, *found.new)
    joined_only = [id for id in found.lost_agencies if all(move.operation != id for move in moves)]
    moves += tuple(Move(id, base.placements[id], plan.placed[id]) for id in joined_only)
    changed = tuple(_changed(scenario, move, found, base.hit) for move in moves)
    return Revised(base.as_of, plan.option, changed, tuple(_told(scenario, moves)))


def _changed(scenario: Scenario, move: Move, found: Changes, hit: frozenset[str]) -> Changed:
    return Changed(
        id=move.operation,
        title=scenario.operations[move.operation].title,
        old=_where(scenario, move.old),
        new=_where(scenario, move.new),
        is_hit=move.operation in hit,
        lost_agencies=tuple(scenario.agencies[a].name for a in found.lost_agencies.get(move.operation, ())),
    )


def _where(scenario: Scenario, placement: Placement | None) -> Where | None:
    if placement is None:
        return None
    return Where(placement.slot, None if placement.police is None else scenario.police[placement.police].name)


def _told(scenario: Scenario, moves: Iterable[Move]) -> Iterator[Told]:
    """Every agency and unit that has a part in an operation before or after, agencies first."""
    with_agency: dict[str, list[str]] = defaultdict(list)
    with_unit: dict[str, list[str]] = defaultdict(list)
    for move in moves:
        operation = scenario.operations[move.operation]
        places = [placement for placement in (move.old, move.new) if placement is not None]
        for id in dict.fromkeys(a for placement in places for a in taking_part(scenario, placement)):
            with_agency[id].append(operation.id)
        for id in dict.fromkeys(placement.police for placement in places if placement.police is not None):
            with_unit[id].append(operation.id)
    for agency in scenario.agencies.values():
        if agency.id in with_agency:
            yield Told(agency.name, agency.contact, tuple(with_agency[agency.id]))
    for unit in scenario.police.values():
        if unit.id in with_unit:
            yield Told(unit.name, unit.contact, tuple(with_unit[unit.id]))
