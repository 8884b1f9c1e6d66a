"""Zero-half cuts: the sum of some constraints, halved and rounded down, where an LP's optimum breaks that.

Where each two of three operations want the same, the LP takes a half of each, round the circle of whatever constraints
say so; adding these up and halving says that one of them must give way (odd cycles). A sum of constraints is worth it
where all that the optimum takes in part stands in it an even number of times, and its limit is odd. Such sums are
found as shortest odd walks along constraints that tie two such variables, and by elimination modulo 2 among the others
(Caprara and Fischetti, "{0, 1/2}-Chvátal-Gomory cuts", 1996; Andreello, Caprara and Fischetti 2007).

Priced constraints are summed too: a cut then says that one must give way, or what it costs is paid.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from arshjul.solver.model.milp import Constraint, Model

if TYPE_CHECKING:  # numpy takes a tenth of a second to import: only code that solves imports it
    from arshjul.solver.model.arrays import Numbers

EPSILON = 1e-6
"""What an LP's point holds of a variable that it holds in part, or lacks of one, at the least."""
VIOLATION = 0.05
"""By this much a point must break a cut that is worth a row: a half is the most."""
SLACK = 0.5
"""The room that a constraint may leave at the point, to be one of a sum: with all of 1 nothing is broken."""
DENSE = 5
"""A constraint, or a cut, has at most this part of the variables: others make the LP slow."""
MOST = 30
"""Cuts that are taken at once: those that cut deepest."""
A_STEP = 1e-3
"""What a constraint adds to a walk's length: of two walks that leave as little room the shorter is taken."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A constraint that may be of a sum, also as arrays; `prices` are its excess's, by level, if it has one."""

    terms: Mapping[int, int]
    at_most: int
    variables: "Numbers"
    coefficients: "Numbers"
    prices: Sequence[int] | None = None


class _Row(NamedTuple):
    """A constraint at the point, or a set as one.

    `odd` has a bit for each variable that the point takes in part and that stands in it an odd number of times, `limit`
    is that of its limit, less what the point takes as a whole, modulo 2; `slack` the room that the point leaves.
    `held` are its variables that are not 0 there.
    """

    odd: int
    limit: int
    slack: float
    line: _Line
    held: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Cut:
    terms: dict[int, int]
    at_most: int
    depth: float


