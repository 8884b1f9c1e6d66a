"""Lexicographic optimisation: each level is solved, proven and cut off before the next (Isermann 1982).

A cut `level <= value` holds for all later levels, so no weights are needed. Everything that decides which plan comes
out is deterministic: the construction, the LP, the search. A level that used up its share of the time pauses at a point
from which it can continue as if it had not, and is resumed once the later levels are done. Where a plan is better on a
level that is cut, the levels after it begin anew under the lower cut; what is known of the others stays.
"""

from collections.abc import Callable

from arshjul.solver.search.known import Bound, Known, SearchResult
from arshjul.solver.search.level_search import LevelSearch
from arshjul.solver.search.tools import SearchTools

LEAST_S = 0.1
"""The least time for resuming a level or asking an engine."""

Tell = Callable[[int, Known], None]
"""Called with the number of the level at hand and what is known, whenever its value or its bound becomes better."""


class LexicographicSearch:
    """A run through the levels of one model; `tell` is called with its results.

    It ends with its tools, and goes on from what is `known`.
    """

    def __init__(
        self, tools: SearchTools, known: Known | None = None, tell: Tell = lambda _number, _known: None
    ) -> None:
        self.tools = tools
        self.knowledge = tools.knowledge
        self.knowledge.hear = self._hear
        self.number = 0
        self.told: tuple[object, Bound | None] = (None, None)
        self.tell = tell
        self.searches: dict[int, LevelSearch] = {}
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
            seconds = tuple(self.searches[number].seconds for number in sorted(self.searches))
            found = SearchResult(self.knowledge.known, seconds)
            if found.is_final or tools.rest().left() <= LEAST_S or before == self._state():
                return found

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
                # the variables of no plan within these cuts, by what the level before proved
                barred = self.searches[number - 1].barred_at(within[-1]) if within else frozenset()
                search = self.searches[number] = LevelSearch(self.tools, within, barred)
                self._hear(self.knowledge.known)
                search.begin()
            elif not search.bounds.is_done and self.tools.rest().left() > LEAST_S:
                search.go_on(sum(later.seconds for k, later in self.searches.items() if k > number))
            if search.bounds.is_outdated or self.knowledge.known.contradiction is not None:
                return

    def _state(self) -> tuple[Known, list[float]]:
        """What is known, and what each level that was begun has taken: one may have paused before it took anything."""
        return self.knowledge.known, [search.spent for search in self.searches.values()]

    def _hear(self, known: Known) -> None:
        """Passes on what is known, if the level at hand has a better plan or bound."""
        news = known.plan, known.bound(self.number)
        if news != self.told:
            self.told = news
            self.tell(self.number, known)
