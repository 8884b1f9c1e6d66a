"""Plans among the variables that LPs' optima take (relaxation enforced neighbourhood search, Berthold 2014).

All LPs of a tree and of its root's rounds of cuts give their variables, those of mere questions too: one plan takes
what no single optimum does. The engine searches in a thread of its own, beside the LPs that come next. It is waited for
after as many of these as its effort is worth, or when the tree ends its turn, so what comes out does not depend on who
was quicker.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.model.milp import Model
from arshjul.solver.search.level import SearchLevel, TimeSlice

EFFORT, MOST_EFFORT = 1.0, 4.0
"""Deterministic seconds of the first search and of the longest: after one that did not end comes twice as long a one.

With a fifth of a second the best plan comes ten nodes later; among 600 variables a search may take three to its end.
"""
LPS_A_SECOND = 12
"""LPs of a tree that take about as long as a deterministic second: after so many a search is waited for."""


class EnforcedNeighbourhoodSearch:
    """Searches what LPs took, again and again, while a `turn` lasts; without threads where it is heard."""

    def __init__(self, *, in_threads: bool) -> None:
        self.in_threads = in_threads
        self.taken: set[int] = set()
        self._least = self._effort = EFFORT
        self._due = self._idle = self._rest = 0
        self._asked: tuple[Model, Callable[[], EngineResult]] | None = None
        self._beside: ThreadPoolExecutor | None = None

    @contextmanager
    def turn(self, level: SearchLevel, turn: TimeSlice, effort: float = EFFORT) -> Iterator[None]:
        """A turn of the tree, whose searches have that effort at first, and after which none goes on."""
        self._least = self._effort = effort
        self._rest = self._idle = 0
        with ThreadPoolExecutor(1) as self._beside:
            yield
            self.hear(level, turn)

    def add(self, point: Iterable[int]) -> None:
        """Takes in the variables of an LP's optimum."""
        self.taken.update(point)

    def ask(self, level: SearchLevel, turn: TimeSlice, lps: int) -> None:
        """Begins a search, unless one goes on; after each one in vain it rests for twice as many nodes.

        `lps` are the LPs of the tree so far: at the same number of them a search is heard, however long it took.
        """
        if self._asked is not None and lps < self._due:
            return
        self.hear(level, turn)
        if self._rest:
            self._rest -= 1
            return
        kept = {*self.taken, *(level.present or ())}
        small, task = level.question(turn, [[v for v in own if v in kept] for own in level.model.sets], self._effort)
        if small.impossible:
            return
        self._due = lps + round(LPS_A_SECOND * self._effort)
        minimise = partial(level.handle.minimise, is_beside=True)
        if self.in_threads and self._beside is not None:
            self._asked = small, self._beside.submit(minimise, small, task).result
        else:
            self._asked = small, lambda: minimise(small, replace(task, limit_s=turn.left()))

    def hear(self, level: SearchLevel, turn: TimeSlice) -> None:
        """Waits for the search that was begun, if any, and keeps its plan if it is better."""
        if self._asked is None:
            return
        (small, answer), self._asked = self._asked, None
        if level.is_over(turn):
            level.handle.end()
            if not self.in_threads:
                return
        before = level.value
        outcome = answer()
        level.handle.spent += outcome.effort
        level.heed(small, outcome)
        ended = outcome.status in ("optimal", "infeasible")
        self._effort = self._least if ended else min(2 * self._effort, MOST_EFFORT)
        self._idle = 2 * self._idle + 1 if ended and level.value == before else 0
        self._rest = self._idle
