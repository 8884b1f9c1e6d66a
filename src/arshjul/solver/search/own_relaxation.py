"""The LP of one level, without those after it, under the cuts of those before.

The look-ahead's LP is the last level's, with a price on each unit of an earlier one above its bound: there a unit of
quality hides a part of a unit of the level at hand. Branch and bound, and levels that are merged, need all of it.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from arshjul.solver.model.bounds import LagrangianBound, lagrangian_bound
from arshjul.solver.model.milp import LevelCut, Model, reweighted, rows_of
from arshjul.solver.search.elastic_lp import PATIENCE, UNITS, ElasticLp
from arshjul.solver.search.merging import Merging

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it imports it
    from arshjul.solver.backends.relaxation import Basis, LpDuals, Relaxation


NEXT_BELOW = 0.999
"""What a bound may lack of a whole value, which it is rounded up to."""


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
        self.floor = merging.least_former if merging.is_at(level) else 0
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
        """The model of the LP."""
        return replace(self.first, constraints=self.pool.model.constraints)

    @property
    def hard(self) -> bool:
        """True if the simplex method did not come to an end: it would not at other nodes."""
        is_hard = self._relaxation is not None and self._relaxation.hard
        return is_hard or (self._second is not None and self._second.hard)

    def optimum(
        self, barred: Collection[int], limit_s: float, basis: "Basis | None" = None, enough: int | None = None
    ) -> Optimum | None:
        """The optimum without the barred variables, or a point whose bound is `enough`.

        The simplex method goes on from that `basis`, else from its last one. None: there is no optimum, or not in time.
        """
        until = time.monotonic() + limit_s
        found = self._solved(barred, limit_s, basis, None if enough is None else enough - NEXT_BELOW)
        if found is None:
            return None
        bound = self._bound(found, barred)
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

    def _solved(
        self, barred: Collection[int], limit_s: float, basis: "Basis | None" = None, enough: float | None = None
    ) -> "LpDuals | None":
        if self._relaxation is None:
            self._relaxation = self._made()
        return self._relaxation.solve(self.model, self.cuts, len(self.cuts), barred, limit_s, basis, enough)

    def _made(self) -> "Relaxation":
        if self.level == len(self.pool.model.costs) - 1 and not self.is_second:
            return self.elastic.lp  # with all others cut it is the same LP, at an optimum
        from arshjul.solver.backends.relaxation import Relaxation

        costs = self.first.costs[-1]
        dearest = max(costs.get(v, 0) for variables in self.first.sets for v in variables)
        return Relaxation(self.model, self.pool.rows, 0.0, max(1.0, dearest / UNITS), a_set=PATIENCE)

    def _bound(self, found: "LpDuals", barred: Collection[int]) -> LagrangianBound:
        return self._bound_of(self.model, found, barred)

    def _bound_of(self, model: Model, found: "LpDuals", barred: Collection[int]) -> LagrangianBound:
        multipliers = self.pool.multipliers(found.multipliers, self.cuts)
        return lagrangian_bound(model, self.level, rows_of(model, self.cuts), multipliers, barred)

    def raises_floor(self, of_both: Optimum, barred: Collection[int], limit_s: float) -> bool:
        """True if a higher floor of the former of two merged levels has joined the model, by an LP of that level alone.

        The LP's optimum may have a half of its unit, which no plan has; in their sum the later level makes up for it.
        The optimum of both is nearly one of the former, so the simplex method goes on from there.
        """
        if not self.merging.is_at(self.level) or self.hard:
            return False
        model = self.merging.former_alone(self.model)
        if self._former is None:
            from arshjul.solver.backends.relaxation import Relaxation

            self._former = Relaxation(model, self.pool.rows, 0.0, 1.0, a_set=0, is_primal=True)
        found = self._former.solve(model, self.cuts, len(self.cuts), barred, limit_s, of_both.basis)
        if found is None:
            return False
        least = self._bound_of(model, found, barred).bound
        if least <= self.floor:
            return False
        self.floor = least
        self.pool.join([self.merging.floor(least)], self.cuts)
        return True
