"""A plan within tentative cuts, by neighbourhoods of all levels at once.

Where the LP is hard its optima are many, and the variables that they may take are most of the model: no core that an
engine soon searches through. A plan beyond the cuts is known, though, and the LP priced each unit beyond them. At that
price all levels make one, to which the LP's multipliers belong as they are; its neighbourhoods place what was left out
and mend the last level at the same time. One level after the other, the plan with the fewest points left out would be
the worst in quality.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from arshjul.errors import InputError
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.guards import guard_restrictions
from arshjul.solver.model.milp import Model, rows_of
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.search.core import CoreSearch, Step
from arshjul.solver.search.lns import NeighbourhoodSearch
from arshjul.solver.search.subproblem import Subproblem

EFFORT, TURN = 16.0, 0.25
"""Deterministic seconds in all, and between two looks whether the cuts are kept: years took 2 to 6."""


def descend(
    search: CoreSearch,
    step: Step,
    plan: Sequence[int],
    price: int,
    multipliers: Sequence[float],
    barred: Collection[int],
) -> list[int]:
    """The best plan by all levels at once, each but the search's own at that price; within its cuts the search has it.

    `multipliers` are those of the rows of the search's model.
    """
    model, subproblem = _as_one(search.model, search.subproblem.level, price), search.subproblem
    try:
        guard_restrictions(model)
    except InputError:  # the numbers of all levels in one are too large
        return list(plan)
    duals = lagrangian_bound(model, 0, rows_of(model, ()), multipliers, barred)
    restriction = Restriction(model, subproblem.params)
    found = NeighbourhoodSearch(Subproblem(restriction, 0, (), duals, subproblem.seed), plan, search.handle)
    left = EFFORT
    while left > 0 and step.left() > 0 and not search.is_within_cuts(found.present):
        before = search.handle.spent
        found.run(TURN, step.left())
        left -= max(TURN, search.handle.spent - before)
    if search.is_within_cuts(found.present):
        search.take(step, found.present)
    return found.present


def _as_one(model: Model, last: int, price: int) -> Model:
    """The model with one level: the last one, and those before it at that price a unit."""
    weights = [*[price] * last, 1]
    costs: dict[int, int] = {}
    for weight, of_level in zip(weights, model.costs, strict=True):
        for v, cost in of_level.items():
            costs[v] = costs.get(v, 0) + weight * cost
    return replace(
        model,
        costs=[costs],
        constants=[_sum(weights, model.constants)],
        soft_constraints=[replace(soft, prices=[_sum(weights, soft.prices)]) for soft in model.soft_constraints],
    )


def _sum(weights: Sequence[int], values: Sequence[int]) -> int:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))
