"""Worker processes that do one job after the other, and may die without harm.

An engine is native code: it may run out of memory, crash, or not be stoppable, so it runs in a process of its own.
Parent and worker exchange pickles over the worker's standard input and output. A worker ends when its input ends
because its parent died. Unlike with `multiprocessing`, the parent's main module is not run again.
"""

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

from arshjul.children import python
from arshjul.errors import ArshjulError
from arshjul.garbage import search_rarely
from arshjul.own_faults import tell_no_words

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
            python("-c", "from arshjul.solver.parallel.worker import main; main()"),
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
        """Ends the worker at once."""
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


def main() -> None:
    """The main loop of a worker: one job after the other, until its input ends."""
    tell_no_words()
    search_rarely()
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
    """Sends messages of a worker, from any thread."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.lock = threading.Lock()

    def report(self, message: object) -> None:
        self.send("progress", message)

    def send(self, kind: str, content: object) -> None:
        packed = pickle.dumps(
            (kind, content), pickle.HIGHEST_PROTOCOL
        )  # first, so that nothing is half sent if it cannot be pickled
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
    """The result of `work(first, *arguments)`; `first` is what the worker gives each job.

    JobError: the job raised a programming error. Errors for people, engines' faults, and lack of memory, files or
    processes are raised as they are.
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
