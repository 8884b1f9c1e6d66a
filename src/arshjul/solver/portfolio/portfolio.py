"""An algorithm portfolio on one model: a primary that makes the plan, a bounder that may prove it sooner.

The primary, the lexicographic search with CP-SAT, is deterministic. The bounder, HiGHS on one level at a time, is given
only cuts and gives only bounds, so it can save time and never changes the plan. If an engine fails, dies, or ends
without a proof while there is time, the other one goes on from the best plan known, by turns.
"""

import contextlib
import math
import queue
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.parallel.executors import DASK, PROCESSES, size_of
from arshjul.solver.parallel.job import run_job
from arshjul.solver.parallel.worker import Worker
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.portfolio.bounder import minimise, raise_final, solve_with_highs, trusted
from arshjul.solver.portfolio.incumbent import Incumbent
from arshjul.solver.portfolio.primary import (
    FirstPlan,
    ProgressMessage,
    ProvenBound,
    SearchResult,
    SolveRequest,
    run_primary,
)
from arshjul.solver.search.status import LevelStatus

Tell = Callable[[int, LevelStatus], None]


class Portfolio:
    """A primary and a bounder over all levels of a model. `incumbent` is the best so far."""

    def __init__(
        self,
        model: Model,
        start: list[int] | None,
        deadline: float,
        seed: int,
        *,
        executor: str = "processes",
        params: SolveParams = DEFAULT,
        spare: Worker | None = None,
    ) -> None:
        self.model = model
        self.executor = executor
        self.solve_params = params
        self.params = params.portfolio
        self.incumbent = Incumbent(model, None if start is None else ones_of(model, start))
        self.deadline = deadline
        self.seed = seed
        self.inbox: queue.Queue[tuple[Worker, str, Any]] = queue.Queue() if spare is None else spare.inbox
        self.spare = spare
        self.primary: Worker | None = None
        self.bounder: Worker | None = None
        self.replaced = False
        self.attempts = 1
        self.again_at = math.inf
        self.patient_since = time.monotonic()

    def run(self, tell: Tell, halt: Callable[[], bool]) -> SearchResult:
        """The result: the primary's, or what is known when time is up or `halt` says so.

        A spare worker that is still alive then is free.
        """
        alive = self.spare is not None and self.spare.process.poll() is None
        self._start_primary(self.spare if alive else self._child(), waits=self.incumbent.ones is None)
        return self._follow(tell, halt)

    def _start_primary(self, worker: Worker | None, *, waits: bool) -> None:
        self.primary = worker
        if worker is None:
            return
        request = SolveRequest(
            self.incumbent.ones,
            self._left(),
            self.seed,
            self.deadline,
            self._helpers(),
            waits=waits,
            params=self.solve_params,
        )
        worker.call(run_job, run_primary, self.model, request)

    def replace(self, tell: Tell, halt: Callable[[], bool]) -> SearchResult:
        """The result of HiGHS alone, going on from what is known."""
        self._replace()
        return self._follow(tell, halt)

    def _go_on(self) -> SearchResult | None:
        """Has the other engine go on from what is known, after a moment; the result where that was tried too often.

        The engine at work failed, died, or ended without a proof while there is time.
        """
        self.attempts += 1
        self._end_bounder()
        if self.primary is not None:
            self.primary.kill()
            self.primary = None
        if self._left() <= self.solve_params.levels.least_s:
            return self.incumbent.result()
        if self.attempts > self.params.attempts:
            return replace(self.incumbent.result(), gave_up=True)
        self.again_at = time.monotonic() + self.params.pause_s * (self.attempts - 2)
        return None

    def _step(self, tell: Tell) -> SearchResult | None:
        """Handles one message, or starts the engine whose turn it is; the result if that was the last."""
        if time.monotonic() >= self.again_at:
            self._try_again()
        if self.primary is None and self.again_at == math.inf:
            return self._go_on()
        return self._next(tell)

    def _try_again(self) -> None:
        self.again_at = math.inf
        self.replaced = not self.replaced
        if self.replaced:
            self._replace()
        else:
            self._start_primary(self._child(), waits=False)

    def _child(self, nice: int = 0) -> Worker | None:
        """A new process; None where there is no room for one more."""
        with contextlib.suppress(OSError):
            return Worker(self.inbox, nice)
        return None

    def _helpers(self) -> int | str:
        """The primary's helpers: a number of processes, or the name of an executor that works in its stead."""
        if len(self.model.picks) <= self.solve_params.sizes.helped:
            return 0
        if self.executor.startswith(DASK):
            return self.executor
        return self.params.helpers if self.executor == PROCESSES else size_of(self.executor) - 1

    def _left(self) -> float:
        return max(self.solve_params.levels.least_s, self.deadline - time.monotonic())

    def _follow(self, tell: Tell, halt: Callable[[], bool]) -> SearchResult:
        result: SearchResult | None = None
        try:
            if self.incumbent.ones is None and not self.replaced:  # made here while the primary looks at the LP
                self.incumbent.begin(lambda: halt() or time.monotonic() >= self.deadline)
                self._tell_primary(FirstPlan(self.incumbent.ones))
            until = self.deadline + self.params.grace_s
            while result is None and not halt() and time.monotonic() < until:
                result = self._step(tell)
        finally:
            for worker in (self.primary, self.bounder):
                if worker is not None and (result is None or worker is not self.spare):
                    worker.kill()
        return result or self.incumbent.result()

    def _next(self, tell: Tell) -> SearchResult | None:
        """Handles one message; the finish if that was the last."""
        try:
            worker, kind, content = self.inbox.get(timeout=self.solve_params.parallel.heard_s)
        except queue.Empty:
            self._start_bounder()
            return None
        if worker is self.primary:
            return self._on_message(kind, content, tell)
        if worker is self.bounder:
            if kind == "answer":
                self._answered(*content)
            elif kind in ("died", "error"):
                if kind == "error":
                    raise_final(content, replaced=False)
                self._end_bounder()
                self.patient_since = math.inf  # until the next level: it would only fail again
        return None

    def _on_message(self, kind: str, content: Any, tell: Tell) -> SearchResult | None:
        """Handles what comes from the primary, or from who replaces it."""
        if kind == "answer":
            return None if content is None else self._ended(content)  # None: it only says that it is warm
        if kind == "progress":
            self._on_progress(content, tell)
            return None
        if kind == "error":
            raise_final(content, self.replaced)
        return self._go_on()

    def _ended(self, result: SearchResult) -> SearchResult | None:
        """An engine's own end: the result where it is proven or time is up; else there is more to be tried."""
        self.incumbent.checked(result)
        if (
            result.impossible
            or result.is_proven(len(self.model.costs))
            or self._left() <= self.solve_params.levels.least_s
        ):
            return result
        self.incumbent.take(result)
        return self._go_on()

    def _on_progress(self, message: ProgressMessage, tell: Tell) -> None:
        if message.level != self.incumbent.level:
            self.patient_since = time.monotonic()
            self._end_bounder()  # HiGHS cannot be stopped, and proves what is no longer asked
        tell(message.level, self.incumbent.hear(message))

    def _replace(self) -> None:
        """Puts HiGHS alone in the primary's place."""
        self.replaced = True
        self._end_bounder()
        if self.primary is not None:
            self.primary.kill()
        self.primary = self._child()
        incumbent = self.incumbent
        if self.primary is not None:
            self.primary.call(
                run_job,
                solve_with_highs,
                self.model,
                incumbent.ones,
                self.deadline,
                self.seed,
                incumbent.unsettled(),
                self.solve_params.levels,
            )

    def _end_bounder(self) -> None:
        if self.bounder is not None:
            self.bounder.kill()
            self.bounder = None

    def _tell_primary(self, message: FirstPlan | ProvenBound) -> None:
        if self.primary is not None:
            self.primary.tell(message)

    def _start_bounder(self) -> None:
        incumbent = self.incumbent
        waited = time.monotonic() - self.patient_since
        if (
            not self.params.bounder
            or self.replaced
            or self.primary is None
            or self.bounder is not None
            or incumbent.ones is None
            or not incumbent.statuses
            or waited < self.params.patience_s
        ):
            return
        level = incumbent.level
        if len(self.model.picks) > self.solve_params.sizes.bounder or incumbent.statuses[level].proven:
            return
        cuts = [(k, s.value) for k, s in enumerate(incumbent.statuses[:level]) if s.value is not None]
        self.bounder = self._child(nice=self.params.niceness)
        if self.bounder is None:
            self.patient_since = math.inf
            return
        task = Task(level, cuts, limit_s=self._left(), seed=self.seed)
        self.bounder.call(run_job, minimise, self.model, task)

    def _answered(self, task: Task, outcome: EngineResult) -> None:
        """A bounder's answer: a bound to tell the primary, or a contradiction."""
        if task.level != self.incumbent.level:
            return
        bound = trusted(self.model, task, outcome, self.incumbent.values())
        if bound is not None:
            self._tell_primary(ProvenBound(task.level, bound, "highs"))
