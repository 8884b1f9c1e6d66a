"""The context of a solve: its deadline, seed, executor, parameters and callbacks."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from arshjul.solver.parallel.worker import Worker
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.status import LevelStatus


@dataclass(slots=True)
class SolveContext:
    """A solve's deadline, seed, stop flag, callbacks and executor.

    `tell(component, level, status)` hears of every better value or bound. `spare` is a worker that was
    started early, so that it is ready when a primary begins.
    """

    deadline: float
    seed: int
    halt: Callable[[], bool]
    tell: Callable[[int, int, LevelStatus], None]
    executor: str = "processes"
    spare: Worker | None = None
    params: SolveParams = DEFAULT

    @property
    def left(self) -> float:
        """Seconds until the deadline, a little at least."""
        return max(self.params.levels.least_s, self.deadline - time.monotonic())

    def over(self) -> bool:
        """True once the time is up, or the solve was asked to end."""
        return self.halt() or time.monotonic() >= self.deadline
