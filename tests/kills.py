"""Kills a process at any step of what it writes, seen from outside: production code tells nobody where it is.

A step has a name: `read` when a reading transaction is over, `prepared` before one that writes is begun, `begun` after,
the name of a table when it was written to, and `committed`. One that comes again is counted: `read 2`.
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from unittest import mock

from sqlalchemy import event

from arshjul.office.store.store import Store, Transaction

Watcher = Callable[[str], None]
"""Is called with each step when it is done."""

_watcher: ContextVar[Watcher | None] = ContextVar("_watcher", default=None)
_reading, _writing = Store.reading, Store.writing
_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


def _tell(step: str) -> None:
    """Tells who watches this thread; what that does in turn is not watched."""
    watcher = _watcher.get()
    if watcher is not None:
        token = _watcher.set(None)
        try:
            watcher(step)
        finally:
            _watcher.reset(token)


def _executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if written := _WRITES.match(statement):
        _tell(written[1])


@contextmanager
def watched_reading(store: Store) -> Iterator[Transaction]:
    with _reading(store) as db:
        yield db
    _tell("read")


@contextmanager
def watched_writing(store: Store) -> Iterator[Transaction]:
    _tell("prepared")
    with _writing(store) as db:
        _tell("begun")
        if _watcher.get() is not None:
            event.listen(db, "after_cursor_execute", _executed)
        yield db
    _tell("committed")


mock.patch.object(Store, "reading", watched_reading).start()
mock.patch.object(Store, "writing", watched_writing).start()


@contextmanager
def watched(at: Watcher) -> Iterator[None]:
    """Calls `at` with each step of what this thread does meanwhile."""
    seen = Counter[str]()

    def counted(step: str) -> None:
        seen[step] += 1
        at(step if seen[step] == 1 else f"{step} {seen[step]}")

    token = _watcher.set(counted)
    try:
        yield
    finally:
        _watcher.reset(token)


def steps_of(work: Callable[[], object]) -> list[str]:
    """All steps, in order."""
    told: list[str] = []
    with watched(told.append):
        work()
    return told


LAST_TWO = 0
"""As `times` of `walked`: before and after the last step alone, where most is at stake."""


def walked(steps: list[str], times: int) -> list[str]:
    return steps[-2:] if times == LAST_TWO else steps * times


def in_a_child(work: Callable[[], object]) -> int:
    """Runs it in a process of its own; how that ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def killed_at(step: str, work: Callable[[], object]) -> None:
    """Does it in a process that is killed when that step is done; AssertionError where none is."""

    def at(done: str) -> None:
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched_work() -> None:
        with watched(at):
            work()

    assert in_a_child(watched_work) == -signal.SIGKILL
