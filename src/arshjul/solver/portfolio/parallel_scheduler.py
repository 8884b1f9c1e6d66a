"""Several large components at once, in processes of their own or on a cluster."""

import queue
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from functools import partial

from arshjul.errors import NoAnswer
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.parallel.executors import PROCESSES, ExecutorPool, open_executor, submitted
from arshjul.solver.parallel.job import run_job
from arshjul.solver.parallel.process_pool import ProcessPool
from arshjul.solver.params import SolveParams
from arshjul.solver.portfolio.bounder import raise_final, solve_with_highs
from arshjul.solver.portfolio.context import SolveContext
from arshjul.solver.portfolio.incumbent import Incumbent
from arshjul.solver.portfolio.primary import ProgressMessage, SearchResult, SolveRequest, run_primary


class ParallelScheduler:
    """Large components, handed to an executor one by one as workers fall free, each `given` its share of the time.

    `components` are their numbers and models, each with its start. Our own processes say what they find,
    so that is kept whatever becomes of them; a cluster's workers cannot. Where one fails or dies
    HiGHS goes on, in a process of ours, since the engine may be to blame; where a cluster is lost
    its components begin again in processes of ours.
    """

    def __init__(self, components: dict[int, tuple[Model, list[int] | None]], context: SolveContext) -> None:
        self.incumbent = {
            k: Incumbent(model, None if start is None else ones_of(model, start))
            for k, (model, start) in components.items()
        }
        self.context = context
        self.pool, self.own_pool = _hired(context.executor, context.params)
        self.waiting = list(reversed(components))
        self.running: dict[Future[SearchResult], int] = {}
        self.messages: queue.SimpleQueue[tuple[int, ProgressMessage]] = queue.SimpleQueue()
        self.replaced: set[int] = set()
        self.given: dict[int, float] = {}
        self.looked = time.monotonic()

    def run(self) -> dict[int, SearchResult]:
        """Each component's result; where one says that no plan exists, others may be missing."""
        results: dict[int, SearchResult] = {}
        until = self.context.deadline + self.context.params.portfolio.grace_s
        try:
            while (self.waiting or self.running) and not self.context.halt() and time.monotonic() < until:
                self._look()
                while self.waiting and len(self.running) < self.pool.size:
                    self._submit(self.waiting.pop())
                done, _ = wait(self.running, timeout=self.context.params.parallel.heard_s, return_when=FIRST_COMPLETED)
                self._hear()
                for future in done:
                    k = self.running.pop(future)
                    result = self._finish(k, future)
                    if result is not None:
                        results[k] = result
                        if result.impossible:
                            return results
            for k in (*self.running.values(), *self.waiting):
                results[k] = self._unfinished(self.incumbent[k])
            return results
        finally:
            self.own_pool.shutdown()
            self.pool.close()

    def _look(self) -> None:
        """Takes all components back from a cluster that is lost, and goes on without it."""
        if time.monotonic() < self.looked + self.context.params.parallel.look_s:
            return
        self.looked = time.monotonic()
        if not self.pool.alive():
            self.pool.close()
            self.own_pool.shutdown()
            self.pool, self.own_pool = _hired(PROCESSES, self.context.params)
            self.waiting += self.running.values()
            self.running.clear()

    def _submit(self, k: int) -> None:
        incumbent, context, executor = self.incumbent[k], self.context, self.pool.executor
        seconds = context.left * min(1.0, self.pool.size / (len(self.waiting) + 1))
        self.given[k] = seconds
        hear, deadline = partial(self._say, k), time.monotonic() + seconds
        if k in self.replaced:
            future = self.own_pool.submit_reporting(
                hear,
                run_job,
                solve_with_highs,
                incumbent.model,
                incumbent.ones,
                deadline,
                context.seed,
                incumbent.statuses,
            )
        elif isinstance(executor, ProcessPool):
            future = executor.submit_reporting(
                hear,
                run_job,
                run_primary,
                incumbent.model,
                SolveRequest(incumbent.ones, seconds, context.seed, deadline, params=context.params),
            )
        else:
            seconds -= min(context.params.portfolio.remote_start_s, seconds / 2)
            request = SolveRequest(incumbent.ones, seconds, context.seed, halt=self.pool.halt, params=context.params)
            future = submitted(executor, run_job, None, run_primary, incumbent.model, request)
        self.running[future] = k

    def _say(self, k: int, messages: ProgressMessage) -> None:
        self.messages.put((k, messages))

    def _hear(self) -> None:
        """Takes in what was said, here, where it is passed on by one thread only."""
        while not self.messages.empty():
            k, messages = self.messages.get()
            self.context.tell(k, messages.level, self.incumbent[k].hear(messages))

    def _finish(self, k: int, future: "Future[SearchResult]") -> SearchResult | None:
        """The worker's result; None where it failed and HiGHS is to go on."""
        try:
            result = future.result()
        except Exception as error:
            raise_final(error, k in self.replaced)
            if k in self.replaced:
                return replace(self._unfinished(self.incumbent[k]), gave_up=True)
            self.replaced.add(k)
            self.waiting.append(k)
            return None
        for level, status in enumerate(result.statuses):
            self.context.tell(k, level, status)
        return self.incumbent[k].checked(result)

    def _unfinished(self, incumbent: Incumbent) -> SearchResult:
        """The result of a component whose worker did not finish, with a greedy plan if it reported none."""
        incumbent.begin(self.context.over)
        return incumbent.result()


def _hired(executor: str, params: SolveParams) -> tuple[ExecutorPool, ProcessPool]:
    """The workers of that name, or processes where they are gone since it was checked; and a pool of ours."""
    try:
        hired = open_executor(executor, params.parallel)
    except NoAnswer:
        hired = open_executor(PROCESSES)
    return hired, hired.executor if isinstance(hired.executor, ProcessPool) else ProcessPool(1)
