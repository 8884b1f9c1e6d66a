"""Where independent parts are solved: children of ours, or the workers of a Dask cluster.

Both have the interface of `concurrent.futures`, so the parts do not know the difference.
"""

import os
import re
import warnings
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from arshjul.errors import ArshjulError, InputError, Message, NoAnswer
from arshjul.solver.processes.cluster import Cluster
from arshjul.solver.processes.crew import Crew
from arshjul.texts.system import why

CONNECT_S = 10

DASK = "dask://"
PROCESSES = "processes"
_SIZED = re.compile(r"processes:([0-9]{1,4})")


def always() -> bool:
    """True."""
    return True


def never() -> bool:
    """False."""
    return False


@dataclass(frozen=True, slots=True)
class Workers:
    """An executor, and how many pieces of work it does at once.

    `alive` says whether anyone is left to do them. `halt` is for a piece that takes long to look at:
    it goes with it to the worker, and says when to end.
    """

    executor: Executor
    size: int
    end: Callable[[], None]
    alive: Callable[[], bool] = always
    halt: Callable[[], bool] = never

    def close(self) -> None:
        """Ends the workers that are ours; a cluster stays, what it still does for us does not."""
        self.end()


def workers(name: str = PROCESSES) -> Workers:
    """The workers of that name: `processes`, `processes:N`, or `dask://HOST:PORT`.

    InputError: it is none of these; NoAnswer: no cluster is there.
    """
    if name.startswith(DASK):
        return _dask(name.removeprefix(DASK))
    return _processes(size_of(name))


def check(name: str) -> None:
    """Raises what `workers` would, so that a slip of the hand is told even where no worker is needed."""
    if name.startswith(DASK):
        _dask(name.removeprefix(DASK)).close()
    else:
        size_of(name)


def size_of(name: str) -> int:
    """How many processes of our own the name asks for. InputError: it is no such name."""
    if name == PROCESSES:
        return _cores()
    if (given := _SIZED.fullmatch(name)) is not None:
        return max(1, int(given[1]))
    text = Message('"{name}" is no executor: processes, processes:N or dask://HOST:PORT.', {"name": name})
    raise InputError(text)


def _cores() -> int:
    """Those that we may use, which in a container or under `taskset` are fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processes(size: int) -> Workers:
    crew = Crew(size)
    return Workers(crew, size, crew.shutdown)


def _dask(address: str) -> Workers:
    try:
        import distributed
    except ImportError:
        raise _missing() from None
    connect: Any = distributed.Client
    # a region's model is large, and sent once
    warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
    try:
        client = connect(f"tcp://{address}", timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = _why(error)
        text = Message("No Dask scheduler answers at {address}: {why}", {"address": address, "why": reason})
        raise NoAnswer(text) from None
    threads = client.nthreads()
    if not threads:
        client.close()
        raise NoAnswer(Message("The Dask cluster at {address} has no worker.", {"address": address}))
    cluster = Cluster(client)
    return Workers(cluster.executor, cluster.size, cluster.end, cluster.alive, cluster.flag)


def _why(error: OSError | ValueError) -> Message:
    if not isinstance(error, OSError):
        return Message("that is no address")
    # distributed gives up with an error that has a sentence and no number
    return Message("no answer came in time") if error.errno is None else why(error)


def _missing() -> ArshjulError:
    return InputError(Message('A Dask cluster needs the extra "cluster": pip install arshjul[cluster]'))
