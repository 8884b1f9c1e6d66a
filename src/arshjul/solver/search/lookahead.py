"""The look-ahead to the last level: its LP with elastic cuts on the levels before.

In that LP each level before the last is cut at its bound, which is only tentative, and each unit above the cut has a
high price (an elastic constraint). Its multipliers tell two things: divided by the price, a bound of such a level; as
they are, a bound of the last level in case the tentative cuts can be kept.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from arshjul.solver.model.bounds import LagrangianBound, lagrangian_bound
from arshjul.solver.model.milp import Constraint, LevelCut, Model, rows_of
from arshjul.solver.params import SolveParams
from arshjul.solver.search.core import Recorder
from arshjul.solver.search.status import is_best

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it does
    from arshjul.solver.backends.relaxation import LpDuals, Relaxation
    from arshjul.solver.model.cliques import ConflictGraph


class Lookahead:
    """The LP of a model's last level, as it was seen last. `barred` are variables that no plan takes."""

    def __init__(self, model: Model, barred: Collection[int], params: SolveParams) -> None:
        self.params = params
        self.model = model
        self.barred = barred
        self.seen: LpDuals | None = None
        self.relaxation: Relaxation | None = None
        self.graph: ConflictGraph | None = None

    @cached_property
    def unit(self) -> float:
        """The LP's unit of cost: 1 where costs are small, else so much that the price of an excess stays precise."""
        costs = self.model.costs[-1]
        of_sets = ([costs.get(v, 0) for v in variables] for variables in self.model.sets)
        span = max(max(own) - min(own) for own in of_sets)
        return max(
            1.0, max([span, *(soft.prices[-1] for soft in self.model.soft_constraints)]) / self.params.levels.units
        )

    @property
    def hard(self) -> bool:
        """True if the LP is hard, so that searches which lean on it start too slowly."""
        return self.relaxation is not None and self.relaxation.hard

    @property
    def support(self) -> list[list[int]] | None:
        """The variables of each set that the LP's optimum takes; None where that is no vertex, or not to be tried."""
        if self.seen is None or self.hard or not self.params.levels.rounding:
            return None
        point = self.seen.point
        return [[v for v in variables if v in point] for variables in self.model.sets]

    def multipliers(self, cuts: Sequence[LevelCut], tentative: int, limit_s: float) -> list[float] | None:
        """Those of `rows_of(model, cuts)`, the last so many of which cuts are tentative; None: not in time.

        Cliques that the LP's optimum breaks join the model's constraints, and the LP is solved again.
        """
        until = time.monotonic() + limit_s
        firm = len(cuts) - tentative
        if self.seen is None or not self.seen.serves(self.model, cuts):
            self.seen = self._relaxation().solve(cuts, firm, self.barred, limit_s)
            for _ in range(self.params.separation.rounds):
                if self.seen is None or self.hard or not (broken := self._broken(self.seen.point)):
                    break
                self.model.constraints += broken
                self.seen = self._relaxation().solve(cuts, firm, self.barred, until - time.monotonic())
        return None if self.seen is None else self.seen.multipliers

    def _relaxation(self) -> "Relaxation":
        if self.relaxation is None:
            from arshjul.solver.backends.relaxation import Relaxation

            price = self.params.levels.excess_price * self.unit
            self.relaxation = Relaxation(self.model, price, self.unit, self.params.engines)
        return self.relaxation

    def _broken(self, point: Mapping[int, float]) -> list[Constraint]:
        if not self.params.separation.cliques:
            return []
        if self.graph is None:
            from arshjul.solver.model.cliques import ConflictGraph

            self.graph = ConflictGraph(self.model)
        return self.graph.broken(point, self.params.separation)

    def last(self, cuts: Sequence[LevelCut], multipliers: Sequence[float]) -> LagrangianBound:
        """The bound of the last level that they give, under all these cuts."""
        return lagrangian_bound(
            self.model, len(self.model.costs) - 1, rows_of(self.model, cuts), multipliers, self.barred
        )

    def before(self, level: int, cuts: Sequence[LevelCut], multipliers: Sequence[float]) -> LagrangianBound:
        """The bound of a level before the last that they give, under the cuts of those before that."""
        model = self.model
        n, m = len(model.constraints), len(model.soft_constraints)
        own = [y / (self.params.levels.excess_price * self.unit) for y in multipliers[: n + m + len(cuts)]]
        for k, soft in enumerate(model.soft_constraints, n):
            own[k] = min(own[k], soft.prices[level])  # more than an excess costs on this level proves nothing
        return lagrangian_bound(model, level, rows_of(model, cuts), own, self.barred)


class TentativeIncumbent:
    """Keeps the best plan within tentative cuts."""

    def __init__(self, recorder: Recorder, bound: int) -> None:
        self.recorder = recorder
        self.bound = bound
        self.by: tuple[str, ...] = ("duals",)
        self.value: int | None = None
        self.ones: Sequence[int] | None = None

    def found(self, ones: Sequence[int], value: int) -> None:
        """Keeps a plan if it is better."""
        if self.value is None or value < self.value:
            self.ones, self.value = ones, value

    def proved(self, bound: int, by: str) -> None:
        """Keeps the bound to itself: it rests on tentative cuts."""
        if bound > self.bound:
            self.bound, self.by = bound, (by,)

    def settled(self) -> bool:
        """True if the plan is as good as can be, or time is up."""
        return is_best(self.value, self.bound, self.by) or self.left() <= 0

    def paused(self) -> bool:
        """Never: such a search is short."""
        return False

    def left(self) -> float:
        """Seconds for the level at hand."""
        return self.recorder.left()
