"""A board's model without our presolve, for what is tested or measured beside it."""

from arshjul.solver.board import Board
from arshjul.solver.model.milp import Model
from arshjul.solver.model.translation import translate


def as_written(board: Board) -> Model:
    """The board's model as it stands, with excess variables, so that any engine may solve it."""
    model = translate(board)
    for soft in model.soft_constraints:
        soft.excess = len(model.uppers)
        model.uppers.append(max(0, sum(c for c in soft.line.terms.values() if c > 0) - soft.line.at_most))
        soft.line.terms[soft.excess] = -1
        for level, price in enumerate(soft.prices):
            if price:
                model.costs[level][soft.excess] = price
    return model
