"""Dominance: constraints implied by another one, and options that another one replaces at no greater cost.

Candidates are found by 64-bit fingerprints and then compared term by term, so a collision removes nothing.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from arshjul.solver.model.arrays import Flags, ModelArrays, Numbers, Terms, by_key, lengths, ranges, runs

_ODD = tuple(np.uint64(2**64 // k | 1) for k in (3**11, 5**7, 7**5))
"""Odd multipliers without a pattern, for fingerprints."""
PAIRS = 2**20
"""The most pairs of constraints compared at once, for the sake of memory."""
SAMPLED = 6
"""The terms of a constraint that are looked up in another one before all of them are."""

Prints = NDArray[np.uint64]


def repeated(terms: Terms, hard: int) -> tuple[Numbers, Numbers]:
    """Hard constraints with exactly the terms of an earlier one, and for each that constraint."""
    terms = terms.where(terms.line < hard)
    start = runs(terms.line)
    line = terms.line[start]
    prints = np.zeros(hard, np.uint64)
    np.add.at(prints, terms.line, _print(terms.variable, terms.coefficient))
    later, first = _same_print(prints[line])
    same = _same(start, lengths(start, len(terms.line)), terms.variable, terms.coefficient, later, first)
    return line[later[same]], line[first[same]]


def implied(arrays: ModelArrays) -> Flags:
    """A flag for each hard constraint that another one implies term by term; of equal ones the first stays."""
    lines = _Lines(arrays)
    gone = np.zeros(len(arrays.at_most), np.bool_)
    for pairs in lines.pairs():
        narrow, wide = lines.sifted(*pairs)
        gone[lines.line[narrow[lines.implies(wide, narrow)]]] = True
    return gone


class _Lines:
    """Hard constraints with terms, numbered consecutively, with summaries that quickly exclude most implications."""

    def __init__(self, arrays: ModelArrays) -> None:
        self.terms = terms = arrays.terms.where(arrays.terms.line < arrays.hard)
        self.start = runs(terms.line)
        self.size = lengths(self.start, len(terms.line))
        self.line = terms.line[self.start]
        self.limit = arrays.at_most[self.line]
        self.total = np.add.reduceat(terms.coefficient, self.start)
        bits = np.left_shift(np.uint64(1), _mixed(terms.variable.astype(np.uint64)) >> np.uint64(58))
        self.bits = np.bitwise_or.reduceat(bits, self.start)
        self.row = np.repeat(np.arange(len(self.start)), self.size)
        self.variables = len(arrays.origin)
        self.keys = self.row * self.variables + terms.variable

    def pairs(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Each constraint with all that contain its rarest variable, as any that implies it must, in blocks."""
        variable = self.terms.variable
        holders = self.row[by_key(variable, self.variables)]
        count = np.bincount(variable, minlength=self.variables)
        first = np.cumsum(count) - count
        rarest = np.minimum.reduceat(count[variable] * self.variables + variable, self.start) % self.variables
        tries = count[rarest]
        for block in np.split(np.arange(len(tries)), runs(np.cumsum(tries) // PAIRS)):
            narrow = np.repeat(block, tries[block])
            yield narrow, holders[ranges(first[rarest[block]], tries[block])]

    def sifted(self, narrow: Numbers, wide: Numbers) -> tuple[Numbers, Numbers]:
        """The pairs that the summaries do not exclude; of two equal constraints only one is kept."""
        size, limit, total, bits = self.size, self.limit, self.total, self.bits
        may = (size[wide] >= size[narrow]) & (limit[wide] <= limit[narrow]) & (wide != narrow)
        narrow, wide = narrow[may], wide[may]
        may = (total[wide] >= total[narrow]) & (bits[narrow] & ~bits[wide] == 0)
        alike = (size[wide] == size[narrow]) & (limit[wide] == limit[narrow]) & (total[wide] == total[narrow])
        may &= ~alike | (wide < narrow)
        narrow, wide = narrow[may], wide[may]
        for k in range(SAMPLED):
            spots = self.start[narrow] + (size[narrow] - 1) * k // (SAMPLED - 1)
            may = self._covered(spots, wide)
            narrow, wide = narrow[may], wide[may]
        return narrow, wide

    def implies(self, wide: Numbers, narrow: Numbers) -> Flags:
        """A flag for each pair: the wide constraint has all terms of the narrow one, with no smaller coefficients."""
        size = self.size[narrow]
        covered = self._covered(ranges(self.start[narrow], size), np.repeat(wide, size))
        every = np.ones(len(narrow), np.bool_)
        every[np.repeat(np.arange(len(narrow)), size)[~covered]] = False
        return every

    def _covered(self, spots: Numbers, wide: Numbers) -> Flags:
        """A flag for each place: that constraint has its term too, with no smaller coefficient."""
        query = wide * self.variables + self.terms.variable[spots]
        found = np.searchsorted(self.keys, query)
        found[found == len(self.keys)] = 0
        coefficient = self.terms.coefficient
        covered: Flags = (self.keys[found] == query) & (coefficient[found] >= coefficient[spots])
        return covered


def merged(arrays: ModelArrays) -> Numbers:
    """The variable that replaces each one: of the same set, with the same coefficients everywhere and no greater cost.

    -1: none. A replacement is never itself replaced.
    """
    n = len(arrays.origin)
    stands = np.full(n, -1)
    owner = np.repeat(np.arange(len(arrays.sizes)), arrays.sizes)
    prints = owner.astype(np.uint64) * _ODD[2]
    np.add.at(prints, arrays.terms.variable, _print(arrays.terms.line, arrays.terms.coefficient))
    later, first = _same_print(prints)
    candidate = np.zeros(n, np.bool_)
    candidate[later] = candidate[first] = True
    terms = arrays.terms.where(candidate[arrays.terms.variable])
    terms = terms.where(by_key(terms.variable, n))
    size = np.bincount(terms.variable, minlength=n)
    start = np.cumsum(size) - size
    same = _same(start, size, terms.line, terms.coefficient, later, first) & (owner[later] == owner[first])
    later, first = later[same], first[same]
    # among those with equal costs: the first is no dearer than any, and replaces those that are nowhere cheaper
    alike = np.full(n, -1)
    alike[later] = first
    alike[first] = first
    member = np.flatnonzero(alike >= 0)
    order = member[np.lexsort((*arrays.costs[::-1, member], alike[member]))]
    while len(order):
        start = runs(alike[order])
        best = np.repeat(order[start], lengths(start, len(order)))
        worse = (arrays.costs[:, order] >= arrays.costs[:, best]).all(axis=0)
        stands[order[worse]] = best[worse]
        order = order[~worse]
    stands[stands == np.arange(n)] = -1
    return stands


def _same_print(prints: Prints) -> tuple[Numbers, Numbers]:
    """The indices with the fingerprint of an earlier one, and for each the first such."""
    order = np.argsort(prints, kind="stable")
    start = runs(prints[order])
    first = np.repeat(order[start], lengths(start, len(order)))
    later = order != first
    return order[later], first[later]


def _same(start: Numbers, size: Numbers, keys: Numbers, values: Numbers, one: Numbers, other: Numbers) -> Flags:
    alike: Flags = size[one] == size[other]
    size = np.where(alike, size[one], 0)
    a, b = ranges(start[one], size), ranges(start[other], size)
    differ = (keys[a] != keys[b]) | (values[a] != values[b])
    pair = np.repeat(np.arange(len(one)), size)
    alike[pair[differ]] = False
    return alike


def _print(keys: Numbers, values: Numbers) -> Prints:
    return _mixed(keys.astype(np.uint64) * _ODD[0] + values.astype(np.uint64) * _ODD[1])


def _mixed(numbers: Prints) -> Prints:
    numbers = (numbers ^ (numbers >> np.uint64(32))) * _ODD[2]
    numbers = (numbers ^ (numbers >> np.uint64(29))) * _ODD[0]
    return numbers ^ (numbers >> np.uint64(32))
