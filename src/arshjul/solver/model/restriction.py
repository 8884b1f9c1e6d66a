"""Restrictions of a model, in which each set may take only some of its variables: cores and neighbourhoods."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from arshjul.solver.model.arrays import ModelArrays, Numbers, Terms, arrays_of, columns, runs, totals
from arshjul.solver.model.milp import Model
from arshjul.solver.model.presolve import tightened
from arshjul.solver.params import DEFAULT, SolveParams


class Restriction:
    """Makes restrictions of one model; lookups in the whole model are made once.

    Constraints are numbered consecutively: the hard ones, then the soft ones without their excess.
    """

    def __init__(self, model: Model, params: SolveParams = DEFAULT) -> None:
        self.params = params
        self.model = model
        self.arrays = arrays_of(model)
        self.columns = columns(self.arrays)
        self.rooms: list[int] = self.arrays.at_most.tolist()
        self.number = {pick: v for v, pick in enumerate(model.picks)}
        self._uses: dict[int, list[tuple[int, int]]] = {}

    def uses(self, variable: int) -> list[tuple[int, int]]:
        """The constraints that a variable is in, and its coefficient there."""
        known = self._uses.get(variable)
        if known is None:
            known = self._uses[variable] = self.columns.uses(variable)
        return known

    def members(self, line: int) -> list[int]:
        """The variables that are in a constraint."""
        first, end = self.arrays.span(line)
        members: list[int] = self.arrays.origin[self.arrays.terms.variable[first:end]].tolist()
        return members

    def restricted(self, allowed: Sequence[Sequence[int]]) -> Model:
        """The simplified model of the allowed variables of each set; picks keep their meaning."""
        variables, sizes = _chosen(allowed)
        terms = self.columns.terms(variables)
        fixed = np.repeat(sizes == 1, sizes)[terms.variable]
        taken = terms.where(fixed)
        rooms = self.arrays.at_most - totals(taken.line, taken.coefficient, len(self.rooms))
        terms = terms.where(~fixed)
        lines = np.union1d(terms.line, np.flatnonzero(rooms < 0))
        return self._simplified(variables, sizes, terms, lines, rooms[lines])

    def opened(self, allowed: Mapping[int, Sequence[int]], rooms: Sequence[int]) -> Model:
        """The simplified model of these sets alone; `rooms` is what all the others leave in each constraint."""
        variables, sizes = _chosen(allowed.values())
        terms = self.columns.terms(variables)
        lines = terms.line[runs(terms.line)]
        left = np.array([rooms[line] for line in lines.tolist()], np.int64)
        return self._simplified(variables, sizes, terms, lines, left)

    def _simplified(self, variables: Numbers, sizes: Numbers, terms: Terms, lines: Numbers, rooms: Numbers) -> Model:
        """The model of these sets and these constraints alone."""
        model, whole = self.model, self.arrays
        hard = int(np.searchsorted(lines, whole.hard))
        prices = [whole.prices[line - whole.hard] for line in lines[hard:].tolist()]
        number = np.zeros(len(self.rooms), np.int64)
        number[lines] = np.arange(len(lines))
        terms = Terms(number[terms.line], terms.variable, terms.coefficient)
        costs = self.columns.costs[:, variables]
        return tightened(
            ModelArrays(model, variables, sizes, terms, rooms, hard, prices, costs, list(model.constants)),
            self.params.presolve,
        )


def _chosen(allowed: Iterable[Sequence[int]]) -> tuple[Numbers, Numbers]:
    """The variables of all sets in a row, and the number of each set's."""
    sets = list(allowed)
    return np.fromiter(chain.from_iterable(sets), np.int64), np.fromiter(map(len, sets), np.int64, len(sets))
