"""An executor of `concurrent.futures` over our own children: one that loses a worker goes on.

Its work are functions without a side effect. One that has something to say before it answers is
not submitted but followed, and called with a `Link` before its own arguments.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from arshjul.solver.processes.child import Child, Died, Link


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    hear: Callable[[Any], None]


class Crew(Executor):
    """So many children, started when first needed; a child that dies is replaced, its future fails with `Died`."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.inbox: queue.Queue[Any] = queue.Queue()
        self.waiting: deque[_Job] = deque()
        self.busy: dict[Child, _Job] = {}
        self.idle: list[Child] = []
        self.lock = threading.Lock()
        self.over = False
        threading.Thread(target=self._serve, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Lets a child call `fn(*args)`, a function of a module; keyword arguments are not carried."""
        if kwargs:
            raise TypeError("a Crew carries no keyword arguments")
        return self.follow(_ignore, _without_link, fn, *args)

    def follow(self, hear: Callable[[Any], None], work: Callable[..., Any], *args: Any) -> Future[Any]:
        """Lets a child call `work(link, *args)`; what that says is heard before the future is done.

        It is heard in a thread that must not be held up.
        """
        job = _Job(Future(), work, args, hear)
        with self.lock:
            if self.over:
                raise RuntimeError("the Crew is shut down")
            self.waiting.append(job)
            self._next()
        return job.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends all children at once; what runs fails with `Died`, what waits is cancelled."""
        del wait, cancel_futures
        with self.lock:
            self.over = True
            for job in self.waiting:
                job.future.cancel()
                job.future.set_running_or_notify_cancel()
            self.waiting.clear()
            children = [*self.busy, *self.idle]
        self.inbox.put(None)
        for child in children:
            child.kill()

    def _next(self) -> None:
        while self.waiting and not self.over and len(self.busy) < self.size:
            job = self.waiting.popleft()
            if job.future.set_running_or_notify_cancel():
                self._begin(job)

    def _begin(self, job: _Job) -> None:
        try:
            child = self.idle.pop() if self.idle else Child(self.inbox)
        except OSError as error:  # there is no memory for one more
            job.future.set_exception(error)
            return
        try:
            child.call(job.work, *job.arguments)
        except Exception as error:  # what cannot be sent is its submitter's fault
            self.idle.append(child)
            job.future.set_exception(error)
        else:
            self.busy[child] = job

    def _serve(self) -> None:
        while True:
            message = self.inbox.get()
            if message is not None:
                self._take(*message)
            with self.lock:
                if self.over and not self.busy:
                    return

    def _take(self, child: Child, kind: str, content: Any) -> None:
        with self.lock:
            job = self.busy.get(child) if kind == "said" else self.busy.pop(child, None)
            if kind == "died" and child in self.idle:
                self.idle.remove(child)
            if kind in ("answer", "error"):
                self.idle.append(child)
            self._next()
        if job is not None and kind == "said":
            job.hear(content)
        elif job is not None and kind == "answer":
            job.future.set_result(content)
        elif job is not None:
            job.future.set_exception(content if kind == "error" else Died())


def _without_link(link: Link, fn: Callable[..., object], *args: object) -> object:
    del link
    return fn(*args)


def _ignore(said: object) -> None:
    del said
