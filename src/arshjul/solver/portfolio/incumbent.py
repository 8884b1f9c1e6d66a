"""What is known of one model's levels while a process of its own works on them.

Whoever works says each better plan and bound, so whatever becomes of it, what it came to is here.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from arshjul.errors import EngineFault, Message
from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.portfolio.primary import ProgressMessage, SearchResult, values_of
from arshjul.solver.search.lexicographic import LevelStatus


class Incumbent:
    """The best plan so far, as the variables that are 1, and the status of each level that was begun.

    `level` is the one that is searched now.
    """

    def __init__(self, model: Model, ones: list[int] | None) -> None:
        self.model = model
        self.ones = ones
        self.statuses: list[LevelStatus] = []
        self.level = -1
        self.began = time.monotonic()

    def hear(self, said: ProgressMessage) -> LevelStatus:
        """Takes in what the worker says; its level's new standing, with the seconds since it was begun."""
        if said.level == len(self.statuses):
            self.statuses.append(said.status)
        if said.level != self.level:  # a level that was cut off may be taken up again
            self.level, self.began = said.level, time.monotonic()
        if said.ones is not None:
            self.ones = said.ones
        status = replace(said.status, seconds=time.monotonic() - self.began)
        before = self.statuses[said.level]
        if before.bound > status.bound:  # proven under a cut that was no tighter, so it holds
            status.bound, status.by = before.bound, before.by
        self.statuses[said.level] = status
        return status

    def unsettled(self) -> list[LevelStatus]:
        """The statuses up to the first level that is not proven."""
        proven = next((k for k, status in enumerate(self.statuses) if not status.proven), len(self.statuses))
        return self.statuses[: proven + 1]

    def values(self) -> list[int] | None:
        """The values of all variables in the best plan."""
        return None if self.ones is None else values_of(self.model, self.ones)

    def value(self, level: int) -> int | None:
        """What the best plan costs on a level."""
        values = self.values()
        return None if values is None else self.model.value(level, values)

    def checked(self, result: SearchResult) -> SearchResult:
        """The worker's finish. EngineFault: it says that there is no plan, and one is known."""
        if result.impossible and self.ones is not None:
            raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
        return result

    def take(self, result: SearchResult) -> None:
        """Keeps what an engine came to that is gone on from."""
        if result.ones is not None:
            self.ones, self.statuses = result.ones, result.statuses
            self.level = -1

    def begin(self, halt: Callable[[], bool]) -> None:
        """Makes a greedy plan, if none is known."""
        if self.ones is None:
            plan = greedy(self.model, halt)
            self.ones = None if plan is None else ones_of(self.model, plan)

    def result(self) -> SearchResult:
        """How it stands, with what counting says of the levels that no engine came to."""
        if self.statuses and not self.statuses[-1].proven:
            self.statuses[-1].seconds = time.monotonic() - self.began
        values = self.values()
        if values is None:
            return SearchResult(self.statuses)
        for level in range(len(self.model.costs)):
            value = self.model.value(level, values)
            if level == len(self.statuses):
                self.statuses.append(LevelStatus(value, counting_bound(self.model, level), ("counting",)))
            self.statuses[level].value = value  # a later level may have bettered one that was cut off
        return SearchResult(self.statuses, self.ones)
