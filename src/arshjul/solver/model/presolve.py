"""Presolve: bound and coefficient tightening on all constraints at once (Savelsbergh 1994); restrictions of a model.

Exactly one variable of each set is 1, so a constraint gets one coefficient from each set, and its left side is bounded
by the sums of each set's least and greatest. Nothing here removes the last optimal choice of any level.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain

import numpy as np

from arshjul.solver.model.arrays import (
    LARGEST,
    Columns,
    Groups,
    ModelArrays,
    Numbers,
    Terms,
    arrays_of,
    cut,
    lengths,
    ranges,
    runs,
    totals,
)
from arshjul.solver.model.dominance import implied, merged, repeated
from arshjul.solver.model.milp import Model, too_large
from arshjul.solver.params import DEFAULT, PresolveParams, SolveParams

REACHABLE_LIMIT, REACHABLE_SETS = 4096, 400
"""The largest limit, and the most sets of a constraint, for which reachable sums are counted in bit sets."""


def simplify(model: Model, params: PresolveParams = DEFAULT.presolve) -> Model:
    """The model tightened, without impossible, equal and dominated options and without idle constraints."""
    return tightened(arrays_of(model), params)


def tightened(arrays: ModelArrays, params: PresolveParams) -> Model:
    _order(arrays)
    if arrays.model.impossible or not _fix(arrays):
        return Model(sets=[[] for _ in arrays.sizes], constants=arrays.constants, impossible=True)
    if params.strengthening:
        _strengthen(arrays)
    _divide(arrays)
    _round_down(arrays)
    uppers = _soften(arrays)
    stands = np.full(len(arrays.origin), -1)
    if params.dominance:
        arrays.terms = arrays.terms.where(~implied(arrays)[arrays.terms.line])
        stands = merged(arrays)
    names = dict(zip(arrays.origin[stands >= 0].tolist(), arrays.origin[stands[stands >= 0]].tolist(), strict=True))
    arrays.keep(stands < 0)
    _thin(arrays)
    return arrays.packed(uppers, names)


def _order(arrays: ModelArrays) -> None:
    """Sorts the terms, without repeated constraints and terms that are clearly idle or impossible.

    Sliding windows give many repeated constraints.
    """
    terms = arrays.terms
    lines = len(arrays.at_most)
    soft = np.arange(lines) >= arrays.hard
    positive = np.maximum(terms.coefficient, 0)
    most = totals(terms.line, positive, lines)
    least = totals(terms.line, terms.coefficient - positive, lines)
    limit = np.where(soft, most, arrays.at_most - least)
    kept = np.ones(len(arrays.origin), np.bool_)
    kept[terms.variable[terms.coefficient > limit[terms.line]]] = False
    arrays.terms = terms.where((soft | (most > arrays.at_most))[terms.line])
    arrays.keep(kept)
    in_order(arrays)
    terms = arrays.terms
    copies, first = repeated(terms, arrays.hard)
    np.minimum.at(arrays.at_most, first, arrays.at_most[copies])
    arrays.at_most[copies] = 0
    kept = np.ones(lines, np.bool_)
    kept[copies] = False
    arrays.terms = terms.where(kept[terms.line])


def in_order(arrays: ModelArrays) -> None:
    terms = arrays.terms
    arrays.terms = terms.where(np.argsort(terms.line * len(arrays.origin) + terms.variable, kind="stable"))


def _fix(arrays: ModelArrays) -> bool:
    """Lifts constraints and removes variables that break one alone, to a fixed point; False: nothing is feasible.

    In a *lifted* constraint every set's least coefficient is 0.
    """
    soft = np.arange(len(arrays.at_most)) >= arrays.hard
    while arrays.sizes.all():
        lift(arrays)
        if (arrays.at_most[: arrays.hard] < 0).any():
            return False
        terms = arrays.terms
        breaks = terms.coefficient > np.where(soft, LARGEST, arrays.at_most)[terms.line]
        if not breaks.any():
            return True
        kept = np.ones(len(arrays.origin), np.bool_)
        kept[terms.variable[breaks]] = False
        arrays.keep(kept)
    return False


def lift(arrays: ModelArrays) -> None:
    """Moves each set's least coefficient into `at_most`; only whole groups and negative ones have one other than 0."""
    groups = Groups(arrays.terms, arrays.sizes)
    whole = groups.missing == 0
    moved = whole.copy()
    moved[np.searchsorted(groups.start, np.flatnonzero(arrays.terms.coefficient < 0), side="right") - 1] = True
    chosen = np.flatnonzero(moved)
    least = groups.least(chosen)
    amount = np.zeros_like(groups.size)
    amount[chosen] = np.where(whole[chosen], least, np.minimum(least, 0))
    arrays.shift(groups, amount)


