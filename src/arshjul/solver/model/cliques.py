"""Clique cuts: of variables that exclude each other in pairs, by whichever constraints, at most one is 1.

Each pair is excluded by some constraint, or by being of one set, but if these differ from pair to pair, no single
constraint expresses the clique: three operations, each two of which share a unit, an agency or a sector at a time, may
each be half there in the LP. Such cliques of the conflict graph are looked for where an LP's optimum breaks them, and
extended as far as possible (Atamtürk, Nemhauser and Savelsbergh 2000).
"""

from collections.abc import Iterable, Mapping

import numpy as np

from arshjul.solver.model.arrays import Numbers, arrays_of, ranges
from arshjul.solver.model.milp import Constraint, Model
from arshjul.solver.model.presolve import in_order, lift

EPSILON = 1e-6
"""The distance from 0 and from 1 of a variable that an LP's point takes in part."""
VIOLATION = 0.02
"""The least violation of a cut that is worth a row."""


class ConflictGraph:
    """The pairs of a model's 0/1 variables that cannot both be 1, by one hard constraint or by their set.

    Neighbours are computed when needed: of ten thousand variables an LP holds some hundreds.
    """

    def __init__(self, model: Model) -> None:
        arrays = arrays_of(model)
        in_order(arrays)
        lift(arrays)
        terms = arrays.terms
        largest = np.zeros(len(arrays.at_most), np.int64)
        np.maximum.at(largest, terms.line, terms.coefficient)
        conflicting = 2 * largest > arrays.at_most
        conflicting[arrays.hard :] = False
        terms = terms.where(conflicting[terms.line])
        n = len(model.picks)
        self.model = model
        self.at_most = arrays.at_most
        self.variable, self.coefficient = arrays.origin[terms.variable], terms.coefficient
        self.line = terms.line
        self.first = np.searchsorted(terms.line, np.arange(len(arrays.at_most) + 1))
        self.uses = np.argsort(self.variable, kind="stable")
        self.of_variable = np.searchsorted(self.variable[self.uses], np.arange(n + 1))
        self._known: dict[int, Numbers] = {}

    def neighbours(self, variable: int) -> Numbers:
        """All variables that cannot be 1 beside this one, ascending."""
        known = self._known.get(variable)
        if known is None:
            uses = self.uses[self.of_variable[variable] : self.of_variable[variable + 1]]
            lines = self.line[uses]
            size = self.first[lines + 1] - self.first[lines]
            spots = ranges(self.first[lines], size)
            excess = self.coefficient[spots] + np.repeat(self.coefficient[uses] - self.at_most[lines], size)
            beside = np.zeros(len(self.model.picks), np.bool_)
            beside[self.variable[spots[excess > 0]]] = True
            beside[self.model.sets[self.model.picks[variable][0]]] = True
            beside[variable] = False
            known = self._known[variable] = np.flatnonzero(beside)
        return known

    def broken(self, point: Mapping[int, float]) -> list[Constraint]:
        """Clique cuts that the point breaks, each grown from a variable that it takes in part: most violated first."""
        held = {v: x for v, x in point.items() if x > EPSILON and v < len(self.model.picks)}
        beside = {v: held.keys() & set(self.neighbours(v).tolist()) for v in held}
        found: dict[tuple[int, ...], float] = {}
        for v in sorted(held, key=lambda v: (-held[v], v)):
            if held[v] < 1 - EPSILON:
                clique = _grown(v, beside, held)
                found[tuple(sorted(clique))] = sum(held[w] for w in clique)
        violated = sorted((clique for clique, sum_ in found.items() if sum_ > 1 + VIOLATION), key=found.__getitem__)
        return [self._extended(clique) for clique in reversed(violated)]

    def _extended(self, clique: Iterable[int]) -> Constraint:
        """The clique with all variables that can join its members."""
        members = list(clique)
        beside = np.zeros(len(self.model.picks), np.int64)
        for v in members:
            beside[self.neighbours(v)] += 1
        left = np.flatnonzero(beside == len(members))
        while len(left):
            members.append(int(left[0]))
            beside[self.neighbours(members[-1])] += 1
            left = left[beside[left] == len(members)]
        return Constraint(dict.fromkeys(sorted(members), 1), 1)


def _grown(first: int, beside: Mapping[int, set[int]], held: Mapping[int, float]) -> list[int]:
    """A clique of variables in the point, grown greedily by their value."""
    clique, left = [first], beside[first]
    while left:
        clique.append(max(left, key=lambda v: (held[v], len(beside[v] & left), -v)))
        left = left & beside[clique[-1]]
    return clique
