"""A plan as it stands at a moment: operations are asked one by one where else they could be.

The board of a whole year takes a second to lay out, so usually only the operations asked for may go elsewhere, and all
others are held. The results are the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from arshjul.domain.plan import Base, Plan, Price
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.planning.places.finder import LEVELS, Alternative, clearing, moving_nothing, moving_one
from arshjul.planning.places.reasons import LEAST_LIMIT_S
from arshjul.planning.problem import Places, PlanningProblem, own_place
from arshjul.planning.verify.verify import prices
from arshjul.rules import builder_of, hard_builder_of, possible
from arshjul.rules.soft.kept_close import KeptClose

TRIES_PER_S = 100_000
"""A count, not a clock: the same plan always has the same figures. Two shared cores do some 300,000 in a second."""


def tries_within(limit_s: float) -> int:
    return int(TRIES_PER_S * max(limit_s, LEAST_LIMIT_S))


@dataclass(frozen=True, slots=True)
class FallBacks:
    slots: Mapping[str, int]
    n_uncounted: int = 0


@dataclass(frozen=True)
class StandingPlan:
    """A plan in its context. Not slotted: its prices are computed on first use and cached."""

    context: ReplanContext
    plan: Plan

    @classmethod
    def of(
        cls, scenario: Scenario, plan: Plan, as_of: datetime | None = None, loose: frozenset[str] | None = None
    ) -> "StandingPlan":
        """As seen from that moment, by default its own. `loose` (None: all) may go anywhere in the year."""
        moment, loose = as_of or plan.as_of, frozenset(plan.placed) if loose is None else loose
        left = scenario.after(plan.entries.in_force(), moment.date())
        base = Base(plan.revision, moment, plan.placed, loose)
        # The cost of following a change is no cost of a slot: only what the year itself charges counts.
        charged = {**left.objective.prices, KeptClose.id: 0}
        left = replace(left, objective=replace(left.objective, prices=charged))
        entered = plan.entries.demands(plan.placing.revision)
        demands = replace(entered, pinned=frozenset(), left_out=frozenset(), restored={}, answers=())
        return cls(ReplanContext.of(left, base, plan.unpinned | loose, demands=demands), plan)

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        return prices(self.context, self.plan)

    def problem(self, free: Collection[str] | None = None) -> PlanningProblem:
        """`free`: those that may go elsewhere; None: all."""
        return PlanningProblem.of(self.context, builder_of(self.context, self.places(free)), LEVELS, self.plan.placed)

    def places(self, free: Collection[str] | None = None) -> dict[str, Places]:
        return {
            id: possible(self.context, operation)
            if free is None or id in free
            else own_place(self.context, self.plan.placed.get(id))
            for id, operation in self.context.scenario.operations.items()
        }

    def alternatives(self, problem: PlanningProblem, operation: str, most: int) -> list[Alternative]:
        """`operation`: the only free one in `problem`. If they are few, places that move one other follow."""
        found = moving_nothing(problem, operation)[:most]
        if len(found) < most:
            wide = self.problem({operation, *clearing(problem, operation)})
            found += moving_one(wide, operation)[: most - len(found)]
        return found


def fall_backs(
    standing: StandingPlan, most_tries: int | None = None, among: Collection[str] | None = None
) -> FallBacks:
    """Of each that may move (`among`; None: all) the other slots that it can have without other moves, by hard rules
    alone. Those beyond `most_tries` are not counted; None: no bound.
    """
    found, tries = {}, 0
    context, placed = standing.context, standing.plan.placed
    problem = PlanningProblem.of(context, hard_builder_of(context, standing.places(among)), (), placed)
    picks = zip(problem.builder.modes, problem.choice, strict=True)
    movable = [id for id, pick in picks if pick is not None and id not in context.kept]
    movable = movable if among is None else [id for id in movable if id in among]
    for id in movable:
        if most_tries is not None and tries >= most_tries:
            break
        tries += len(problem.options(id))
        found[id] = len({alternative.placement.slot for alternative in moving_nothing(problem, id)})
    return FallBacks(found, len(movable) - len(found))
