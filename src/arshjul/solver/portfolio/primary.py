"""The primary: the lexicographic search of one model in a worker, with its messages and its result."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.parallel.executors import never
from arshjul.solver.parallel.worker import Connection
from arshjul.solver.parallel.worker_pool import WorkerPool
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.core import CP_SAT, Impossible
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.status import Contradiction, LevelStatus, SearchHooks, is_best


@dataclass(slots=True)
class SearchResult:
    """The levels' statuses at the end, and the plan. `ones` are the variables that are 1; None: there is no plan.

    `impossible_by` names the engine that proved that no plan exists, if one did.
    `gave_up`: neither proven nor out of time, since every engine failed or ended without a reason.
    """

    statuses: list[LevelStatus] = field(default_factory=list)
    ones: list[int] | None = None
    impossible_by: str = ""
    gave_up: bool = False

    @property
    def impossible(self) -> bool:
        """True if it is proven that there is no plan."""
        return bool(self.impossible_by)

    def is_proven(self, levels: int) -> bool:
        """True if there is a plan that is the best on each of so many levels."""
        return self.ones is not None and len(self.statuses) == levels and all(s.proven for s in self.statuses)


@dataclass(frozen=True, slots=True)
class ProgressMessage:
    """A primary's report: a level's status, and the best plan if it is new."""

    level: int
    status: LevelStatus
    ones: list[int] | None


@dataclass(frozen=True, slots=True)
class ProvenBound:
    """A message to a primary: the bounder proved this bound of the level."""

    level: int
    bound: int
    by: str


@dataclass(frozen=True, slots=True)
class FirstPlan:
    """A message to a primary: the first plan, constructed meanwhile."""

    ones: list[int] | None


@dataclass(frozen=True, slots=True)
class SolveRequest:
    """A primary's task.

    It has so many `seconds` from when it begins, or, on the machine of whom it works for, until the
    `deadline`. The first plan is `ones`, or one that it is told if it `waits`, or else a greedy one.
    `helpers` are so many of its own, or an executor's. Once `halt` says so it ends within a second or two.
    """

    ones: list[int] | None
    seconds: float
    seed: int
    deadline: float | None = None
    helpers: int | str = 0
    waits: bool = False
    halt: Callable[[], bool] = never
    params: SolveParams = DEFAULT


def run_primary(connection: Connection | None, model: Model, request: SolveRequest) -> SearchResult:
    """Runs the levels in a worker, or, without a connection, anywhere."""
    listener = _Listener(connection, request.halt, request.params.parallel.heard_s)
    deadline = time.monotonic() + request.seconds if request.deadline is None else request.deadline
    last: list[int] | None = None

    def tell(level: int, status: LevelStatus, best: list[int] | None) -> None:
        nonlocal last
        if connection is not None:
            connection.report(
                ProgressMessage(level, status, None if best is None or best is last else ones_of(model, best))
            )
            last = best

    def start() -> list[int] | None:
        if request.waits:
            begun = listener.begin()
            return None if begun is None else values_of(model, begun)
        return greedy(model, lambda: time.monotonic() >= deadline)

    pool = WorkerPool(request.helpers, request.params)
    levels = LexicographicSearch(
        model,
        deadline,
        request.seed,
        SearchHooks(tell, listener.bounds.get, lambda: listener.halted),
        params=request.params,
        pool=pool,
    )
    listener.listen(levels)
    try:
        levels.run(start, None if request.ones is None else values_of(model, request.ones))
    except Impossible:
        return SearchResult(impossible_by=CP_SAT)
    finally:
        listener.close()
        pool.close()
    return SearchResult(levels.statuses, None if levels.best is None else ones_of(model, levels.best))


def _is_settled(value: int | None, bound: int, by: str) -> bool:
    """True if the level's search is to end; where the two contradict each other, it then raises that itself."""
    try:
        return is_best(value, bound, (by,))
    except Contradiction:
        return True


class _Listener:
    """Listens to the parent while the engine works, and ends the engine where a message settles its level."""

    def __init__(self, connection: Connection | None, halt: Callable[[], bool], heard_s: float) -> None:
        self.connection = connection
        self.heard_s = heard_s
        self.halt = halt
        self.halted = halt()  # here first: on a cluster it must be asked in the task's own thread once
        self.bounds: dict[int, tuple[int, str]] = {}
        self.begun: queue.SimpleQueue[list[int] | None] = queue.SimpleQueue()
        self.closed = False
        self.thread: threading.Thread | None = None

    def listen(self, levels: LexicographicSearch) -> None:
        if self.connection is not None or self.halt is not never:
            self.thread = threading.Thread(target=self._hear, args=(levels,), daemon=True)
            self.thread.start()

    def begin(self) -> list[int] | None:
        """The first plan, waited for."""
        return self.begun.get()

    def close(self) -> None:
        self.closed = True
        if self.thread is not None:
            self.thread.join()

    def _hear(self, levels: LexicographicSearch) -> None:
        while not self.closed:
            # Asked again and again, since what settles a level may come just before its engine starts.
            self._listen()
            with contextlib.suppress(Exception):  # whom it asks may be gone
                self.halted = self.halted or self.halt()
            if self.halted:
                levels.stop()
            level = len(levels.statuses) - 1
            bound = self.bounds.get(level)
            value = levels.statuses[level].value if level >= 0 else None
            if bound is not None and _is_settled(value, *bound):
                levels.stop(level)

    def _listen(self) -> None:
        """Takes in one message, if one comes soon."""
        if self.connection is None:
            time.sleep(self.heard_s)
            return
        with contextlib.suppress(queue.Empty):
            message = self.connection.received.get(timeout=self.heard_s)
            if isinstance(message, FirstPlan):
                self.begun.put(message.ones)
            else:
                self.bounds[message.level] = (message.bound, message.by)


def values_of(model: Model, ones: list[int]) -> list[int]:
    """The values of all variables, with excesses as small as can be."""
    values = [0] * len(model.uppers)
    for v in ones:
        values[v] = 1
    return model.with_excesses(values)
