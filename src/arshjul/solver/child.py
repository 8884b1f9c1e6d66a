"""Processes of our own that work for a solve, can be told things while they do, and may die.

An engine is native code: it may run out of memory, crash, or not let itself be stopped. In a child
it takes nothing with it. Parent and child talk in pickles over the child's standard input and
output; a child whose input ends, since its parent died, ends too. Unlike `multiprocessing` nothing
of the parent's main module is run again.
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


class Died(Exception):
    """A child ended before its work did: killed, out of memory, or crashed."""


class Link:
    """What the work in a child has to its parent: `say` something, and see what it was `told`."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.lock = threading.Lock()

    def say(self, message: object) -> None:
        """Sends the parent a message, which is not yet the answer."""
        self.send(("said", message))

    def send(self, message: object) -> None:
        """Sends any message; from any thread."""
        with self.lock:
            pickle.dump(message, self.out, pickle.HIGHEST_PROTOCOL)
            self.out.flush()


class Child:
    """A running child. What it sends arrives in `inbox` as (child, kind, content).

    Kinds: "said", "answer", "error" (an exception that the work raised), "died". `nice` as in nice(1).
    """

    def __init__(self, inbox: "queue.Queue[tuple[Child, str, Any]]", nice: int = 0) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"from arshjul.solver.child import main; main({nice})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self.inbox = inbox
        threading.Thread(target=self._listen, daemon=True).start()

    def call(self, work: Callable[..., object], *arguments: object) -> None:
        """Lets the child do `work(link, *arguments)`; its answer comes to the inbox."""
        self._send(("call", work, arguments))

    def tell(self, message: object) -> None:
        """Something that the running work may want to know."""
        self._send(("tell", message, ()))

    def kill(self) -> None:
        """Ends it at once, whatever it does."""
        self.process.kill()
        self.process.wait()

    def _send(self, message: object) -> None:
        assert self.process.stdin is not None  # noqa: S101 - for the type checker: it is a pipe
        # A child that is gone is told about by "died", here is nothing to add.
        with contextlib.suppress(BrokenPipeError, ValueError):
            pickle.dump(message, self.process.stdin, pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        with self.process.stdout as stream:
            while True:
                try:
                    kind, content = pickle.load(stream)
                except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                    break
                self.inbox.put((self, kind, content))
        self.process.wait()
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        self.inbox.put((self, "died", None))


def warm(link: Link) -> None:
    """A child's first work while nothing else is to be done: importing the engines takes half a second."""
    del link
    import arshjul.solver.cpsat
    import arshjul.solver.highs  # noqa: F401


def main(nice: int = 0) -> None:
    """The child's own life: one piece of work after the other, until its input ends."""
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it ends us
    # Engines print to standard output whatever they are told: what is ours alone is another number.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    link = Link(out)
    calls: queue.SimpleQueue[tuple[Callable[..., object], tuple[object, ...]]] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(link, calls), daemon=True).start()
    while True:
        work, arguments = calls.get()
        try:
            link.send(("answer", work(link, *arguments)))
        except Exception as error:
            link.send(("error", error))


def _hear(link: Link, calls: "queue.SimpleQueue[Any]") -> None:
    while True:
        try:
            kind, content, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            os._exit(0)
        if kind == "call":
            calls.put((content, arguments))
        else:
            link.told.put(content)
