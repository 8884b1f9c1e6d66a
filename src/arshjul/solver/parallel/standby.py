"""A worker with its engines imported, kept from one solve to the next: starting one takes longer than most solves."""

import atexit
import contextlib
import queue

from arshjul.solver.backends import import_engines
from arshjul.solver.parallel.worker import Worker

_kept: list[Worker] = []


def take() -> Worker:
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
