"""Cuts that look at one line at a time, on all lines at once.

All of it rests on the sets: of an activity's variables exactly one is 1, so a line gets from each
set one of its coefficients (0 where a variable is missing), and what a line can reach is the sum
of each set's least or greatest. Nothing here cuts away the last best choice of any level.
"""

from functools import lru_cache

import numpy as np

from arshjul.solver.modelling.dominance import implied, merged, repeated
from arshjul.solver.modelling.flat import LARGEST, Flat, Groups, Numbers, Terms, cut, lengths, ranges, runs, totals
from arshjul.solver.modelling.guards import too_large
from arshjul.solver.modelling.model import Model

COUNTED = 4096
"""Sums of a line are counted up to so large an `at_most`."""

SETS_COUNTED = 400
"""And over so many sets."""


def tightened(flat: Flat) -> Model:
    """The model with impossible, equal and dominated options and idle lines gone, and lines tightened."""
    _order(flat)
    if flat.model.impossible or not _fix(flat):
        return Model(sets=[[] for _ in flat.sizes], constants=flat.constants, impossible=True)
    _strengthen(flat)
    _divide(flat)
    _round_down(flat)
    uppers = _soften(flat)
    flat.terms = flat.terms.where(~implied(flat)[flat.terms.line])
    stands = merged(flat)
    names = dict(zip(flat.origin[stands >= 0].tolist(), flat.origin[stands[stands >= 0]].tolist(), strict=True))
    flat.keep(stands < 0)
    _thin(flat)
    return flat.packed(uppers, names)


def _order(flat: Flat) -> None:
    """Sorts the terms, without what is at once seen to be idle or impossible.

    And without repeated lines, which sliding windows are full of.
    """
    terms = flat.terms
    lines = len(flat.at_most)
    soft = np.arange(lines) >= flat.hard
    positive = np.maximum(terms.coefficient, 0)
    most = totals(terms.line, positive, lines)
    least = totals(terms.line, terms.coefficient - positive, lines)
    limit = np.where(soft, most, flat.at_most - least)
    kept = np.ones(len(flat.origin), np.bool_)
    kept[terms.variable[terms.coefficient > limit[terms.line]]] = False
    flat.terms = terms.where((soft | (most > flat.at_most))[terms.line])
    flat.keep(kept)
    terms = flat.terms
    terms = terms.where(np.argsort(terms.line * len(flat.origin) + terms.variable, kind="stable"))
    copies, first = repeated(terms, flat.hard)
    np.minimum.at(flat.at_most, first, flat.at_most[copies])
    flat.at_most[copies] = 0
    kept = np.ones(lines, np.bool_)
    kept[copies] = False
    flat.terms = terms.where(kept[terms.line])


def _fix(flat: Flat) -> bool:
    """Lifts lines and cuts away what alone breaks one, as long as that goes on; False if that proves it impossible.

    In a *lifted* line every set's least coefficient is 0.
    """
    soft = np.arange(len(flat.at_most)) >= flat.hard
    while flat.sizes.all():
        _lift(flat)
        if (flat.at_most[: flat.hard] < 0).any():
            return False
        terms = flat.terms
        breaks = terms.coefficient > np.where(soft, LARGEST, flat.at_most)[terms.line]
        if not breaks.any():
            return True
        kept = np.ones(len(flat.origin), np.bool_)
        kept[terms.variable[breaks]] = False
        flat.keep(kept)
    return False


def _lift(flat: Flat) -> None:
    """Moves each set's least coefficient into `at_most`; only whole groups and those below 0 have another than 0."""
    groups = flat.groups()
    whole = groups.missing == 0
    moved = whole.copy()
    moved[np.searchsorted(groups.start, np.flatnonzero(flat.terms.coefficient < 0), side="right") - 1] = True
    chosen = np.flatnonzero(moved)
    least = groups.least(chosen)
    amount = np.zeros_like(groups.size)
    amount[chosen] = np.where(whole[chosen], least, np.minimum(least, 0))
    flat.shift(groups, amount)


def _strengthen(flat: Flat) -> None:
    """Smaller numbers with the same 0/1 points: what a line's other sets cannot use up is taken off both sides.

    `at_most` and what all sets can use fall together, so no set's share depends on those before it.
    Of a line that nothing can break nothing is left.
    """
    groups = flat.groups()
    greatest = groups.greatest()
    most = totals(groups.line, greatest, len(flat.at_most))
    spare = np.clip((flat.at_most - most)[groups.line] + greatest, 0, greatest)
    spare[groups.line >= flat.hard] = 0
    flat.terms = flat.terms.valued(np.maximum(flat.terms.coefficient - groups.each(spare), 0))
    flat.at_most = flat.at_most - totals(groups.line, spare, len(flat.at_most))


