"""A `concurrent.futures` executor over worker processes that survives the loss of one.

Jobs are functions without side effects. One that reports before it answers is given to `submit_reporting`.

A pool whose worker has its engines imported is kept from one solve to the next: starting one takes longer than most
solves.
"""

import atexit
import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from arshjul.solver.backends import import_engines
from arshjul.solver.parallel.worker import Report, Worker, WorkerDied


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    hear: Callable[[Any], None]


class ProcessPool(Executor):
    """Workers started when first needed; one that dies is replaced, and its future fails with `WorkerDied`."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.inbox: queue.Queue[Any] = queue.Queue()
        self.waiting: deque[_Job] = deque()
        self.busy: dict[Worker, _Job] = {}
        self.idle: list[Worker] = []
        self.lock = threading.Lock()
        self.over = False
        threading.Thread(target=self._serve, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Lets a worker call `fn(*args)`, a function of a module; keyword arguments are not supported."""
        if kwargs:
            raise TypeError("a ProcessPool carries no keyword arguments")
        return self.submit_reporting(lambda _: None, _without_report, fn, *args)

    def submit_reporting(self, hear: Callable[[Any], None], work: Callable[..., Any], *args: Any) -> Future[Any]:
        """Lets a worker call `work(report, *args)`; `hear` is given each report before the future is done.

        `hear` is called in a thread that must not be blocked.
        """
        job = _Job(Future(), work, args, hear)
        with self.lock:
            if self.over:
                raise RuntimeError("the ProcessPool is shut down")
            self.waiting.append(job)
            self._next()
        return job.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends all workers at once; running jobs fail with `WorkerDied`, waiting ones are cancelled."""
        del wait, cancel_futures
        with self.lock:
            self.over = True
            for job in self.waiting:
                job.future.cancel()
                job.future.set_running_or_notify_cancel()
            self.waiting.clear()
            workers = [*self.busy, *self.idle]
        self.inbox.put(None)
        for worker in workers:
            worker.kill()

    def is_free(self) -> bool:
        """True if it has a live worker and no work."""
        with self.lock:
            return not self.busy and not self.waiting and any(worker.process.poll() is None for worker in self.idle)

    def _next(self) -> None:
        while self.waiting and not self.over and len(self.busy) < self.size:
            job = self.waiting.popleft()
            if job.future.set_running_or_notify_cancel():
                self._begin(job)

    def _begin(self, job: _Job) -> None:
        try:
            worker = self.idle.pop() if self.idle else Worker(self.inbox)
        except OSError as error:  # there is no memory for another process
            job.future.set_exception(error)
            return
        try:
            worker.call(job.work, *job.arguments)
        except Exception as error:  # what cannot be pickled is its submitter's fault
            self.idle.append(worker)
            job.future.set_exception(error)
        else:
            self.busy[worker] = job

    def _serve(self) -> None:
        while True:
            message = self.inbox.get()
            if message is not None:
                self._take(*message)
            with self.lock:
                if self.over and not self.busy:
                    return

    def _take(self, worker: Worker, kind: str, content: Any) -> None:
        with self.lock:
            job = self.busy.get(worker) if kind == "progress" else self.busy.pop(worker, None)
            if kind == "died" and worker in self.idle:
                self.idle.remove(worker)
            if kind in ("answer", "error"):
                self.idle.append(worker)
            self._next()
        if job is not None and kind == "progress":
            job.hear(content)
        elif job is not None and kind == "answer":
            job.future.set_result(content)
        elif job is not None:
            job.future.set_exception(content if kind == "error" else WorkerDied())


def _without_report(report: Report, fn: Callable[..., object], *args: object) -> object:
    del report
    return fn(*args)


_kept: list[ProcessPool] = []


def take_kept() -> ProcessPool:
    """The kept pool of one worker, or a new one that is importing its engines."""
    while _kept:
        pool = _kept.pop()
        if pool.is_free():
            return pool
        pool.shutdown()
    pool = ProcessPool(1)
    pool.submit(import_engines)
    return pool


def give_back(pool: ProcessPool) -> None:
    """Keeps a pool with a live, free worker for the next solve; ends any other."""
    if _kept or not pool.is_free():
        pool.shutdown()
    else:
        _kept.append(pool)


@atexit.register
def _end() -> None:
    while _kept:
        _kept.pop().shutdown()
