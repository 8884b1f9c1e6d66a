"""The LP of a model's last level, with elastic cuts on earlier levels.

In that LP each earlier level is cut at its bound, which is only tentative, and each unit above the cut has a high price
(an elastic constraint). Its multipliers give two bounds: divided by the price, one of such a level; as they are, one of
the last level in case the tentative cuts can be kept.
"""

import time
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from arshjul.solver.model.bounds import LagrangianBound, lagrangian_bound
from arshjul.solver.model.milp import LevelCut, rows_of
from arshjul.solver.search.cut_pool import CutPool

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it imports it
    from arshjul.solver.backends.relaxation import LpDuals, Relaxation

EXCESS_PRICE = 10_000
"""The price of a unit above a tentative cut, in the LP's units of the last level."""
AT_HAND = 50
"""How many times the price that is for the present level, which goes before the later ones.

At one price the LP leaves out a point more if placing it takes three changes.
"""
PATIENCE = 60
"""Iterations of the simplex method for each set on replans: most took up to 22, and a few 50."""
UNITS = 12
"""The most LP units by which an activity's options differ on the last level: far below the excess price."""


class ElasticLp:
    """The LP, with its latest optimum in `seen`. On replans there is an order among the tentative cuts."""

    def __init__(self, pool: CutPool) -> None:
        self.pool = pool
        self.params = pool.params
        self.seen: LpDuals | None = None
        self.relaxation: Relaxation | None = None

    @cached_property
    def unit(self) -> float:
        """The LP's unit of cost: 1 if costs are small, else larger, so that the price of an excess stays precise."""
        model = self.pool.model
        costs = model.costs[-1]
        of_sets = ([costs.get(v, 0) for v in variables] for variables in model.sets)
        span = max(max(own) - min(own) for own in of_sets)
        return max(1.0, max([span, *(soft.prices[-1] for soft in model.soft_constraints)]) / UNITS)

    @property
    def price(self) -> float:
        """The price of a unit above a tentative cut, in units of the last level."""
        return EXCESS_PRICE * self.unit

    @property
    def hard(self) -> bool:
        """True if the LP is hard, so that searches relying on it start too slowly."""
        return self.relaxation is not None and self.relaxation.hard

    @property
    def branches(self) -> bool:
        """True if branch and bound goes on from the LP."""
        return self.pool.tightens and not self.hard and self.params.levels.branching

    @property
    def support(self) -> list[list[int]] | None:
        """The variables of each set in the LP's optimum; None if it is no vertex, or rounding is off."""
        if self.seen is None or self.hard or not self.params.levels.rounding:
            return None
        point = self.seen.point
        return [[v for v in variables if v in point] for variables in self.pool.model.sets]

    @property
    def lp(self) -> "Relaxation":
        """The LP, kept from the first question on."""
        if self.relaxation is None:
            from arshjul.solver.backends.relaxation import ITERATIONS_A_SET, Relaxation

            price, a_set = self.price, PATIENCE if self.pool.has_start else ITERATIONS_A_SET
            self.relaxation = Relaxation(self.pool.model, self.pool.rows, price, self.unit, self._at_hand, a_set)
        return self.relaxation

    @property
    def _at_hand(self) -> int:
        return AT_HAND if self.pool.has_start else 1

    def multipliers(
        self, cuts: Sequence[LevelCut], firm: int, barred: Collection[int], limit_s: float
    ) -> Sequence[float] | None:
        """The multipliers of `rows_of` the pool's model and the cuts; the first `firm` cuts are not tentative.

        `barred` are variables of no plan. None: the LP was not solved in time. Cliques that its optimum breaks join the
        model, and it is solved again.
        """
        pool, until = self.pool, time.monotonic() + limit_s
        if self.seen is None or not self.seen.serves(pool.model, cuts):
            self.seen = self.lp.solve(pool.model, cuts, firm, barred, limit_s)
            for _ in range(pool.clique_rounds):
                if self.seen is None or self.hard or not (broken := pool.broken_cliques(self.seen.point)):
                    break
                pool.join(broken)
                self.seen = self.lp.solve(pool.model, cuts, firm, barred, until - time.monotonic())
        return None if self.seen is None else pool.multipliers(self.seen.multipliers, cuts[:firm])

    def tightened(self) -> bool:
        """True if cuts that the last optimum breaks have joined the model: the LP is to be solved again."""
        pool = self.pool
        return (
            pool.tightens
            and self.seen is not None
            and not self.hard
            and pool.separate(self.seen.point, len(pool.model.costs) - 1)
        )

    def last(self, cuts: Sequence[LevelCut], multipliers: Sequence[float], barred: Collection[int]) -> LagrangianBound:
        """The bound of the last level from these multipliers, under all these cuts."""
        model = self.pool.model
        return lagrangian_bound(model, len(model.costs) - 1, rows_of(model, cuts), multipliers, barred)

    def before(
        self, level: int, cuts: Sequence[LevelCut], multipliers: Sequence[float], barred: Collection[int]
    ) -> LagrangianBound:
        """The bound of an earlier level from these multipliers, under the cuts before it."""
        model = self.pool.model
        n, m = len(model.constraints), len(model.soft_constraints)
        price = self.price
        if self.seen is not None and level == self.seen.firm:
            price *= self._at_hand
        own = [y / price for y in multipliers[: n + m + len(cuts)]]
        for k, soft in enumerate(model.soft_constraints, n):
            own[k] = min(own[k], soft.prices[level])  # more than the cost of an excess on this level proves nothing
        for k in self.pool.priced:
            own[k] = 0.0  # nor does a cut on excesses that cost nothing here
        return lagrangian_bound(model, level, rows_of(model, cuts), own, barred)
