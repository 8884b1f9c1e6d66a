"""One level of a model under cuts, with its Lagrangian bound: what every search of it starts from."""

from collections.abc import Collection, Sequence
from uuid import uuid4

from arshjul.solver.model.bounds import LagrangianBound
from arshjul.solver.model.milp import LevelCut, Model
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.params import SolveParams


class Subproblem:
    """The level, its cuts, and the multipliers' bound and reduced costs.

    `seed` starts all random numbers, `unit` is how finely the level's costs are counted. `key` names
    the subproblem to a process that may have it already.
    """

    def __init__(
        self,
        restriction: Restriction,
        level: int,
        cuts: Sequence[LevelCut],
        duals: LagrangianBound,
        seed: int,
        unit: int = 1,
    ) -> None:
        self.restriction = restriction
        self.level = level
        self.cuts = tuple(cuts)
        self.duals = duals
        self.seed = seed
        self.unit = unit
        self.key = uuid4().hex

    @property
    def params(self) -> SolveParams:
        """Those of its restriction."""
        return self.restriction.params

    @property
    def model(self) -> Model:
        """The whole model."""
        return self.restriction.model

    def recombination(self, kept: Collection[int], free: Collection[int], breadth: int) -> Model:
        """The model of these variables, and for the free sets of so many beside on average that the LP likes best."""
        reduced, width = self.duals.reduced, self.width(free, breadth)
        allowed = [
            [v for v in variables if v in kept or (s in free and reduced[v] <= width)]
            for s, variables in enumerate(self.model.sets)
        ]
        return self.restriction.restricted(allowed)

    def width(self, sets: Collection[int], breadth: int) -> int:
        """The reduced cost up to which these sets have so many variables each on average; -1: they have none."""
        costs = sorted(self.duals.reduced[v] for s in sets for v in self.model.sets[s])
        return costs[min(breadth * len(sets), len(costs)) - 1] if costs else -1

    def ones(self, small: Model, values: Sequence[int]) -> list[int]:
        """The whole model's variables that a restriction's values say are 1."""
        number = self.restriction.number
        return [number[pick] for pick, one in zip(small.picks, values, strict=False) if one]
