"""The search of one component as a job: its request, its reports, and how it is ended."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import CP_SAT, HIGHS
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.parallel.executors import HEARD_S, never
from arshjul.solver.parallel.process_pool import Report
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.construction import Construction
from arshjul.solver.search.known import Impossible, Incumbent, Known, SearchResult, counted, incumbent_of
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.merging import Merging, merging
from arshjul.solver.search.tools import SearchTools

POOR = 0.5
"""A start is poor if more than this part of its activities could cost less on the first level that is not at its least.

A search from nothing gets farther than one from such a start.
"""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A request for a search.

    It ends at the `deadline`, a moment of this machine's clock, or, if that is None, after `seconds`; and once its
    engine has spent `effort`, in deterministic seconds. It goes on from what is `known`. `executor` names the workers
    that may solve its regions. It ends a second or two after `halt` is true.
    """

    known: Known
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
    """What is known now, and the level at hand. `is_beside`: a plan that the search itself knows nothing of."""

    level: int
    known: Known
    is_beside: bool = False


def run_search(report: Report | None, model: Model, request: SearchRequest) -> SearchResult:
    """The result of the search; `report`, if given, is called with a `ProgressMessage` at each step."""
    deadline = time.monotonic() + request.seconds if request.deadline is None else request.deadline
    params, known = request.params, request.known
    if request.engine == HIGHS:  # it is only used for whole levels
        params = params.but(sizes__small=len(model.picks))
    is_small = len(model.picks) <= params.sizes.small
    if known.plan is not None and not is_small and is_poor(model, known.plan):
        known = replace(known, plan=None)  # it is not lost: whoever asked keeps it
    # Only a plan from the start makes levels worth merging: without one the look-ahead ends most of them at once.
    merged = merging(model) if known.plan and not is_small and params.levels.merging else Merging(model)

    handle = EngineHandle(params.engines, request.engine, request.effort)
    has_plan = known.plan is not None

    def is_over() -> bool:
        return handle.stopped or time.monotonic() >= deadline

    def tell(level: int, now: Known) -> None:
        own = merged.apart(now)
        construction.heed(own)
        if report is not None:
            report(ProgressMessage(merged.first_of(level), own))

    def tell_beside(plan: Incumbent) -> None:
        if report is not None:
            report(ProgressMessage(0, Known((), plan), is_beside=True))

    construction = Construction(model, request.seed, tell_beside, is_over)

    def first_plan(*, is_hard: bool) -> Sequence[int] | None:
        return greedy(model, is_over) if is_small else construction.plan(better=is_hard)

    try:
        with _ended_by(request.halt, handle), nullcontext() if has_plan or is_small else construction.beside():
            if not has_plan and len(model.picks) > params.sizes.local:  # its first LP may take all of the time
                known = with_plan(model, known, first_plan(is_hard=False))
            tools = SearchTools(
                merged,
                deadline,
                request.seed,
                params,
                handle,
                lambda: first_plan(is_hard=tools.elastic.hard),
                request.executor,
                has_start=known.plan is not None,
            )
            found = LexicographicSearch(tools, merged.together(known), tell).run()
    except Impossible as proof:
        return SearchResult(known, impossible_by=proof.by)
    return replace(found, known=merged.apart(found.known))


def is_poor(model: Model, plan: Incumbent) -> bool:
    """True if most activities could cost less than in the plan on its first level that is not at its least."""
    bounds = counted(model)
    level = next((k for k, value in enumerate(plan.values) if value > bounds.bound(k, ()).least), None)
    if level is None:
        return False
    costs = model.costs[level]
    taken = zip(plan.ones, model.sets, strict=True)
    dearer = sum(costs.get(v, 0) > min(costs.get(other, 0) for other in variables) for v, variables in taken)
    return dearer > POOR * len(model.sets)


def with_plan(model: Model, known: Known, ones: Iterable[int] | None) -> Known:
    """The knowledge with this plan joined to it. `ones`: None without a plan."""
    return known if ones is None else known.bettered(Known((), incumbent_of(ModelIndex(model), ones)))


@contextmanager
def _ended_by(halt: Callable[[], bool], handle: EngineHandle) -> Iterator[None]:
    """Within the context `halt` is polled, and ends the search."""
    if halt is never:
        yield
        return
    if halt():  # here first: on a cluster it must be called once in the task's own thread
        handle.stop()
    done = threading.Event()

    def look() -> None:
        while not done.wait(HEARD_S):
            with suppress(Exception):  # the one that it asks may be gone
                if halt():
                    handle.stop()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
