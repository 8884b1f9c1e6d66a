"""A lower bound that needs no trust: Lagrange's, from any multipliers, in whole numbers.

Each line gets a multiplier y >= 0; adding y x (left side - at_most) to the level's cost can only
lower it, and what remains falls apart into sets, whose cheapest variables sum to a bound. However
wrong the multipliers are, the bound is right, since it is computed here exactly. The rest that
each variable costs above its set's cheapest is its *reduced cost*: no choice that takes it has a
value below bound + reduced cost.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from arshjul.solver.model.milp import Constraint, Model

SCALE = 10**6
"""Multipliers and reduced costs are whole multiples of 1 / SCALE."""


BARRED = 2**62
"""The scaled reduced cost of a variable that no choice takes, or more."""


@dataclass(frozen=True, slots=True)
class LagrangianBound:
    """A bound of a level and the reduced costs of all 0/1 variables, both times SCALE."""

    scaled_bound: int
    reduced: Sequence[int]

    @property
    def bound(self) -> int:
        """The least whole value that the level can have."""
        return -(-self.scaled_bound // SCALE)

    def reach(self, variable: int, value: int) -> bool:
        """Whether a choice of this value or better may take the variable."""
        return self.reduced[variable] <= value * SCALE - self.scaled_bound


def lagrangian_bound(
    model: Model,
    level: int,
    rows: Sequence[Constraint] = (),
    multipliers: Sequence[float] = (),
    barred: Collection[int] = (),
) -> LagrangianBound:
    """The bound that these multipliers of these rows prove; without any it is counting the cheapest.

    `barred` are 0/1 variables that no choice takes.
    """
    n = len(model.picks)
    reduced = [0] * len(model.uppers)
    for v, cost in model.costs[level].items():
        reduced[v] = cost * SCALE
    bound = model.constants[level] * SCALE
    for row, multiplier in zip(rows, multipliers, strict=True):
        y = round(multiplier * SCALE)
        if y > 0:
            bound -= y * row.at_most
            for v, c in row.terms.items():
                reduced[v] += y * c
    for v in barred:
        reduced[v] = BARRED
    for variables in model.sets:
        least = min(reduced[v] for v in variables)
        bound += least
        for v in variables:
            reduced[v] -= least
    for v in range(n, len(model.uppers)):
        bound += min(0, reduced[v]) * model.uppers[v]
    return LagrangianBound(bound, reduced[:n])


def counting_bound(model: Model, level: int) -> int:
    """The bound of a level that counting each set's cheapest variable gives."""
    return lagrangian_bound(model, level).bound
