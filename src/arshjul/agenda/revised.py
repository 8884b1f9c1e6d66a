"""The changes of a replan, for its coordinator, and who must be told."""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.agenda.cause import cause
from arshjul.agenda.party import COORDINATOR
from arshjul.domain.amended import with_former_lenders
from arshjul.domain.calendar import Slot
from arshjul.domain.change import Changes, Move, changes
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.recipients import tell
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the plan, with the unit's name; None: without police."""

    slot: Slot
    unit: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """The change of one operation. No `old`: newly placed; no `new`: dropped.

    `title` is empty for an operation that the scenario no longer has.
    """

    id: str
    title: str
    old: Where | None
    new: Where | None
    is_hit: bool
    cause: Message | None = None
    lost_agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyChanges:
    """A party and the operations about which it must be told."""

    name: str
    contact: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """The changes of a replan since revision `since`, and who must be told. `option`: the one that was chosen.

    `n_freed`: so many objects were bound to frames, and are no more.
    """

    since: int
    option: str | None
    changed: tuple[Changed, ...]
    told: tuple[PartyChanges, ...]
    n_freed: int = 0


def revised(scenario: Scenario, plan: Plan) -> Revised | None:
    """The difference between a replan and its base; None for a first plan and a filling."""
    base = plan.replanned_from
    if base is None:
        return None
    found = changes(base.placements, plan.placed)
    moves = (*found.moved, *found.unit_changed, *found.dropped, *found.new)
    joined_only = [id for id in found.lost_agencies if all(move.operation != id for move in moves)]
    moves += tuple(Move(id, base.placements[id], plan.placed[id]) for id in joined_only)
    changed = tuple(_changed(scenario, plan, move, found) for move in moves)
    freed = sum(len(one.freed) for one in plan.entries.fillings if one.revision == plan.revision)
    told = tuple(_told(with_former_lenders(scenario, plan.entries.changes), found))
    return Revised(base.revision, plan.option, changed, told, freed)


def _changed(scenario: Scenario, plan: Plan, move: Move, found: Changes) -> Changed:
    return Changed(
        id=move.operation,
        title=operation.title if (operation := scenario.operations.get(move.operation)) else "",
        old=_where(scenario, move.old),
        new=_where(scenario, move.new),
        is_hit=plan.base is not None and move.operation in plan.base.hit,
        cause=None if move.old is None else cause(scenario, plan, move.old, COORDINATOR),
        lost_agencies=tuple(scenario.agencies[a].name for a in found.lost_agencies.get(move.operation, ())),
    )


def _where(scenario: Scenario, placement: Placement | None) -> Where | None:
    if placement is None:
        return None
    units = [] if placement.police is None else [scenario.police[placement.police].name]
    chosen = [scenario.agencies[agency].name for agency in placement.any_of]
    return Where(placement.slot, ", ".join([*units, *chosen]) or None)


def _told(scenario: Scenario, found: Changes) -> Iterator[PartyChanges]:
    for party, operations in tell(scenario, found).items():
        known = scenario.parties[party]
        yield PartyChanges(known.name, known.contact, operations)
