"""The scheduler of a model's components: small ones in a thread, large ones in processes, sharing the time.

The smallest come first, so most of what they leave is for hard ones. A component that its share did not prove begins
again from the same start where it would get enough more time, and otherwise goes on from its best plan, until the
limit. One that begins again comes to the same plan as if it had had that time at once.

An engine's crash costs a large component only time: its process dies, and the plan that it reported is kept. A small
component has no process, since it is done before one could start; only an error raised there is survived, and a crash
lets the whole command begin once more (`crashes`). One of middling size is tried in the same way first, for an effort
that is about what a process costs, and most end there.
"""

import math
import threading
import time
from dataclasses import replace

from arshjul.errors import EngineFault
from arshjul.solver.model.components import Component
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import ones_of
from arshjul.solver.portfolio.context import SolveContext
from arshjul.solver.portfolio.parallel_scheduler import ParallelScheduler
from arshjul.solver.portfolio.portfolio import Portfolio
from arshjul.solver.portfolio.primary import SearchResult, values_of
from arshjul.solver.search.core import CP_SAT, Impossible
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.status import Contradiction, SearchHooks

Starts = list[list[int] | None]
"""Values of each component's variables to begin from; None: there are none."""


def solve_components(components: list[Component], starts: Starts | None, context: SolveContext) -> list[SearchResult]:
    """The result of each component, in their order; `components` come largest first."""
    scheduler = ComponentScheduler(components, starts or [None] * len(components), context)
    todo = scheduler.order
    while todo and not any(result.impossible for result in scheduler.best.values()):
        scheduler.round(todo)
        todo = [] if context.over() else scheduler.worth_again()
    return [scheduler.best.get(k, SearchResult()) for k in range(len(components))]


class ComponentScheduler:
    """The best result of each component so far, and how many seconds it had the last time."""

    def __init__(self, components: list[Component], starts: Starts, context: SolveContext) -> None:
        self.components = components
        self.starts = starts
        self.order = list(reversed(range(len(components))))
        self.context = context
        self.best: dict[int, SearchResult] = {}
        self.given: dict[int, float] = {}
        self.warm: set[int] = set()

    def round(self, todo: list[int]) -> None:
        """Runs these components, each with its share of the time left; no more of them once one is impossible."""
        near = [k for k in todo if len(self.components[k].model.picks) <= self.context.params.sizes.process]
        far = [k for k in todo if len(self.components[k].model.picks) > self.context.params.sizes.process]
        for n, k in enumerate(near):
            self.given[k] = self.context.left / (len(near) - n + bool(far))
            self._keep(k, self._in_thread(k))
            if self.best[k].impossible:
                return
        if len(far) == 1:
            self._keep(far[0], self._in_portfolio(far[0]))
        elif far:
            parallel = ParallelScheduler(
                {k: (self.components[k].model, self._start(k)) for k in reversed(far)}, self.context
            )
            for k, result in parallel.run().items():
                self._keep(k, result)
            self.given |= parallel.given

    def worth_again(self) -> list[int]:
        """Those that are not proven, as long as there is time; none whose engines failed.

        One begins again as it did before if it gets enough more time than it had: then it comes to the plan
        that it would have come to at once. With less time it begins from its best plan.
        """
        unproven = [k for k in self.order if not self._is_proven(k) and not self.best[k].gave_up]
        share = self.context.left / max(1, len(unproven))
        enough = [k for k in unproven if share > self.context.params.portfolio.again * self.given[k]]
        self.warm = set() if enough else set(unproven)
        return [] if self.context.left < self.context.params.portfolio.warm_s else enough or unproven

    def _is_proven(self, k: int) -> bool:
        return self.best[k].is_proven(len(self.components[k].model.costs))

    def _start(self, k: int) -> list[int] | None:
        ones = self.best[k].ones if k in self.warm else None
        return self.starts[k] if ones is None else values_of(self.components[k].model, ones)

    def _keep(self, k: int, result: SearchResult) -> None:
        """Keeps the better one of a component's results; the later one of equals."""
        self.best[k] = min(result, self.best.get(k, result), key=worth)

    def _in_portfolio(self, k: int) -> SearchResult:
        """A large component; one of middling size is tried here first, and goes on from the plan that this came to."""
        context, model = self.context, self.components[k].model
        start, self.given[k] = self._start(k), context.left
        if k not in self.best and len(model.picks) <= context.params.sizes.local:
            tried = self._in_thread(k, context.params.portfolio.local_effort)
            if tried.impossible or tried.is_proven(len(model.costs)) or context.over():
                return tried
            self._keep(k, replace(tried, gave_up=False))
            start = start if tried.ones is None else values_of(model, tried.ones)
        context.ready()
        portfolio = Portfolio(
            model,
            start,
            context.deadline,
            context.seed,
            executor=context.executor,
            spare=context.spare,
            params=context.params,
        )
        return portfolio.run(lambda level, status: context.tell(k, level, status), context.halt)

    def _in_thread(self, k: int, effort: float = math.inf) -> SearchResult:
        """A component that is solved in a thread, so that whoever wants to end it is heard."""
        model, context, start = self.components[k].model, self.context, self._start(k)
        deadline = time.monotonic() + self.given[k]
        hooks = SearchHooks(lambda level, status, _best: context.tell(k, level, replace(status)), halt=context.halt)
        levels = LexicographicSearch(model, deadline, context.seed, hooks, context.params, effort=effort)
        failed: list[Exception] = []

        def run() -> None:
            try:
                levels.run(lambda: greedy(model, lambda: context.halt() or time.monotonic() >= deadline), start)
            except Exception as error:
                failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.05)
            if context.halt():
                levels.stop()
        if failed and isinstance(failed[0], Impossible):
            return SearchResult(impossible_by=CP_SAT)
        if failed:
            if isinstance(failed[0], Contradiction) or not isinstance(failed[0], EngineFault | MemoryError):
                raise failed[0]
            portfolio = Portfolio(model, levels.best or start, deadline, context.seed, params=context.params)
            portfolio.incumbent.statuses = levels.statuses
            return portfolio.replace(lambda level, status: context.tell(k, level, status), context.halt)
        result = SearchResult(levels.statuses, None if levels.best is None else ones_of(model, levels.best))
        early = time.monotonic() < deadline - context.params.levels.least_s and not context.halt()
        result.gave_up = early and not result.is_proven(len(model.costs))
        return result


def worth(result: SearchResult) -> tuple[bool, list[tuple[int, int]]]:
    """Better results first: one with a plan, then by the levels' values, then by their bounds."""
    return result.ones is None, [(status.value or 0, -status.bound) for status in result.statuses]
