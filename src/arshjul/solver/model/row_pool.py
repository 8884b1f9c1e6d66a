"""Constraints as sparse rows in arrays, for arithmetic on all of them at an LP's point at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arshjul.solver.model.arrays import Flags, Numbers
from arshjul.solver.model.milp import Constraint

Floats = NDArray[np.float64]


class RowPool:
    """Rows in whole numbers of `size` variables, to which more may be added."""

    def __init__(self, size: int, lines: Sequence[Constraint]) -> None:
        self.size = size
        self.lines: list[Constraint] = []
        self.start = np.zeros(1, np.int64)  # of each row's terms, and their end
        self.variable = self.coefficient = self.at_most = np.zeros(0, np.int64)
        self.join(lines)

    def join(self, lines: Sequence[Constraint]) -> None:
        """Adds rows."""
        ends = self.start[-1] + np.cumsum([len(line.terms) for line in lines], dtype=np.int64)
        total = int(ends[-1] - self.start[-1]) if lines else 0
        self.lines += lines
        self.start = np.append(self.start, ends)
        variables = np.fromiter((v for line in lines for v in line.terms), np.int64, total)
        coefficients = np.fromiter((c for line in lines for c in line.terms.values()), np.int64, total)
        self.variable = np.append(self.variable, variables)
        self.coefficient = np.append(self.coefficient, coefficients)
        self.at_most = np.append(self.at_most, np.array([line.at_most for line in lines], np.int64))

    def terms(self, row: int) -> tuple[Numbers, Numbers]:
        """The variables of a row, and their coefficients."""
        own = slice(self.start[row], self.start[row + 1])
        return self.variable[own], self.coefficient[own]

    def values(self, point: Mapping[int, float]) -> Floats:
        """The point's value of each variable."""
        values = np.zeros(self.size)
        own = [v for v in point if v < self.size]
        values[own] = [point[v] for v in own]
        return values

    def room(self, values: Floats) -> Floats:
        """What these values of all variables leave of each row's limit; below 0 they break the row."""
        room: Floats = self.at_most - self._sums(self.coefficient * values[self.variable])
        return room

    def any_of(self, flagged: Flags) -> Flags:
        """The rows in which one of the flagged variables stands."""
        has_one: Flags = self._sums(flagged[self.variable].astype(np.int64)) > 0
        return has_one

    def _sums(self, of_terms: Any) -> Any:
        """The sum of each row's terms."""
        return np.diff(np.append(0, np.cumsum(of_terms))[self.start])
