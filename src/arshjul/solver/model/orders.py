"""One model for several orders of a board's levels, translated and simplified once.

Level costs and constraints are the same in every order. A *floor* is a bound proven in another order: it joins the
model as a constraint, so that the LP sees what would otherwise have to be searched for again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from arshjul.board import Board
from arshjul.solver.model.milp import Model, floor_of, reweighted
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT, SolveParams


class Floor(NamedTuple):
    """No choice whose value of the level `first` is at most `within` has less than `least` on the `level`."""

    level: str
    least: int
    first: str
    within: int

    def holds(self, levels: Sequence[str], values: Mapping[str, int] | None) -> bool:
        """True for what is as good as a choice of these values, in that order of levels; None: no choice is known."""
        return values is not None and levels[0] == self.first and values[self.first] <= self.within


class SharedModel:
    """The model of a board with all levels that any of the orders needs."""

    def __init__(self, board: Board, params: SolveParams = DEFAULT) -> None:
        self.levels = tuple(board.levels)
        self.model = simplify(translate(board, params.translation), params.presolve)

    def ordered(self, levels: Sequence[str], floors: Sequence[Floor] = ()) -> Model:
        """The model with these levels in this order, and constraints that plans stay at or above the floors.

        A level that priced rows charge gets no floor: a constraint may hold 0/1 variables only.
        """
        model, order = self.model, [self.levels.index(level) for level in levels]
        if model.impossible:
            return model
        rows = []
        for floor in floors:
            k = self.levels.index(floor.level)
            if model.costs[k] and not any(soft.prices[k] for soft in model.soft_constraints):
                rows.append(floor_of(model, k, floor.least))
        return reweighted(replace(model, constraints=[*model.constraints, *rows]), [{k: 1} for k in order])
