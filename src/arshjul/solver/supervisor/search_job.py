"""The search of one component as a job: its request, its reports, and how it is ended."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from arshjul.solver.backends.engine import CP_SAT, HIGHS
from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import Model, ModelIndex, ones_of
from arshjul.solver.parallel.executors import HEARD_S, never
from arshjul.solver.parallel.worker import Report
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.merging import Merging, merging
from arshjul.solver.search.status import Impossible, LevelStatus, SearchResult


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A request for a search.

    It ends at the `deadline`, a moment of this machine's clock, or, if that is None, after `seconds`; and once its
    engine has spent `effort`, in deterministic seconds. `known` is a plan, and bounds of the first levels, from which
    it continues. `executor` names the workers that may solve its regions. It ends a second or two after `halt` is true.
    """

    known: SearchResult
    seconds: float
    seed: int
    deadline: float | None = None
    effort: float = math.inf
    engine: str = CP_SAT
    executor: str = ""
    halt: Callable[[], bool] = never
    params: SolveParams = DEFAULT


@dataclass(frozen=True, slots=True)
class ProgressMessage:
    """A search's report: a level's status, and the best plan if it is new, with its values on all levels."""

    level: int
    status: LevelStatus
    ones: tuple[int, ...] | None
    worth: tuple[int, ...] = ()


def run_search(report: Report | None, model: Model, request: SearchRequest) -> SearchResult:
    """The result of the search; `report`, if given, is called with a `ProgressMessage` at each step."""
    deadline = time.monotonic() + request.seconds if request.deadline is None else request.deadline
    params, known = request.params, request.known
    if request.engine == HIGHS:  # it is only used for whole levels
        params = params.but(sizes__small=len(model.picks))
    first = None if known.ones is None else ModelIndex(model).values(known.ones)
    # Only a plan from the start makes levels worth merging: without one the look-ahead ends most of them at once.
    merges = first is not None and len(model.picks) > params.sizes.small and params.levels.merging
    merged = merging(model) if merges else Merging(model)
    last: list[int] | None = None

    def tell(level: int, status: LevelStatus, best: list[int] | None) -> None:
        nonlocal last
        if report is not None:
            for own, at in merged.apart(level, status, best):
                ones, worth = None, ()  # type: tuple[int, ...] | None, tuple[int, ...]
                if best is not None and best is not last:
                    ones, worth = _ones(model, best), tuple(model.value(k, best) for k in range(len(model.costs)))
                report(ProgressMessage(own, at, ones, worth))
                last = best

    search = LexicographicSearch(
        merged.model,
        deadline,
        request.seed,
        tell=tell,
        params=params,
        engine=request.engine,
        effort=request.effort,
        known=merged.together(known.statuses),
        executor=request.executor,
        merging=merged,
    )

    def start() -> list[int] | None:
        return greedy(model, lambda: search.handle.stopped or time.monotonic() >= deadline)

    try:
        with _ended_by(request.halt, search):
            if first is None and len(model.picks) > params.sizes.local:  # its first LP may take all of the time
                first = start()
            found = search.run(start, first)
    except Impossible as proof:
        return SearchResult(impossible_by=proof.by)
    best = None if found.ones is None else ModelIndex(model).values(found.ones)
    of_levels = (merged.apart(level, status, best) for level, status in enumerate(found.statuses))
    return replace(found, statuses=tuple(status for own in of_levels for _, status in own))


def with_progress(known: SearchResult, message: ProgressMessage) -> SearchResult:
    """The result so far, updated by a search's report.

    An earlier, better bound stays: it was under cuts that were no tighter.
    """
    statuses, status = list(known.statuses), message.status
    if message.level < len(statuses):
        before = statuses[message.level]
        if before.bound > status.bound:
            status = replace(status, bound=before.bound, by=before.by)
        statuses[message.level] = status
    else:
        statuses.append(status)
    return replace(known, statuses=tuple(statuses), ones=known.ones if message.ones is None else message.ones)


def unfinished(model: Model, known: SearchResult, halt: Callable[[], bool]) -> SearchResult:
    """The result of a search that was ended, with a greedy plan if it had none, and all levels' values and bounds.

    Levels that were not begun have the bound that counting gives.
    """
    ones = known.ones
    if ones is None:
        plan = greedy(model, halt)
        if plan is None:
            return known
        ones = _ones(model, plan)
    values = ModelIndex(model).values(ones)
    statuses = []
    for level in range(len(model.costs)):
        value = model.value(level, values)  # a later level may have improved one that was cut off
        if level < len(known.statuses):
            statuses.append(replace(known.statuses[level], value=value))
        else:
            statuses.append(LevelStatus(value, counting_bound(model, level), ("counting",)))
    return replace(known, statuses=tuple(statuses), ones=ones)


def _ones(model: Model, values: list[int]) -> tuple[int, ...]:
    return tuple(ones_of(model, values))


@contextmanager
def _ended_by(halt: Callable[[], bool], search: LexicographicSearch) -> Iterator[None]:
    """Within the context `halt` is polled, and ends the search."""
    if halt is never:
        yield
        return
    if halt():  # here first: on a cluster it must be called once in the task's own thread
        search.stop()
    done = threading.Event()

    def look() -> None:
        while not done.wait(HEARD_S):
            with suppress(Exception):  # the one that it asks may be gone
                if halt():
                    search.stop()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
