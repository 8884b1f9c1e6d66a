"""The LPs of a search: that of the model's last level, and that of one level alone; and the cuts that join both.

In the last level's LP each earlier level is cut at its bound, which is only tentative, and each unit above the cut has
a high price (an elastic constraint). Its multipliers give two bounds: divided by the price, one of such a level; as
they are, one of the last level in case the tentative cuts can be kept. There a unit of quality hides a part of a unit
of the level at hand. Branch and bound, and levels that are merged, need all of it: the LP of one level, without those
after it, under the cuts of those before.

Cliques and sums of rows are kept by all plans. A *conditional* row holds only within cuts on the first levels, as the
floor of a level that was proven under them, and so does what is derived once such a row is there.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from arshjul.solver.model.arrays import RowPool
from arshjul.solver.model.bounds import LagrangianBound, counting_bound, lagrangian_bound
from arshjul.solver.model.cliques import ConflictGraph
from arshjul.solver.model.milp import Constraint, LevelCut, Model, floor_of, reweighted, rows_of
from arshjul.solver.model.presolve import Restriction
from arshjul.solver.model.zero_half import MOST, ZeroHalfSeparator
from arshjul.solver.params import SolveParams
from arshjul.solver.search.known import keeps
from arshjul.solver.search.merging import Merging

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it imports it
    from arshjul.solver.backends.relaxation import Basis, LpDuals, Relaxation

Row = TypeVar("Row")


class CutPool:
    """A model with the rows found so far.

    `has_start`: a good plan is known from the start, as on replans; then zero-half cuts pay. `priced` are the rows in
    which an excess stands, which only an LP gains by; `conditional` those that hold only where the first levels are at
    or below `supposed`.
    """

    def __init__(self, model: Model, params: SolveParams, *, has_start: bool = True) -> None:
        self.model = model
        self.params = params
        self.has_start = has_start
        self.priced: set[int] = set()
        self.conditional: set[int] = set()
        self.supposed: tuple[int, ...] = ()
        self.separator: ZeroHalfSeparator | None = None
        self._restriction: tuple[tuple[int, bool], Restriction] | None = None

    @cached_property
    def rows(self) -> RowPool:
        """The soft constraints of the model and then the others, for all LPs of it."""
        soft = [soft.line for soft in self.model.soft_constraints]
        return RowPool(len(self.model.uppers), [*soft, *self.model.constraints])

    @cached_property
    def graph(self) -> ConflictGraph:
        rows = [row for k, row in enumerate(self.model.constraints) if k not in self.conditional]
        return ConflictGraph(replace(self.model, constraints=rows))

    def join(self, rows: Sequence[Constraint], within: Sequence[LevelCut] | None = None) -> None:
        """Adds rows that all plans keep; with `within`, those that plans within these cuts keep."""
        self.rows.join(rows)
        numbers = range(len(self.model.constraints), len(self.model.constraints) + len(rows))
        self.priced.update(k for k, row in zip(numbers, rows, strict=True) if self.model.has_excess(row))
        if within is not None:
            self.conditional.update(numbers)
            both = zip_longest(self.supposed, (most for _, most in within))
            self.supposed = tuple(min(most for most in pair if most is not None) for pair in both)
        self.model = replace(self.model, constraints=[*self.model.constraints, *rows])

    def all_hold(self, cuts: Sequence[LevelCut]) -> bool:
        """True if all rows, conditional ones too, hold under these cuts."""
        values = [most for _, most in cuts]
        return not self.conditional or (len(values) >= len(self.supposed) and keeps(values, self.supposed))

    def multipliers(self, given: Sequence[float], cuts: Sequence[LevelCut]) -> Sequence[float]:
        """The multipliers of `rows_of`, with 0 for each row that need not hold under the cuts."""
        if self.all_hold(cuts):
            return given
        return [0.0 if k in self.conditional else y for k, y in enumerate(given)]

    def restriction(self, cuts: Sequence[LevelCut]) -> Restriction:
        """The restrictions of the model with all rows that hold under the cuts, and that engines gain by."""
        asked = len(self.model.constraints), self.all_hold(cuts)
        if self._restriction is None or self._restriction[0] != asked:
            rows = self.of_engines(self.model.constraints, cuts)
            self._restriction = asked, Restriction(replace(self.model, constraints=rows), self.params)
        return self._restriction[1]

    def of_engines(self, of_rows: Sequence[Row], cuts: Sequence[LevelCut]) -> list[Row]:
        """The elements of `of_rows`, one a constraint, that engines of this restriction get."""
        out = self.priced if self.all_hold(cuts) else self.priced | self.conditional
        return [row for k, row in enumerate(of_rows) if k not in out]

    @property
    def tightens(self) -> bool:
        return self.has_start and self.params.separation.zero_half

    @property
    def clique_rounds(self) -> int:
        """Rounds in which cliques alone are separated: later they join with zero-half cuts, by the same optimum."""
        return self.params.separation.rounds if self.separator is None else 0

    def broken_cliques(self, point: Mapping[int, float]) -> list[Constraint]:
        return self.graph.broken(point) if self.params.separation.cliques else []

    def separate(self, point: Mapping[int, float], level: int, most: int = MOST) -> bool:
        """True if zero-half cuts and cliques that this optimum breaks have joined the model."""
        self.separator = self.separator or ZeroHalfSeparator(self.model)
        halves, cliques = self.separator.cuts(self.model, point, level, most), self.broken_cliques(point)
        supposed = [*enumerate(self.supposed)] if self.conditional else None  # what a sum may have been made of
        self.join(halves, supposed)
        self.join(cliques)
        return bool(halves or cliques)


EXCESS_PRICE = 10_000
"""The price of a unit above a tentative cut, in the LP's units of the last level."""
AT_HAND = 50
"""Factor of the present level's price over the later ones'.

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
        self.at_hand = AT_HAND if pool.has_start else 1
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
        return self.relaxation is not None and self.relaxation.hard

    @property
    def branches(self) -> bool:
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
        if self.relaxation is None:
            from arshjul.solver.backends.relaxation import ITERATIONS_A_SET, Relaxation

            price, a_set = self.price, PATIENCE if self.pool.has_start else ITERATIONS_A_SET
            self.relaxation = Relaxation(self.pool.model, self.pool.rows, price, self.unit, self.at_hand, a_set)
        return self.relaxation

    def multipliers(
        self, cuts: Sequence[LevelCut], firm: int, barred: Collection[int], limit_s: float
    ) -> Sequence[float] | None:
        """The multipliers of `rows_of` the pool's model and the cuts; None: the LP was not solved in time.

        The first `firm` cuts are not tentative; `barred` are variables of no plan. Cliques that its optimum breaks
        join.
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
        if not pool.tightens or self.seen is None or self.hard:
            return False
        return pool.separate(self.seen.point, len(pool.model.costs) - 1)

    def last(self, cuts: Sequence[LevelCut], multipliers: Sequence[float], barred: Collection[int]) -> LagrangianBound:
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
            price *= self.at_hand
        own = [y / price for y in multipliers[: n + m + len(cuts)]]
        for k, soft in enumerate(model.soft_constraints, n):
            own[k] = min(own[k], soft.prices[level])  # more than the cost of an excess on this level proves nothing
        for k in self.pool.priced:
            own[k] = 0.0  # nor does a cut on excesses that cost nothing here
        return lagrangian_bound(model, level, rows_of(model, cuts), own, barred)


