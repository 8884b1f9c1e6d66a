"""Lexicographic optimisation: each level is solved, proven and cut off before the next (Isermann 1982).

A cut `level <= value` holds for all later levels, so no weights are needed. Everything that decides which plan comes
out is deterministic. A level that used up its share of the time pauses at a point from which it can continue as if it
had not, and is resumed once the later levels are done. Where a plan is better on a level that is cut, the levels after
it begin anew under the lower cut; what is known of the others stays.
"""

import time
from collections.abc import Callable, Iterator

from arshjul.solver.search.branching import BranchAndBound, EnforcedNeighbourhoodSearch
from arshjul.solver.search.cores import Cores, search_proof, search_whole
from arshjul.solver.search.decomposition import decompose
from arshjul.solver.search.known import Bound, Known, SearchResult
from arshjul.solver.search.level import SearchLevel, Technique, TimeSlice, climb
from arshjul.solver.search.lns import Neighbourhoods
from arshjul.solver.search.lookahead import LookAhead
from arshjul.solver.search.lp import Optimum, OwnRelaxation
from arshjul.solver.search.tools import DualBounds, SearchTools, Separation

LEAST_S = 0.1
"""The least time for resuming a level or asking an engine."""

Tell = Callable[[int, Known], None]
"""Called with the number of the level at hand and what is known, whenever its value or its bound becomes better."""


class LexicographicSearch:
    """A run through the levels of one model, from what is `known` on; `tell` is called with its results."""

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
        """Searches level by level; the knowledge at the end. Raises `Impossible`."""
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
        """The knowledge, and the seconds of each level that was begun: 0 for one that paused at once."""
        return self.knowledge.known, [search.spent for search in self.searches.values()]

    def _hear(self, known: Known) -> None:
        news = known.plan, known.bound(self.number)
        if news != self.told:
            self.told = news
            self.tell(self.number, known)


OVERTIME = 0.5
"""The share of the remaining time in which a level may finish its present step, once its own share is over."""
LPS_A_ROUND, ROOT_EFFORT = 2, 0.25
"""LPs of a tree that take about as long as a round of cuts, and the effort of the first search for a plan beside it."""


