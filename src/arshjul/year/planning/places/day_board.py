"""A plan on its board without the operations that are hit: where they might go, freeze and notice aside.

Other operations stand where they stood unless they are asked for, so the board is small, and hundreds of placements are
judged quickly.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace

from arshjul.solver.board import Obstacle
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Placement, Staffing
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.places.finder import (
    LEVELS,
    Alternative,
    clearing,
    forced_among_placed,
    moved,
    trials,
    way_in,
    without_price_of_moves,
)
from arshjul.year.planning.problem import Places, PlanningProblem, either, own_place
from arshjul.year.rules import BY_ID, HARD, builder_of, possible

SET_ASIDE = ("freeze", "notice")
"""The rules that the coordinator may set aside on the day itself, with the consent of all parties."""
MOVING_TWO_S = 5.0
"""The seconds for the solve that looks for two operations to move; it seldom takes one."""


@dataclass(frozen=True, slots=True)
class DayBoard:
    """A board with the hit operations taken out, and the unplaced musts that may compete for the same slots.

    `wide` are further operations that may go elsewhere. `rivals` are those musts, each with the operations of its time,
    itself included; `slots` are the slots that a replan allows each of them.
    """

    problem: PlanningProblem
    wide: Collection[str]
    rivals: Mapping[str, Collection[str]]
    slots: Mapping[str, Places]

    def free(self, operation: str) -> list[Placement]:
        problem, number = self.problem, self.problem.builder.number[operation]
        return [place for option, place in enumerate(problem.places(operation)) if problem.is_free(number, option)]

    def is_free(self, placement: Placement) -> bool:
        return self.problem.obstacles(placement) == []

    def beside(self, placement: Placement) -> AbstractContextManager[None]:
        """Meanwhile the placement is among everything else."""
        builder = self.problem.builder
        return self.problem.meanwhile(builder.number[placement.operation], builder.option(placement))

    def displaced(self, placements: Collection[Placement]) -> tuple[str, ...]:
        """A must with a place left beside them is not among them, unless several rivals may compete for it."""
        own = {placement.operation for placement in placements}
        return tuple(id for id in self.rivals if id not in own and self._is_displaced(id, placements))

    def _is_displaced(self, rival: str, placements: Collection[Placement]) -> bool:
        group = [id for id in self.rivals[rival] if id not in {placement.operation for placement in placements}]
        before = [self._obstacles(id) for id in group]
        with ExitStack() as stack:
            for placement in placements:
                stack.enter_context(self.beside(placement))
            beside = [self._obstacles(id) for id in group]
        has_place = all(any(not there for there in obstacles) for obstacles in beside)
        return before != beside and not (has_place and len(self.rivals) == 1)

    def _obstacles(self, id: str) -> list[list[Obstacle]]:
        problem, number = self.problem, self.problem.builder.number[id]
        single, slots = problem.context.slots.grid.single, self.slots[id]
        return [
            list(problem.evaluator.obstacles(number, option))
            for option, place in enumerate(problem.places(id))
            if slots.get(place.staffing, 0) & single(place.slot)
        ]


def day_board(context: ReplanContext, wide: Collection[str] = (), within: SlotSet | None = None) -> DayBoard:
    placed, planned = context.before.keys() - context.hit, context.scenario.planned.values()
    out = [operation.id for operation in planned if operation.is_must and operation.id not in placed]
    operations = context.scenario.operations
    rivals = {
        id: [id, *(twin for twin in context.scenario.twins(id) if twin not in context.history)]
        for id in out
        if any(possible(context, operations[id]).values())
    }
    slots_of = {id: possible(context, operations[id]) for group in rivals.values() for id in group}
    open_ = {*context.hit, *wide, *slots_of} - context.history.keys()
    standing = {id: place for id, place in context.before.items() if id not in context.hit}
    places: dict[str, Places] = {}
    for id, operation in operations.items():
        own = own_place(context, standing.get(id))
        there = anywhere(context, operation) if id in open_ else {}
        if within is not None and id in wide:
            there = {who: slots & within for who, slots in there.items()}
        places[id] = either(there, own)
    return DayBoard(PlanningProblem.of(context, builder_of(context, places), LEVELS, standing), wide, rivals, slots_of)


def anywhere(context: ReplanContext, operation: Operation) -> dict[Staffing, SlotSet]:
    """The later slots that the rules for single placements allow it, by staffing, freeze and notice aside."""
    old, grid = context.old(operation.id), context.slots.grid
    found = {}
    for staffing in context.scenario.staffings(operation):
        stays = 0 if old is None or old.staffing != staffing else grid.single(old.slot)
        found[staffing] = context.later | stays
        chosen = operation.choosing(staffing.any_of)
        for rule in HARD:
            if rule.id not in SET_ASIDE:
                found[staffing] &= rule.allowed(context, chosen, staffing.police)
    return found


def is_within_rules(context: ReplanContext, placement: Placement) -> bool:
    operation = context.scenario.operations[placement.operation].choosing(placement.any_of)
    bit = context.slots.grid.single(placement.slot)
    return all(BY_ID[id].allowed(context, operation, placement.police) & bit for id in SET_ASIDE)


def on_the_day(context: ReplanContext) -> ReplanContext:
    return with_scenario(context, without_price_of_moves(context.scenario))


def with_scenario(context: ReplanContext, scenario: Scenario) -> ReplanContext:
    """The context with other operations or prices in its scenario; the offers must be the same."""
    return replace(context, slots=context.slots.sharing(scenario))


def making_way(context: ReplanContext, board: DayBoard, operations: Iterable[str]) -> dict[str, Alternative]:
    """For each operation the way that moves fewest others, and of those the one that costs least.

    `board` has the hit operations taken out and the others held. Moving one other is tried out; only if that fails for
    some operation is the year opened and two others to move found by a solve. Operations that have no place even then,
    or need more than two others to move, are absent.
    """
    tied = {id: frozenset(context.scenario.drawing_along(id)) for id in operations}
    others = {id: clearing(board.problem, id, tied[id]) for id in tied}
    wide = board.problem
    if movable := frozenset[str]().union(*others.values()):
        wide = day_board(context, movable).problem
    blocked = [id for id in tied if _blocked(board.problem, id)]
    found = {id: _moving_one(wide, id, tied[id]) for id in blocked}
    if None in found.values():
        whole = day_board(context, context.before.keys()).problem
        found = {id: way or _moving_two(whole, id) for id, way in found.items()}
    return {id: way for id, way in found.items() if way is not None}


def _blocked(problem: PlanningProblem, operation: str) -> list[int]:
    number = problem.builder.number[operation]
    return [option for option in problem.options(operation) if not problem.is_free(number, option)]


def _moving_one(problem: PlanningProblem, operation: str, tied: Set[str]) -> Alternative | None:
    found = list(trials(problem, operation, tied))
    least = min((trial.cost for trial in found), default=0)
    ways = (moved(problem, operation, trial) for trial in found if trial.cost == least)
    return min(ways, key=_order, default=None)


def _order(way: Alternative) -> tuple[Slot, str, str, Slot, str]:
    new = way.moves[0][1]
    return way.placement.slot, way.placement.police or "", new.operation, new.slot, new.police or ""


def _moving_two(problem: PlanningProblem, operation: str) -> Alternative | None:
    """The cheapest way that moves two others, by one solve of the whole year in which nothing is left out for it."""
    choice = forced_among_placed(problem, operation, _blocked(problem, operation), MOVING_TWO_S).choice
    way = way_in(problem, operation, choice)
    return way if way is not None and 0 < len(way.moves) <= 2 else None
