"""Work that tests let a worker do in place of a search. A worker imports this, and none of what tests need besides."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from arshjul.errors import Contradiction, InputError, Message
from arshjul.solver.backends import EngineHandle, import_engines
from arshjul.solver.backends.engine import HIGHS
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model
from arshjul.solver.parallel.process_pool import Report
from arshjul.solver.search.known import Bound, Known, SearchResult, counted
from arshjul.solver.supervisor.search_job import ProgressMessage, SearchRequest, run_search, with_plan


@dataclass(frozen=True)
class Planted:
    """A search in which an engine does as it is told here; without a word it searches as usual."""

    cp_sat: Callable[..., Any] = run_search
    highs: Callable[..., Any] = run_search

    def __call__(self, report: Report | None, model: Model, request: SearchRequest) -> Any:
        return (self.highs if request.engine == HIGHS else self.cp_sat)(report, model, request)


def with_all_out(model: Model) -> Known:
    """What is known where all activities that may stay out do: a plan that is not proven."""
    return with_plan(model, counted(model), [variables[-1] for variables in model.sets])


def plan(model: Model) -> SearchResult:
    """A greedy plan that is called proven."""
    known = with_plan(model, counted(model), greedy(model))
    assert known.plan is not None
    values = known.plan.values
    bounds = tuple(Bound(level, value, values[:level], "cp-sat") for level, value in enumerate(values))
    return SearchResult(known.bettered(Known(bounds)))


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(*_: object) -> None:
    raise MemoryError


def at_fault(*_: object) -> None:
    raise Contradiction(Message("An engine proves the problem infeasible, but a plan is known. The error is ours."))


def wrong_input(*_: object) -> None:
    raise InputError(Message("Give them in larger units."))


def fails(*_: object) -> None:
    raise KeyError("ours")


def asleep(*_: object) -> None:
    threading.Event().wait()


def finds_nothing(_: object, model: Model, request: SearchRequest) -> SearchResult:
    return SearchResult(counted(model), impossible_by=request.engine)


def ends_early(_: object, model: Model, *__: object) -> SearchResult:
    """An engine that comes to an end of its own, without a proof or a word."""
    return SearchResult(with_all_out(model))


def claims_too_much(report: Report, *_: object) -> None:
    """An engine that tells a bound which no plan keeps, and dies."""
    report(ProgressMessage(0, Known((Bound(0, 10**6, (), "cp-sat"),))))
    die()


def claims_more_than_its_plan(report: Report, model: Model, request: SearchRequest) -> SearchResult:
    known = run_search(report, model, request).known
    return SearchResult(replace(known, bounds=(*known.bounds, Bound(0, 10**6, (), "highs"))))


def first_level_alone(report: Report, model: Model, request: SearchRequest) -> None:
    """An engine that proves the first level and dies."""

    def only_first(message: object) -> None:
        if isinstance(message, ProgressMessage) and message.level > 0:
            die()
        report(message)

    run_search(only_first, model, request)


def tells_its_process(report: Report, model: Model, request: SearchRequest) -> SearchResult:
    """A search whose last level is said to have taken as many seconds as its process has for a number."""
    result = run_search(report, model, request)
    return replace(result, seconds=(*result.seconds[:-1], os.getpid()))


def reports_then_dies(report: Report, model: Model, *_: object) -> None:
    report(ProgressMessage(0, with_all_out(model)))
    die()


def reports_then_sleeps(report: Report, model: Model, *_: object) -> None:
    report(ProgressMessage(0, with_all_out(model)))
    asleep()


def reports(report: Report, *words: str) -> int:
    for word in words:
        report(word)
    return len(words)


def square(handle: EngineHandle, number: int, _limit_s: float) -> int:
    del handle
    return number * number


def process(handle: EngineHandle, _question: object, _limit_s: float) -> int:
    del handle
    return os.getpid()


def dies_elsewhere(handle: EngineHandle, here: int, _limit_s: float) -> str:
    del handle
    if os.getpid() != here:
        die()
    return "done here"


def sleeps_elsewhere(handle: EngineHandle, here: int, _limit_s: float) -> str:
    del handle
    if os.getpid() != here:
        asleep()
    return "done here"


class Unreadable:
    """Packs without complaint, and raises TypeError where it is unpacked."""

    def __reduce__(self) -> tuple[type[int], tuple[list[int]]]:
        return int, ([],)


def unreadable(_: Report) -> object:
    return Unreadable()


def unpackable(_: Report) -> object:
    return lambda: None


def quiet(*_: object) -> str:
    return "done"


def imported(_: Report) -> set[str]:
    import_engines()
    return {name.partition(".")[0] for name in sys.modules}
