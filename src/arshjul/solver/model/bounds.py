"""Lagrangian lower bounds and reduced costs, exact in whole numbers.

Relaxing each constraint with a multiplier y >= 0 and adding y x (left side - limit) to the level's cost can only lower
it; the rest separates into the sets, whose cheapest variables sum to a bound (Geoffrion, "Lagrangean relaxation for
integer programming", 1974). The multipliers come from an LP in floating point, but the bound is computed from them
exactly, so it holds whatever they are. A variable's *reduced cost* is its cost above its set's cheapest: no plan that
takes it is worth less than bound + reduced cost, which is the basis of reduced-cost fixing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from arshjul.solver.model.milp import Constraint, Model

SCALE = 10**6
"""Multipliers and reduced costs are whole multiples of 1 / SCALE."""
BARRED = 2**62
"""The least scaled reduced cost of a variable that no choice takes."""


@dataclass(frozen=True, slots=True)
class LagrangianBound:
    """A bound of a level and the reduced costs of all 0/1 variables, both times SCALE."""

    scaled_bound: int
    reduced: Sequence[int]

    @property
    def bound(self) -> int:
        return -(-self.scaled_bound // SCALE)

    def reach(self, variable: int, value: int) -> bool:
        """True if a choice of this value or better may take the variable."""
        return self.reduced[variable] <= value * SCALE - self.scaled_bound


def lagrangian_bound(
    model: Model,
    level: int,
    rows: Sequence[Constraint] = (),
    multipliers: Sequence[float] = (),
    barred: Collection[int] = (),
) -> LagrangianBound:
    """The bound that these multipliers of these rows prove; without any, the sum of each set's cheapest variable.

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
    return lagrangian_bound(model, level).bound
