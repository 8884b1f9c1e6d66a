"""The best plan and the levels' statuses of one model, kept here whatever becomes of the worker that reports them."""

import time
from collections.abc import Callable
from dataclasses import replace

from arshjul.errors import EngineFault, Message
from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.portfolio.primary import ProgressMessage, SearchResult, values_of
from arshjul.solver.search.status import LevelStatus


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

    def hear(self, message: ProgressMessage) -> LevelStatus:
        """Takes in what the worker says; its level's new status, with the seconds since it was begun."""
        if message.level == len(self.statuses):
            self.statuses.append(message.status)
        if message.level != self.level:  # a level that was cut off may be taken up again
            self.level, self.began = message.level, time.monotonic()
        if message.ones is not None:
            self.ones = message.ones
        status = replace(message.status, seconds=time.monotonic() - self.began)
        before = self.statuses[message.level]
        if before.bound > status.bound:  # proven under a cut that was no tighter, so it holds
            status.bound, status.by = before.bound, before.by
        self.statuses[message.level] = status
        return status

    def unsettled(self) -> list[LevelStatus]:
        """The statuses up to the first level that is not proven."""
        proven = next((k for k, status in enumerate(self.statuses) if not status.proven), len(self.statuses))
        return self.statuses[: proven + 1]

    def values(self) -> list[int] | None:
        """The values of all variables in the best plan."""
        return None if self.ones is None else values_of(self.model, self.ones)

    def value(self, level: int) -> int | None:
        """The cost of the best plan on a level."""
        values = self.values()
        return None if values is None else self.model.value(level, values)

    def checked(self, result: SearchResult) -> SearchResult:
        """The worker's result, checked. EngineFault: it says that there is no plan, and one is known."""
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
        """The result so far, with the counting bound for levels that no engine came to."""
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
