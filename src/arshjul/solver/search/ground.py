"""One level of a model under locks, as the LP sees it: what every search of it stands on."""

from collections.abc import Collection, Sequence
from uuid import uuid4

from arshjul.solver.modelling.duals import Duals
from arshjul.solver.modelling.model import Lock, Model
from arshjul.solver.modelling.restrict import Restrictor


class Ground:
    """The level, its locks, and the multipliers' bound and reduced costs.

    `seed` starts all random numbers, `unit` is how finely the level's costs are counted. `key` names
    the ground to a process that may have it already.
    """

    def __init__(
        self, restrictor: Restrictor, level: int, locks: Sequence[Lock], duals: Duals, seed: int, unit: int = 1
    ) -> None:
        self.restrictor = restrictor
        self.level = level
        self.locks = tuple(locks)
        self.duals = duals
        self.seed = seed
        self.unit = unit
        self.key = uuid4().hex

    @property
    def model(self) -> Model:
        """The whole model."""
        return self.restrictor.model

    def mixed(self, kept: Collection[int], free: Collection[int], breadth: int) -> Model:
        """The model of these variables, and for the free sets of so many beside on average that the LP likes best."""
        reduced, sets = self.duals.reduced, self.model.sets
        costs = sorted(reduced[v] for s in free for v in sets[s])
        width = costs[min(breadth * len(free), len(costs)) - 1] if costs else -1
        allowed = [
            [v for v in variables if v in kept or (s in free and reduced[v] <= width)]
            for s, variables in enumerate(sets)
        ]
        return self.restrictor.restricted(allowed)
