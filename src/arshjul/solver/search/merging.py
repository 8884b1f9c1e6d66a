"""Neighbouring levels of small values, searched as one that orders plans in the same way.

`weight x former + later` does, where the later level differs by less than the weight. Searched apart, the former
level's plan may be far from the best on the later one, and a cut of the later level that is a unit too low is refuted
only by long searches. Levels with priced rows, or with values so large that the LP would lose its precision, stay
apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.milp import Constraint, Model, SoftConstraint
from arshjul.solver.search.status import LevelStatus

MOST_WEIGHT = 1000
"""The largest weight: an LP that is solved to seven digits still tells a unit of the later level."""
MOST_PRICED = 0.1
"""The largest share of options that a former level prices: where it prices few, its search has nothing to go by."""


@dataclass(frozen=True, slots=True)
class Merging:
    """A model's level `former` and the next one as one, of which a unit of the former counts `weight`.

    `least` is the least value of the later level. `weight` 0: nothing is merged.
    """

    whole: Model
    former: int = 0
    weight: int = 0
    least: int = 0

    @property
    def model(self) -> Model:
        """The model with the two levels as one."""
        if not self.weight:
            return self.whole
        whole, k = self.whole, self.former
        costs = {v: self.weight * cost for v, cost in whole.costs[k].items()}
        for v, cost in whole.costs[k + 1].items():
            costs[v] = costs.get(v, 0) + cost
        constant = self.weight * whole.constants[k] + whole.constants[k + 1]
        return replace(
            whole,
            costs=[*whole.costs[:k], costs, *whole.costs[k + 2 :]],
            constants=[*whole.constants[:k], constant, *whole.constants[k + 2 :]],
            soft_constraints=[
                SoftConstraint(soft.line, [*soft.prices[:k], 0, *soft.prices[k + 2 :]], soft.excess)
                for soft in whole.soft_constraints
            ],
        )

    def is_at(self, level: int) -> bool:
        """True if that level of the merged model stands for two."""
        return self.weight > 0 and level == self.former

    @property
    def least_former(self) -> int:
        """The least value of the former level."""
        return counting_bound(self.whole, self.former)

    def former_alone(self, model: Model) -> Model:
        """The merged model, which may have joined constraints, with the former level alone in place of the two."""
        k = self.former
        costs, constants = [*model.costs[:k], self.whole.costs[k]], [*model.constants[:k], self.whole.constants[k]]
        return replace(model, costs=costs, constants=constants)

    def floor(self, least: int) -> Constraint:
        """No plan is below this value of the former level."""
        k = self.former
        return Constraint({v: -cost for v, cost in self.whole.costs[k].items()}, self.whole.constants[k] - least)

    def apart(self, level: int, status: LevelStatus, values: Sequence[int] | None) -> list[tuple[int, LevelStatus]]:
        """The statuses of the whole model's levels that a level of the merged model stands for, with their numbers.

        `values` is the best plan. The later level's bound holds at the former one's value, as bounds of levels do.
        """
        k = self.former
        if not self.weight or level < k:
            return [(level, status)]
        if level > k:
            return [(level + 1, status)]
        bound = -(-(status.bound - self.least - self.weight + 1) // self.weight)
        if values is None or status.value is None:
            return [(k, replace(status, value=None, bound=bound))]
        value = self.whole.value(k, values)
        later = replace(status, value=status.value - self.weight * value, bound=self.least, by=("counting",))
        if value == bound and (more := status.bound - self.weight * value) > self.least:
            later = replace(later, bound=more, by=status.by)
        return [(k, replace(status, value=value, bound=bound)), (k + 1, later)]

    def together(self, statuses: Sequence[LevelStatus]) -> list[LevelStatus]:
        """The statuses of the merged model's levels, from those of the whole model's first levels."""
        k = self.former
        if not self.weight or len(statuses) <= k:
            return list(statuses)
        former, later = statuses[k], statuses[k + 1] if len(statuses) > k + 1 else None
        holds = later is not None and later.bound > self.least and former.proven
        bound = self.weight * former.bound + (later.bound if later is not None and holds else self.least)
        value = None
        if former.value is not None and later is not None and later.value is not None:
            value = self.weight * former.value + later.value
        one = replace(former, value=value, bound=bound, by=later.by if later is not None and holds else former.by)
        return [*statuses[:k], one, *statuses[k + 2 :]]


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
            return Merging(model, k, span + 1, least)
    return Merging(model)


def _priced(model: Model, level: int) -> float:
    """The share of variables that cost more than the cheapest of their set."""
    costs = model.costs[level]
    dearer = 0
    for variables in model.sets:
        least = min(costs.get(v, 0) for v in variables)
        dearer += sum(costs.get(v, 0) > least for v in variables)
    return dearer / len(model.picks)


def _most(model: Model, level: int) -> int:
    """The sum of each set's dearest variable."""
    costs = model.costs[level]
    return model.constants[level] + sum(max(costs.get(v, 0) for v in variables) for variables in model.sets)
