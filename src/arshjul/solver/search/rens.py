"""Plans among the variables that LPs' optima take (relaxation enforced neighbourhood search, Berthold 2014).

All LPs of a tree give their variables, those of mere questions too: one plan takes what no single optimum does. The
engine searches in a thread of its own, beside the LPs of the next node. It is waited for where the next such search is
due, or the tree ends its turn, so what comes out does not depend on who was quicker.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.model.milp import Model
from arshjul.solver.search.core import CoreSearch, Step

EFFORT = 1.0
"""Deterministic seconds of one search: with a fifth of it the best plan comes ten nodes later."""


class EnforcedNeighbourhoodSearch:
    """Searches what LPs took, again and again, while a `turn` lasts; without threads where it is heard."""

    def __init__(self, *, in_threads: bool) -> None:
        self.in_threads = in_threads
        self.taken: set[int] = set()
        self._idle = self._rest = 0
        self._asked: tuple[Model, Callable[[], EngineResult]] | None = None
        self._beside: ThreadPoolExecutor | None = None

    @contextmanager
    def turn(self, search: CoreSearch, step: Step) -> Iterator[None]:
        """A turn of the tree, after which no search goes on."""
        with ThreadPoolExecutor(1) as self._beside:
            yield
            self.hear(search, step)

    def add(self, point: Iterable[int]) -> None:
        """Takes in the variables of an LP's optimum."""
        self.taken.update(point)

    def ask(self, search: CoreSearch, step: Step) -> None:
        """Begins a search once the one before has ended; after each one in vain it rests for twice as many nodes."""
        self.hear(search, step)
        if self._rest:
            self._rest -= 1
            return
        kept = {*self.taken, *(search.present or ())}
        small, task = search.question(step, [[v for v in own if v in kept] for own in search.model.sets], EFFORT)
        if small.impossible:
            return
        if self.in_threads and self._beside is not None:
            self._asked = small, self._beside.submit(search.handle.minimise, small, task).result
        else:
            self._asked = small, lambda: search.handle.minimise(small, replace(task, limit_s=step.left()))

    def hear(self, search: CoreSearch, step: Step) -> None:
        """Waits for the search that was begun, if any, and keeps its plan if it is better."""
        if self._asked is None:
            return
        (small, answer), self._asked = self._asked, None
        if not search.lacks_proof(step):
            search.handle.end()
            if not self.in_threads:
                return
        before = search.value
        search.heed(step, small, answer())
        self._idle = 0 if search.value != before else 2 * self._idle + 1
        self._rest = self._idle
