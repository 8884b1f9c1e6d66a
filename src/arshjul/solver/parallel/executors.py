"""Executors as in `concurrent.futures`: local processes or a Dask cluster's workers by name, and threads.

Questions of one search are answered `side_by_side` by an executor's workers. Answers come in the order of the
questions, and each is limited in deterministic time, so it does not matter which worker answered, nor how fast.

A cluster cannot end a running task, so a long one polls a `CancelFlag`.
"""

import os
import re
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from arshjul.errors import ArshjulError, InputError, Message, NoAnswer
from arshjul.solver.backends import EngineHandle
from arshjul.solver.parallel.process_pool import JobError, ProcessPool, run_job
from arshjul.solver.params import DEFAULT

DASK = "dask://"
PROCESSES = "processes"
_SIZED = re.compile(r"processes:(0*[1-9][0-9]{0,3})")
_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:/@\[\]]+)):(?P<port>[0-9]{1,5})")
HEARD_S, LOOK_S = 0.05, 1.0
"""The seconds between two checks that a worker has answered, and that a cluster is still there."""
RETRY_S = 0.2
"""Seconds between two attempts to reach a scheduler."""
MOST_PORT = 65535
"""The largest number of a port: it has 16 bits."""
LONGEST_GREETING = 1_000_000
"""Bytes: a hundred are usual, and a text misread as a length gives far more."""


def never() -> bool:
    return False


