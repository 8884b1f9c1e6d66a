"""A model as sparse arrays (coordinate format), for arithmetic on all constraints at once.

Variables are numbered set by set; terms are sorted by constraint and then by variable. So all terms of a constraint and
a set stand together: they are a *group*.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice, pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from arshjul.errors import InputError
from arshjul.solver.model.milp import Constraint, Model, SoftConstraint, rows_of, too_large

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

Item = TypeVar("Item")

LARGEST = 2**60
"""The sum of all coefficients stays below this, so that no partial sum leaves 64 bits."""


@dataclass(frozen=True, slots=True)
class Terms:
    line: Numbers
    variable: Numbers
    coefficient: Numbers

    def where(self, kept: Flags | Numbers) -> "Terms":
        if kept.dtype == np.bool_:
            kept = np.flatnonzero(kept)
        return Terms(self.line[kept], self.variable[kept], self.coefficient[kept])

    def valued(self, coefficient: Numbers) -> "Terms":
        """The terms with these coefficients; those that are 0 are left out."""
        return Terms(self.line, self.variable, coefficient).where(coefficient != 0)


class Groups:
    """The groups of terms: where each starts, its size, and how many variables of its set are missing."""

    def __init__(self, terms: Terms, sizes: Numbers) -> None:
        owner = np.repeat(np.arange(len(sizes)), sizes)[terms.variable]
        self.start = runs(terms.line, owner)
        self.size = lengths(self.start, len(owner))
        self.line = terms.line[self.start]
        self.set = owner[self.start]
        self.missing: Numbers = sizes[self.set] - self.size
        self.coefficient = terms.coefficient

    def each(self, of_group: Numbers) -> Numbers:
        return np.repeat(of_group, self.size)

    def greatest(self) -> Any:
        return np.maximum.reduceat(self.coefficient, self.start)

    def least(self, chosen: Numbers) -> Any:
        size = self.size[chosen]
        return np.minimum.reduceat(self.coefficient[ranges(self.start[chosen], size)], np.cumsum(size) - size)


@dataclass(slots=True)
class ModelArrays:
    """Variables, sets and constraints of a model or of a part of it.

    `origin` is each variable's number in the model, `sizes` how many variables each set has. The first `hard`
    constraints are hard ones, the others soft ones with these `prices`, without excesses; `costs` has a row for each
    level.
    """

    model: Model
    origin: Numbers
    sizes: Numbers
    terms: Terms
    at_most: Numbers
    hard: int
    prices: list[list[int]]
    costs: Numbers
    constants: list[int]

    def keep(self, kept: Flags) -> None:
        number = np.cumsum(kept) - 1
        terms = self.terms.where(kept[self.terms.variable])
        self.terms = Terms(terms.line, number[terms.variable], terms.coefficient)
        self.sizes = totals(np.repeat(np.arange(len(self.sizes)), self.sizes), kept.astype(np.int64), len(self.sizes))
        self.origin = self.origin[kept]
        self.costs = self.costs[:, kept]

    def shift(self, groups: Groups, amount: Numbers) -> None:
        """Subtracts an amount from all variables of each group's set, also those without a term, and from `at_most`."""
        if not amount.any():
            return
        self.at_most = self.at_most - totals(groups.line, amount, len(self.at_most))
        terms = self.terms
        wide = (amount != 0) & (groups.missing > 0)
        if not wide.any():
            moved = np.flatnonzero(amount)
            coefficient = terms.coefficient.copy()
            coefficient[ranges(groups.start[moved], groups.size[moved])] -= np.repeat(amount[moved], groups.size[moved])
            self.terms = terms.valued(coefficient)
            return
        # a group that must grow gets all variables of its set, in their order; the others stay
        first = (np.cumsum(self.sizes) - self.sizes)[groups.set]
        size = groups.size + np.where(wide, groups.missing, 0)
        within = np.arange(len(terms.line)) - groups.each(groups.start)
        within = np.where(groups.each(wide), terms.variable - groups.each(first), within)
        place = within + groups.each(np.cumsum(size) - size)
        variable = ranges(first, size)
        variable[place] = terms.variable
        coefficient = np.repeat(-amount, size)
        coefficient[place] += terms.coefficient
        self.terms = Terms(np.repeat(groups.line, size), variable, coefficient).where(coefficient != 0)

    def packed(self, uppers: Numbers, stands: dict[int, int]) -> Model:
        """The model again, renumbered in its own order, without empty constraints and soft ones without excess.

        `uppers` are the excesses' bounds; `stands` maps a replaced variable to its replacement, by the model's numbers.
        """
        order = np.argsort(self.origin, kind="stable")
        number = np.empty_like(order)
        number[order] = np.arange(len(order))
        picks = self.model.picks
        packed = Model([picks[v] for v in self.origin[order].tolist()], constants=self.constants)
        packed.sets = cut(number.tolist(), np.cumsum(self.sizes) - self.sizes)
        packed.uppers = [1] * len(order)
        packed.costs = [{v: c for v, c in enumerate(costs) if c} for costs in self.costs[:, order].tolist()]
        at = dict(zip(self.origin.tolist(), number.tolist(), strict=True)) if stands else {}
        packed.stands_for = {picks[v]: at[w] for v, w in stands.items()}
        self._pack_lines(packed, number, uppers)
        return packed

    def _pack_lines(self, packed: Model, number: Numbers, uppers: Numbers) -> None:
        terms = self.terms
        count = np.bincount(terms.line, minlength=len(self.at_most))
        every = zip(number[terms.variable].tolist(), terms.coefficient.tolist(), strict=True)
        limits = zip(count.tolist(), self.at_most.tolist(), strict=True)
        lines = [Constraint(dict(islice(every, size)), at_most) for size, at_most in limits]
        packed.constraints = list(compress(lines[: self.hard], count.tolist()))
        for line, prices, upper in zip(lines[self.hard :], self.prices, uppers.tolist(), strict=True):
            if upper > 0:
                excess = len(packed.uppers)
                line.terms[excess] = -1
                packed.uppers.append(upper)
                packed.soft_constraints.append(SoftConstraint(line, prices, excess))
                for costs, price in zip(packed.costs, prices, strict=True):
                    if price:
                        costs[excess] = price


