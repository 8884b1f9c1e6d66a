"""The look-ahead from a level to the last one.

Most levels end where counting proves them, so a plan is looked for that reaches the bounds of all levels before the
last at once, by the last level's LP: it proves all of them. Cuts at these bounds are *tentative* until then.

*Descent* looks for a plan within tentative cuts by neighbourhoods of all levels at once, where the LP is hard: its
optima are many then, and no core that an engine soon searches through holds what they take. Each unit beyond a cut
costs what the LP prices it at, so the LP's multipliers belong to that one level as they are.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from arshjul.errors import InputError
from arshjul.solver.model.bounds import LagrangianBound, lagrangian_bound
from arshjul.solver.model.milp import guard_restrictions, reweighted, rows_of
from arshjul.solver.model.presolve import Restriction
from arshjul.solver.search.cores import Cores
from arshjul.solver.search.known import keeps
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice
from arshjul.solver.search.lns import NeighbourhoodSearch
from arshjul.solver.search.tools import Cuts, DualBounds, SearchTools, Separation

QUICK_TRIES, QUICK = 2, 1.5
"""Cores and their effort before a descent, where the LP is hard: a plan took 1.3 deterministic seconds, or is far."""


class Raised(NamedTuple):
    """Tentative cuts at bounds that no LP raises any more, and what the LP says of each level under those before it."""

    cuts: Cuts
    duals: Mapping[int, LagrangianBound]


class LookAhead:
    """The look-ahead of one level. `core_is_hard`: its own first core was searched, and not to the end."""

    def __init__(self, tools: SearchTools, bounds: DualBounds, turn: TimeSlice) -> None:
        self.tools = tools
        self.bounds = bounds
        self.turn = turn
        self.separation = Separation(tools.params.separation.halves)
        self.core_is_hard = False

    def run(self) -> None:
        """Bounds the level by the LP, with cuts as long as they bring something; looks for a plan at the bounds."""
        tools, bounds, elastic = self.tools, self.bounds, self.tools.elastic
        is_new = tools.params.levels.lookahead and elastic.pool.tightens
        if tools.ahead is not None and tools.ahead.level.within == bounds.within:
            is_new = False
            bounds.take(tools.ahead.level.problem.duals)
            if not elastic.pool.tightens:
                return
        cores: Mapping[int, Cores] = {}
        cuts = self._first_cuts()
        while (raised := self._raised(cuts)) is not None:
            cuts = raised.cuts
            if is_new:
                is_new = False
                cores = self._search_first_cores(raised)
                own = cores.get(bounds.number)
                self.core_is_hard = own is not None and own.tried > 0 and not own.ended
                if bounds.is_settled(self.turn):
                    return
            if self.separation.pays(raised.duals[tools.last].scaled_bound) and elastic.tightened():
                cores = {}
                continue
            looks = tools.params.levels.lookahead and bounds.number < tools.last
            if looks and raised.cuts not in tools.tried:
                self._search_tentatively(raised.cuts, cores or self._search_first_cores(raised))
            return

    def _first_cuts(self) -> Cuts:
        """The cuts of all levels before the last, from the present level on at the bounds that are known."""
        cuts = self.bounds.cuts
        for k in range(self.bounds.number, self.tools.last):
            least = self.tools.knowledge.known.bound(k, [most for _, most in cuts]).least
            cuts = (*cuts, (k, least))
        return cuts

    def _raised(self, cuts: Cuts) -> Raised | None:
        """The tentative cuts once no bound of a level rises any more, as each raises the LP's; None: time is up."""
        tools, bounds, elastic = self.tools, self.bounds, self.tools.elastic
        while not bounds.is_settled(self.turn):
            multipliers = elastic.multipliers(cuts, len(bounds.cuts), bounds.barred, self.turn.left())
            if multipliers is None:
                return None
            ahead = elastic.last(cuts, multipliers, bounds.barred)
            tentative = cuts[bounds.number :]
            own = {k: elastic.before(k, cuts[:k], multipliers, bounds.barred) for k, _ in tentative}
            bounds.take(own.get(bounds.number, ahead))
            higher = (*bounds.cuts, *((k, max(least, own[k].bound)) for k, least in tentative))
            if higher == cuts and not bounds.is_settled(self.turn):
                return Raised(cuts, {**own, bounds.number: bounds.duals, tools.last: ahead})
            self.separation.begin()
            cuts = higher
        return None

    def _search_first_cores(self, raised: Raised) -> dict[int, Cores]:
        """The first cores of the last level and those before it, each within the cuts before its own.

        The LP's own optimum may be a plan within all cuts, or one may lie near it. If the last level's core is proven
        to hold none, those of earlier levels are searched, down to the present level: that costs little, and wider
        cores much. A core of most variables is none, as where a level's costs differ by little.
        """
        tools, turn, searched = self.tools, self.turn, {}
        for k in sorted(raised.duals, reverse=True):
            cores = searched[k] = Cores(tools.level(k, raised.cuts[:k], raised.duals[k]))
            if k == tools.last:
                cores.search_support(turn, tools.elastic.support)
            if k == tools.last or cores.is_narrow:
                cores.search_first(turn)
            if self._keep(cores) or not cores.empty:
                break
            tools.make_first_plan()
        return searched

    def _keep(self, cores: Cores) -> bool:
        if cores.level.present is None:
            return False
        self.tools.ahead = cores
        return True

    def _search_tentatively(self, cuts: Cuts, searched: Mapping[int, Cores]) -> None:
        """Looks for a plan within tentative cuts, which would prove them, by the last level's cores.

        Wider cores than the first are searched only where the best plan in the level's own first core keeps its cut,
        which else is probably too low. Once a constructed plan proves the level, the next level looks ahead instead.
        """
        tools, turn = self.tools, self.turn
        tools.make_first_plan()
        if self.bounds.is_settled(turn):
            return
        tools.tried.add(cuts)
        own, last = searched.get(self.bounds.number), searched[max(searched)]
        value = None if own is None or not own.ended else own.level.value
        is_above = value is not None and value > cuts[self.bounds.number][1]
        if last.level.present is None and not is_above:
            if tools.elastic.hard:
                last.find_first_plan(turn, QUICK_TRIES, QUICK)
                self._descend(last)
            last.find_first_plan(turn)
            self._keep(last)

    def _descend(self, cores: Cores) -> None:
        elastic, pool = self.tools.elastic, self.tools.elastic.pool
        present = self.bounds.present
        if present is None or elastic.seen is None or cores.level.present is not None:
            return
        rows = len(pool.model.constraints) + len(pool.model.soft_constraints)
        multipliers = pool.of_engines(elastic.seen.multipliers[:rows], cores.level.problem.cuts)
        found = descend(cores.level, self.turn, present, round(elastic.price), multipliers, self.bounds.barred)
        if self.tools.model.keeps(self.tools.knowledge.index.values(found), self.bounds.cuts):
            self.tools.knowledge.learn_plan(found)


