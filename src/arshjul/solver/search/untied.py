"""The best plan of a model that no constraint ties together, without a search."""

from arshjul.solver.model.milp import Model
from arshjul.solver.search.status import LevelStatus, SearchResult


def untied_best(model: Model) -> SearchResult | None:
    """The best plan, in which each set has its cheapest variable, level by level; None if there is a constraint.

    Most operations of a replan are held, so on its small board often nothing is left to be searched.
    """
    if model.constraints or model.soft_constraints:
        return None
    ones = [min(variables, key=lambda v: [costs.get(v, 0) for costs in model.costs]) for variables in model.sets]
    sums = zip(model.constants, model.costs, strict=True)
    values = [constant + sum(costs.get(v, 0) for v in ones) for constant, costs in sums]
    return SearchResult(tuple(LevelStatus(value, value, ("counting",)) for value in values), tuple(sorted(ones)))