def arrays_of(model: Model) -> ModelArrays:
    """The model's arrays, without excesses; within a constraint the terms are in the model's order, not sorted."""
    rows = rows_of(model)
    lines = [row.terms for row in rows]
    counts = np.fromiter(map(len, lines), np.int64, len(lines))
    total = int(counts.sum())
    n = len(model.picks)
    try:
        variable = np.fromiter(chain.from_iterable(lines), np.int64, total)
        coefficient = np.fromiter(chain.from_iterable(line.values() for line in lines), np.int64, total)
        limits = np.array([row.at_most for row in rows], np.int64)
        costs = np.zeros((len(model.costs), n), np.int64)
        for row, cost in zip(costs, model.costs, strict=True):
            own = {v: c for v, c in cost.items() if v < n}
            row[list(own)] = list(own.values())
    except OverflowError as error:
        raise _too_large(model) from error
    if np.abs(coefficient, dtype=np.float64).sum() + np.abs(limits, dtype=np.float64).max(initial=0) >= LARGEST:
        raise _too_large(model)
    terms = Terms(np.repeat(np.arange(len(lines)), counts), variable, coefficient)
    if model.soft_constraints:
        terms = terms.where(variable < n)
    origin = np.fromiter(chain.from_iterable(model.sets), np.int64, n)
    place = np.empty_like(origin)
    place[origin] = np.arange(n)
    terms = Terms(terms.line, place[terms.variable], terms.coefficient)
    sizes = np.fromiter(map(len, model.sets), np.int64, len(model.sets))
    hard, prices = len(model.constraints), [soft.prices for soft in model.soft_constraints]
    return ModelArrays(model, origin, sizes, terms, limits, hard, prices, costs[:, origin], list(model.constants))


def _too_large(model: Model) -> InputError:
    sizes = (sum(map(abs, row.terms.values())) + abs(row.at_most) for row in rows_of(model))
    costs = (abs(c) for costs in model.costs for c in costs.values())
    return too_large(max((*sizes, *costs)), LARGEST)


def by_key(keys: Numbers, count: int) -> Numbers:
    """The stable order of keys below `count`; numpy sorts 16 bits by counting."""
    return np.argsort(keys.astype(np.uint16) if count <= 2**16 else keys, kind="stable")


