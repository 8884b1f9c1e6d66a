"""Plans that need no LP and no engine, made in a thread beside the search: there is one within the first second.

The search itself takes no more of them than a fixed number of tries, since it must come to the same plan whoever is
quicker. What is found later is told, and counts where time ends before the search has found anything as good.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from threading import Event

from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.model.presolve import Restriction
from arshjul.solver.search.known import Incumbent, Known, counted, incumbent_of
from arshjul.solver.search.local_search import TRIES, EjectionSearch

GREEDY_S, QUIET_S, LATE_S, LOOK_S = 0.5, 1.0, 5.0, 0.05
"""CPU seconds of the process before the greedy plan is made, unless the model is large; before it is bettered, as most
boards are proven by then; before that goes on where it brings little; and seconds between two looks. What the search
asks for is made at once, and a greedy plan that leaves out what is to go first is bettered at once."""
LARGE = 10_000
"""0/1 variables of a model whose greedy plan is made at once: what that takes is next to nothing of the whole."""
PATIENCE = 200
"""Tries that bring nothing on the levels before the last, after which it brings little."""
FIRST_TRIES = 3000
"""Tries whose plan the search takes where its LP is hard: some two seconds, of which it then spent more in the LP."""
MOST_IDLE = 20_000
"""Tries in vain after which the plan is left as it is."""

Ones = Sequence[int]


class Construction:
    """A greedy plan of the model, and a better one where there is time; `tell` is called with each that is better."""

    def __init__(self, model: Model, seed: int, tell: Callable[[Incumbent], None], is_over: Callable[[], bool]) -> None:
        self.model = model
        self.best: Incumbent | None = None
        self.seed = seed
        self.tell = tell
        self.is_over = is_over
        self.heard = counted(model)
        self.asked, self.better_asked, self.ended = Event(), Event(), Event()
        self.greedy: Future[Ones | None] = Future()
        self.bettered: Future[Ones | None] = Future()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Within the context plans are made in a thread."""
        with ThreadPoolExecutor(1) as thread:
            made = thread.submit(self._run)
            try:
                yield
            finally:
                self.ended.set()
        made.result()

    def heed(self, known: Known) -> None:
        """Ends once the search has a plan of its own that is as good, or proves that there is no better one."""
        self.heard = known
        if self.best is None:
            return
        is_as_good = known.plan is not None and known.plan.values <= self.best.values
        if is_as_good or replace(known, plan=self.best).is_proven:
            self.ended.set()

    def plan(self, *, better: bool) -> Ones | None:
        self.asked.set()
        if better:
            self.better_asked.set()
        return (self.bettered if better else self.greedy).result()

    def _run(self) -> None:
        try:
            began = time.process_time()
            ones = greedy(self.model, self._is_over, self.restriction) if self._is_needed(began) else None
            if ones is not None:
                self._tell(ones)
            self.greedy.set_result(self._ones)
            if self.best is not None:
                self._better(self.best, began)
            if not self.bettered.done():
                self.bettered.set_result(self._ones)
        except Exception as error:
            for future in (self.greedy, self.bettered):
                if not future.done():
                    future.set_exception(error)
            raise

    def _is_needed(self, began: float) -> bool:
        """Waits for the time to begin; returns whether the search has no plan of its own by then, and goes on."""
        if len(self.model.picks) >= LARGE:
            return True
        while self.heard.plan is None and self._waits(began + GREEDY_S, self.asked):
            pass
        return self.heard.plan is None and not self.ended.is_set()

    def _better(self, first: Incumbent, began: float) -> None:
        """Tells ever better plans; by the way one is that for the search."""
        search, tries, idle, early_idle = EjectionSearch(self.restriction, first.ones, self.seed), 0, 0, 0
        is_poor = first.values[0] > counting_bound(self.model, 0)
        quiet_until = began + (0 if is_poor else QUIET_S)
        while idle < MOST_IDLE and not self._is_over():
            if self._waits(quiet_until, self.better_asked):
                continue
            early, is_better = search.early_worth, search.run()
            tries, idle = tries + TRIES, 0 if is_better else idle + TRIES
            early_idle = 0 if search.early_worth < early else early_idle + TRIES
            if early_idle >= PATIENCE and not is_poor:
                quiet_until = began + LATE_S
            if is_better:
                self._tell(search.best)
            if tries == FIRST_TRIES:
                self.bettered.set_result(self._ones)

    def _waits(self, until: float, asked: Event) -> bool:
        """Waits a moment, unless the time has come, the search asks, or all is over; returns whether it did."""
        waits = time.process_time() < until and not asked.is_set() and not self._is_over()
        if waits:
            self.ended.wait(LOOK_S)
        return waits

    @property
    def _ones(self) -> Ones | None:
        """The plan last told: of plans worth the same the first, whoever ended the local search."""
        return None if self.best is None else self.best.ones

    @cached_property
    def restriction(self) -> Restriction:
        return Restriction(self.model)

    @cached_property
    def index(self) -> ModelIndex:
        return ModelIndex(self.model)

    def _tell(self, ones: Ones) -> None:
        self.best = incumbent_of(self.index, ones)
        self.tell(self.best)
        self.heed(self.heard)

    def _is_over(self) -> bool:
        return self.ended.is_set() or self.is_over()
