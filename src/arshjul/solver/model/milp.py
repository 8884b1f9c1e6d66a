"""A mixed-integer linear model of a board, in lists of whole numbers.

Each activity is one set of 0/1 variables of which exactly one is 1 (a special ordered set of type 1); staying unplaced
is one of them. Hard requirements are linear constraints; the excess over a priced limit is an integer variable
numbered after all 0/1 ones. A model whose numbers engines are known to get wrong is refused.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from arshjul.errors import InputError, Message

Pick = tuple[int, int | None]
"""An activity's number and its option's; None for staying unplaced."""

LevelCut = tuple[int, int]
"""A level's number, and its largest allowed value."""


@dataclass(slots=True)
class Constraint:
    """sum of coefficient x variable <= at_most; each variable occurs once, and no coefficient is 0."""

    terms: dict[int, int]
    at_most: int


@dataclass(slots=True)
class SoftConstraint:
    """A constraint whose excess costs `prices` a unit, one for each level. `excess` is its variable."""

    line: Constraint
    prices: list[int]
    excess: int = -1


@dataclass(slots=True)
class Model:
    """A linear 0/1 model of a board.

    Variables are numbered: first the 0/1 ones, as many as `picks`, then the excesses; all run from 0 to their `uppers`.
    `sets[i]` are the variables of activity i. `costs` has a mapping from variable to cost for each level, `constants`
    the fixed cost of each level. `stands_for` gives the variable that replaced a pick which was removed as equal or
    worse. `impossible`: the translation itself proved that no choice meets the hard constraints.
    """

    picks: list[Pick] = field(default_factory=list)
    sets: list[list[int]] = field(default_factory=list)
    uppers: list[int] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    soft_constraints: list[SoftConstraint] = field(default_factory=list)
    costs: list[dict[int, int]] = field(default_factory=list)
    constants: list[int] = field(default_factory=list)
    stands_for: dict[Pick, int] = field(default_factory=dict)
    impossible: bool = False

    def value(self, level: int, values: Sequence[int]) -> int:
        return self.constants[level] + sum(cost * values[v] for v, cost in self.costs[level].items())

    def unit(self, level: int) -> int:
        """Greatest common divisor of a level's costs: 100 where they are counted in hundredths."""
        return math.gcd(*self.costs[level].values(), *(soft.prices[level] for soft in self.soft_constraints)) or 1

    def keeps(self, values: Sequence[int], cuts: Iterable[tuple[int, int]] = ()) -> bool:
        """True if these values keep every set, every constraint and the cuts, by plain arithmetic."""
        return (
            all(sum(values[v] for v in variables) == 1 for variables in self.sets)
            and all(0 <= value <= upper for value, upper in zip(values, self.uppers, strict=True))
            and all(sum(c * values[v] for v, c in row.terms.items()) <= row.at_most for row in rows_of(self))
            and all(self.value(level, values) <= value for level, value in cuts)
        )

    def has_excess(self, line: Constraint) -> bool:
        return any(v >= len(self.picks) for v in line.terms)

    def with_excesses(self, values: list[int]) -> list[int]:
        """The values with each excess as small as its constraint allows, in place."""
        for soft in self.soft_constraints:
            values[soft.excess] = 0
            total = sum(c * values[v] for v, c in soft.line.terms.items())
            values[soft.excess] = max(0, total - soft.line.at_most)
        return values


def reweighted(model: Model, weights: Sequence[Mapping[int, int]]) -> Model:
    """The model with other levels: each new one is a sum of old ones, given by their numbers, at these weights."""

    def totals(of_levels: Sequence[int]) -> list[int]:
        return [sum(weight * of_levels[k] for k, weight in parts.items()) for parts in weights]

    costs = [_total_costs(model.costs, parts) for parts in weights]
    soft_constraints = [replace(soft, prices=totals(soft.prices)) for soft in model.soft_constraints]
    return replace(model, costs=costs, constants=totals(model.constants), soft_constraints=soft_constraints)


def _total_costs(costs: Sequence[dict[int, int]], parts: Mapping[int, int]) -> dict[int, int]:
    if list(parts.values()) == [1]:
        return costs[next(iter(parts))]
    sums: dict[int, int] = defaultdict(int)
    for k, weight in parts.items():
        for v, cost in costs[k].items():
            sums[v] += weight * cost
    return dict(sums)


