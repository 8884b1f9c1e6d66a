"""Several levels as one sum, in which a unit of an earlier one outweighs all that later ones can differ by.

A person with an engine would do so: it spares a solve for each level, and took half of the time or less.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from arshjul.solver.board import Board
from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.milp import Model


class OneSum:
    """The levels from `first` on; their costs above the bounds that counting gives are weighed and added."""

    def __init__(self, board: Board, model: Model, first: int) -> None:
        self.levels = range(first, len(board.levels))
        self.name = "+".join(board.levels[first:])
        self.least = [counting_bound(model, level) for level in self.levels]
        self.weights = [1]
        for level, least in reversed(list(zip(self.levels, self.least, strict=True))[1:]):
            self.weights.insert(0, self.weights[0] * (_most(board, board.levels[level]) - least + 1))
        self.costs: dict[int, int] = defaultdict(int)
        self.constant = 0
        for level, least, weight in zip(self.levels, self.least, self.weights, strict=True):
            self.constant += weight * (model.constants[level] - least)
            for variable, cost in model.costs[level].items():
                self.costs[variable] += weight * cost

    def bounds(self, values: Sequence[int | None], bound: int | None) -> list[int | None]:
        """What a bound of the sum says of each level, given that the levels before it have these values.

        `values` are of all levels, the bounds of these. Without values nothing is known of a level but the least.
        """
        bounds: list[int | None] = []
        rest = max(0, bound or 0)
        for level, least, weight in zip(self.levels, self.least, self.weights, strict=True):
            bounds.append(least + rest // weight)
            value = values[level]
            rest = 0 if value is None else max(0, rest - weight * (value - least))
        return bounds


def _most(board: Board, level: str) -> int:
    """The most that a level can cost: everyone's dearest way, and each priced row as full as one way each makes it."""
    most = 0
    for activity in board.activities:
        ways = [option.costs for option in activity.options]
        ways += [] if activity.unplaced is None else [activity.unplaced]
        most += max((costs.get(level, 0) for costs in ways), default=0)
    owner = [i for i, (a, b) in enumerate(pairwise(board.first_column)) for _ in range(a, b)]
    for row in board.rows:
        if row.over is not None and row.over.get(level, 0):
            full: dict[int, int] = defaultdict(int)
            for column, coefficient in zip(row.columns, row.coefficients, strict=True):
                full[owner[column]] = max(full[owner[column]], coefficient)
            most += row.over[level] * max(0, sum(full.values()) - row.at_most)
    return most
