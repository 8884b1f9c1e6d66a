"""Neighbouring levels of small values, searched as one that orders plans in the same way.

`weight x former + later` does, where the later level differs by less than the weight. Searched apart, a cut of the
later level that is a unit too low is refuted only by long searches. Levels with priced rows, or with values so large
that the LP would lose its precision, stay apart.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from arshjul.errors import InputError
from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.milp import Model, ModelIndex, guard_restrictions, reweighted
from arshjul.solver.search.known import Bound, Known, incumbent_of

UNLIMITED = 2**62
"""In place of a cut that a bound does not suppose."""
MOST_WEIGHT = 1000
"""The largest weight: an LP that is solved to seven digits still tells a unit of the later level."""
MOST_PRICED = 0.1
"""The largest share of options that a former level prices: where it prices few, its search has nothing to go by."""


@dataclass(frozen=True)
class Merging:
    """A model's level `former` and the next one as one, of which a unit of the former counts `weight`.

    `least` is the least value of the later level. `weight` 0: nothing is merged.
    """

    whole: Model
    former: int = 0
    weight: int = 0
    least: int = 0

    @cached_property
    def model(self) -> Model:
        if not self.weight:
            return self.whole
        k, levels = self.former, [{level: 1} for level in range(len(self.whole.costs))]
        return reweighted(self.whole, [*levels[:k], {k: self.weight, k + 1: 1}, *levels[k + 2 :]])

    def first_of(self, level: int) -> int:
        """The number of the whole model's first level that this one of the merged model stands for."""
        return level + 1 if self.weight and level > self.former else level

    def is_at(self, level: int) -> bool:
        """True if that level of the merged model stands for two."""
        return self.weight > 0 and level == self.former

    @cached_property
    def _index(self) -> ModelIndex:
        return ModelIndex(self.whole)

    def former_alone(self, model: Model) -> Model:
        """The merged model, which may have joined constraints, with the former level alone in place of the two."""
        whole = replace(self.whole, constraints=model.constraints)
        return reweighted(whole, [{level: 1} for level in range(self.former + 1)])

    def apart(self, known: Known) -> Known:
        """Knowledge of the whole model's levels, from that of the merged model."""
        if not self.weight:
            return known
        bounds = tuple(bound for merged in known.bounds for bound in self._apart(merged))
        plan = None if known.plan is None else incumbent_of(self._index, known.plan.ones)
        return Known(bounds, plan, known.contradiction)

    def _apart(self, bound: Bound) -> Iterator[Bound]:
        k, least = self.former, bound.least
        if bound.level < k:
            yield bound
        elif bound.level == k:
            former = -(-(least - self.least - self.weight + 1) // self.weight)
            yield replace(bound, least=former)
            later = least - self.weight * former  # of plans with no more than that of the former level
            unlimited = [UNLIMITED] * (k - len(bound.within))
            yield Bound(k + 1, max(later, self.least), (*bound.within, *unlimited, former), bound.by)
            yield Bound(k + 1, self.least)
        elif len(bound.within) <= k:
            yield replace(bound, level=bound.level + 1)
        else:
            former, later = self._parts(bound.within[k])
            yield replace(
                bound, level=bound.level + 1, within=(*bound.within[:k], former, later, *bound.within[k + 1 :])
            )

    def _parts(self, value: int) -> tuple[int, int]:
        former = (value - self.least) // self.weight
        return former, value - self.weight * former

    def together(self, known: Known) -> Known:
        if not self.weight:
            return known
        bounds = tuple(merged for bound in known.bounds for merged in self._together(bound, known.bounds))
        plan = None if known.plan is None else incumbent_of(ModelIndex(self.model), known.plan.ones)
        return Known(bounds, plan, known.contradiction)

    def _together(self, bound: Bound, others: Sequence[Bound]) -> Iterator[Bound]:
        """The bounds of merged levels that follow from one of the whole model's; those after both levels are left."""
        k = self.former
        if bound.level < k:
            yield bound
        elif bound.level == k:
            above = self.weight * (bound.least + 1) + self.least  # of plans that have more of the former level
            yield replace(bound, least=above - self.weight)
            for later in others:
                if later.level == k + 1 and len(later.within) == k + 1 and later.within[k] >= bound.least:
                    within = tuple(map(min, zip_longest(bound.within, later.within[:k], fillvalue=UNLIMITED)))
                    least = self.weight * bound.least + max(later.least, self.least)
                    yield Bound(k, min(least, above), within, later.by)


def merging(model: Model) -> Merging:
    """The two levels before the last one as one, if they can be merged."""
    k = len(model.costs) - 3
    if (
        k >= 0
        and _priced(model, k) <= MOST_PRICED
        and not any(any(soft.prices[k:-1]) for soft in model.soft_constraints)
    ):
        least = counting_bound(model, k + 1)
        if 0 < (span := _most(model, k + 1) - least) < MOST_WEIGHT:
            merged = Merging(model, k, span + 1, least)
            with suppress(InputError):  # where both in one are too large for an engine they stay apart
                guard_restrictions(replace(merged.model, constraints=[], soft_constraints=[]))
                return merged
    return Merging(model)


def _priced(model: Model, level: int) -> float:
    costs = model.costs[level]
    dearer = 0
    for variables in model.sets:
        least = min(costs.get(v, 0) for v in variables)
        dearer += sum(costs.get(v, 0) > least for v in variables)
    return dearer / len(model.picks)


def _most(model: Model, level: int) -> int:
    costs = model.costs[level]
    return model.constants[level] + sum(max(costs.get(v, 0) for v in variables) for variables in model.sets)
