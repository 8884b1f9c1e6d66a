"""Several large parts in processes of their own, or on a cluster."""

import queue
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import Any

from arshjul.errors import NoAnswer
from arshjul.solver.modelling.model import Model, ones_of
from arshjul.solver.processes.crew import Crew
from arshjul.solver.processes.executors import PROCESSES, Workers, workers
from arshjul.solver.races.known import Known
from arshjul.solver.races.lead import Finish, Orders, Said, lead
from arshjul.solver.races.rival import alone, is_final
from arshjul.solver.races.terms import GRACE_S, Terms

START_S = 0.5
"""What it takes until a cluster's worker begins, with its imports and on its way: that much less time it gets."""

LOOK_S = 1.0
"""So often it is looked whether a cluster is still there."""


class Apart:
    """Large parts, handed to an executor one by one as workers fall free, each `given` its share of the time.

    `parts` are their numbers and models, each with its start. Our own processes say what they find,
    so that is kept whatever becomes of them; a cluster's workers cannot. Where one fails or dies
    HiGHS goes on, in a process of ours, since the engine may be to blame; where a cluster is lost
    its parts begin again in processes of ours.
    """

    def __init__(self, parts: dict[int, tuple[Model, list[int] | None]], terms: Terms) -> None:
        self.known = {
            k: Known(model, None if start is None else ones_of(model, start)) for k, (model, start) in parts.items()
        }
        self.terms = terms
        self.workers, self.own = _hired(terms.executor)
        self.waiting = list(reversed(parts))
        self.running: dict[Future[Finish], int] = {}
        self.said: queue.SimpleQueue[tuple[int, Said]] = queue.SimpleQueue()
        self.replaced: set[int] = set()
        self.given: dict[int, float] = {}
        self.looked = time.monotonic()

    def run(self) -> dict[int, Finish]:
        """Each part's finish; where one says that no plan exists, others may be missing."""
        finishes: dict[int, Finish] = {}
        until = self.terms.deadline + GRACE_S
        try:
            while (self.waiting or self.running) and not self.terms.halt() and time.monotonic() < until:
                self._look()
                while self.waiting and len(self.running) < self.workers.size:
                    self._submit(self.waiting.pop())
                done, _ = wait(self.running, timeout=0.05, return_when=FIRST_COMPLETED)
                self._hear()
                for future in done:
                    k = self.running.pop(future)
                    finish = self._finish(k, future)
                    if finish is not None:
                        finishes[k] = finish
                        if finish.impossible:
                            return finishes
            for k in (*self.running.values(), *self.waiting):
                finishes[k] = self._unfinished(self.known[k])
            return finishes
        finally:
            self.own.shutdown()
            self.workers.close()

    def _look(self) -> None:
        """Takes all parts back from a cluster that is lost, and goes on without it."""
        if time.monotonic() < self.looked + LOOK_S:
            return
        self.looked = time.monotonic()
        if not self.workers.alive():
            self.workers.close()
            self.own.shutdown()
            self.workers, self.own = _hired(PROCESSES)
            self.waiting += self.running.values()
            self.running.clear()

    def _submit(self, k: int) -> None:
        known, terms, crew = self.known[k], self.terms, self.workers.executor
        seconds = terms.left * min(1.0, self.workers.size / (len(self.waiting) + 1))
        self.given[k] = seconds
        hear, deadline = partial(self._say, k), time.monotonic() + seconds
        if k in self.replaced:
            future = self.own.follow(hear, alone, known.model, known.ones, deadline, terms.seed, known.standings)
        elif isinstance(crew, Crew):
            future = crew.follow(hear, lead, known.model, Orders(known.ones, seconds, terms.seed, deadline))
        else:
            seconds -= min(START_S, seconds / 2)
            orders = Orders(known.ones, seconds, terms.seed, halt=self.workers.halt)
            future = self._on_cluster(lead, None, known.model, orders)
        self.running[future] = k

    def _on_cluster(self, *call: Any) -> "Future[Finish]":
        try:
            return self.workers.executor.submit(*call)
        except Exception as error:  # it is gone: as if it had been at work
            failed: Future[Finish] = Future()
            failed.set_exception(error)
            return failed

    def _say(self, k: int, said: Said) -> None:
        self.said.put((k, said))

    def _hear(self) -> None:
        """Takes in what was said, here, where it is passed on by one thread only."""
        while not self.said.empty():
            k, said = self.said.get()
            self.terms.tell(k, said.level, self.known[k].hear(said))

    def _finish(self, k: int, future: "Future[Finish]") -> Finish | None:
        """The worker's finish; None where it failed and HiGHS is to go on."""
        try:
            finish = future.result()
        except Exception as error:
            if is_final(error, k in self.replaced):
                raise
            if k in self.replaced:
                return self._unfinished(self.known[k])
            self.replaced.add(k)
            self.waiting.append(k)
            return None
        for level, standing in enumerate(finish.standings):
            self.terms.tell(k, level, standing)
        return self.known[k].heed(finish)

    def _unfinished(self, known: Known) -> Finish:
        """What is known of a part whose worker did not finish; with a greedy plan if it said none."""
        known.begin(self.terms.over)
        return known.finish()


def _hired(executor: str) -> tuple[Workers, Crew]:
    """The workers of that name, or processes where they are gone since it was checked; and a crew of ours."""
    try:
        hired = workers(executor)
    except NoAnswer:
        hired = workers(PROCESSES)
    return hired, hired.executor if isinstance(hired.executor, Crew) else Crew(1)