class LevelSearch:
    """The search of the level after these cuts: `begin` starts it, and `go_on` resumes it where it paused.

    `barred` are the 0/1 variables of no plan within the cuts. `seconds` are those spent so far.
    """

    def __init__(self, tools: SearchTools, within: tuple[int, ...], barred: frozenset[int]) -> None:
        self.tools = tools
        self.bounds = DualBounds(tools, within, barred)
        self.own = OwnRelaxation(tools.elastic, self.bounds.number, self.bounds.cuts, tools.merging)
        self.rens = EnforcedNeighbourhoodSearch(in_threads=bool(tools.executor))
        self.level: SearchLevel | None = None
        self.tree: BranchAndBound | None = None
        self.techniques: list[Technique] = []
        self.whole_effort = tools.params.core.whole_effort
        self.seconds = 0.0

    @property
    def spent(self) -> float:
        return 0.0 if self.level is None else self.level.spent

    def begin(self) -> None:
        began, tools = time.monotonic(), self.tools
        whole = tools.rest()
        is_merged, core_is_hard = tools.merging.is_at(self.bounds.number), False
        if len(tools.model.picks) > tools.params.sizes.small and not self.bounds.is_settled(whole):
            if is_merged:
                self._tighten(whole)
            else:
                ahead = LookAhead(tools, self.bounds, whole)
                ahead.run()
                core_is_hard = ahead.core_is_hard
        tools.make_first_plan()
        turn = self._share(None)
        if not self.bounds.is_done:
            self._open(turn, branches_first=is_merged or core_is_hard)
            self._run(turn)
        self.seconds = time.monotonic() - began

    def go_on(self, later_s: float) -> None:
        """Resumes a search that paused; `later_s` are the seconds that the later levels took before."""
        began = time.monotonic()
        self._run(self._share(later_s))
        self.seconds += time.monotonic() - began

    def barred_at(self, value: int) -> frozenset[int]:
        """The variables of no plan within the cuts that has this value of the level."""
        tools, bounds = self.tools, self.bounds
        if not tools.params.levels.fixing:
            return bounds.barred
        if self.tree is not None and self.tree.begun and bounds.is_proven:  # its cuts are closer than what is known
            found = self.own.optimum(bounds.barred, tools.rest().left())
            if found is not None:
                bounds.take(found.bound)
        return bounds.barred_at(value)

    def _share(self, later_s: float | None) -> TimeSlice:
        tools, now = self.tools, time.monotonic()
        if self.bounds.number == tools.last:
            return tools.rest()
        left = max(0.0, tools.deadline - now)
        wanted = tools.params.levels.share * left
        if later_s is not None:
            wanted = max(wanted, left - 2 * later_s)
        return TimeSlice(now + wanted + OVERTIME * (left - wanted), now + wanted, tools.handle.is_ended)

    def _run(self, turn: TimeSlice) -> None:
        level = self.level
        if level is not None:
            self.whole_effort = search_whole(level, turn, self.whole_effort)
            climb(level, self.techniques, turn)

    def _open(self, turn: TimeSlice, *, branches_first: bool) -> None:
        """Makes the level's search, which goes on from that of the look-ahead if its cuts have come true."""
        tools, bounds = self.tools, self.bounds
        cores = tools.ahead
        if cores is None or cores.level.within != bounds.within or cores.level.problem.duals.bound < bounds.duals.bound:
            cores = Cores(tools.level(bounds.number, bounds.cuts, bounds.duals))
        level = self.level = cores.level
        if level.present is not None and tools.elastic.branches:
            self.tree = BranchAndBound(self.own, bounds.barred, self.rens)
        if level.present is not None and not level.provable:
            self._decompose(level, turn)
        self.techniques = list(_strategy(cores, self.tree, branches_first=branches_first))

    def _decompose(self, level: SearchLevel, turn: TimeSlice) -> None:
        """Finds a plan and a bound of a level that is too large to be searched whole, by its regions."""
        elastic, pool, cuts = self.tools.elastic, self.tools.elastic.pool, self.bounds.cuts
        is_of_now = level.problem.restriction is pool.restriction(cuts)
        if elastic.seen is not None and is_of_now and elastic.seen.serves(pool.model, cuts):
            decompose(level, turn, pool.of_engines(elastic.seen.multipliers, cuts), self.tools.executor)

    def _tighten(self, turn: TimeSlice) -> None:
        """Bounds the level by an LP of its own, with cuts; beside it a plan is looked for among what optima take."""
        bounds = self.bounds
        found = self.own.root(bounds.barred, turn.left())
        if found is None or bounds.present is None:
            return
        bounds.take(found.bound)
        level = self.tools.level(bounds.number, bounds.cuts, bounds.duals)
        with self.rens.turn(level, turn, ROOT_EFFORT):
            self._separate(found, level, turn)

    def _separate(self, first: Optimum, level: SearchLevel, turn: TimeSlice) -> None:
        bounds, pool, found = self.bounds, self.tools.elastic.pool, first
        separation = Separation(self.tools.params.separation.halves)
        rounds = 0
        while not level.is_settled(turn):
            rounds += 1
            self.rens.add(found.point)
            self.rens.ask(level, turn, LPS_A_ROUND * rounds)
            pays = pool.tightens and not self.own.hard and separation.pays(found.bound.scaled_bound)
            joined = pays and pool.separate(found.point, bounds.number)
            if not joined and not self.own.raises_floor(found, bounds.barred, turn.left()):
                return
            next_found = self.own.optimum(bounds.barred, turn.left())
            if next_found is None:
                return
            found = next_found
            bounds.take(found.bound)


def _strategy(cores: Cores, tree: BranchAndBound | None, *, branches_first: bool) -> Iterator[Technique]:
    """The techniques of a level in their order: from the first one again, once one says that it is worth while."""
    cores.narrow_only |= tree is not None

    def branch_after_cores(level: SearchLevel, turn: TimeSlice) -> bool:
        """Branches where cores are too hard, and the gap is too large for an engine to close."""
        return tree is not None and cores.stuck and not level.is_close and tree.improve(level, turn)

    if tree is not None and branches_first:
        yield tree.improve
    yield cores.improve
    if not branches_first:
        yield branch_after_cores
    if not cores.alone:
        yield Neighbourhoods().improve
    yield search_proof
    if tree is not None and not cores.alone:
        yield tree.improve
