"""The time for a solve, and how to solve: apart, since `solve` needs nothing else of planning."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

from arshjul import solver


@dataclass(frozen=True, slots=True)
class Effort:
    """The time for a solve, and how to solve.

    `progress` hears each better value or bound; `certifying` that a certificate begins, and its seconds at most.
    `bare`: the placements alone, without reasons, prices and checks, for plans that are counted and thrown away.
    """

    limit_s: float = 60
    seed: int = 0
    certify: bool = False
    progress: Callable[[solver.Progress], None] | None = None
    certifying: Callable[[float], None] | None = None
    bare: bool = False

    def since(self, started: float) -> "Effort":
        """The same with what is left of its time since that reading of `perf_counter`."""
        return replace(self, limit_s=max(0.0, self.limit_s - (perf_counter() - started)))
