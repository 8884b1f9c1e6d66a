"""A child with its engines imported, kept from one solve to the next: starting one takes longer than most solves."""

import atexit
import contextlib
import queue

from arshjul.solver.engines.warm import warm
from arshjul.solver.processes.child import Child

_kept: list[Child] = []


def take() -> Child:
    """The child that is kept, or a new one, which is about to import its engines. OSError: there is no room for one."""
    with contextlib.suppress(IndexError):  # two threads may ask at once
        while True:
            child = _kept.pop()
            if child.process.poll() is None:
                return child
    child = Child(queue.Queue())
    child.call(warm)
    return child


def give_back(child: Child) -> None:
    """Keeps a child that is alive, and free, for who takes one next."""
    if _kept or child.process.poll() is not None:
        child.kill()
    else:
        _kept.append(child)


@atexit.register
def _end() -> None:
    while _kept:
        _kept.pop().kill()
