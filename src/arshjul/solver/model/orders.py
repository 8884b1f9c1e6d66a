"""One model for several orders of a board's levels, translated and simplified once.

Level costs and constraints are the same in every order. A *floor* is a bound proven in another order: it joins the
model as a constraint, so that the LP sees what would otherwise have to be searched for again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from arshjul.board import Board
from arshjul.solver.model.milp import Constraint, Model, SoftConstraint
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT, SolveParams


class SharedModel:
    """The model of a board with all levels that any of the orders needs."""

    def __init__(self, board: Board, params: SolveParams = DEFAULT) -> None:
        self.levels = tuple(board.levels)
        self.model = simplify(translate(board, params.translation), params.presolve)

    def ordered(self, levels: Sequence[str], floors: Mapping[str, int] | None = None) -> Model:
        """The model with these levels in this order, and constraints that plans stay at or above the floors.

        A level that priced rows charge gets no floor: a constraint may hold 0/1 variables only.
        """
        model, order = self.model, [self.levels.index(level) for level in levels]
        if model.impossible:
            return model
        below = [self._floor(level, least) for level, least in (floors or {}).items() if not self._charged(level)]
        return replace(
            model,
            constraints=[*model.constraints, *(floor for floor in below if floor.terms)],
            soft_constraints=[
                SoftConstraint(soft.line, [soft.prices[k] for k in order], soft.excess)
                for soft in model.soft_constraints
            ],
            costs=[model.costs[k] for k in order],
            constants=[model.constants[k] for k in order],
        )

    def _charged(self, level: str) -> bool:
        k = self.levels.index(level)
        return any(soft.prices[k] for soft in self.model.soft_constraints)

    def _floor(self, level: str, least: int) -> Constraint:
        k = self.levels.index(level)
        costs, constant = self.model.costs[k], self.model.constants[k]
        return Constraint({v: -cost for v, cost in costs.items()}, constant - least)
