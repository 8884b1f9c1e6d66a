"""Reduced-cost fixing for other rooms: the least that a choice is worth if it takes an option.

If a better choice is known, the option can be dropped. The bounds are exact (see `model/bounds.py`), however imprecise
the LP is from which the multipliers come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf

from arshjul.solver.board import Board
from arshjul.solver.model.bounds import SCALE, LagrangianBound, lagrangian_bound
from arshjul.solver.model.milp import Pick, rows_of
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.lp import CutPool, ElasticLp


@dataclass(frozen=True, slots=True)
class ReducedCosts:
    """A lower bound of a board's only level, and of all choices that take one option."""

    lagrangian: LagrangianBound
    variables: Mapping[Pick, int]

    @property
    def bound(self) -> int:
        return self.lagrangian.bound

    def least(self, pick: Pick) -> float:
        """The lower bound of choices with this option, or staying out for None; infinite if there are none."""
        variable = self.variables.get(pick)
        if variable is None:
            return inf
        return -(-(self.lagrangian.scaled_bound + self.lagrangian.reduced[variable]) // SCALE)


def reduced_costs(board: Board, limit_s: float) -> ReducedCosts | None:
    """The bounds that the LP of a board of one level proves; None: nothing meets the board's hard constraints.

    If the LP takes longer than the limit, they are those of counting.
    """
    # Options that are no better than others stay, since a choice may take them.
    model = simplify(translate(board, DEFAULT.translation), replace(DEFAULT.presolve, dominance=False))
    if model.impossible:
        return None
    pool = CutPool(model, DEFAULT)
    multipliers = ElasticLp(pool).multipliers((), 0, (), limit_s)
    rows = () if multipliers is None else rows_of(pool.model)
    bound = lagrangian_bound(model, 0, rows, multipliers or ())
    return ReducedCosts(bound, {pick: variable for variable, pick in enumerate(model.picks)})
