"""Worker processes that receive messages while they work, and may die without harm.

An engine is native code: it may run out of memory, crash, or not be stoppable, so it runs in a process of its own.
Parent and worker exchange pickles over the worker's standard input and output. A worker whose input ends, because its
parent died, ends too. Unlike with `multiprocessing`, the parent's main module is not run again.

One with its engines imported is kept from one solve to the next: starting one takes longer than most solves.
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
from collections.abc import Callable
from typing import Any, BinaryIO

from arshjul.children import python
from arshjul.limits import give_way
from arshjul.own_faults import tell_no_words
from arshjul.solver.backends import import_engines


class WorkerDied(Exception):
    """A worker ended before its work did: killed, out of memory, or crashed."""


class Connection:
    """A running job's connection to its parent: it can `report`, and sees what it `received`."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.received: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.lock = threading.Lock()

    def next(self) -> "Connection":
        """The link of the next piece of work, which is told nothing that was meant for this one."""
        connection = Connection(self.out)
        connection.lock = self.lock
        return connection

    def report(self, message: object) -> None:
        """Sends the parent a message, which is not yet the answer."""
        self.send(("progress", message))

    def send(self, message: object) -> None:
        """Sends any message; from any thread."""
        packed = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)  # first, since what cannot be must not be half sent
        with self.lock:
            self.out.write(packed)
            self.out.flush()


class Worker:
    """A running worker. What it sends arrives in `inbox` as (worker, kind, content).

    Kinds: "said", "answer", "error" (an exception that the work raised), "died". `nice` as in nice(1).
    """

    def __init__(self, inbox: "queue.Queue[tuple[Worker, str, Any]]", nice: int = 0) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self.process = subprocess.Popen(
            python("-c", f"from arshjul.solver.parallel.worker import main; main({nice})"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            process_group=0,  # Ctrl-C is the parent's; it ends us
        )
        self.inbox = inbox
        self.outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._write, daemon=True).start()

    def call(self, work: Callable[..., object], *arguments: object) -> None:
        """Lets the worker do `work(connection, *arguments)`; its answer comes to the inbox. Does not wait."""
        self._send(("call", work, arguments))

    def tell(self, message: object) -> None:
        """Something that the running work may want to know."""
        self._send(("tell", message, ()))

    def kill(self) -> None:
        """Ends it at once, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.outbox.put(None)

    def _send(self, message: object) -> None:
        # packed here, since it may change, or not be fit to be sent; written elsewhere, since a worker may not read
        self.outbox.put(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))

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
            # A message that cannot be read, be it for want of memory, ends the connection.
            with contextlib.suppress(Exception), self.process.stdout as stream:
                while True:
                    kind, content = pickle.load(stream)
                    self.inbox.put((self, kind, content))
            self.kill()
        finally:
            self.inbox.put((self, "died", None))


_kept: list[Worker] = []


def take_spare() -> Worker:
    """The kept worker, or a new one that is importing its engines. OSError: there is no room for a process."""
    with contextlib.suppress(IndexError):  # two threads may ask at once
        while True:
            worker = _kept.pop()
            if worker.process.poll() is None:
                return worker
    worker = Worker(queue.Queue())
    worker.call(import_engines)
    return worker


def give_back(worker: Worker) -> None:
    """Keeps a worker that is alive, and free, for who takes one next."""
    if _kept or worker.process.poll() is not None:
        worker.kill()
    else:
        _kept.append(worker)


@atexit.register
def _end() -> None:
    while _kept:
        _kept.pop().kill()


def main(nice: int = 0) -> None:
    """The main loop of a worker: one job after the other, until its input ends."""
    tell_no_words()
    give_way(nice)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no process groups
    # Engines print to standard output whatever they are told: what is ours alone is another number.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    calls: queue.SimpleQueue[tuple[Connection, Callable[..., object], tuple[object, ...]]] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(Connection(out), calls), daemon=True).start()
    while True:
        connection, work, arguments = calls.get()
        try:
            connection.send(("answer", work(connection, *arguments)))
        except Exception as error:
            connection.send(("error", error))


def _hear(connection: Connection, calls: "queue.SimpleQueue[Any]") -> None:
    """Reads what the parent sends; any error here ends the worker."""
    try:
        while True:
            kind, content, arguments = pickle.load(sys.stdin.buffer)
            if kind == "call":
                connection = connection.next()
                calls.put((connection, content, arguments))
            else:
                connection.received.put(content)
    finally:
        os._exit(0)