class ZeroHalfSeparator:
    """Finds the cuts of a model to which constraints are added."""

    def __init__(self, model: Model) -> None:
        self.n = len(model.picks)
        self.sets = [_line(Constraint(dict.fromkeys(variables, 1), 1)) for variables in model.sets]
        self.set_of = [activity for activity, _ in model.picks]
        self.size = len(model.uppers)
        self.lines: list[_Line] = []
        self.uses: dict[int, list[int]] = defaultdict(list)
        self.known = 0
        for soft in model.soft_constraints:
            self._add(soft.line, soft.prices)

    def cuts(self, model: Model, point: Mapping[int, float], level: int, most: int = MOST) -> list[Constraint]:
        """The cuts that the point breaks and that were found: those that cut deepest first.

        `model` is the first one with the constraints that have joined since. Excesses that have a price on the level
        may stand in the cuts.
        """
        for line in model.constraints[self.known :]:
            self._add(line)
        self.known = len(model.constraints)
        held = {v: x for v, x in point.items() if x > EPSILON and v < self.size}
        parts = sorted(v for v, x in held.items() if x < 1 - EPSILON and v < self.n)
        rows = sorted(self._rows(level, held, parts), key=lambda row: (row.slack, row.odd.bit_count()))
        found: dict[tuple[tuple[int, int], ...], _Cut] = {}  # of those that the point sees alike the deepest
        for members in dict.fromkeys((*_odd_walks(rows), *_eliminated(rows))):
            cut = self._halved([rows[k] for k in _bits(members)], held)
            if cut is not None:
                alike = tuple((v, cut.terms[v]) for v in parts if v in cut.terms)
                if alike not in found or found[alike].depth < cut.depth:
                    found[alike] = cut
        deepest = sorted(found.values(), key=lambda cut: -cut.depth)
        return [Constraint(cut.terms, cut.at_most) for cut in deepest[:most]]

    def _add(self, line: Constraint, prices: Sequence[int] | None = None) -> None:
        """Takes in a constraint, if it is not dense. It holds with a smaller, even coefficient of an excess too."""
        if len(line.terms) * DENSE > self.n:
            return
        even = {v: c - (c & 1) if v >= self.n else c for v, c in line.terms.items()}
        for v in even:
            self.uses[v].append(len(self.lines))
        self.lines.append(_line(Constraint(even, line.at_most), prices))

    def _rows(self, level: int, held: Mapping[int, float], parts: Sequence[int]) -> Iterator[_Row]:
        """The constraints that may be of a sum, and the sets that the point splits."""
        bit = {v: 1 << k for k, v in enumerate(parts)}
        touched: dict[int, list[int]] = defaultdict(list)
        for v in held:
            for number in self.uses.get(v, ()):
                touched[number].append(v)
        for number, own in sorted(touched.items()):
            line = self.lines[number]
            if line.prices is None or line.prices[level]:
                terms = [(v, line.terms[v]) for v in own]
                slack = line.at_most - sum(c * held[v] for v, c in terms)
                if slack <= SLACK and not bit.keys().isdisjoint(own):
                    odd = sum(bit.get(v, 0) for v, c in terms if c & 1)
                    limit = line.at_most - sum(c for v, c in terms if v not in bit)
                    if odd or limit & 1:
                        yield _Row(odd, limit & 1, max(0.0, slack), line, own)
        for s in sorted({self.set_of[v] for v in parts}):
            own = [v for v in self.sets[s].terms if v in held]
            yield _Row(sum(bit.get(v, 0) for v in own), 1, 0.0, self.sets[s], own)

    def _halved(self, rows: Sequence[_Row], held: Mapping[int, float]) -> _Cut | None:
        """The sum of these rows, halved and rounded down; None: the point does not break it, or it is too dense."""
        import numpy as np

        total = np.zeros(self.size, np.int64)
        for row in rows:
            total[row.line.variables] += row.line.coefficients
        limit = sum(row.line.at_most for row in rows)
        # A set of which the point takes one variable as a whole costs nothing, and makes that one's number even.
        for v in {v for row in rows for v in row.held if held[v] >= 1 - EPSILON}:
            if total[v] & 1:
                limit += 1
                total[self.sets[self.set_of[v]].variables] += 1
        half = total >> 1
        taken = np.flatnonzero(half)
        if len(taken) * DENSE > self.n:
            return None
        terms: dict[int, int] = dict(zip(taken.tolist(), half[taken].tolist(), strict=True))
        broken = sum(c * held.get(v, 0.0) for v, c in terms.items()) - limit // 2
        if broken < VIOLATION:
            return None
        return _Cut(terms, limit // 2, broken / math.sqrt(sum(c * c for c in terms.values())))


def _line(line: Constraint, prices: Sequence[int] | None = None) -> _Line:
    import numpy as np

    n = len(line.terms)
    variables, coefficients = np.fromiter(line.terms, np.int64, n), np.fromiter(line.terms.values(), np.int64, n)
    return _Line(line.terms, line.at_most, variables, coefficients, prices)


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

    A state is twice the variable's number, and 1 more where the limits so far are odd.
    """
    begin, end = 2 * root, 2 * root + 1
    nearest = {begin: 0.0}
    came: dict[int, tuple[int, int]] = {}
    waiting = [(0.0, begin)]
    while waiting:
        far, state = heappop(waiting)
        if state == end:
            walk = 0
            while state != begin:
                state, k = came[state]
                walk ^= 1 << k
            return walk
        if far > nearest[state]:
            continue
        odd = state & 1
        for there, limit, length, k in ties[state >> 1]:
            following, distance = 2 * there + (odd ^ limit), far + length
            if distance < nearest.get(following, 1.0):
                nearest[following] = distance
                came[following] = state, k
                heappush(waiting, (distance, following))
    return 0


def _bits(mask: int) -> Iterator[int]:
    """The numbers in a set of bits, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
