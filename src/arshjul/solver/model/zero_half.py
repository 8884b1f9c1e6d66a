"""Zero-half cuts where an LP's optimum breaks them: sums of constraints, halved and rounded down.

Where each two of three operations want the same, the LP takes a half of each, round the circle of
whatever constraints say so; adding these up and halving says that one of them must give way (odd cycles). A sum is
worth it where all that the optimum takes in part stands in it an even number of times, and its limit is odd. Such sums
are found as shortest odd walks along constraints that tie two such variables, and by elimination modulo 2 among the
others (Caprara and Fischetti, "{0, 1/2}-Chvátal-Gomory cuts", 1996; Andreello, Caprara and Fischetti 2007). Priced
constraints are summed too: a cut then says that one must give way, or what it costs is paid.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from arshjul.solver.model.arrays import Floats, Numbers, RowPool
from arshjul.solver.model.cliques import EPSILON
from arshjul.solver.model.milp import Constraint, Model
from arshjul.solver.model.translation import bits

VIOLATION = 0.05
"""By this much a point must break a cut that is worth a row: a half is the most."""
MOST_SLACK = 1 - 2 * VIOLATION
"""The room that the constraints of a sum may leave together: the cut is broken by half of what it lacks of 1."""
SLACK = 0.5
"""The room that a constraint may leave at the point, to be one of a sum: with all of 1 nothing is broken."""
DENSE = 5
"""A constraint, or a cut, has at most this part of the variables: others make the LP slow."""
MOST = 30
"""Cuts that are taken at once: those that cut deepest."""
A_STEP = 1e-3
"""Length that a constraint adds to a walk, so that the shorter of two walks with the same slack is taken."""


class _Row(NamedTuple):
    """A constraint at the point, or a set as one, given by its terms.

    `odd` has a bit for each variable that the point takes in part and that stands in it an odd number of times, `limit`
    is that of its limit, less what the point takes as a `whole`, modulo 2; `slack` the room that the point leaves.
    """

    odd: int
    limit: int
    slack: float
    variables: Numbers
    coefficients: Numbers
    at_most: int
    whole: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Cut:
    coefficients: Numbers
    at_most: int
    depth: float

    def constraint(self) -> Constraint:
        taken = self.coefficients.nonzero()[0]
        return Constraint(dict(zip(taken.tolist(), self.coefficients[taken].tolist(), strict=True)), self.at_most)


class ZeroHalfSeparator:
    def __init__(self, model: Model) -> None:
        self.n = len(model.picks)
        self.size = len(model.uppers)
        self.sets = [np.array(variables, np.int64) for variables in model.sets]
        self.set_of = [activity for activity, _ in model.picks]
        self.prices = [soft.prices for soft in model.soft_constraints if not self._is_dense(soft.line)]
        self.pool = RowPool(self.size, self._usable(soft.line for soft in model.soft_constraints))
        self.known = 0

    def cuts(self, model: Model, point: Mapping[int, float], level: int, most: int = MOST) -> list[Constraint]:
        """The cuts that the point breaks and that were found: those that cut deepest first.

        `model` is the first one with the constraints that joined since. Excesses with a price on the level may be in
        cuts.
        """
        self.pool.join(self._usable(model.constraints[self.known :]))
        self.known = len(model.constraints)
        held = {v: x for v, x in point.items() if x > EPSILON and v < self.size}
        parts = sorted(v for v, x in held.items() if x < 1 - EPSILON and v < self.n)
        values = self.pool.values(held)
        rows = sorted(self._rows(level, held, values, parts), key=lambda row: (row.slack, row.odd.bit_count()))
        found: dict[bytes, _Cut] = {}  # of those that the point sees alike the deepest
        for members in dict.fromkeys((*_odd_walks(rows), *_eliminated(rows))):
            cut = self._halved([rows[k] for k in bits(members)], values)
            if cut is not None:
                alike = cut.coefficients[parts].tobytes()
                if alike not in found or found[alike].depth < cut.depth:
                    found[alike] = cut
        deepest = sorted(found.values(), key=lambda cut: -cut.depth)
        return [cut.constraint() for cut in deepest[:most]]

    def _is_dense(self, line: Constraint) -> bool:
        return len(line.terms) * DENSE > self.n

    def _usable(self, lines: Iterable[Constraint]) -> list[Constraint]:
        """Constraints that are not dense, with each excess's coefficient lowered to an even one, which stays valid."""
        return [
            Constraint({v: c - (c & 1) if v >= self.n else c for v, c in line.terms.items()}, line.at_most)
            for line in lines
            if not self._is_dense(line)
        ]

    def _rows(self, level: int, held: Mapping[int, float], values: Floats, parts: Sequence[int]) -> Iterator[_Row]:
        """The constraints that may be of a sum, and the sets that the point splits."""
        pool, bit = self.pool, {v: 1 << k for k, v in enumerate(parts)}
        is_held, is_part = values > 0, np.zeros(self.size, np.bool_)
        is_part[parts] = True
        room = pool.room(values)
        useful = (room <= SLACK) & pool.any_of(is_part)
        useful[: len(self.prices)] &= np.array([bool(prices[level]) for prices in self.prices], np.bool_)
        for number in np.flatnonzero(useful).tolist():
            variables, coefficients = pool.terms(number)
            spots = np.flatnonzero(is_held[variables])
            own = list(zip(variables[spots].tolist(), coefficients[spots].tolist(), strict=True))
            odd = sum(bit.get(v, 0) for v, c in own if c & 1)
            limit = pool.lines[number].at_most
            parity = (limit - sum(c for v, c in own if v not in bit)) & 1
            if odd or parity:
                whole = [v for v, _ in own if held[v] >= 1 - EPSILON]
                yield _Row(odd, parity, max(0.0, float(room[number])), variables, coefficients, limit, whole)
        for s in sorted({self.set_of[v] for v in parts}):
            variables = self.sets[s]
            odd = sum(bit.get(v, 0) for v in variables.tolist())
            yield _Row(odd, 1, 0.0, variables, np.ones_like(variables), 1, ())

    def _halved(self, rows: Sequence[_Row], values: Floats) -> _Cut | None:
        """The sum of these rows, halved and rounded down; None: the point does not break it, or it is too dense."""
        if sum(row.slack for row in rows) > MOST_SLACK:
            return None
        total = np.zeros(self.size, np.int64)
        for row in rows:
            total[row.variables] += row.coefficients
        limit = sum(row.at_most for row in rows)
        # A set of which the point takes one variable as a whole costs nothing, and makes that one's number even.
        for v in {v for row in rows for v in row.whole}:
            if total[v] & 1:
                limit += 1
                total[self.sets[self.set_of[v]]] += 1
        half = total >> 1
        broken = float(half @ values) - limit // 2
        if broken < VIOLATION or np.count_nonzero(half) * DENSE > self.n:
            return None
        return _Cut(half, limit // 2, broken / math.sqrt(half @ half))


def _eliminated(rows: Sequence[_Row]) -> Iterator[int]:
    """Sums, as bits of the rows, in which no variable stands an odd number of times and whose limit is odd."""
    reduced: dict[int, tuple[int, int, int]] = {}
    for k, row in enumerate(rows):
        odd, limit, members = row.odd, row.limit, 1 << k
        while odd and (lowest := odd & -odd) in reduced:
            other = reduced[lowest]
            odd, limit, members = odd ^ other[0], limit ^ other[1], members ^ other[2]
        if odd:
            reduced[odd & -odd] = odd, limit, members
        elif limit:
            yield members


def _odd_walks(rows: Sequence[_Row]) -> Iterator[int]:
    """The same by shortest closed walks of an odd limit, one from each variable.

    Variables are numbered from 1 on by their bits. A row that has one variable leads to 0, the end of all such.
    """
    ties: dict[int, list[tuple[int, int, float, int]]] = defaultdict(list)
    for k, row in enumerate(rows):
        if row.odd.bit_count() <= 2:
            one = (row.odd & -row.odd).bit_length()
            other = (row.odd & (row.odd - 1)).bit_length()
            ties[one].append((other, row.limit, row.slack + A_STEP, k))
            ties[other].append((one, row.limit, row.slack + A_STEP, k))
    for root in ties:
        if walk := _odd_walk(ties, root):
            yield walk


def _odd_walk(ties: Mapping[int, Sequence[tuple[int, int, float, int]]], root: int) -> int:
    """The rows of the shortest walk from a variable back to it whose limits add up to an odd one; 0: none is broken.

    A state is twice the variable's number, and 1 more where the limits so far add up to an odd one. An odd walk back is
    an even walk to some variable and an odd one to the same, so only walks of half the length are searched.
    """
    nearest = {2 * root: 0.0}
    came: dict[int, tuple[int, int]] = {}
    waiting = [(0.0, 2 * root)]
    shortest, middle = MOST_SLACK, -1
    while waiting:
        far, state = heappop(waiting)
        if 2 * far >= shortest:
            break
        if far > nearest[state]:
            continue
        odd = state & 1
        for there, limit, length, k in ties[state >> 1]:
            following, distance = 2 * there + (odd ^ limit), far + length
            if distance < nearest.get(following, shortest):
                nearest[following] = distance
                came[following] = state, k
                heappush(waiting, (distance, following))
                if (whole := distance + nearest.get(following ^ 1, shortest)) < shortest:
                    shortest, middle = whole, following
    return 0 if middle < 0 else _rows_to(middle, came) ^ _rows_to(middle ^ 1, came)


def _rows_to(state: int, came: Mapping[int, tuple[int, int]]) -> int:
    """The rows of the walk to a state that stand in it an odd number of times, as bits."""
    walk = 0
    while state in came:
        state, k = came[state]
        walk ^= 1 << k
    return walk
