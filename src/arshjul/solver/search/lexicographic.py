"""Lexicographic optimisation: each level is solved, proven and cut off before the next (Isermann 1982).

A cut `level <= value` holds for all later levels, so no weights are needed. Everything that decides which plan comes
out is deterministic: the construction, the LP, the search. A level that used up its share of the time pauses at a point
from which it can continue as if it had not, and is resumed once the later levels are done.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from arshjul.solver.backends.engine import CP_SAT
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.level import LevelSearch, LevelState, SearchTools, Tell, Values
from arshjul.solver.search.merging import Merging
from arshjul.solver.search.status import LevelStatus, SearchResult

LEAST_S = 0.1
"""The least time for resuming a level or asking an engine."""


class LexicographicSearch:
    """A run through the levels of one model, by the engine of that name; `tell` is called with its results.

    It ends at the deadline, a moment of `time.monotonic`, once it is stopped, or when the engine has spent `effort`.
    """

    def __init__(  # noqa: PLR0913 - the door of the search has every switch
        self,
        model: Model,
        deadline: float,
        seed: int = 0,
        *,
        tell: Tell = lambda _level, _status, _best: None,
        params: SolveParams = DEFAULT,
        engine: str = CP_SAT,
        effort: float = math.inf,
        known: Sequence[LevelStatus] = (),
        executor: str = "",
        merging: Merging | None = None,
    ) -> None:
        self.model = model
        self.hears = tell
        self.handle = EngineHandle(params.engines, engine)
        self.tools = SearchTools(
            model,
            params,
            seed,
            deadline,
            self.handle,
            lambda: None,
            self._tell,
            lambda: self.handle.stopped or self.handle.spent >= effort,
            known,
            executor,
            merging or Merging(model),
        )
        self.searches: dict[int, LevelSearch] = {}
        self.former: LevelState | None = None

    def run(self, start: Callable[[], Values | None], known: Values | None = None) -> SearchResult:
        """The statuses of all levels reached, and the best plan. Raises `Impossible`.

        `start` gives the first plan, and is called only if the LP's optimum gives none. A `known` plan is never given
        up for a worse one.
        """
        self.tools.start = start
        self.tools.lookahead.has_start = known is not None
        if known is None and len(self.model.picks) <= self.tools.params.sizes.small:
            known = start()
        done = self._better(self._on_from(LevelState(best=known)), LevelState())
        while (paused := self._paused(done)) is not None and self._left() > LEAST_S:
            self.former = done
            spent = paused.search.spent if paused.search is not None else 0.0
            later_s = sum(status.seconds for status in done.statuses[paused.level + 1 :])
            again = self._on_from(paused.go_on(later_s))
            done = self._better(again, done)
            if paused.search is not None and paused.search.spent == spent and not done.statuses[paused.level].proven:
                break
        ones = None if done.best is None else tuple(ones_of(self.model, done.best))
        return SearchResult(done.statuses, ones)

    def stop(self) -> None:
        """Ends the search; called from another thread."""
        self.handle.stop()

    def _on_from(self, state: LevelState) -> LevelState:
        """The state after that level and all later ones, or after the first one without a plan."""
        while len(state.cuts) == len(state.statuses) < len(self.model.costs):
            search = self.searches[len(state.statuses)] = LevelSearch(self.tools, state)
            state = search.begin()
        return state

    def _paused(self, done: LevelState) -> LevelSearch | None:
        """The search of the first level that is not proven, if it can be resumed.

        It continues from its own plan, as if it had not paused, so a proven plan does not depend on the clock.
        """
        unproven = next((k for k, status in enumerate(done.statuses) if not status.proven), None)
        search = None if unproven is None else self.searches.get(unproven)
        return None if search is None or search.search is None else search

    def _left(self) -> float:
        return 0.0 if self.tools.is_ended() else self.tools.deadline - time.monotonic()

    def _worth(self, values: Values | None, levels: int) -> list[float]:
        if values is None:
            return [math.inf]
        return [self.model.value(level, values) for level in range(levels)]

    def _better(self, new: LevelState, former: LevelState) -> LevelState:
        """The better plan of two passes, with the better bounds, which hold since the former pass had looser cuts.

        A later level may have improved one that is not proven, so all values are taken from the plan.
        """
        levels = len(self.model.costs)
        best = min(new.best, former.best, key=lambda values: self._worth(values, levels))
        statuses = [*new.statuses, *former.statuses[len(new.statuses) :]]
        for level, status in enumerate(statuses):
            value = None if best is None else self.model.value(level, best)
            before = former.statuses[level] if level < len(former.statuses) else status
            bounded = before if before.bound > status.bound else status
            statuses[level] = LevelStatus(value, bounded.bound, bounded.by, status.seconds)
        return replace(new, statuses=tuple(statuses), best=best)

    def _tell(self, level: int, status: LevelStatus, best: Values | None) -> None:
        """Passes on a status, with a former pass's plan as long as the present one is not better."""
        former = None if self.former is None else self.former.best
        if former is not None and self._worth(former, level + 1) <= self._worth(best, level + 1):
            best, status = former, replace(status, value=self.model.value(level, former))
        self.hears(level, status, best)