def _strengthen(arrays: ModelArrays) -> None:
    """Reduces coefficients without changing the 0/1 points: subtracts slack that a constraint's other sets cannot use.

    `at_most` and the sum of what sets can use fall together, so the order of sets does not matter. A constraint that
    nothing can break becomes empty.
    """
    groups = Groups(arrays.terms, arrays.sizes)
    greatest = groups.greatest()
    most = totals(groups.line, greatest, len(arrays.at_most))
    spare = np.clip((arrays.at_most - most)[groups.line] + greatest, 0, greatest)
    spare[groups.line >= arrays.hard] = 0
    arrays.terms = arrays.terms.valued(np.maximum(arrays.terms.coefficient - groups.each(spare), 0))
    arrays.at_most = arrays.at_most - totals(groups.line, spare, len(arrays.at_most))


def _divide(arrays: ModelArrays) -> None:
    terms = arrays.terms
    start = runs(terms.line)
    divisor = np.ones(len(arrays.at_most), np.int64)
    divisor[terms.line[start]] = np.gcd.reduceat(terms.coefficient, start)
    divisor[arrays.hard :] = 1
    arrays.terms = terms.valued(terms.coefficient // divisor[terms.line])
    arrays.at_most = arrays.at_most // divisor


def _round_down(arrays: ModelArrays) -> None:
    """Lowers each `at_most` to the greatest sum that the constraint's sets can reach, if that is quick to count.

    A constraint in which enough sets give 0 or 1 reaches every sum: the others are filled up with those.
    """
    lines = len(arrays.at_most)
    start = runs(arrays.terms.line)
    largest = np.zeros(lines, np.int64)
    largest[arrays.terms.line[start]] = np.maximum.reduceat(arrays.terms.coefficient, start)
    largest[arrays.hard :] = 0
    terms = arrays.terms.where((largest > 1)[arrays.terms.line])
    groups = Groups(terms, arrays.sizes)
    greatest = groups.greatest()
    most = totals(groups.line, greatest, lines)
    ones = totals(groups.line, (greatest == 1).astype(np.int64), lines)
    count = np.bincount(groups.line, minlength=lines)
    filled = (most - ones < arrays.at_most) | (ones >= largest - 1)
    countable = ~filled & (arrays.at_most <= REACHABLE_LIMIT) & (count <= REACHABLE_SETS)
    terms = terms.where(countable[terms.line])
    for line, steps in _steps(terms, Groups(terms, arrays.sizes), REACHABLE_LIMIT + 1):
        arrays.at_most[line] = _reachable(int(arrays.at_most[line]), steps)


def _steps(terms: Terms, groups: Groups, base: int) -> list[tuple[int, tuple[tuple[int, ...], ...]]]:
    """Each constraint's sets, as the ascending coefficients that each can give."""
    keys = np.sort(groups.each(np.arange(len(groups.start))) * base + terms.coefficient)
    keys = keys[runs(keys)]
    group, values = keys // base, (keys % base).tolist()
    gives = [tuple(part) for part in cut(values, runs(group))]
    start = runs(groups.line)
    return [
        (line, tuple(sorted(part))) for line, part in zip(groups.line[start].tolist(), cut(gives, start), strict=True)
    ]


@lru_cache(maxsize=2**14)
def _reachable(at_most: int, steps: tuple[tuple[int, ...], ...]) -> int:
    mask = (1 << (at_most + 1)) - 1
    reach = 1
    for coefficients in steps:
        step = reach
        for c in coefficients:
            step |= reach << c
        reach = step & mask
        if reach >> at_most:
            return at_most
    return reach.bit_length() - 1


def _soften(arrays: ModelArrays) -> Numbers:
    """Moves what is always exceeded into costs and constants; returns the most that is left for each excess."""
    terms, hard = arrays.terms, arrays.hard
    for limit, prices in zip(arrays.at_most[hard:].tolist(), arrays.prices, strict=True):
        for level, price in enumerate(prices):
            arrays.constants[level] += price * max(0, -limit)
    limits = arrays.at_most[hard:] = np.maximum(arrays.at_most[hard:], 0)
    units = np.zeros_like(terms.coefficient)
    soft = terms.line >= hard
    units[soft] = np.maximum(terms.coefficient[soft] - limits[terms.line[soft] - hard], 0)
    _fold(arrays, terms.where(units > 0), units[units > 0])
    arrays.terms = terms.valued(terms.coefficient - units)
    groups = Groups(arrays.terms.where(arrays.terms.line >= hard), arrays.sizes)
    uppers = totals(groups.line - hard, groups.greatest(), len(limits)) - limits
    idle = np.zeros(len(arrays.at_most), np.bool_)
    idle[hard:] = uppers <= 0
    arrays.terms = arrays.terms.where(~idle[arrays.terms.line])
    return uppers


def _fold(arrays: ModelArrays, terms: Terms, units: Numbers) -> None:
    if not len(units):
        return
    prices = np.array(arrays.prices, np.int64)[terms.line - arrays.hard]
    for costs, price in zip(arrays.costs, prices.T, strict=True):
        most = np.dot(np.abs(price, dtype=np.float64), units) + np.abs(costs, dtype=np.float64).max()
        if most >= LARGEST:
            raise too_large(int(most), LARGEST)
        np.add.at(costs, terms.variable, price * units)


def _thin(arrays: ModelArrays) -> None:
    """Subtracts a set's most common coefficient from all its variables if that leaves the constraint fewer terms."""
    groups = Groups(arrays.terms, arrays.sizes)
    chosen = np.flatnonzero(groups.size > groups.missing)
    size = groups.size[chosen]
    values = arrays.terms.coefficient[ranges(groups.start[chosen], size)]
    group = np.repeat(chosen, size)
    order = np.lexsort((values, group))
    group, values = group[order], values[order]
    start = runs(group, values)
    times = lengths(start, len(values))
    group, values = group[start], values[start]
    order = np.lexsort((-times, group))
    order = order[runs(group[order])]
    amount = np.zeros_like(groups.size)
    amount[chosen] = np.where(times[order] > groups.missing[chosen], values[order], 0)
    arrays.shift(groups, amount)


class Restriction:
    """Makes restrictions of one model. Constraints are numbered: hard ones, then soft ones without their excess."""

    def __init__(self, model: Model, params: SolveParams = DEFAULT) -> None:
        self.params = params
        self.model = model
        self.arrays = arrays_of(model)
        self.columns = Columns(self.arrays)
        self.rooms: list[int] = self.arrays.at_most.tolist()
        self.number = {pick: v for v, pick in enumerate(model.picks)}
        self.uses = cache(self.columns.uses)

    @cached_property
    def floors(self) -> list[list[int]]:
        """What each variable is worth at least on each level: its cost, less what it may take from excesses."""
        arrays, terms, floors = self.arrays, self.arrays.terms, self.columns.costs.copy()
        taken = terms.where((terms.line >= arrays.hard) & (terms.coefficient < 0))
        prices = np.array(arrays.prices, np.int64).reshape(-1, len(floors))[taken.line - arrays.hard]
        variable = arrays.origin[taken.variable]
        for level, floor in enumerate(floors):
            np.add.at(floor, variable, taken.coefficient * prices[:, level])
        by_variable: list[list[int]] = floors.T.tolist()
        return by_variable

    @cached_property
    def cheapest_first(self) -> list[list[int]]:
        """The variables of each set by their floors."""
        variables, sizes = _chosen(self.model.sets)
        floors = np.array(self.floors, np.int64).reshape(-1, len(self.model.costs))[variables]
        order = np.lexsort((variables, *floors.T[::-1], np.repeat(np.arange(len(sizes)), sizes)))
        return cut(variables[order].tolist(), np.cumsum(sizes) - sizes)

    def members(self, line: int) -> list[int]:
        first, end = np.searchsorted(self.arrays.terms.line, (line, line + 1)).tolist()
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
        whole = self.arrays
        hard = int(np.searchsorted(lines, whole.hard))
        prices = [whole.prices[line - whole.hard] for line in lines[hard:].tolist()]
        number = np.zeros(len(self.rooms), np.int64)
        number[lines] = np.arange(len(lines))
        terms = Terms(number[terms.line], terms.variable, terms.coefficient)
        costs, constants = self.columns.costs[:, variables], list(self.model.constants)
        arrays = ModelArrays(self.model, variables, sizes, terms, rooms, hard, prices, costs, constants)
        return tightened(arrays, self.params.presolve)


def _chosen(allowed: Iterable[Sequence[int]]) -> tuple[Numbers, Numbers]:
    sets = list(allowed)
    return np.fromiter(chain.from_iterable(sets), np.int64), np.fromiter(map(len, sets), np.int64, len(sets))
