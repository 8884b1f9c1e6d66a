"""A plan as it stands at a moment: one operation after the other is asked where else it could be.

The board of a whole year takes a second to lay out; here only those who are asked for may go elsewhere, and all
others are held where they stand. What comes out is the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Staffing
from arshjul.domain.plan import Plan, Price
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.planning.places.alternatives import LEVELS, Alternative, moving_nothing, moving_one, standing_context
from arshjul.planning.problem import PlanningProblem
from arshjul.planning.verify.verify import prices
from arshjul.rules import builder_of, possible


@dataclass(frozen=True)
class StandingPlan:
    """A plan in its context. Not slotted: its prices are worked out once, when first asked for."""

    context: ReplanContext
    plan: Plan

    @classmethod
    def of(cls, scenario: Scenario, plan: Plan, as_of: datetime) -> "StandingPlan":
        """The plan as seen from that moment."""
        return cls(standing_context(scenario, plan, frozenset(plan.placed), as_of), plan)

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        """What it pays."""
        return prices(self.context, self.plan)

    def problem(self, free: Collection[str]) -> PlanningProblem:
        """It on a board on which only those may go elsewhere."""
        builder = builder_of(self.context, {id: self._places(id, free) for id in self.context.scenario.operations})
        return PlanningProblem.of(self.context, builder, builder.board(LEVELS), self.plan)

    def _places(self, id: str, free: Collection[str]) -> Mapping[Staffing, SlotSet]:
        if id in free or id in self.context.kept:
            return possible(self.context, self.context.scenario.operations[id])
        place = self.plan.placed.get(id)
        return {} if place is None else {place.staffing: self.context.slots.grid.single(place.slot)}

    def alternatives(self, problem: PlanningProblem, operation: str, most: int) -> list[Alternative]:
        """The best other places of the operation, which alone is free in `problem`; others move if there are fewer."""
        found = moving_nothing(problem, operation)[:most]
        if len(found) < most:
            wide = self.problem({operation, *in_the_way(problem, operation)})
            found += moving_one(wide, operation)[: most - len(found)]
        return found


def in_the_way(problem: PlanningProblem, operation: str) -> set[str]:
    """Those who have a part in what forbids the operation one of its places."""
    evaluator, number = problem.evaluator, problem.builder.number[operation]
    activities, here = problem.board.activities, evaluator.choice[number]
    evaluator.put(number, None)
    options = range(len(activities[number].options))
    found = set().union(*(evaluator.blockers(number, option) for option in options))
    evaluator.put(number, here)
    return {activities[other].id for other in found}
