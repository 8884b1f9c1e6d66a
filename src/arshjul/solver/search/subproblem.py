"""One level of a model under cuts, with its Lagrangian bound: the starting point of every search of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from arshjul.solver.model.bounds import LagrangianBound
from arshjul.solver.model.milp import LevelCut, Model
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.params import SolveParams


@dataclass(frozen=True, slots=True)
class Subproblem:
    """The level, its cuts, and the bound and reduced costs of its multipliers.

    `seed` starts all random numbers, `unit` is how finely the level's costs are counted.
    """

    restriction: Restriction
    level: int
    cuts: tuple[LevelCut, ...]
    duals: LagrangianBound
    seed: int
    unit: int = 1

    @property
    def params(self) -> SolveParams:
        """The parameters of its restriction."""
        return self.restriction.params

    @property
    def model(self) -> Model:
        """The whole model."""
        return self.restriction.model

    def recombination(self, kept: Collection[int], free: Collection[int], breadth: int) -> Model:
        """The model of the `kept` variables, and of those with the smallest reduced costs in the `free` sets.

        `breadth` is how many of these a free set has on average.
        """
        reduced, width = self.duals.reduced, self.width(free, breadth)
        allowed = [
            [v for v in variables if v in kept or (s in free and reduced[v] <= width)]
            for s, variables in enumerate(self.model.sets)
        ]
        return self.restriction.restricted(allowed)

    def width(self, sets: Collection[int], breadth: int) -> int:
        """The reduced cost up to which these sets have `breadth` variables each on average; -1: they have none."""
        costs = sorted(self.duals.reduced[v] for s in sets for v in self.model.sets[s])
        return costs[min(breadth * len(sets), len(costs)) - 1] if costs else -1

    def ones(self, small: Model, values: Sequence[int]) -> list[int]:
        """The whole model's variables that are 1 by a restriction's values."""
        number = self.restriction.number
        return [number[pick] for pick, one in zip(small.picks, values, strict=False) if one]
