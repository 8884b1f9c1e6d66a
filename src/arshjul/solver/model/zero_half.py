"""Zero-half cuts: the sum of some constraints, halved and rounded down, where an LP's optimum breaks that.

Where each two of three operations want the same, the LP takes a half of each, round the circle of whatever constraints
say so; adding these up and halving says that one of them must give way (odd cycles). A sum of constraints is worth it
where all that the optimum takes in part stands in it an even number of times, and its limit is odd. Such sums are
found as shortest odd walks along constraints that tie two such variables, and by elimination modulo 2 among the others
(Caprara and Fischetti, "{0, 1/2}-Chvátal-Gomory cuts", 1996; Andreello, Caprara and Fischetti 2007).
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


class _Row(NamedTuple):
    """A constraint at the point, or a set as one.

    `odd` has a bit for each variable that the point takes in part and that stands in it an odd number of times, `limit`
    is that of its limit, less what the point takes as a whole, modulo 2; `slack` the room that the point leaves.
    `held` are the terms that are not 0 there.
    """

    odd: int
    limit: int
    slack: float
    line: Constraint
    held: Sequence[tuple[int, int]]
    variables: "Numbers"
    coefficients: "Numbers"


def _row(odd: int, limit: int, slack: float, line: Constraint, held: Sequence[tuple[int, int]]) -> _Row:
    import numpy as np

    n = len(line.terms)
    variables, coefficients = np.fromiter(line.terms, np.int64, n), np.fromiter(line.terms.values(), np.int64, n)
    return _Row(odd, limit, slack, line, held, variables, coefficients)


@dataclass(frozen=True, slots=True)
class _Cut:
    terms: dict[int, int]
    at_most: int
    depth: float


def zero_half_cuts(model: Model, point: Mapping[int, float], level: int) -> list[Constraint]:
    """The zero-half cuts that the point breaks and that were found: those that cut deepest first.

    Priced constraints of the level are among the sums, so excesses may stand in the cuts.
    """
    held = {v: x for v, x in point.items() if x > EPSILON and v < len(model.uppers)}
    parts = sorted(v for v, x in held.items() if x < 1 - EPSILON and v < len(model.picks))
    rows = sorted(_rows(model, level, held, parts), key=lambda row: (row.slack, row.odd.bit_count()))
    found: dict[tuple[tuple[int, int], ...], _Cut] = {}  # of those that the point sees alike the deepest
    for members in dict.fromkeys((*_odd_walks(rows), *_eliminated(rows))):
        summed = [rows[k] for k in _bits(members)]
        if (cut := _halved(model, summed, held)) is not None:
            alike = tuple((v, cut.terms[v]) for v in parts if v in cut.terms)
            if alike not in found or found[alike].depth < cut.depth:
                found[alike] = cut
    deepest = sorted(found.values(), key=lambda cut: -cut.depth)
    return [Constraint(cut.terms, cut.at_most) for cut in deepest[:MOST]]


def _lines(model: Model, level: int) -> Iterator[Constraint]:
    """The constraints, and the priced ones of the level, that are not dense."""
    for line in (*model.constraints, *(soft.line for soft in model.soft_constraints if soft.prices[level])):
        if len(line.terms) * DENSE <= len(model.picks):
            yield _with_even_excesses(line, len(model.picks))


def _with_even_excesses(line: Constraint, excesses: int) -> Constraint:
    """The constraint, which holds with a smaller coefficient of an excess too; excesses are numbered from there on."""
    if any(c & 1 for v, c in line.terms.items() if v >= excesses):
        return Constraint({v: c - (c & 1) if v >= excesses else c for v, c in line.terms.items()}, line.at_most)
    return line


def _rows(model: Model, level: int, held: Mapping[int, float], parts: Sequence[int]) -> Iterator[_Row]:
    """The constraints that may be of a sum, and the sets that the point splits."""
    bit = {v: 1 << k for k, v in enumerate(parts)}
    for line in _lines(model, level):
        terms = [(v, line.terms[v]) for v in line.terms.keys() & held.keys()]
        odd = sum(bit.get(v, 0) for v, c in terms if c & 1)
        limit = line.at_most - sum(c for v, c in terms if v not in bit)
        slack = line.at_most - sum(c * held[v] for v, c in terms)
        if slack <= SLACK and (odd or limit & 1) and any(v in bit for v, _ in terms):
            yield _row(odd, limit & 1, max(0.0, slack), line, terms)
    for s in sorted({model.picks[v][0] for v in parts}):
        line = Constraint(dict.fromkeys(model.sets[s], 1), 1)
        terms = [(v, 1) for v in model.sets[s] if v in held]
        yield _row(sum(bit.get(v, 0) for v, _ in terms), 1, 0.0, line, terms)


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

    A row that has one variable leads to 0, the end of all such.
    """
    ties: dict[int, list[tuple[int, int, float, int]]] = defaultdict(list)
    for k, row in enumerate(rows):
        if row.odd.bit_count() <= 2:
            one = row.odd & -row.odd
            other = row.odd ^ one
            ties[one].append((other, row.limit, row.slack, k))
            ties[other].append((one, row.limit, row.slack, k))
    for root in ties:
        if walk := _odd_walk(ties, root):
            yield walk


def _odd_walk(ties: Mapping[int, Sequence[tuple[int, int, float, int]]], root: int) -> int:
    """The rows of the shortest walk from a variable back to it whose limits add up to an odd one; 0: none is broken."""
    a_step = 1e-3  # of two that leave as little room the shorter
    nearest = {(root, 0): 0.0}
    came: dict[tuple[int, int], tuple[int, int, int]] = {}
    waiting = [(0.0, root, 0)]
    while waiting:
        far, at, limit = heappop(waiting)
        if (at, limit) == (root, 1):
            walk = 0
            while (at, limit) in came:
                at, limit, k = came[at, limit]
                walk ^= 1 << k
            return walk
        if far > nearest[at, limit]:
            continue
        for there, more, slack, k in ties[at]:
            state, distance = (there, limit ^ more), far + slack + a_step
            if distance < nearest.get(state, 1.0):
                nearest[state] = distance
                came[state] = at, limit, k
                heappush(waiting, (distance, *state))
    return 0


def _halved(model: Model, rows: Sequence[_Row], held: Mapping[int, float]) -> _Cut | None:
    """The sum of these rows, halved and rounded down; None where the point does not break it, or it is too dense."""
    import numpy as np

    total = np.zeros(len(model.uppers), np.int64)
    for row in rows:
        total[row.variables] += row.coefficients
    limit = sum(row.line.at_most for row in rows)
    # A set of which the point takes one variable as a whole costs nothing, and makes that one's number even.
    for v in {v for row in rows for v, _ in row.held if held[v] >= 1 - EPSILON}:
        if total[v] & 1:
            limit += 1
            total[model.sets[model.picks[v][0]]] += 1
    half = total >> 1
    taken = np.flatnonzero(half)
    if len(taken) * DENSE > len(model.picks):
        return None
    terms: dict[int, int] = dict(zip(taken.tolist(), half[taken].tolist(), strict=True))
    broken = sum(c * held.get(v, 0.0) for v, c in terms.items()) - limit // 2
    if broken < VIOLATION:
        return None
    return _Cut(terms, limit // 2, broken / math.sqrt(sum(c * c for c in terms.values())))


def _bits(mask: int) -> Iterator[int]:
    """The numbers in a set of bits, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
