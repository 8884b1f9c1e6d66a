"""An executor of `concurrent.futures` over our own children: one that loses a worker goes on.

Its work are functions `work(link, *arguments)` without a side effect.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from arshjul.solver.child import Child, Died, Link


class Crew(Executor):
    """So many children, started when first needed; a child that dies is replaced, its future fails with `Died`."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.inbox: queue.Queue[Any] = queue.Queue()
        self.waiting: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self.busy: dict[Child, Future[Any]] = {}
        self.idle: list[Child] = []
        self.lock = threading.Lock()
        self.over = False
        threading.Thread(target=self._serve, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Lets a child call `fn(*args)`, a function of a module; keyword arguments are not carried."""
        if kwargs:
            raise TypeError("a Crew carries no keyword arguments")
        future: Future[Any] = Future()
        with self.lock:
            self.waiting.append((future, fn, args))
            self._next()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends all children at once; what runs fails with `Died`."""
        del wait, cancel_futures
        with self.lock:
            self.over = True
            self.waiting.clear()
            children = [*self.busy, *self.idle]
        for child in children:
            child.kill()

    def _next(self) -> None:
        while self.waiting and not self.over and len(self.busy) < self.size:
            future, fn, args = self.waiting.popleft()
            if future.set_running_or_notify_cancel():
                child = self.idle.pop() if self.idle else Child(self.inbox)
                self.busy[child] = future
                child.call(_without_link, fn, *args)

    def _serve(self) -> None:
        while True:
            child, kind, content = self.inbox.get()
            with self.lock:
                future = self.busy.pop(child, None)
                if kind != "died":
                    self.idle.append(child)
                elif child in self.idle:
                    self.idle.remove(child)
                self._next()
                ended = self.over and not self.busy
            if future is not None:
                if kind == "answer":
                    future.set_result(content)
                else:
                    future.set_exception(content if kind == "error" else Died())
            if ended:
                return


def _without_link(link: Link, fn: Callable[..., object], *args: object) -> object:
    del link
    return fn(*args)
