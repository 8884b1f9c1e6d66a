"""A `concurrent.futures` executor over worker processes that may die without harm.

An engine is native code: it may run out of memory, crash, or not be stoppable, so it runs in a process of its own.
Parent and worker exchange pickles over the worker's standard input and output. A worker ends when its input ends
because its parent died. Unlike with `multiprocessing`, the parent's main module is not run again. A pool whose worker
has its engines imported is kept from one solve to the next: starting one takes longer than most solves.
"""

import atexit
import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, BinaryIO

from arshjul.errors import ArshjulError
from arshjul.solver.backends import import_engines
from arshjul.system.processes import python, tune_gc
from arshjul.system.uncaught import log_uncaught

Report = Callable[[object], None]
"""Sends the client of a job a message before its answer."""


class WorkerDied(Exception):
    """A worker ended before its job did: killed, out of memory, or crashed."""


class Worker:
    """A running worker. Its messages arrive in `inbox` as (worker, kind, content).

    Kinds: "progress", "answer", "error" (an exception that the work raised), "died".
    """

    def __init__(self, inbox: "queue.Queue[tuple[Worker, str, Any]]") -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self.process = subprocess.Popen(
            python("-c", "from arshjul.solver.parallel.process_pool import main; main()"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            process_group=0,  # Ctrl-C is handled by the parent, which ends the workers
        )
        self.inbox = inbox
        self.outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._write, daemon=True).start()

    def call(self, work: Callable[..., object], *arguments: object) -> None:
        """Lets the worker do `work(report, *arguments)`; its answer comes to the inbox. Does not wait."""
        # pickled here, since it may change later or fail; written in another thread, since a worker may not read
        self.outbox.put(pickle.dumps((work, arguments), pickle.HIGHEST_PROTOCOL))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.outbox.put(None)

    def _write(self) -> None:
        assert self.process.stdin is not None  # noqa: S101 - for the type checker: it is a pipe
        # A broken pipe means that the worker is gone: "died" says so.
        with contextlib.suppress(BrokenPipeError), self.process.stdin as stream:
            while (packed := self.outbox.get()) is not None:
                stream.write(packed)
                stream.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        try:
            # A message that cannot be read, even for lack of memory, ends the connection.
            with contextlib.suppress(Exception), self.process.stdout as stream:
                while True:
                    kind, content = pickle.load(stream)
                    self.inbox.put((self, kind, content))
            self.kill()
        finally:
            self.inbox.put((self, "died", None))


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
        """Lets a worker call `work(report, *args)`; `hear` gets each report, in a thread that must not be blocked."""
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


def main() -> None:
    """The main loop of a worker: one job after the other, until its input ends."""
    log_uncaught()
    tune_gc()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for systems without process groups
    # Engines print to standard output in any case, so messages use another descriptor.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sender = _Sender(out)
    jobs: queue.SimpleQueue[tuple[Callable[..., object], tuple[object, ...]]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(jobs,), daemon=True).start()
    while True:
        work, arguments = jobs.get()
        try:
            sender.send("answer", work(sender.report, *arguments))
        except Exception as error:
            sender.send("error", error)


class _Sender:
    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.lock = threading.Lock()

    def report(self, message: object) -> None:
        self.send("progress", message)

    def send(self, kind: str, content: object) -> None:
        # first, so that nothing is half sent if it cannot be pickled
        packed = pickle.dumps((kind, content), pickle.HIGHEST_PROTOCOL)
        with self.lock:
            self.out.write(packed)
            self.out.flush()


def _read(jobs: "queue.SimpleQueue[Any]") -> None:
    """Reads the jobs that the parent sends; the end of its input, and any error here, ends the worker."""
    try:
        while True:
            jobs.put(pickle.load(sys.stdin.buffer))
    finally:
        os._exit(0)


class JobError(Exception):
    """A programming error raised by the job itself: another engine or worker would only hide it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def run_job(first: Any, work: Callable[..., Any], *arguments: Any) -> Any:
    """The result of `work(first, *arguments)`. JobError: the job raised a programming error.

    Errors for people, engines' faults, and lack of memory, files or processes are raised as they are.
    """
    try:
        return work(first, *arguments)
    except (ArshjulError, MemoryError, OSError):
        raise
    except Exception as error:
        failed = JobError(_portable(error))
    raise failed  # here, without a context, which Dask would send along


def _portable(error: Exception) -> Exception:
    """The error, or one that names its type if it cannot be pickled, which would end the worker."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(type(error).__name__)
    return error
