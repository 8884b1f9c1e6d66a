"""The time for a solve and the way to solve, in a file of its own since `solve` needs nothing else of planning."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TypeVar

from arshjul import solver

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Effort:
    """The time for a solve, and how to solve.

    `progress` is called with each better value or bound; `certifying` when a certificate begins, with its most seconds.
    `bare`: the placements alone, without reasons, prices and checks, for plans that are only counted.
    """

    limit_s: float = 60
    seed: int = 0
    certify: bool = False
    progress: Callable[[solver.Progress], None] | None = None
    certifying: Callable[[float], None] | None = None
    bare: bool = False

    def since(self, started: float) -> "Effort":
        """The same with the time left since that reading of `perf_counter`."""
        return replace(self, limit_s=max(0.0, self.limit_s - (perf_counter() - started)))

    def each(
        self, things: Sequence[Thing], started: float, told: Callable[[int, int], None] | None
    ) -> "Iterator[tuple[Thing, Effort]]":
        """With the time left then, until there is none. `told` hears how many are done, of how many."""
        for n, thing in enumerate(things):
            if told is not None:
                told(n, len(things))
            left = self.since(started)
            if not left.limit_s:
                return
            yield thing, left
