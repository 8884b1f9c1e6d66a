"""Searches that tests begin: of one model, with all the time they want; their parameters, and engines that note."""

import time
from collections.abc import Callable, Collection
from typing import Any

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model
from arshjul.solver.params import DEFAULT, MOST_VARIABLES, SolveParams
from arshjul.solver.search.known import Known
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.merging import Merging
from arshjul.solver.search.tools import SearchTools


def search_of(
    model: Model,
    params: SolveParams = DEFAULT,
    *,
    seconds: float = 60,
    seed: int = 0,
    handle: EngineHandle | None = None,
    first_plan: Callable[[], Collection[int] | None] | None = None,
    has_start: bool = True,
    merging: Merging | None = None,
    known: Known | None = None,
) -> LexicographicSearch:
    """The search of a model, not yet begun."""
    tools = SearchTools(
        merging or Merging(model),
        time.monotonic() + seconds,
        seed,
        params,
        handle or EngineHandle(params.engines),
        first_plan or (lambda: greedy(model)),
        has_start=has_start,
    )
    return LexicographicSearch(tools, known)


# Parameters that tests vary.


SIZES = DEFAULT.sizes
ANY_SIZE = MOST_VARIABLES


def sized(small: int = SIZES.small, whole: int = SIZES.whole) -> SolveParams:
    """Up to `small` variables CP-SAT alone is asked, up to `whole` a core is searched."""
    return DEFAULT.but(sizes__small=small, sizes__whole=whole)


def processes_from(size: int) -> SolveParams:
    """A component of more variables gets a process of its own."""
    return DEFAULT.but(sizes__process=size)


# An engine of which a test sees what it is asked, and may say what it answers.


Answer = Callable[[int], EngineResult | None]
"""The answer to a question of that number, from 1 on; None: the engine's own."""


class Noting(EngineHandle):
    """An engine that notes its tasks, and how each ended."""

    def __init__(self, answer: Answer = lambda _number: None) -> None:
        super().__init__()
        self.answer = answer
        self.tasks: list[Task] = []
        self.ended: list[str] = []

    def minimise(self, model: Model, task: Task, *report: Any, **more: Any) -> EngineResult:
        """The given answer, or the engine's own."""
        self.tasks.append(task)
        outcome = self.answer(len(self.tasks)) or super().minimise(model, task, *report, **more)
        self.ended.append(outcome.status)
        return outcome


def silent() -> Noting:
    """An engine that has no answer."""
    return Noting(lambda _number: EngineResult("unknown"))
