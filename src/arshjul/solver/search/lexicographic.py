"""Lexicographic optimisation: each level is solved, proven and cut off before the next (Isermann 1982).

A cut `level <= value` holds for all later levels, so no weights are needed. Everything that decides which plan comes
out is deterministic: the construction, the LP, the search. A level that used up its share of the time pauses at a point
from which it can continue as if it had not, and is resumed once the later levels are done. Where a plan is better on a
level that is cut, the levels after it begin anew under the lower cut; what is known of the others stays.
"""

import math
import time
from collections.abc import Callable, Collection

from arshjul.solver.backends.engine import CP_SAT
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.milp import Model
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.known import Bound, Knowledge, Known, SearchResult
from arshjul.solver.search.level_search import LevelSearch
from arshjul.solver.search.merging import Merging
from arshjul.solver.search.tools import SearchTools

LEAST_S = 0.1
"""The least time for resuming a level or asking an engine."""

Tell = Callable[[int, Known], None]
"""Called with the number of the level at hand and what is known, whenever its value or its bound becomes better."""


class LexicographicSearch:
    """A run through the levels of one model, by the engine of that name; `tell` is called with its results.

    It ends at the deadline, a moment of `time.monotonic`, once it is stopped, or when the engine has spent `effort`. It
    goes on from what is `known`; `has_start`: the known plan is a good one. `first_plan` makes one where none is known,
    and the LP's optimum gives none.
    """

    def __init__(  # noqa: PLR0913 - the door of the search has every switch
        self,
        model: Model,
        deadline: float,
        seed: int = 0,
        *,
        first_plan: Callable[[], Collection[int] | None] = lambda: None,
        known: Known | None = None,
        has_start: bool = True,
        tell: Tell = lambda _number, _known: None,
        params: SolveParams = DEFAULT,
        engine: str = CP_SAT,
        effort: float = math.inf,
        executor: str = "",
        merging: Merging | None = None,
    ) -> None:
        self.handle = EngineHandle(params.engines, engine)
        self.knowledge = Knowledge(model, self._hear)
        self.number = 0
        self.told: tuple[object, Bound | None] = (None, None)
        self.tell = tell
        self.searches: dict[int, LevelSearch] = {}
        self.tools = SearchTools(
            model,
            params,
            seed,
            deadline,
            self.handle,
            self.knowledge,
            first_plan,
            lambda: self.handle.stopped or self.handle.spent >= effort,
            executor,
            merging or Merging(model),
            has_start,
        )
        if known is not None:
            self.knowledge.learn(known)

    def run(self) -> SearchResult:
        """What is known at the end. Raises `Impossible`."""
        tools = self.tools
        if len(tools.model.picks) <= tools.params.sizes.small:
            tools.make_first_plan()
        while True:
            before = self._state()
            self._pass()
            if self._is_proven() or self._left() <= LEAST_S or before == self._state():
                break
        seconds = tuple(self.searches[number].seconds for number in sorted(self.searches))
        return SearchResult(self.knowledge.known, seconds)

    def stop(self) -> None:
        """Ends the search; called from another thread."""
        self.handle.stop()

    def _pass(self) -> None:
        """Begins or resumes each level that is not proven, under the cuts of the best plan."""
        for number in range(len(self.tools.model.costs)):
            self.number = number
            plan = self.knowledge.known.plan
            within = () if plan is None else plan.values[:number]
            if len(within) < number:
                return
            search = self.searches.get(number)
            if search is None or search.bounds.within != within:
                search = self.searches[number] = LevelSearch(self.tools, within, self._barred(within))
                self._hear(self.knowledge.known)
                search.begin()
            elif not search.is_done and self._left() > LEAST_S:
                search.go_on(sum(later.seconds for k, later in self.searches.items() if k > number))
            if search.bounds.is_outdated or self.knowledge.known.contradiction is not None:
                return

    def _state(self) -> tuple[Known, list[float]]:
        """What is known, and what each level that was begun has taken: one may have paused before it took anything."""
        return self.knowledge.known, [search.spent for search in self.searches.values()]

    def _barred(self, within: tuple[int, ...]) -> frozenset[int]:
        """The variables of no plan within these cuts, by what the level before proved."""
        return self.searches[self.number - 1].barred_at(within[-1]) if within else frozenset()

    def _is_proven(self) -> bool:
        return self.knowledge.known.is_proven or self.knowledge.known.contradiction is not None

    def _left(self) -> float:
        return 0.0 if self.tools.is_ended() else self.tools.deadline - time.monotonic()

    def _hear(self, known: Known) -> None:
        """Passes on what is known, if the level at hand has a better plan or bound."""
        news = known.plan, known.bound(self.number)
        if news != self.told:
            self.told = news
            self.tell(self.number, known)
