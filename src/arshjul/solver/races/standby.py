"""A child with its engines imported, kept from one solve to the next: starting one takes longer than most solves."""

import atexit
import queue

from arshjul.solver.engines.warm import warm
from arshjul.solver.processes.child import Child

_kept: list[Child] = []


def take() -> Child:
    """The child that is kept, or a new one, which is about to import its engines."""
    while _kept:
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
