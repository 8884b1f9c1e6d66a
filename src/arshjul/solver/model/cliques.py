"""Cliques: of variables that exclude each other in pairs, by whichever constraints, at most one is 1.

Three operations, each two of which share a unit, an agency or a sector at a time, may each be half there in the LP: no
single constraint says more (Atamtürk, Nemhauser and Savelsbergh 2000). Two variables may also exclude each other by way
of a third operation: one leaves it no dates but those of a week, and the other takes the last room of that week
(probing: Savelsbergh 1994). At the roots of two replans such pairs had cliques bring 28 and 75 % more.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from arshjul.solver.model.arrays import LARGEST, Flags, Groups, Numbers, arrays_of, ranges, totals
from arshjul.solver.model.milp import Constraint, Model
from arshjul.solver.model.presolve import in_order, lift

EPSILON = 1e-6
"""Least distance from 0 and from 1 of a fractional variable."""
VIOLATION = 0.02
"""The least violation of a clique that is worth a row."""
NODES = 3000
"""The most cliques that are tried for each variable: where most operations are in conflict they are too many."""


class ConflictGraph:
    """The pairs of a model's 0/1 variables that cannot both be 1, by hard constraints and sets.

    What a variable rules out is computed when needed.
    """

    def __init__(self, model: Model) -> None:
        arrays = arrays_of(model)
        in_order(arrays)
        lift(arrays)
        terms = arrays.terms.where(arrays.terms.line < arrays.hard)
        n = len(model.picks)
        self.model = model
        self.at_most = arrays.at_most[: arrays.hard]
        self.origin = arrays.origin
        self.place = np.empty_like(arrays.origin)
        self.place[arrays.origin] = np.arange(n)
        self.sets = np.append(0, np.cumsum(arrays.sizes))
        # by places, where the variables of a set stand together
        self.line, self.variable, self.coefficient = terms.line, terms.variable, terms.coefficient
        self.first = np.searchsorted(terms.line, np.arange(arrays.hard + 1))
        self.uses = np.argsort(terms.variable, kind="stable")
        self.of_variable = np.searchsorted(terms.variable[self.uses], np.arange(n + 1))
        self.groups = Groups(terms, arrays.sizes)
        self.group = self.groups.each(np.arange(len(self.groups.start)))
        self._known: dict[int, Numbers] = {}

    def ruled_out(self, variable: int) -> Numbers:
        """The variables that cannot be 1 beside this one, as far as it rules them out, ascending."""
        known = self._known.get(variable)
        if known is None:
            known = self._known[variable] = np.sort(self.origin[self._found_out(int(self.place[variable]))])
        return known

    def _found_out(self, place: int) -> Numbers:
        """What the constraints of a variable leave no room for, and then those of the sets that have less left."""
        own = int(np.searchsorted(self.sets, place, side="right")) - 1
        left = np.ones(len(self.origin), np.bool_)
        left[self.sets[own] : self.sets[own + 1]] = False
        left[place] = True
        uses = self._uses(np.array([place]))
        taken, amount = self.group[uses], self.coefficient[uses]
        out = self._too_large(taken, amount)
        left[out] = False
        narrowed = np.unique(np.searchsorted(self.sets, out, side="right") - 1)
        forced, least = self._forced(left, narrowed[narrowed != own])
        left[self._too_large(np.append(taken, forced), np.append(amount, least))] = False
        left[place] = True
        return np.flatnonzero(~left)

    def _uses(self, places: Numbers) -> Numbers:
        """The terms of these variables."""
        first = self.of_variable[places]
        return self.uses[ranges(first, self.of_variable[places + 1] - first)]

    def _too_large(self, groups: Numbers, amount: Numbers) -> Numbers:
        """The variables for which there is no room in a constraint of which these groups take at least this much."""
        if not len(groups):
            return groups
        order = np.argsort(groups)
        groups, amount = groups[order], amount[order]
        lines, number = np.unique(self.groups.line[groups], return_inverse=True)
        room = self.at_most[lines] - totals(number, amount, len(lines))
        size = self.first[lines + 1] - self.first[lines]
        spots = ranges(self.first[lines], size)
        spot_groups = self.group[spots]
        near = np.minimum(np.searchsorted(groups, spot_groups), len(groups) - 1)
        own = np.where(groups[near] == spot_groups, amount[near], 0)
        return self.variable[spots[self.coefficient[spots] - own > np.repeat(room, size)]]

    def _forced(self, left: Flags, sets: Numbers) -> tuple[Numbers, Numbers]:
        """The groups in which all that these sets have left stands, and what they take at least."""
        places = np.flatnonzero(left)
        ends = np.searchsorted(places, self.sets)
        first, end = ends[sets], ends[sets + 1]
        if not len(sets) or (first == end).any():  # a set has nothing left: any pair with the variable is none
            return sets[:0], sets[:0]
        groups = np.intersect1d(
            self.group[self._uses(places[first])], self.group[self._uses(places[end - 1])], assume_unique=True
        )
        if not len(groups):
            return groups, groups
        size = self.groups.size[groups]
        spots = ranges(self.groups.start[groups], size)
        is_left = left[self.variable[spots]]
        start = np.cumsum(size) - size
        least = np.minimum.reduceat(np.where(is_left, self.coefficient[spots], LARGEST), start)
        whole = np.add.reduceat(is_left.astype(np.int64), start) == (ends[1:] - ends[:-1])[self.groups.set[groups]]
        return groups[whole], least[whole]

    def broken(self, point: Mapping[int, float]) -> list[Constraint]:
        """The heaviest clique through each variable that the point takes in part, if it breaks it: heaviest first."""
        held = {v: x for v, x in point.items() if x > EPSILON and v < len(self.model.picks)}
        beside = {v: held.keys() & set(self.ruled_out(v).tolist()) for v in held}
        for v in held:
            for w in beside[v]:
                beside[w].add(v)
        found: dict[tuple[int, ...], float] = {}
        for v in sorted(held):
            if held[v] < 1 - EPSILON and (clique := _heaviest(v, beside, held)):
                found[tuple(sorted(clique))] = sum(held[w] for w in clique)
        return [self._extended(clique) for clique in sorted(found, key=found.__getitem__)[::-1]]

    def _extended(self, clique: Iterable[int]) -> Constraint:
        """The clique with all that its members rule out."""
        members = list(clique)
        beside = np.zeros(len(self.origin), np.int64)
        for v in members:
            beside[self.ruled_out(v)] += 1
        left = np.setdiff1d(np.flatnonzero(beside == len(members)), members)
        while len(left):
            members.append(int(left[0]))
            beside[self.ruled_out(members[-1])] += 1
            left = left[(beside[left] == len(members)) & (left != members[-1])]
        return Constraint(dict.fromkeys(sorted(members), 1), 1)


def _heaviest(root: int, beside: Mapping[int, set[int]], held: Mapping[int, float]) -> Sequence[int]:
    """The heaviest clique that has this variable, by branch and bound; empty if the point breaks none."""
    best: Sequence[int] = ()
    most, nodes = 1 + VIOLATION, 0

    def grow(clique: list[int], weight: float, candidates: Iterable[int]) -> None:
        nonlocal best, most, nodes
        nodes += 1
        if weight > most:
            best, most = clique, weight
        ordered = sorted(candidates, key=lambda v: (-held[v], v))
        rest = sum(held[v] for v in ordered)
        for k, v in enumerate(ordered):
            if weight + rest <= most or nodes > NODES:
                return
            rest -= held[v]
            grow([*clique, v], weight + held[v], beside[v].intersection(ordered[k + 1 :]))

    grow([root], held[root], beside[root])
    return best
