"""A plan on its board without the operations that are hit: where they might go, freeze and notice aside.

What is not hit stands where it stood, and is tried nowhere else unless it is asked for: so the board is
small, and hundreds of placements are judged in a moment.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from arshjul.board.evaluator import Obstacle
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation, Staffing
from arshjul.domain.placement import Placement
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.planning.places.alternatives import LEVELS
from arshjul.planning.problem import PlanningProblem
from arshjul.rules import BY_ID, HARD, builder_of, possible
from arshjul.rules.soft.kept_close import KeptClose

SET_ASIDE = ("freeze", "notice")
"""The rules that the coordinator may set aside on the day itself, with the consent of all."""


@dataclass(frozen=True, slots=True)
class DayBoard:
    """`problem` has the hit operations out. `rivals` are musts that are out too, each with those it would come with.

    These are the rival itself and whatever is tied to it; `slots` are those that a replan has for each.
    """

    problem: PlanningProblem
    rivals: Mapping[str, Collection[str]]
    slots: Mapping[str, Mapping[Staffing, SlotSet]]

    def free(self, operation: str) -> list[Placement]:
        """Where it can stand beside everything else."""
        problem, number = self.problem, self.problem.builder.number[operation]
        return [
            problem.builder.placement(operation, option)
            for option, _ in enumerate(problem.board.activities[number].options)
            if next(problem.evaluator.obstacles(number, option), None) is None
        ]

    def is_free(self, placement: Placement) -> bool:
        """True if that placement can stand beside everything else."""
        return self.problem.obstacles(placement) == []

    def displaced(self, placements: Collection[Placement]) -> tuple[str, ...]:
        """The musts that a replan might rather place than these: what they need is taken by them.

        A must with a place left beside them is none, unless there are several that may want it.
        """
        own = {placement.operation for placement in placements}
        return tuple(id for id in self.rivals if id not in own and self._is_displaced(id, placements))

    def _is_displaced(self, rival: str, placements: Collection[Placement]) -> bool:
        group = [id for id in self.rivals[rival] if id not in {placement.operation for placement in placements}]
        before = [self._obstacles(id) for id in group]
        builder, evaluator = self.problem.builder, self.problem.evaluator
        old = {builder.number[p.operation]: evaluator.choice[builder.number[p.operation]] for p in placements}
        for placement in placements:
            evaluator.put(builder.number[placement.operation], builder.option(placement))
        beside = [self._obstacles(id) for id in group]
        for number, option in old.items():
            evaluator.put(number, option)
        has_place = all(any(not there for there in obstacles) for obstacles in beside)
        return before != beside and not (has_place and len(self.rivals) == 1)

    def _obstacles(self, id: str) -> list[list[Obstacle]]:
        """The obstacles to one of a rival's group, at each of its slots."""
        problem, number = self.problem, self.problem.builder.number[id]
        slots, found = self.slots[id], []
        for option, _ in enumerate(problem.board.activities[number].options):
            place = problem.builder.placement(id, option)
            if slots.get(place.staffing, 0) & problem.context.slots.grid.single(place.slot):
                found.append(list(problem.evaluator.obstacles(number, option)))
        return found


def day_board(context: ReplanContext, wide: Collection[str] = ()) -> DayBoard:
    """The board of a replan's context. `wide` are further operations that may go elsewhere."""
    old = {} if context.base is None else context.base.placements
    rivals = {id: _coming_with(context, id) for id in _out(context) if any(_rival_slots(context, id).values())}
    slots_of = {id: _rival_slots(context, id) for group in rivals.values() for id in group}
    open_ = {*context.hit, *wide, *slots_of} - context.history.keys()
    places: dict[str, Mapping[Staffing, SlotSet]] = {}
    for id, operation in context.scenario.operations.items():
        place = old.get(id)
        own = {} if place is None or id in context.hit else {place.staffing: context.slots.grid.single(place.slot)}
        if id in open_:
            slots = anywhere(context, operation)
            places[id] = {who: slots.get(who, 0) | own.get(who, 0) for who in (slots | own)}
        else:
            places[id] = own
    builder = builder_of(context, places)
    choice = [None if id in context.hit or id not in old else builder.option(old[id]) for id in builder.modes]
    return DayBoard(PlanningProblem(context, builder, builder.board(LEVELS), choice), rivals, slots_of)


def anywhere(context: ReplanContext, operation: Operation) -> dict[Staffing, SlotSet]:
    """The later slots that the rules for one placement leave it by who serves it, freeze and notice aside."""
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
    """True if freeze and notice let it stand there too."""
    operation = context.scenario.operations[placement.operation].choosing(placement.any_of)
    bit = context.slots.grid.single(placement.slot)
    return all(BY_ID[id].allowed(context, operation, placement.police) & bit for id in SET_ASIDE)


def on_the_day(context: ReplanContext) -> ReplanContext:
    """The same, with slots judged by what the year itself charges: what following a change costs is left away."""
    objective = context.scenario.objective
    prices = {**objective.prices, KeptClose.id: 0}
    return with_scenario(context, replace(context.scenario, objective=replace(objective, prices=prices)))


def with_scenario(context: ReplanContext, scenario: Scenario) -> ReplanContext:
    """The context with other operations or prices in its scenario; what is offered is the same."""
    return replace(context, slots=context.slots.sharing(scenario))


def _out(context: ReplanContext) -> list[str]:
    """The musts that stand nowhere on the board."""
    placed = set() if context.base is None else context.base.placements.keys() - context.hit
    return [o.id for o in context.scenario.planned.values() if o.is_must and o.id not in placed]


def _coming_with(context: ReplanContext, id: str) -> list[str]:
    """A must that is out, and those that come at its time."""
    twins = (one for group in context.scenario.ties() if id in group for one in group)
    return list(dict.fromkeys([id, *(one for one in twins if one not in context.history)]))


def _rival_slots(context: ReplanContext, id: str) -> Mapping[Staffing, SlotSet]:
    return possible(context, context.scenario.operations[id])
