"""What a solve is bound to."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from arshjul.solver.parallel.worker import Worker
from arshjul.solver.search.lexicographic import LevelStatus

SMALLEST_S = 0.1

GRACE_S = 0.5
"""So long after the deadline one that ends by its own clock is waited for; what it said until then is known."""


@dataclass(slots=True)
class SolveContext:
    """Until when, from which seed, whether to end now, whom to tell, and where.

    `tell(component, level, status)` hears of every better value or bound. `spare` is a child that was
    started early, so that it is ready when a race begins.
    """

    deadline: float
    seed: int
    halt: Callable[[], bool]
    tell: Callable[[int, int, LevelStatus], None]
    executor: str = "processes"
    spare: Worker | None = None

    @property
    def left(self) -> float:
        """Seconds until the deadline, a little at least."""
        return max(SMALLEST_S, self.deadline - time.monotonic())

    def over(self) -> bool:
        """Whether to end, since the time is up or someone wants it."""
        return self.halt() or time.monotonic() >= self.deadline
