"""The context of a solve: its deadline, seed, executor, parameters and callbacks."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from arshjul.solver.parallel.executors import never
from arshjul.solver.parallel.worker import Worker, give_back, take_spare
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.status import LevelStatus


@dataclass(slots=True)
class SolveContext:
    """A solve's deadline, seed, stop flag, callbacks and executor.

    `tell(component, level, status)` hears of every better value or bound. `spare` is a worker that is
    started before a primary needs one, since it takes half a second to import its engines.
    """

    deadline: float
    seed: int
    halt: Callable[[], bool] = never
    tell: Callable[[int, int, LevelStatus], None] = lambda _component, _level, _status: None
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

    def ready(self) -> None:
        """Takes a worker, where there is none yet, and room for a process."""
        if self.spare is None:
            with suppress(OSError):
                self.spare = take_spare()

    def close(self) -> None:
        """Leaves the worker to the next solve."""
        if self.spare is not None:
            give_back(self.spare)
            self.spare = None