def runs(*keys: Numbers | NDArray[np.uint64]) -> Numbers:
    """Starts of runs of equal keys; of several arrays, of runs in which all are equal."""
    change = np.zeros(len(keys[0]), np.bool_)
    change[:1] = True
    for key in keys:
        change[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(change)


def lengths(starts: Numbers, total: int) -> Numbers:
    return np.append(starts[1:], total)[: len(starts)] - starts


def ranges(first: Numbers, size: Numbers) -> Numbers:
    """The numbers first, first + 1, ..., first + size - 1 of each run, one run after the other."""
    return np.arange(int(size.sum())) + np.repeat(first - np.cumsum(size) + size, size)


def totals(index: Numbers, amount: Numbers, count: int) -> Numbers:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, index, amount)
    return sums


def cut(items: list[Item], starts: Numbers) -> list[list[Item]]:
    bounds = [*starts.tolist(), len(items)]
    return [items[a:b] for a, b in pairwise(bounds)]


class Columns:
    """A flat model's terms and costs by its own numbers of variables; each has `size` terms, from `first` on."""

    def __init__(self, arrays: ModelArrays) -> None:
        variable = arrays.origin[arrays.terms.variable]
        terms = arrays.terms.where(by_key(variable, len(arrays.origin)))
        self.size = np.bincount(variable, minlength=len(arrays.origin))
        self.first = np.cumsum(self.size) - self.size
        self.line, self.coefficient = terms.line, terms.coefficient
        self.costs = arrays.costs[:, np.argsort(arrays.origin)]
        self.lines = len(arrays.at_most)

    def terms(self, variables: Numbers) -> Terms:
        size = self.size[variables]
        spots = ranges(self.first[variables], size)
        terms = Terms(self.line[spots], np.repeat(np.arange(len(variables)), size), self.coefficient[spots])
        return terms.where(by_key(terms.line, self.lines))

    def uses(self, variable: int) -> dict[int, int]:
        first = int(self.first[variable])
        spots = slice(first, first + int(self.size[variable]))
        return dict(zip(self.line[spots].tolist(), self.coefficient[spots].tolist(), strict=True))


class RowPool:
    """Constraints as sparse rows of `size` variables, for arithmetic on all of them at an LP's point at once."""

    def __init__(self, size: int, lines: Sequence[Constraint]) -> None:
        self.size = size
        self.lines: list[Constraint] = []
        self.start = np.zeros(1, np.int64)  # of each row's terms, and their end
        self.variable = self.coefficient = self.at_most = np.zeros(0, np.int64)
        self.join(lines)

    def join(self, lines: Sequence[Constraint]) -> None:
        ends = self.start[-1] + np.cumsum([len(line.terms) for line in lines], dtype=np.int64)
        total = int(ends[-1] - self.start[-1]) if lines else 0
        self.lines += lines
        self.start = np.append(self.start, ends)
        variables = np.fromiter((v for line in lines for v in line.terms), np.int64, total)
        coefficients = np.fromiter((c for line in lines for c in line.terms.values()), np.int64, total)
        self.variable = np.append(self.variable, variables)
        self.coefficient = np.append(self.coefficient, coefficients)
        self.at_most = np.append(self.at_most, np.array([line.at_most for line in lines], np.int64))

    def row(self, number: int) -> tuple[Numbers, Numbers]:
        """The variables and coefficients of a row."""
        own = slice(self.start[number], self.start[number + 1])
        return self.variable[own], self.coefficient[own]

    def terms(self, rows: Numbers) -> Terms:
        """The terms of these rows, each row's after those of the one before: `line` counts them."""
        size = self.start[rows + 1] - self.start[rows]
        spots = ranges(self.start[rows], size)
        return Terms(np.repeat(np.arange(len(rows)), size), self.variable[spots], self.coefficient[spots])

    def values(self, point: Mapping[int, float]) -> Floats:
        values = np.zeros(self.size)
        own = [v for v in point if v < self.size]
        values[own] = [point[v] for v in own]
        return values

    def room(self, values: Floats) -> Any:
        """Slack of each row at these values of all variables; negative where they break it."""
        return self.at_most - self._sums(self.coefficient * values[self.variable])

    def any_of(self, flagged: Flags) -> Any:
        return self._sums(flagged[self.variable].astype(np.int64)) > 0

    def _sums(self, of_terms: Any) -> Any:
        return np.diff(np.append(0, np.cumsum(of_terms))[self.start])
