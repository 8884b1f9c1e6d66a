"""Searches that tests begin: of one model, with all the time that they want, from a constructed plan."""

import time
from collections.abc import Callable, Collection

from arshjul.solver.backends import EngineHandle
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model
from arshjul.solver.params import DEFAULT, SolveParams
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
