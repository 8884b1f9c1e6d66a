"""One level of a model under locks, as the LP sees it: what every search of it stands on."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from arshjul.solver.duals import Duals
from arshjul.solver.engine import Lock
from arshjul.solver.model import Model
from arshjul.solver.restrict import Restrictor


class Ground:
    """The level, its locks, and the multipliers' bound and reduced costs.

    `seed` starts all random numbers, `unit` is how finely the level's costs are counted. `key` names
    the ground to a process that may have it already; sent there the model goes without its restrictor.
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

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"restrictor": self.model}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, restrictor=Restrictor(state["restrictor"]))