class ModelIndex:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.index = {pick: v for v, pick in enumerate(model.picks)} | model.stands_for
        self.soft_constraints: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, soft in enumerate(model.soft_constraints):
            for v, c in soft.line.terms.items():
                if v != soft.excess:
                    self.soft_constraints[v].append((number, c))

    def ones(self, picks: Iterable[Pick]) -> list[int] | None:
        """The variables of these picks, or of their replacements; None: one has none."""
        ones = [self.index.get(pick, -1) for pick in picks]
        return None if -1 in ones else ones

    def of(self, picks: Iterable[Pick]) -> list[int] | None:
        ones = self.ones(picks)
        return None if ones is None else self.values(ones)

    def values(self, ones: Iterable[int]) -> list[int]:
        """The values of all variables if these are 1, excesses as small as possible."""
        values = [0] * len(self.model.uppers)
        for v, value in self._taken(ones).items():
            values[v] = value
        return values

    def worth(self, ones: Iterable[int]) -> tuple[int, ...]:
        taken = self._taken(ones)
        levels = zip(self.model.constants, self.model.costs, strict=True)
        return tuple(base + sum(costs.get(v, 0) * value for v, value in taken.items()) for base, costs in levels)

    def _taken(self, ones: Iterable[int]) -> dict[int, int]:
        taken = dict.fromkeys(ones, 1)
        totals = [-soft.line.at_most for soft in self.model.soft_constraints]
        for v in taken:
            for number, c in self.soft_constraints.get(v, ()):
                totals[number] += c
        for soft, total in zip(self.model.soft_constraints, totals, strict=True):
            taken[soft.excess] = max(0, total)
        return taken


def floor_of(model: Model, level: int, least: int) -> Constraint:
    """No plan is below this value of the level, which has no priced excess."""
    return Constraint({v: -cost for v, cost in model.costs[level].items()}, model.constants[level] - least)


def rows_of(model: Model, cuts: Sequence[LevelCut] = ()) -> list[Constraint]:
    """All constraints of the LP without the sets: hard ones, soft ones with their excess, cuts."""
    locked = [Constraint(model.costs[level], value - model.constants[level]) for level, value in cuts]
    return [*model.constraints, *(soft.line for soft in model.soft_constraints), *locked]


SIZE_LIMIT = 2**31
"""Coefficients of this size or more have given certified wrong optima in CP-SAT 9.15 (issue 5293)."""
SUM_LIMIT = 2**52
"""Sums of this size or more are not whole in floating point, in which engines give bounds."""


def largest(model: Model) -> int:
    all_terms = (*(row.terms for row in rows_of(model)), *model.costs)
    return max((max(map(abs, terms.values())) for terms in all_terms if terms), default=0)


def guard_sizes(model: Model) -> None:
    """InputError if the model has numbers or sums that an engine may get wrong.

    The reader of board files keeps each number below 2^31; presolve may exceed that, as with prices x excess.
    """
    size = largest(model)
    _guard(size, SIZE_LIMIT)
    uppers, most = model.uppers, max(model.uppers, default=0)
    for terms in (*(row.terms for row in rows_of(model)), *model.costs):
        if len(terms) * size * most >= SUM_LIMIT:  # only then can the sum be too large
            _guard(sum(abs(c) * uppers[v] for v, c in terms.items()), SUM_LIMIT)


def guard_restrictions(model: Model) -> None:
    """InputError if the model, or a restriction of it, may have numbers that `guard_sizes` refuses.

    A restriction may charge a variable for all that it adds to priced constraints, or subtract a least coefficient.
    """
    guard_sizes(model)
    charges: list[dict[int, int]] = [dict(costs) for costs in model.costs]
    for soft in model.soft_constraints:
        own = {v: c for v, c in soft.line.terms.items() if v != soft.excess}
        span = _span(own)
        for charge, price in zip(charges, soft.prices, strict=True):
            if price:
                for v in own:
                    charge[v] = abs(charge.get(v, 0)) + price * span
    worst = (max(map(abs, charge.values()), default=0) for charge in charges)
    _guard(max((*worst, *(_span(line.terms) for line in model.constraints))), SIZE_LIMIT)


def _span(terms: dict[int, int]) -> int:
    return max(0, max(terms.values(), default=0)) - min(0, min(terms.values(), default=0))


def _guard(size: int, limit: int) -> None:
    if size >= limit:
        raise too_large(size, limit)


def too_large(size: int, limit: int) -> InputError:
    text = Message(
        "Costs, prices and coefficients come to {size}, not below {limit}: use larger units.",
        {"size": size, "limit": limit},
    )
    return InputError(text)
