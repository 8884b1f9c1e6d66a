"""Zero-half cuts where an LP's optimum breaks them: sums of constraints, halved and rounded down.

Where each two of three operations want the same, the LP takes a half of each, round the circle of whatever constraints
say so; adding these up and halving says that one of them must give way (odd cycles). A sum is worth it where its limit
is odd and what the optimum takes in part stands in it an even number of times, but for little. Such sums are found by
elimination modulo 2, variable by variable from the one nearest to a half on, and at every step each row is looked at
(Caprara and Fischetti, "{0, 1/2}-Chvátal-Gomory cuts", 1996; Koster, Zymolka and Kutschka 2009). Priced constraints are
summed too: a cut then says that one must give way, or what it costs is paid.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from arshjul.solver.model.arrays import Flags, Floats, Numbers, RowPool
from arshjul.solver.model.cliques import EPSILON
from arshjul.solver.model.milp import Constraint, Model

WHOLE = 1_000_000
"""Losses are counted in millionths, as whole numbers: the order in which they are added does not matter."""
VIOLATION = 0.05
"""By this much a point must break a cut that is worth a row: a half is the most."""
MOST_LOSS = round(WHOLE * (1 - 2 * VIOLATION))
"""What rounding and the room of its constraints may cost a sum: the cut is broken by half of what that lacks of 1."""
SLACK = 0.5
"""The room that a constraint may leave at the point, to be one of a sum: with all of 1 nothing is broken."""
LITTLE = WHOLE // 20
"""Variables that are nearer to 0 or 1 than this are not eliminated: rounding them costs less than rows do."""
DENSE = 5
"""A constraint, or a cut, has at most this part of the variables: others make the LP slow."""
TRIED = 150
"""Sums that are made into cuts at once: those that lose least."""
MOST = 30
"""Cuts that are taken at once: those that cut deepest."""
LEAST_DEPTH = 0.5
"""A cut that is not as deep as this part of the deepest is not taken: there will be better ones at the next optimum."""
PARALLEL = 0.6
"""The greatest cosine between two cuts that are taken at once: those nearly parallel cut off the same."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The constraints at the point that may be of a sum, by their `numbers` in the pool: those of least room first.

    `odd` says of each row and each variable that the point takes in part whether that stands in it an odd number of
    times, `limit` the same of its limit, less one for each odd variable of which the point takes more than a half.
    `room` is what the point leaves.
    """

    numbers: Numbers
    odd: Flags
    limit: Flags
    room: Numbers


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
        self.set_of = [activity for activity, _ in model.picks]
        priced = [soft for soft in model.soft_constraints if not self._is_dense(soft.line)]
        self.prices = np.array([soft.prices for soft in priced], np.int64).reshape(len(priced), len(model.costs))
        sets = [Constraint(dict.fromkeys(variables, 1), 1) for variables in model.sets]
        self.priced = slice(len(sets), len(sets) + len(priced))
        self.pool = RowPool(self.size, [*sets, *self._usable(soft.line for soft in priced)])
        self.known = 0

    def cuts(self, model: Model, point: Mapping[int, float], level: int, most: int = MOST) -> list[Constraint]:
        """The cuts that the point breaks and that were found: those that cut deepest first.

        `model` is the first one with the constraints that joined since. Excesses with a price on the level may be in
        cuts.
        """
        self.pool.join(self._usable(model.constraints[self.known :]))
        self.known = len(model.constraints)
        values = self.pool.values({v: x for v, x in point.items() if x > EPSILON})
        off = np.minimum(values, 1 - values)[: self.n]
        parts = np.flatnonzero(off > EPSILON)
        parts = parts[np.argsort(-off[parts], kind="stable")]
        rows = self._rows(level, values, parts)
        found: dict[bytes, _Cut] = {}  # of those that the point sees alike the deepest
        for numbers in _sums(rows, _millionths(off[parts])):
            cut = self._halved(numbers, values)
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

    def _rows(self, level: int, values: Floats, parts: Numbers) -> _Rows:
        """The constraints that may be of a sum, and the sets that the point splits."""
        pool, place = self.pool, np.full(self.size, -1)
        place[parts] = np.arange(len(parts))
        room = pool.room(values)
        useful = (room <= SLACK) & pool.any_of(place >= 0)
        useful[self.priced] &= self.prices[:, level] != 0
        numbers = np.flatnonzero(useful)
        terms = pool.terms(numbers)
        terms = terms.where((terms.coefficient & 1 == 1) & (values[terms.variable] > EPSILON))
        most = terms.where(values[terms.variable] > 0.5)
        limit = pool.at_most[numbers] - np.bincount(most.line, minlength=len(numbers))
        split = terms.where(place[terms.variable] >= 0)
        odd = np.zeros((len(numbers), len(parts)), np.bool_)
        odd[split.line, place[split.variable]] = True
        left = _millionths(np.maximum(room[numbers], 0))
        order = np.lexsort((odd.sum(axis=1), left))
        return _Rows(numbers[order], odd[order], (limit & 1 == 1)[order], left[order])

    def _halved(self, rows: Numbers, values: Floats) -> _Cut | None:
        """The sum of these rows, halved and rounded down; None: the point does not break it, or it is too dense."""
        pool, total = self.pool, np.zeros(self.size, np.int64)
        for row in rows.tolist():
            variables, coefficients = pool.row(row)
            total[variables] += coefficients
        limit = int(pool.at_most[rows].sum())
        # The set of a variable of which the point takes more than a half costs little, and makes its number even.
        for v in np.flatnonzero((total[: self.n] & 1 == 1) & (values[: self.n] > 0.5)).tolist():
            limit += 1
            total[pool.row(self.set_of[v])[0]] += 1
        half = total >> 1
        broken = float(half @ values) - limit // 2
        if broken < VIOLATION or np.count_nonzero(half) * DENSE > self.n:
            return None
        length = math.sqrt(half @ half)
        return _Cut(half, limit // 2, broken / length, length)


def _millionths(shares: Floats) -> Numbers:
    return np.rint(shares * WHOLE).astype(np.int64)


def _sums(rows: _Rows, weights: Numbers) -> list[Numbers]:
    """Sums of an odd limit that lose little, by the numbers of their rows: those that lose least first.

    A variable that stands in several sums is eliminated by the one of the least room. `weights` are what rounding a
    variable costs, greatest first.
    """
    odd, limit, room = rows.odd.copy(), rows.limit.copy(), rows.room.copy()
    members = np.packbits(np.eye(len(room), dtype=np.bool_), axis=1)
    is_left = np.ones(len(room), np.bool_)
    losses, found = [np.zeros(0, np.int64)], [members[:0]]

    def look(at: Numbers) -> None:
        at = at[limit[at] & (room[at] <= MOST_LOSS)]
        loss = room[at] + odd[at] @ weights
        losses.append(loss[loss <= MOST_LOSS])
        found.append(members[at[loss <= MOST_LOSS]])

    look(np.arange(len(room)))
    for k in range(int(np.count_nonzero(weights >= LITTLE))):
        having = np.flatnonzero(odd[:, k] & is_left)
        if not len(having):
            continue
        pivot, *_ = having[np.lexsort((odd[having].sum(axis=1), room[having]))]
        others = having[having != pivot]
        odd[others] ^= odd[pivot]
        limit[others] ^= limit[pivot]
        room[others] += room[pivot]
        members[others] ^= members[pivot]
        is_left[pivot] = False
        is_left[others] = room[others] <= MOST_LOSS
        look(others)
    least = np.argsort(np.concatenate(losses), kind="stable")[:TRIED]
    chosen = np.unpackbits(np.concatenate(found)[least], axis=1)
    return [rows.numbers[own.nonzero()[0]] for own in chosen]


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