NEXT_BELOW = 0.999
"""Share of a unit from which a bound is rounded up to the next whole value."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """A level's bound by an LP; `point` has the value of each variable that is not 0 at its optimum or last `basis`."""

    bound: LagrangianBound
    point: Mapping[int, float]
    basis: "Basis | None"


class OwnRelaxation:
    """The LP of a level of the pool's model under these cuts, with all rows that join the model.

    `is_second`: another one of the level is asked beside it.
    """

    def __init__(
        self, elastic: ElasticLp, level: int, cuts: Sequence[LevelCut], merging: Merging, *, is_second: bool = False
    ) -> None:
        self.elastic = elastic
        self.pool = elastic.pool
        self.level = level
        self.cuts = tuple(cuts)
        self.merging = merging
        self.floor = counting_bound(merging.whole, merging.former) if merging.is_at(level) else 0
        self.is_second = is_second
        self._relaxation: Relaxation | None = None
        self._second: OwnRelaxation | None = None
        self._former: Relaxation | None = None

    @cached_property
    def first(self) -> Model:
        """The model without the levels after this one, and without what joined it since the LP was first asked for."""
        return reweighted(self.pool.model, [{level: 1} for level in range(self.level + 1)])

    @property
    def model(self) -> Model:
        return replace(self.first, constraints=self.pool.model.constraints)

    @property
    def hard(self) -> bool:
        """True if the simplex method did not come to an end: it would not at other nodes."""
        is_hard = self._relaxation is not None and self._relaxation.hard
        return is_hard or (self._second is not None and self._second.hard)

    def optimum(
        self, barred: Collection[int], limit_s: float, basis: "Basis | None" = None, enough: int | None = None
    ) -> Optimum | None:
        """The optimum without the barred variables, or a point whose bound is `enough`; None: none in time.

        The simplex method goes on from that `basis`, else from its last one.
        """
        until = time.monotonic() + limit_s
        if self._relaxation is None:
            self._relaxation = self._made()
        stop = None if enough is None else enough - NEXT_BELOW
        found = self._relaxation.solve(self.model, self.cuts, len(self.cuts), barred, limit_s, basis, stop)
        if found is None:
            return None
        bound = self._bound_of(self.model, found, barred)
        if enough is not None and not found.is_optimum and bound.bound < enough:
            return self.optimum(barred, until - time.monotonic(), found.basis)
        return Optimum(bound, found.point, found.basis)

    def optima(
        self,
        parts: Sequence[Collection[int]],
        limit_s: float,
        basis: "Basis | None",
        enough: int | None,
        *,
        in_threads: bool,
    ) -> list[Optimum | None]:
        """The optimum of each of one or two parts, by an LP each, side by side if `in_threads`."""
        if len(parts) == 1:
            return [self.optimum(parts[0], limit_s, basis, enough)]
        first, second = parts
        if self._second is None:
            self._second = OwnRelaxation(self.elastic, self.level, self.cuts, self.merging, is_second=True)
        if not in_threads:
            return [part.optimum(own, limit_s, basis, enough) for part, own in ((self, first), (self._second, second))]
        with ThreadPoolExecutor(1) as beside:
            later = beside.submit(self._second.optimum, second, limit_s, basis, enough)
            return [self.optimum(first, limit_s, basis, enough), later.result()]

    def root(self, barred: Collection[int], limit_s: float) -> Optimum | None:
        """The same, once cliques that the optimum breaks, and a floor of merged levels, have joined the model."""
        until = time.monotonic() + limit_s
        found = self.optimum(barred, limit_s)
        for _ in range(self.pool.clique_rounds):
            if found is None or self.hard or not (broken := self.pool.broken_cliques(found.point)):
                break
            self.pool.join(broken)
            found = self.optimum(barred, until - time.monotonic())
        if found is None or not self.raises_floor(found, barred, until - time.monotonic()):
            return found
        return self.optimum(barred, until - time.monotonic())

    def _made(self) -> "Relaxation":
        if self.level == len(self.pool.model.costs) - 1 and not self.is_second:
            return self.elastic.lp  # with all others cut it is the same LP, at an optimum
        from arshjul.solver.backends.relaxation import Relaxation

        costs = self.first.costs[-1]
        dearest = max(costs.get(v, 0) for variables in self.first.sets for v in variables)
        return Relaxation(self.model, self.pool.rows, 0.0, max(1.0, dearest / UNITS), a_set=PATIENCE)

    def _bound_of(self, model: Model, found: "LpDuals", barred: Collection[int]) -> LagrangianBound:
        multipliers = self.pool.multipliers(found.multipliers, self.cuts)
        return lagrangian_bound(model, self.level, rows_of(model, self.cuts), multipliers, barred)

    def raises_floor(self, merged: Optimum, barred: Collection[int], limit_s: float) -> bool:
        """True if a higher floor of the former of two merged levels has joined the model, by an LP of that level alone.

        In the LP of both the later level makes up for a half of the former's unit, which no plan has. Its optimum is
        nearly one of the former, so the simplex method goes on from there.
        """
        if not self.merging.is_at(self.level) or self.hard:
            return False
        model = self.merging.former_alone(self.model)
        if self._former is None:
            from arshjul.solver.backends.relaxation import Relaxation

            self._former = Relaxation(model, self.pool.rows, 0.0, 1.0, a_set=0, is_primal=True)
        found = self._former.solve(model, self.cuts, len(self.cuts), barred, limit_s, merged.basis)
        if found is None or (least := self._bound_of(model, found, barred).bound) <= self.floor:
            return False
        self.floor = least
        self.pool.join([floor_of(self.merging.whole, self.level, least)], self.cuts)
        return True
