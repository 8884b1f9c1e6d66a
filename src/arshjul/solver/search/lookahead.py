"""The look-ahead to the last level: its LP with elastic cuts on earlier levels.

In that LP each earlier level is cut at its bound, which is only tentative, and each unit above the cut has a high price
(an elastic constraint). Its multipliers give two bounds: divided by the price, one of such a level; as they are, one of
the last level in case the tentative cuts can be kept.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from arshjul.solver.model.bounds import LagrangianBound, lagrangian_bound
from arshjul.solver.model.milp import Constraint, LevelCut, Model, rows_of
from arshjul.solver.model.zero_half import MOST, ZeroHalfSeparator
from arshjul.solver.params import SolveParams

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it imports it
    from arshjul.solver.backends.relaxation import LpDuals, Relaxation
    from arshjul.solver.model.cliques import ConflictGraph
    from arshjul.solver.model.row_pool import RowPool


Row = TypeVar("Row")

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


class Lookahead:
    """The LP of a model's last level, with its latest optimum.

    `model` is the given one with the cuts found so far, which all plans keep. `has_start`: a plan is known
    from the start, as on replans. Then zero-half cuts pay, and an order among the tentative cuts. `priced` are the
    numbers of the cuts in which an excess stands.
    """

    def __init__(self, model: Model, params: SolveParams) -> None:
        self.params = params
        self.model = model
        self.has_start = True
        self.seen: LpDuals | None = None
        self.relaxation: Relaxation | None = None
        self.graph: ConflictGraph | None = None
        self.separator: ZeroHalfSeparator | None = None
        self.priced: set[int] = set()

    @cached_property
    def unit(self) -> float:
        """The LP's unit of cost: 1 if costs are small, else larger, so that the price of an excess stays precise."""
        costs = self.model.costs[-1]
        of_sets = ([costs.get(v, 0) for v in variables] for variables in self.model.sets)
        span = max(max(own) - min(own) for own in of_sets)
        return max(1.0, max([span, *(soft.prices[-1] for soft in self.model.soft_constraints)]) / UNITS)

    @cached_property
    def pool(self) -> "RowPool":
        """The soft constraints of the model and then the others, for all LPs of it."""
        from arshjul.solver.model.row_pool import RowPool

        soft = [soft.line for soft in self.model.soft_constraints]
        return RowPool(len(self.model.uppers), [*soft, *self.model.constraints])

    @property
    def price(self) -> float:
        """The price of a unit above a tentative cut, in units of the last level."""
        return EXCESS_PRICE * self.unit

    @property
    def hard(self) -> bool:
        """True if the LP is hard, so that searches relying on it start too slowly."""
        return self.relaxation is not None and self.relaxation.hard

    @property
    def support(self) -> list[list[int]] | None:
        """The variables of each set in the LP's optimum; None if it is no vertex, or rounding is off."""
        if self.seen is None or self.hard or not self.params.levels.rounding:
            return None
        point = self.seen.point
        return [[v for v in variables if v in point] for variables in self.model.sets]

    def multipliers(
        self, cuts: Sequence[LevelCut], firm: int, barred: Collection[int], limit_s: float
    ) -> list[float] | None:
        """The multipliers of `rows_of(self.model, cuts)`; the first `firm` cuts are not tentative.

        `barred` are variables of no plan. None: the LP was not solved in time. Cliques that its optimum breaks join the
        model, and it is solved again.
        """
        until = time.monotonic() + limit_s
        if self.seen is None or not self.seen.serves(self.model, cuts):
            self.seen = self.lp.solve(self.model, cuts, firm, barred, limit_s)
            for _ in range(self.clique_rounds):
                if self.seen is None or self.hard or not (broken := self.broken_cliques(self.seen.point)):
                    break
                self.join(broken)
                self.seen = self.lp.solve(self.model, cuts, firm, barred, until - time.monotonic())
        return None if self.seen is None else self.seen.multipliers

    def tightened(self) -> bool:
        """True if zero-half cuts that the last optimum breaks have joined the model: the LP is to be solved again."""
        return (
            self.tightens
            and self.seen is not None
            and not self.hard
            and self.joined(self.seen.point, len(self.model.costs) - 1)
        )

    def joined(self, point: Mapping[int, float], level: int, most: int = MOST) -> bool:
        """True if zero-half cuts and cliques that this optimum breaks have joined the model."""
        if self.separator is None:
            self.separator = ZeroHalfSeparator(self.model)
        broken = [*self.separator.cuts(self.model, point, level, most), *self.broken_cliques(point)]
        self.join(broken)
        return bool(broken)

    @property
    def clique_rounds(self) -> int:
        """Rounds in which cliques alone are separated: later they join with zero-half cuts, by the same optimum."""
        return self.params.separation.rounds if self.separator is None else 0

    @property
    def tightens(self) -> bool:
        """True if zero-half cuts are separated at all."""
        return self.has_start and self.params.separation.zero_half

    @property
    def branches(self) -> bool:
        """True if branch and bound goes on from the LP."""
        return self.tightens and not self.hard and self.params.levels.branching

    @property
    def _at_hand(self) -> int:
        return AT_HAND if self.has_start else 1

    def join(self, cuts: Sequence[Constraint]) -> None:
        """Adds constraints that all plans keep to the model."""
        self.pool.join(cuts)
        first = len(self.model.constraints)
        self.priced.update(k for k, cut in enumerate(cuts, first) if self.model.has_excess(cut))
        self.model = replace(self.model, constraints=[*self.model.constraints, *cuts])

    def without_priced(self, of_rows: Sequence[Row]) -> list[Row]:
        """What belongs to the rows of `rows_of`, or to constraints alone, without that of cuts with an excess."""
        return [one for k, one in enumerate(of_rows) if k not in self.priced]

    @property
    def lp(self) -> "Relaxation":
        """The LP, kept from the first question on."""
        if self.relaxation is None:
            from arshjul.solver.backends.relaxation import ITERATIONS_A_SET, Relaxation

            price, a_set = self.price, PATIENCE if self.has_start else ITERATIONS_A_SET
            self.relaxation = Relaxation(self.model, self.pool, price, self.unit, self._at_hand, a_set)
        return self.relaxation

    def broken_cliques(self, point: Mapping[int, float]) -> list[Constraint]:
        """The cliques that an LP's optimum breaks."""
        if not self.params.separation.cliques:
            return []
        if self.graph is None:
            from arshjul.solver.model.cliques import ConflictGraph

            self.graph = ConflictGraph(self.model)
        return self.graph.broken(point)

    def last(self, cuts: Sequence[LevelCut], multipliers: Sequence[float], barred: Collection[int]) -> LagrangianBound:
        """The bound of the last level from these multipliers, under all these cuts."""
        return lagrangian_bound(self.model, len(self.model.costs) - 1, rows_of(self.model, cuts), multipliers, barred)

    def before(
        self, level: int, cuts: Sequence[LevelCut], multipliers: Sequence[float], barred: Collection[int]
    ) -> LagrangianBound:
        """The bound of an earlier level from these multipliers, under the cuts before it."""
        model = self.model
        n, m = len(model.constraints), len(model.soft_constraints)
        price = self.price
        if self.seen is not None and level == self.seen.firm:
            price *= self._at_hand
        own = [y / price for y in multipliers[: n + m + len(cuts)]]
        for k, soft in enumerate(model.soft_constraints, n):
            own[k] = min(own[k], soft.prices[level])  # more than the cost of an excess on this level proves nothing
        for k in self.priced:
            own[k] = 0.0  # nor does a cut on excesses that cost nothing here
        return lagrangian_bound(model, level, rows_of(model, cuts), own, barred)