DESCENT_EFFORT, DESCENT_TURN = 16.0, 0.25
"""Deterministic seconds in all, and between two looks whether the cuts are kept: years took 2 to 6."""


def descend(
    level: SearchLevel,
    turn: TimeSlice,
    plan: Sequence[int],
    price: int,
    multipliers: Sequence[float],
    barred: Collection[int],
) -> list[int]:
    """The best plan by all levels at once, each but the level's own at that price; within its cuts the level has it.

    `multipliers` are those of the rows of the level's model.
    """
    model = reweighted(level.model, [{**dict.fromkeys(range(level.number), price), level.number: 1}])
    problem = level.problem
    try:
        guard_restrictions(model)
    except InputError:  # the numbers of all levels in one are too large
        return list(plan)
    duals = lagrangian_bound(model, 0, rows_of(model), multipliers, barred)
    restriction = Restriction(model, problem.restriction.params)
    search = NeighbourhoodSearch(Subproblem(restriction, 0, (), duals, problem.seed), plan, level.handle)

    def is_within_cuts() -> bool:
        return keeps(level.knowledge.index.worth(search.present), level.within)

    left = DESCENT_EFFORT
    while left > 0 and turn.left() > 0 and not is_within_cuts():
        before = level.handle.spent
        search.run(DESCENT_TURN, turn.left())
        left -= max(DESCENT_TURN, level.handle.spent - before)
    if is_within_cuts():
        level.take(search.present)
    return search.present