def _divide(flat: Flat) -> None:
    """Divides each hard line by what divides all its coefficients."""
    terms = flat.terms
    start = runs(terms.line)
    divisor = np.ones(len(flat.at_most), np.int64)
    divisor[terms.line[start]] = np.gcd.reduceat(terms.coefficient, start)
    divisor[flat.hard :] = 1
    flat.terms = terms.valued(terms.coefficient // divisor[terms.line])
    flat.at_most = flat.at_most // divisor


def _round_down(flat: Flat) -> None:
    """Lowers each `at_most` to the greatest sum that the line's sets can reach, where that is quick to count.

    A line where enough sets give 0 or 1 reaches every sum: the others are filled up with those.
    """
    lines = len(flat.at_most)
    start = runs(flat.terms.line)
    largest = np.zeros(lines, np.int64)
    largest[flat.terms.line[start]] = np.maximum.reduceat(flat.terms.coefficient, start)
    largest[flat.hard :] = 0
    terms = flat.terms.where((largest > 1)[flat.terms.line])
    groups = Groups(terms, flat.sizes)
    greatest = groups.greatest()
    most = totals(groups.line, greatest, lines)
    ones = totals(groups.line, (greatest == 1).astype(np.int64), lines)
    count = np.bincount(groups.line, minlength=lines)
    filled = (most - ones < flat.at_most) | (ones >= largest - 1)
    counted = ~filled & (flat.at_most <= COUNTED) & (count <= SETS_COUNTED)
    terms = terms.where(counted[terms.line])
    for line, steps in _steps(terms, Groups(terms, flat.sizes)):
        flat.at_most[line] = _reachable(int(flat.at_most[line]), steps)


def _steps(terms: Terms, groups: Groups) -> list[tuple[int, tuple[tuple[int, ...], ...]]]:
    """Each line's sets, as the coefficients that each can give, ascending."""
    keys = np.sort(groups.each(np.arange(len(groups.start))) * (COUNTED + 1) + terms.coefficient)
    keys = keys[runs(keys)]
    group, values = keys // (COUNTED + 1), (keys % (COUNTED + 1)).tolist()
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


def _soften(flat: Flat) -> Numbers:
    """Moves what is always exceeded into costs and constants; the most that is left for each excess."""
    terms, hard = flat.terms, flat.hard
    for limit, prices in zip(flat.at_most[hard:].tolist(), flat.prices, strict=True):
        for level, price in enumerate(prices):
            flat.constants[level] += price * max(0, -limit)
    limits = flat.at_most[hard:] = np.maximum(flat.at_most[hard:], 0)
    units = np.zeros_like(terms.coefficient)
    soft = terms.line >= hard
    units[soft] = np.maximum(terms.coefficient[soft] - limits[terms.line[soft] - hard], 0)
    _fold(flat, terms.where(units > 0), units[units > 0])
    flat.terms = terms.valued(terms.coefficient - units)
    groups = Groups(flat.terms.where(flat.terms.line >= hard), flat.sizes)
    uppers = totals(groups.line - hard, groups.greatest(), len(limits)) - limits
    idle = np.zeros(len(flat.at_most), np.bool_)
    idle[hard:] = uppers <= 0
    flat.terms = flat.terms.where(~idle[flat.terms.line])
    return uppers


def _fold(flat: Flat, terms: Terms, units: Numbers) -> None:
    """Adds so many units of each term's line to its variable's costs."""
    if not len(units):
        return
    prices = np.array(flat.prices, np.int64)[terms.line - flat.hard]
    for costs, price in zip(flat.costs, prices.T, strict=True):
        most = np.dot(np.abs(price, dtype=np.float64), units) + np.abs(costs, dtype=np.float64).max()
        if most >= LARGEST:
            raise too_large(int(most), LARGEST)
        np.add.at(costs, terms.variable, price * units)


def _thin(flat: Flat) -> None:
    """Takes a set's commonest coefficient off all its variables where that leaves the line fewer terms."""
    groups = flat.groups()
    chosen = np.flatnonzero(groups.size > groups.missing)
    size = groups.size[chosen]
    values = flat.terms.coefficient[ranges(groups.start[chosen], size)]
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
    flat.shift(groups, amount)
