"""Jobs of one search run side by side, by this process and its helpers or by an executor's workers.

Results come in the order of the jobs, and each job is limited in deterministic time, so it does not matter which
worker did which job, nor how fast.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, wait
from typing import TYPE_CHECKING, Any

from arshjul.errors import ArshjulError
from arshjul.solver.backends import import_engines
from arshjul.solver.backends.engine import EngineResult, Report, Task
from arshjul.solver.model.milp import Model
from arshjul.solver.parallel.executors import ExecutorPool, open_executor, submitted
from arshjul.solver.parallel.job import JobError, run_job
from arshjul.solver.params import DEFAULT, EngineParams, SolveParams

if TYPE_CHECKING:  # ortools takes half a second to import
    from arshjul.solver.backends.cpsat import CpSat


class SolverHandle:
    """The engine that runs in this process, for whoever wants to end it from another thread.

    `spent` are the deterministic seconds of all that it was asked.
    """

    def __init__(self, params: EngineParams = DEFAULT.engines) -> None:
        self.params = params
        self.engine: CpSat | None = None
        self.stopped = False
        self.spent = 0.0

    def minimise(self, model: Model, task: Task, report: Report = lambda _values, _bound: None) -> EngineResult:
        """CP-SAT's outcome; unknown at once if all is to end."""
        from arshjul.solver.backends.cpsat import CpSat

        if self.stopped:
            return EngineResult("unknown")
        self.engine = CpSat(model, aggregated=task.aggregated, params=self.params)
        try:
            outcome = self.engine.minimise(task, report)
        finally:
            self.engine = None
        self.spent += outcome.effort
        return outcome

    def stop(self) -> None:
        """Ends the engine that runs, and lets none begin."""
        self.stopped = True
        self.end()

    def end(self) -> None:
        """Ends the engine that runs."""
        if (engine := self.engine) is not None:
            engine.stop()


Job = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function of a module, to be called with a `SolverHandle` and these arguments."""


class WorkerPool:
    """This process and so many `helpers` of its own; with an executor's name instead its workers, and nobody here."""

    def __init__(self, helpers: int | str = 0, params: SolveParams = DEFAULT) -> None:
        self.params = params
        self.executor = helpers if isinstance(helpers, str) else ""
        self.helpers = helpers if isinstance(helpers, int) else 0
        self.handle = SolverHandle(params.engines)
        self.executors: ExecutorPool | None = None
        self.starting: threading.Thread | None = None

    @property
    def count(self) -> int:
        """The number of jobs that are done at once."""
        self._await_start()
        return max(1, self.helpers + (not self.executor))

    def ready(self) -> None:
        """Starts the helpers, which takes half a second, or two for a cluster's: they are not waited for."""
        if self.executors is None and self.starting is None and (self.helpers or self.executor):
            self.starting = threading.Thread(target=self._start, daemon=True)
            self.starting.start()

    def _start(self) -> None:
        try:
            self.executors = open_executor(self.executor or f"processes:{self.helpers}", self.params.parallel)
        except Exception:  # it was there when it was checked; a cluster has its own words for what it is now
            self.executor, self.helpers = "", 0
            return
        self.helpers = self.executors.size
        for _ in range(self.helpers):
            self.executors.executor.submit(import_engines)

    def _await_start(self) -> None:
        self.ready()
        if self.starting is not None:
            self.starting.join()
            self.starting = None

    def each(self, jobs: Sequence[Job]) -> list[Any]:
        """Each job's result; None for one that was not done because the search was stopped.

        What a helper was asked that died is done here, and all of it where a cluster is lost.
        """
        self._await_start()
        first = 0 if self.executor else 1
        futures = {k: self._submit(jobs[k]) for k in range(first, len(jobs))} if self.helpers else {}
        given = {k: self._here(job) for k, job in enumerate(jobs) if k not in futures}
        if not self.executor:
            for k in reversed(range(first + self.helpers, len(jobs))):
                if k in futures and futures[k].cancel():  # nobody has begun it
                    given[k] = self._here(jobs[k])
                    del futures[k]
        if self._await(set(futures.values())):  # an engine elsewhere cannot be told to stop
            self.close()
        for k, future in futures.items():
            given[k] = self._given(jobs[k], future)
        return [given[k] for k in range(len(jobs))]

    def _await(self, waiting: "set[Future[Any]]") -> "set[Future[Any]]":
        """The futures that are not done when the search is stopped or a cluster is lost."""
        look = time.monotonic() + self.params.parallel.look_s
        while waiting and not self.handle.stopped:
            _, waiting = wait(waiting, timeout=self.params.parallel.heard_s)
            if time.monotonic() >= look:
                look = time.monotonic() + self.params.parallel.look_s
                if self.executors is not None and not self.executors.alive():
                    self.executor, self.helpers = "", 0
                    break
        return waiting

    def _submit(self, job: Job) -> "Future[Any]":
        assert self.executors is not None  # noqa: S101 - for the type checker
        return submitted(self.executors.executor, _in_worker, self.params.engines, *job)

    def _given(self, job: Job, future: "Future[Any]") -> Any:
        if not future.done():
            return self._here(job)
        try:
            return future.result()
        except JobError as fault:
            raise fault.error from None
        except ArshjulError:
            raise
        except (Exception, CancelledError):  # whatever became of it: a cluster has its own words
            return self._here(job)

    def _here(self, job: Job) -> Any:
        work, arguments = job
        return None if self.handle.stopped else work(self.handle, *arguments)

    def stop(self) -> None:
        """Ends what is being done, and lets nothing more begin until `resume`; called from another thread."""
        self.handle.stop()

    def resume(self) -> None:
        """Lets work begin again."""
        self.handle.stopped = False

    def close(self) -> None:
        """Ends the helpers."""
        if self.starting is not None:
            self._await_start()
        executors, self.executors = self.executors, None
        if executors is not None:
            executors.close()


def _in_worker(params: EngineParams, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """A helper's work."""
    return run_job(SolverHandle(params), work, *arguments)


def solved(handle: SolverHandle, model: Model, task: Task) -> EngineResult:
    """One sub-solve."""
    return handle.minimise(model, task)
