"""Zero-half cuts where an LP's optimum breaks them: sums of constraints, halved and rounded down.

Where each two of three operations want the same, the LP takes a half of each, round the circle of whatever constraints
say so; adding these up and halving says that one of them must give way (odd cycles). A sum is worth it where its limit
is odd and what the optimum takes in part stands in it an even number of times, but for little. Such sums are found by
elimination modulo 2, variable by variable from the one nearest to a half on, and at every step each row is looked at
(Caprara and Fischetti, "{0, 1/2}-Chvátal-Gomory cuts", 1996; Koster, Zymolka and Kutschka 2009). Priced constraints are
summed too: a cut then says that one must give way, or what it costs is paid.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from arshjul.solver.model.arrays import Floats, Numbers, RowPool
from arshjul.solver.model.cliques import EPSILON
from arshjul.solver.model.milp import Constraint, Model
from arshjul.solver.model.translation import bits

VIOLATION = 0.05
"""By this much a point must break a cut that is worth a row: a half is the most."""
MOST_LOSS = 1 - 2 * VIOLATION
"""What rounding and the room of its constraints may cost a sum: the cut is broken by half of what that lacks of 1."""
SLACK = 0.5
"""The room that a constraint may leave at the point, to be one of a sum: with all of 1 nothing is broken."""
LITTLE = 0.05
"""Variables that are nearer to 0 or 1 than this are not eliminated: rounding them costs less than rows do."""
DENSE = 5
"""A constraint, or a cut, has at most this part of the variables: others make the LP slow."""
TRIED = 150
"""Sums that are made into cuts at once: those that lose least."""
MOST = 30
"""Cuts that are taken at once: those that cut deepest."""
LEAST_DEPTH = 0.3
"""A cut that is not as deep as this part of the deepest is not taken: there will be better ones at the next optimum."""
PARALLEL = 0.6
"""The greatest cosine between two cuts that are taken at once: those nearly parallel cut off the same."""


class _Row(NamedTuple):
    """A constraint at the point, or a set as one, given by its terms.

    `odd` has a bit for each variable that the point takes in part and that stands in it an odd number of times, `limit`
    is that of its limit, less one for each odd variable of which the point takes more than a half, modulo 2; `slack`
    the room that the point leaves.
    """

    odd: int
    limit: int
    slack: float
    variables: Numbers
    coefficients: Numbers
    at_most: int


@dataclass(slots=True)
class _Sum:
    """The sum of some rows, `members` as bits."""

    odd: int
    limit: int
    slack: float
    members: int

    def add(self, other: "_Sum") -> None:
        self.odd ^= other.odd
        self.limit ^= other.limit
        self.slack += other.slack
        self.members ^= other.members

    def loss(self, weights: Sequence[float]) -> float:
        """The room it leaves, and what rounding costs; more than the most allowed, once it is."""
        loss = self.slack
        for k in bits(self.odd):
            if loss > MOST_LOSS:
                break
            loss += weights[k]
        return loss


@dataclass(frozen=True, slots=True)
class _Cut:
    coefficients: Numbers
    at_most: int
    depth: float
    length: float

    def constraint(self) -> Constraint:
        taken = self.coefficients.nonzero()[0]
        return Constraint(dict(zip(taken.tolist(), self.coefficients[taken].tolist(), strict=True)), self.at_most)

    def is_apart(self, other: "_Cut") -> bool:
        return float(self.coefficients @ other.coefficients) <= PARALLEL * self.length * other.length


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
        off = {v: min(x, 1 - x) for v, x in held.items() if x < 1 - EPSILON and v < self.n}
        parts = sorted(off, key=lambda v: (-off[v], v))
        values = self.pool.values(held)
        rows = sorted(self._rows(level, values, parts), key=lambda row: (row.slack, row.odd.bit_count()))
        found: dict[bytes, _Cut] = {}  # of those that the point sees alike the deepest
        for members in _sums(rows, [off[v] for v in parts])[:TRIED]:
            cut = self._halved([rows[k] for k in bits(members)], values)
            if cut is not None:
                alike = cut.coefficients[parts].tobytes()
                if alike not in found or found[alike].depth < cut.depth:
                    found[alike] = cut
        return [cut.constraint() for cut in _best(found.values(), most)]

    def _is_dense(self, line: Constraint) -> bool:
        return len(line.terms) * DENSE > self.n

    def _usable(self, lines: Iterable[Constraint]) -> list[Constraint]:
        """Constraints that are not dense, with each excess's coefficient lowered to an even one, which stays valid."""
        return [
            Constraint({v: c - (c & 1) if v >= self.n else c for v, c in line.terms.items()}, line.at_most)
            for line in lines
            if not self._is_dense(line)
        ]

    def _rows(self, level: int, values: Floats, parts: Sequence[int]) -> Iterator[_Row]:
        """The constraints that may be of a sum, and the sets that the point splits."""
        pool, bit = self.pool, {v: 1 << k for k, v in enumerate(parts)}
        is_held, is_most, is_part = values > EPSILON, values > 0.5, np.zeros(self.size, np.bool_)
        is_part[parts] = True
        room = pool.room(values)
        useful = (room <= SLACK) & pool.any_of(is_part)
        useful[: len(self.prices)] &= np.array([bool(prices[level]) for prices in self.prices], np.bool_)

        def row(variables: Numbers, coefficients: Numbers, at_most: int, slack: float) -> _Row:
            own = variables[is_held[variables] & (coefficients & 1 == 1)]
            odd = sum(bit.get(v, 0) for v in own.tolist())
            limit = (at_most - int(np.count_nonzero(is_most[own]))) & 1
            return _Row(odd, limit, slack, variables, coefficients, at_most)

        for number in np.flatnonzero(useful).tolist():
            yield row(*pool.terms(number), pool.lines[number].at_most, max(0.0, float(room[number])))
        for s in sorted({self.set_of[v] for v in parts}):
            yield row(self.sets[s], np.ones_like(self.sets[s]), 1, 0.0)

    def _halved(self, rows: Sequence[_Row], values: Floats) -> _Cut | None:
        """The sum of these rows, halved and rounded down; None: the point does not break it, or it is too dense."""
        total = np.zeros(self.size, np.int64)
        for row in rows:
            total[row.variables] += row.coefficients
        limit = sum(row.at_most for row in rows)
        # The set of a variable of which the point takes more than a half costs little, and makes its number even.
        for v in np.flatnonzero((total[: self.n] & 1 == 1) & (values[: self.n] > 0.5)).tolist():
            limit += 1
            total[self.sets[self.set_of[v]]] += 1
        half = total >> 1
        broken = float(half @ values) - limit // 2
        if broken < VIOLATION or np.count_nonzero(half) * DENSE > self.n:
            return None
        length = math.sqrt(half @ half)
        return _Cut(half, limit // 2, broken / length, length)


def _sums(rows: Sequence[_Row], weights: Sequence[float]) -> list[int]:
    """Sums of an odd limit that lose little, as bits of their rows: those that lose least first.

    A variable that stands in several sums is eliminated by the one of the least room. `weights` are what rounding a
    variable costs, greatest first.
    """
    left = [_Sum(row.odd, row.limit, row.slack, 1 << k) for k, row in enumerate(rows) if row.odd or row.limit]
    found: dict[int, float] = {}

    def look(at: Iterable[_Sum]) -> None:
        for summed in at:
            if summed.limit and (loss := summed.loss(weights)) <= MOST_LOSS:
                found[summed.members] = loss

    look(left)
    for k, weight in enumerate(weights):
        if weight < LITTLE:
            break
        having = [summed for summed in left if summed.odd >> k & 1]
        if not having:
            continue
        pivot = min(having, key=lambda summed: (summed.slack, summed.odd.bit_count(), summed.members))
        for summed in having:
            if summed is not pivot:
                summed.add(pivot)
        left = [summed for summed in left if summed is not pivot and summed.slack <= MOST_LOSS]
        look(summed for summed in having if summed is not pivot)
    return sorted(found, key=lambda members: (found[members], members))


def _best(cuts: Iterable[_Cut], most: int) -> list[_Cut]:
    """The deepest cuts, none of them nearly parallel to a deeper one."""
    deepest = sorted(cuts, key=lambda cut: -cut.depth)
    taken: list[_Cut] = []
    for cut in deepest:
        if len(taken) >= most or cut.depth < LEAST_DEPTH * deepest[0].depth:
            break
        if all(cut.is_apart(other) for other in taken):
            taken.append(cut)
    return taken
