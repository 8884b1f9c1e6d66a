"""All constraints of a model as sparse rows, of which an LP holds those that its optimum breaks (row generation).

An optimum is near the limits of a quarter of a year's constraints, and of a tenth of its cuts: the simplex method is
twice as fast without the others, and an LP that leaves them out is a relaxation whose optimum, where it breaks none,
is that of all.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from arshjul.solver.model.milp import Constraint, Model

Floats = NDArray[np.float64]

BROKEN = 1e-6
"""By this much a point must be above a row's limit to break it: what an LP's optimum may be off."""


class RowPool:
    """The rows of a model to which hard constraints may be added: soft ones first, then hard ones as they join."""

    def __init__(self, model: Model) -> None:
        self.lines: list[Constraint] = []
        self.soft = len(model.soft_constraints)
        self.size = len(model.uppers)
        self.start = self.variable = np.zeros(0, np.int64)
        self.coefficient = self.at_most = np.zeros(0)
        self._add([soft.line for soft in model.soft_constraints])
        self.join(model.constraints)

    def join(self, constraints: Sequence[Constraint]) -> None:
        """Takes in those of the model's constraints that are not known yet."""
        self._add(constraints[len(self.lines) - self.soft :])

    def _add(self, lines: Sequence[Constraint]) -> None:
        sizes = np.fromiter((len(line.terms) for line in lines), np.int64, len(lines))
        first = len(self.variable) + np.cumsum(sizes) - sizes
        total = int(sizes.sum())
        of_new = np.fromiter((v for line in lines for v in line.terms), np.int64, total)
        with_new = np.fromiter((c for line in lines for c in line.terms.values()), np.float64, total)
        limits = np.fromiter((line.at_most for line in lines), np.float64, len(lines))
        self.lines += lines
        self.start = np.concatenate((self.start, first))
        self.variable = np.concatenate((self.variable, of_new))
        self.coefficient = np.concatenate((self.coefficient, with_new))
        self.at_most = np.concatenate((self.at_most, limits))

    def room(self, point: Mapping[int, float]) -> Floats:
        """What the point leaves of each row's limit; below 0 it breaks the row."""
        values = np.zeros(self.size)
        own = [v for v in point if v < self.size]
        values[own] = [point[v] for v in own]
        room: Floats = self.at_most - np.add.reduceat(self.coefficient * values[self.variable], self.start)
        return room
