"""The context of a solve: its deadline, seed, executor, parameters and callbacks."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from arshjul.solver.parallel.executors import never
from arshjul.solver.parallel.process_pool import ProcessPool, give_back, take_kept
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.known import Known
from arshjul.solver.search.lexicographic import LEAST_S


@dataclass(slots=True)
class SolveContext:
    """A solve's deadline, seed, stop flag, callbacks and executor.

    `tell(component, level, known)` is called with every better plan or bound, and the level at hand.
    """

    deadline: float
    seed: int
    halt: Callable[[], bool] = never
    tell: Callable[[int, int, Known], None] = lambda _component, _level, _known: None
    executor: str = "processes"
    params: SolveParams = DEFAULT
    _own: list[ProcessPool] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Seconds until the deadline, at least `LEAST_S`."""
        return max(LEAST_S, self.deadline - time.monotonic())

    def over(self) -> bool:
        """True once time is up, or the solve was asked to end."""
        return self.halt() or time.monotonic() >= self.deadline

    def own_pool(self) -> ProcessPool:
        """A pool of one process, which takes half a second to import its engines, so it is better requested early."""
        if not self._own:
            self._own.append(take_kept())
        return self._own[0]

    def close(self) -> None:
        """Leaves the process to the next solve."""
        while self._own:
            give_back(self._own.pop())