class ThreadExecutor(Executor):
    """A thread of this process for each job. A job cannot be ended, but it can ask `is_halted`."""

    def __init__(self) -> None:
        self._halted = threading.Event()

    def submit_reporting(self, hear: Callable[[Any], None], work: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(work(hear, *args))
            except Exception as error:
                future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future

    def is_halted(self) -> bool:
        return self._halted.is_set()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        del wait, cancel_futures
        self._halted.set()


@dataclass(frozen=True, slots=True)
class ExecutorPool:
    """An executor, and the number of tasks that it runs at once.

    `close` ends the workers of this process; on a cluster, which stays, it cancels arshjul's tasks. `halt` goes with a
    long task to the worker, and says when to end.
    """

    executor: Executor
    size: int
    close: Callable[[], None]
    alive: Callable[[], bool] = lambda: True
    halt: Callable[[], bool] = never

    @property
    def reporting(self) -> ProcessPool | ThreadExecutor | None:
        """The executor, if its workers tell what they find before the end; those of a cluster do not."""
        return self.executor if isinstance(self.executor, ProcessPool | ThreadExecutor) else None


def open_executor(name: str = PROCESSES, connect_s: float = DEFAULT.supervisor.connect_s) -> ExecutorPool:
    """The workers of that name: `processes`, `processes:N`, or `dask://HOST:PORT`, waited for `connect_s` seconds.

    InputError: it is none of these; NoAnswer: no cluster is there.
    """
    if name.startswith(DASK):
        return _dask(*address_of(name), connect_s)
    pool = ProcessPool(size_of(name))
    return ExecutorPool(pool, pool.size, pool.shutdown)


def submitted(executor: Executor, *call: Any) -> "Future[Any]":
    """The future of a call; a failed one if the executor is gone, as if it had failed at work."""
    try:
        return executor.submit(*call)
    except Exception as error:  # a cluster raises errors of its own
        failed: Future[Any] = Future()
        failed.set_exception(error)
        return failed


def check(name: str, connect_s: float = DEFAULT.supervisor.connect_s) -> None:
    """Raises what `open_executor` would, so that a wrong name is reported even if no worker is needed."""
    refuse_slips(name)
    if name.startswith(DASK):
        _dask(*address_of(name), connect_s).close()


def refuse_slips(name: str) -> None:
    """InputError if this cannot be an executor's name; nothing is started or contacted."""
    if name.startswith(DASK):
        address_of(name)
    else:
        size_of(name)


def size_of(name: str) -> int:
    if name == PROCESSES:
        return _cores()
    if (given := _SIZED.fullmatch(name)) is not None:
        return int(given[1])
    if name.startswith(f"{PROCESSES}:"):
        text = Message('--executor "{name}": write a number, 1 to 9999, after "processes:".', {"name": name})
        raise InputError(text)
    text = Message('--executor "{name}": write processes, processes:N or dask://HOST:PORT.', {"name": name})
    raise InputError(text)


def address_of(name: str) -> tuple[str, int]:
    given = _ADDRESS.fullmatch(name.removeprefix(DASK))
    if given is None or not 0 < int(given["port"]) <= MOST_PORT:
        text = Message('--executor "{name}": write a host and port, like dask://127.0.0.1:8786.', {"name": name})
        raise InputError(text)
    return given["six"] or given["name"], int(given["port"])


def _cores() -> int:
    """The cores that this process may use; in a container or under `taskset` they are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _dask(host: str, port: int, connect_s: float) -> ExecutorPool:
    try:
        import distributed
    except ImportError:
        raise InputError(Message("Dask is not installed: run pip install '.[cluster]' in arshjul's source.")) from None
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    _await(host, port, address, connect_s)
    # A client that never connected would wait for itself when it is collected, and complain.
    connect: Any = type("Client", (distributed.Client,), {"__del__": lambda _: None})
    # a region's model is large, and sent once
    warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
    try:
        client = connect(f"tcp://{address}", timeout=connect_s, set_as_default=False)
    except (OSError, ValueError):
        raise _silent(address) from None
    cluster = DaskCluster(client)
    if not cluster.size:
        client.close()
        text = Message(
            'The Dask cluster at {address} has no worker: run "dask worker tcp://{address}".',
            {"address": address},
        )
        raise NoAnswer(text)
    return ExecutorPool(cluster.executor, cluster.size, cluster.end, cluster.alive, cluster.flag)


def _await(host: str, port: int, address: str, connect_s: float) -> None:
    """Waits until a scheduler speaks there, which may only just have been started. NoAnswer if none does.

    Dask's own client waits without end if something else listens. A scheduler first sends its greeting's size in 8
    bytes.
    """
    until = time.monotonic() + connect_s
    while True:
        try:
            with socket.create_connection((host, port), max(RETRY_S, until - time.monotonic())) as there:
                greeting = int.from_bytes(there.recv(8, socket.MSG_WAITALL), sys.byteorder)
            if not 0 < greeting <= LONGEST_GREETING:
                raise _silent(address)
            return
        except (socket.gaierror, UnicodeError):  # there is no host of that name
            raise _silent(address) from None
        except OSError:
            if time.monotonic() + RETRY_S >= until:
                raise _silent(address) from None
            time.sleep(RETRY_S)


def _silent(address: str) -> NoAnswer:
    return NoAnswer(
        Message(
            'No Dask scheduler answers at {address}: run "dask scheduler" there, or correct the address.',
            {"address": address},
        )
    )


Question = TypeVar("Question")
Answer = TypeVar("Answer")
Work = Callable[[EngineHandle, Question, float], Answer]


def side_by_side(
    work: Work[Question, Answer], questions: Sequence[Question], executor: str, handle: EngineHandle, limit_s: float
) -> list[Answer | None]:
    """The answers `work(handle, question, seconds)`; None for a question skipped because the search was stopped.

    `limit_s` is for all of them. Without an executor's name they are answered here, and so are those that an executor
    lost.
    """
    try:
        pool = open_executor(executor) if executor else None
    except (NoAnswer, OSError):  # none are there any more
        pool = None
    seconds = limit_s / -(-len(questions) // (1 if pool is None else pool.size))

    def here(question: Question) -> Answer | None:
        return None if handle.stopped else work(handle, question, seconds)

    if pool is None:
        return [here(question) for question in questions]
    try:
        call = run_job, EngineHandle(handle.params), work
        futures = [submitted(pool.executor, *call, question, seconds) for question in questions]
        look, is_alive = time.monotonic() + LOOK_S, True
        while is_alive and wait(futures, timeout=HEARD_S).not_done and not handle.stopped:
            if time.monotonic() >= look:
                look, is_alive = time.monotonic() + LOOK_S, pool.alive()
    finally:
        pool.close()
    return [_told_by(future, here, question) for future, question in zip(futures, questions, strict=True)]


def _told_by(future: "Future[Answer]", here: Callable[[Question], Answer | None], question: Question) -> Answer | None:
    """A worker's answer, or one found here; errors raised by the question itself are raised."""
    if not future.done() or future.cancelled():
        return here(question)
    try:
        return future.result()
    except JobError as fault:
        raise fault.error from None
    except ArshjulError:
        raise
    except Exception:  # whatever happened to the worker: a cluster raises errors of its own
        return here(question)


FLAG_LOOK_S = 1.0
"""The seconds between a worker's two looks at a flag."""
ANSWER_S, SILENCES = 2.0, 3
"""The seconds that a busy scheduler has for an answer, and the silences in a row that mean it is gone."""


class CancelFlag:
    """A flag that cancels tasks: raised by the client; on a worker it must first be called in the task's own thread."""

    def __init__(self) -> None:
        self.name = f"arshjul-{uuid4().hex}"
        self.due = 0.0
        self.event: Any = None

    def raise_by(self, client: Any) -> None:
        self._event(client).set()

    def __call__(self) -> bool:
        if time.monotonic() < self.due:
            return False
        if self.event is None:
            self.event = self._event()
        raised: bool = self.event.is_set()
        self.due = time.monotonic() + FLAG_LOOK_S
        return raised

    def _event(self, client: Any = None) -> Any:
        import distributed

        make: Any = distributed.Event
        return make(self.name, client=client)


class DaskCluster:
    """A client's cluster; `size` is the number of tasks that it runs at once."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.size = len(client.nthreads())
        self.executor: Executor = client.get_executor(pure=False, retries=0)
        self.flag = CancelFlag()
        self.silences = 0

    def alive(self) -> bool:
        """True if any worker is left; otherwise submitted tasks would be waited for forever."""
        try:
            left = bool(self.client.sync(self.client.scheduler.ncores, callback_timeout=ANSWER_S))
        except Exception:  # a cluster raises errors of its own
            self.silences += 1
            return self.silences < SILENCES
        self.silences = 0
        return left

    def end(self) -> None:
        """Cancels arshjul's tasks and closes the connection, even if the cluster is gone."""
        with suppress(Exception):
            self.flag.raise_by(self.client)
        with suppress(Exception):
            self.executor.shutdown(wait=False)
        with suppress(Exception):
            self.client.close()
