"""Zero-half cuts: the sum of some constraints, halved and rounded down, where an LP's optimum breaks that.

Where each two of three operations want the same, the LP takes a half of each, round the circle of whatever constraints
say so; adding these up and halving says that one of them must give way (odd cycles). A sum of constraints is worth it
where all that the optimum takes in part stands in it an even number of times, and its limit is odd. Such sums are
found as shortest odd walks along constraints that tie two such variables, and by elimination modulo 2 among the others
(Caprara and Fischetti, "{0, 1/2}-Chvátal-Gomory cuts", 1996; Andreello, Caprara and Fischetti 2007).
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from arshjul.solver.model.milp import Constraint, Model

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
    """A constraint at the point, or a set where `number` is negative: -1 - the set's.

    `odd` has a bit for each variable that the point takes in part and that stands in it an odd number of times, `limit`
    is that of its limit, less what the point takes as a whole, modulo 2; `slack` the room that the point leaves.
    """

    odd: int
    limit: int
    slack: float
    number: int


@dataclass(frozen=True, slots=True)
class _Cut:
    terms: Mapping[int, int]
    at_most: int
    depth: float


def zero_half_cuts(model: Model, point: Mapping[int, float]) -> list[Constraint]:
    """The zero-half cuts that the point breaks and that were found: those that cut deepest first."""
    held = {v: x for v, x in point.items() if x > EPSILON and v < len(model.picks)}
    parts = sorted(v for v, x in held.items() if x < 1 - EPSILON)
    rows = sorted(_rows(model, held, parts), key=lambda row: (row.slack, row.odd.bit_count(), row.number))
    found: dict[tuple[tuple[int, int], ...], _Cut] = {}  # of those that the point sees alike the deepest
    for members in dict.fromkeys((*_odd_walks(rows), *_eliminated(rows))):
        cut = _halved(model, held, [rows[k].number for k in _bits(members)])
        if cut is not None:
            alike = tuple((v, cut.terms[v]) for v in parts if v in cut.terms)
            if alike not in found or found[alike].depth < cut.depth:
                found[alike] = cut
    deepest = sorted(found.values(), key=lambda cut: -cut.depth)
    return [Constraint(dict(sorted(cut.terms.items())), cut.at_most) for cut in deepest[:MOST]]


def _rows(model: Model, held: Mapping[int, float], parts: Sequence[int]) -> Iterator[_Row]:
    """The constraints that may be of a sum, and the sets that the point splits."""
    bit = {v: 1 << k for k, v in enumerate(parts)}
    for number, line in enumerate(model.constraints):
        terms = line.terms
        if len(terms) * DENSE > len(model.picks):
            continue
        odd, limit, total, split = 0, line.at_most, 0.0, False
        for v in terms.keys() & held.keys():
            c = terms[v]
            total += c * held[v]
            if v not in bit:
                limit -= c
                continue
            split = True
            if c & 1:
                odd |= bit[v]
        if split and (odd or limit & 1) and line.at_most - total <= SLACK:
            yield _Row(odd, limit & 1, max(0.0, line.at_most - total), number)
    for s in {model.picks[v][0] for v in parts}:
        yield _Row(sum(bit.get(v, 0) for v in model.sets[s]), 1, 0.0, -1 - s)


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


def _halved(model: Model, held: Mapping[int, float], numbers: Collection[int]) -> _Cut | None:
    """The sum of these rows, halved and rounded down; None where the point does not break it, or it is too dense."""
    total: dict[int, int] = defaultdict(int)
    limit = 0
    for number in numbers:
        terms = dict.fromkeys(model.sets[-1 - number], 1) if number < 0 else model.constraints[number].terms
        limit += 1 if number < 0 else model.constraints[number].at_most
        for v, c in terms.items():
            total[v] += c
    # A set of which the point takes one variable as a whole costs nothing, and makes that one's number even.
    for v in [v for v, c in total.items() if c & 1 and held.get(v, 0.0) >= 1 - EPSILON]:
        limit += 1
        for w in model.sets[model.picks[v][0]]:
            total[w] += 1
    terms = {v: c // 2 for v, c in total.items() if c // 2}
    if not terms or len(terms) * DENSE > len(model.picks):
        return None
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
