"""One level of a model under locks, as the LP sees it: what every search of it stands on."""

from collections.abc import Sequence
from uuid import uuid4

from arshjul.solver.duals import Duals
from arshjul.solver.engine import Lock
from arshjul.solver.model import Model
from arshjul.solver.restrict import Restrictor


class Ground:
    """The level, its locks, and the multipliers' bound and reduced costs.

    `seed` starts all random numbers. `key` names the ground to a process that may have it already;
    sent there it is the model alone, from which all else is made anew.
    """

    def __init__(self, restrictor: Restrictor, level: int, locks: Sequence[Lock], duals: Duals, seed: int) -> None:
        self.restrictor = restrictor
        self.level = level
        self.locks = tuple(locks)
        self.duals = duals
        self.seed = seed
        self.key = uuid4().hex

    @property
    def model(self) -> Model:
        """The whole model."""
        return self.restrictor.model

    def __getstate__(self) -> tuple[Model, int, tuple[Lock, ...], Duals, int, str]:
        return self.model, self.level, self.locks, self.duals, self.seed, self.key

    def __setstate__(self, state: tuple[Model, int, tuple[Lock, ...], Duals, int, str]) -> None:
        model, self.level, self.locks, self.duals, self.seed, self.key = state
        self.restrictor = Restrictor(model)
