"""One level of the lexicographic search: from the state left by earlier levels to its own.

Most levels end where counting proves them, so the last level is looked at first: a plan that reaches every earlier
bound proves all those levels at once. Cuts at these bounds are *tentative* until such a plan is found.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.bounds import SCALE, LagrangianBound, counting_bound, lagrangian_bound
from arshjul.solver.model.milp import LevelCut, Model, ModelIndex, by_set
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.params import SolveParams
from arshjul.solver.search.branching import BranchAndBound
from arshjul.solver.search.core import QUICK, QUICK_TRIES, CoreSearch, Step
from arshjul.solver.search.decomposition import decompose
from arshjul.solver.search.descent import descend
from arshjul.solver.search.lookahead import Lookahead
from arshjul.solver.search.merging import Merging
from arshjul.solver.search.own_relaxation import Optimum, OwnRelaxation
from arshjul.solver.search.rens import EnforcedNeighbourhoodSearch
from arshjul.solver.search.status import LevelStatus
from arshjul.solver.search.subproblem import Subproblem

OVERTIME = 0.5
"""The share of the remaining time in which a level may finish its present step, once its own share is over."""

LPS_A_ROUND, ROOT_EFFORT = 2, 0.25
"""LPs of a tree that take about as long as a round of cuts, and the effort of the first search for a plan beside it."""

LEAST_GAIN, MOST_IDLE = 0.05, 2
"""A round of cuts is idle if it brings no more than this part of what all have brought; so many in a row are enough."""

Values = list[int]
"""The values of all variables of a model, excesses too."""

Tell = Callable[[int, LevelStatus, Values | None], None]
"""Called with a level's better value or bound, or a new level, and the best plan."""


@dataclass(frozen=True, slots=True)
class LevelState:
    """The state in which a level begins.

    `cuts` are the values of earlier levels, `statuses` what is known of those, and `barred` the 0/1 variables of no
    plan as good as these values. `best` is the best plan; None: none is known. `tried` are the tentative cuts within
    which a plan was looked for, and `ahead` is the search that found one.
    """

    cuts: tuple[LevelCut, ...] = ()
    statuses: tuple[LevelStatus, ...] = ()
    barred: frozenset[int] = frozenset()
    best: Values | None = None
    tried: tuple[tuple[LevelCut, ...], ...] = ()
    ahead: CoreSearch | None = None


@dataclass(slots=True)
class SearchTools:
    """The parts of a search that all its levels use: the model, its LP, and the engine.

    `start` makes the first plan. `known` are statuses of an earlier search of the model, from which this one continues.
    All ends once `is_ended` is true. `executor` is where regions are solved; without a name that is here, one after the
    other, since other searches have the other cores. `merging` says which level of the model stands for two.
    """

    model: Model
    params: SolveParams
    seed: int
    deadline: float
    handle: EngineHandle
    start: Callable[[], Values | None]
    tell: Tell
    is_ended: Callable[[], bool]
    known: Sequence[LevelStatus]
    executor: str
    merging: Merging
    view: ModelIndex = field(init=False)
    lookahead: Lookahead = field(init=False)
    _restriction: Restriction | None = None
    _cut: Model | None = None

    def __post_init__(self) -> None:
        self.view = ModelIndex(self.model)
        self.lookahead = Lookahead(self.model, self.params)

    def restriction(self) -> Restriction:
        """The restrictions of the model with all cuts that the LP has found by now.

        Those in which an excess stands are left out: only an LP gains by them.
        """
        model = self.lookahead.model
        if self._restriction is None or self._cut is not model:
            hard = replace(model, constraints=self.lookahead.without_priced(model.constraints))
            self._restriction, self._cut = Restriction(hard, self.params), model
        return self._restriction


class _Separation:
    """Says how long separation goes on at the same cuts: until twice in a row a round has brought next to nothing."""

    def __init__(self, rounds: int) -> None:
        self.left = rounds
        self.begin()

    def begin(self) -> None:
        """Begins at other cuts."""
        self.first: int | None = None
        self.best = self.idle = 0

    def pays(self, bound: int) -> bool:
        """True if another round is worth while, now that the last level's scaled bound is this."""
        if self.first is None:
            self.first = self.best = bound
        else:
            gain, self.best = bound - self.best, max(self.best, bound)
            self.idle = self.idle + 1 if gain <= LEAST_GAIN * (self.best - self.first) else 0
        self.left -= 1
        return self.left >= 0 and self.idle < MOST_IDLE


class LevelSearch:
    """The search of the level that a state is at: `begin` starts it, and `go_on` resumes it.

    `best` and `status` are its results, `duals` the LP's or counting's bound, with reduced costs, `least` what a plan
    with each variable is worth at least by any of the LPs' bounds, scaled as these. `search` is None if no engine was
    needed. `core_is_hard`: its first core was searched, and not to the end.
    """

    def __init__(self, tools: SearchTools, state: LevelState) -> None:
        self.tools, self.state = tools, state
        self.model = tools.model
        self.level = len(state.statuses)
        self.best, self.tried, self.ahead = state.best, state.tried, state.ahead
        self.duals = lagrangian_bound(self.model, self.level, barred=state.barred)
        self.least = [self.duals.scaled_bound + more for more in self.duals.reduced]
        self.status = LevelStatus(self._value(), self.duals.bound, ("counting",))
        if self.level < len(tools.known):
            self._take_bound(tools.known[self.level].bound, tools.known[self.level].by)
        self.own = OwnRelaxation(tools.lookahead, self.level, state.cuts, tools.merging)
        self.rens = EnforcedNeighbourhoodSearch(in_threads=bool(tools.executor))
        self.search: CoreSearch | None = None
        self.core_is_hard = False
        self.began = time.monotonic()
        self.until = tools.deadline

    def begin(self) -> LevelState:
        """Searches until the level is proven, or has had its share of the time."""
        tools = self.tools
        self._tell()
        if len(self.model.picks) > tools.params.sizes.small and not self._is_done():
            if tools.merging.is_at(self.level):
                self._tighten()
            else:
                self._look_ahead()
        self._make_first_plan()
        pause_at = self._take_share(None)
        if not self.status.proven:
            step = Step(self.until, pause_at, tools.is_ended, self._hear)
            if self.ahead is not None and self._serves(self.ahead) and self.ahead.duals.bound >= self.duals.bound:
                self.search = self.ahead
                self._hear(self.search)
                self.search.take(step, self._present() or ())
            else:
                self.search = self._core_search(self.level, self.state.cuts, self.duals, self._present())
                self.search.know(self.status)
            if self.search.present is not None and tools.lookahead.branches:
                self.search.tree = BranchAndBound(self.own, self.state.barred, self.rens)
                self.search.branches_first = tools.merging.is_at(self.level) or self.core_is_hard
            if self.search.present is not None and not self.search.provable:
                self._decompose(self.search, step)
            self.search.run(step)
        return self._left_state()

    def go_on(self, later_s: float) -> LevelState:
        """Resumes a paused search; `later_s` are the seconds that the later levels took before."""
        assert self.search is not None  # noqa: S101 - for the type checker: it paused
        self.began = time.monotonic() - self.status.seconds
        pause_at = self._take_share(later_s)
        self.search.run(Step(self.until, pause_at, self.tools.is_ended, self._hear))
        return self._left_state()

    def _left_state(self) -> LevelState:
        """The state in which the next level begins; without a plan there is no cut."""
        self.status = replace(self.status, seconds=time.monotonic() - self.began)
        state = replace(self.state, statuses=(*self.state.statuses, self.status), tried=self.tried, ahead=self.ahead)
        if self.best is None or self.status.value is None:
            return state
        value, barred = self.status.value, state.barred
        if self.tools.params.levels.fixing:
            self._bound_again()
            barred = barred.union(v for v, least in enumerate(self.least) if least > value * SCALE)
        return replace(state, cuts=(*state.cuts, (self.level, value)), barred=barred, best=self.best)

    def _bound_again(self) -> None:
        """Bounds a proven level by its LP with all cuts of its tree: closer bounds bar more from later levels."""
        tree = None if self.search is None else self.search.tree
        if tree is not None and tree.begun and self.status.proven and self.level < len(self.model.costs) - 1:
            found = self.own.optimum(self.state.barred, self._left())
            if found is not None:
                self._take_duals(found.bound)

    def _take_share(self, later_s: float | None) -> float:
        """The moment from which the search may pause; also sets the moment when it ends."""
        now = time.monotonic()
        left = max(0.0, self.tools.deadline - now)
        if self.level == len(self.model.costs) - 1:
            return math.inf
        wanted = self.tools.params.levels.share * left
        if later_s is not None:
            wanted = max(wanted, left - 2 * later_s)
        self.until = now + wanted + OVERTIME * (left - wanted)
        return now + wanted

    def _hear(self, search: CoreSearch) -> None:
        """Takes over the results of the level's search."""
        if search.value is not None and (self.status.value is None or search.value < self.status.value):
            self.best = self.tools.view.values(search.present or ())
            self.status = replace(self.status, value=search.value)
            self._tell()
        if search.bound > self.status.bound:
            self._take_bound(search.bound, (search.by,))
            self._tell()

    def _take_bound(self, bound: int, by: tuple[str, ...]) -> None:
        if bound > self.status.bound:
            self.status = replace(self.status, bound=bound, by=by)

    def _take_duals(self, duals: LagrangianBound) -> None:
        self.least = [
            max(least, duals.scaled_bound + more) for least, more in zip(self.least, duals.reduced, strict=True)
        ]
        if duals.scaled_bound > self.duals.scaled_bound:
            self.duals = duals
            self._take_bound(duals.bound, ("duals",))
            self._tell()

    def _tell(self) -> None:
        self.status = replace(self.status, seconds=time.monotonic() - self.began)
        self.tools.tell(self.level, self.status, self.best)

    def _is_done(self) -> bool:
        return self.status.proven or self._left() <= 0

    def _left(self) -> float:
        return 0.0 if self.tools.is_ended() else max(0.0, self.until - time.monotonic())

    def _value(self) -> int | None:
        return None if self.best is None else self.model.value(self.level, self.best)

    def _present(self) -> list[int] | None:
        return None if self.best is None else by_set(self.model, self.best)

    def _make_first_plan(self) -> None:
        """Makes a plan if none is known yet."""
        if self.best is None and (first := self.tools.start()) is not None:
            self._adopt(first)

    def _adopt(self, values: Values) -> None:
        """Keeps a plan that is better on the present level, or as good there and better on a later one."""
        if self.best is None or self._worth(values) < self._worth(self.best):
            self.best = values
            self.status = replace(self.status, value=self._value())
            self._tell()

    def _worth(self, values: Values) -> list[int]:
        """The cost of a plan on the present level and on all later ones."""
        return [self.model.value(level, values) for level in range(self.level, len(self.model.costs))]

    def _decompose(self, search: CoreSearch, step: Step) -> None:
        """Finds a plan and a bound of a level that is too large to be searched whole, by its regions."""
        lookahead, is_of_now = self.tools.lookahead, search.subproblem.restriction is self.tools.restriction()
        if lookahead.seen is not None and is_of_now and lookahead.seen.serves(lookahead.model, self.state.cuts):
            decompose(search, step, lookahead.without_priced(lookahead.seen.multipliers), self.tools.executor)

    def _tighten(self) -> None:
        """Bounds the level by an LP of its own, with cuts as long as they bring something.

        Beside these rounds a plan is looked for among what their optima take.
        """
        found = self.own.root(self.state.barred, self._left())
        if found is None or self._present() is None:
            return
        self._take_duals(found.bound)
        search = self._core_search(self.level, self.state.cuts, self.duals, self._present())
        step = Step(self.until, is_ended=self.tools.is_ended, heard=self._hear)
        with self.rens.turn(search, step, ROOT_EFFORT):
            self._separate(found, search, step)
            search.know(self.status)  # what the last round proves ends a search that goes on

    def _separate(self, found: Optimum | None, search: CoreSearch, step: Step) -> None:
        """Lets cuts join, from that optimum on, as long as they bring something."""
        lookahead, separation = self.tools.lookahead, _Separation(self.tools.params.separation.halves)
        rounds = 0
        while found is not None and not self._is_done():
            rounds += 1
            search.know(self.status)
            self.rens.add(found.point)
            self.rens.ask(search, step, LPS_A_ROUND * rounds)
            pays = lookahead.tightens and not self.own.hard and separation.pays(found.bound.scaled_bound)
            joined = pays and lookahead.joined(found.point, self.level)
            if not joined and not self.own.raises_floor(found, self.state.barred, self._left()):
                return
            found = self.own.optimum(self.state.barred, self._left())
            if found is not None:
                self._take_duals(found.bound)

    def _look_ahead(self) -> None:
        """Bounds the level by the LP; if promising, looks for a plan with all levels but the last at their bounds.

        A bound of a level from the LP raises the level's cut, and the LP is solved again, until no bound rises.
        """
        tools, state, last = self.tools, self.state, len(self.model.costs) - 1
        lookahead = tools.lookahead
        looked = not (lookahead.tightens and tools.params.levels.lookahead)
        if self.ahead is not None and self._serves(self.ahead):
            looked = True
            self._take_duals(self.ahead.duals)
            self._hear(self.ahead)
            if self._is_done() or not lookahead.tightens:
                return
        least = {k: counting_bound(self.model, k) for k in range(self.level, last)}
        if self.level < last:
            least[self.level] = max(least[self.level], self.duals.bound)
        separation = _Separation(tools.params.separation.halves)
        first_cores: dict[int, CoreSearch] = {}  # searched with the present cuts
        while not self._is_done():
            cuts = (*state.cuts, *least.items())
            multipliers = lookahead.multipliers(cuts, len(state.cuts), state.barred, self._left())
            if multipliers is None:
                return
            ahead = lookahead.last(cuts, multipliers, state.barred)
            own = {k: lookahead.before(k, cuts[:k], multipliers, state.barred) for k in least}
            self._take_duals(own.get(self.level, ahead))
            higher = {k: max(bound, own[k].bound) for k, bound in least.items()}
            if higher == least and not self._is_done():
                duals = {**own, self.level: self.duals, last: ahead}
                if not looked:
                    looked = True
                    first_cores = self._search_first_cores(cuts, duals)
                    own_core = first_cores.get(self.level)
                    self.core_is_hard = own_core is not None and own_core.tried > 0 and not own_core.ended
                    continue
                if separation.pays(ahead.scaled_bound) and lookahead.tightened():
                    first_cores = {}
                    continue
                if self.level < last and tools.params.levels.lookahead and cuts not in self.tried:
                    self._search_tentatively(cuts, first_cores or self._search_first_cores(cuts, duals))
                return
            separation.begin()
            first_cores, least = {}, higher

    def _search_tentatively(self, cuts: tuple[LevelCut, ...], searches: Mapping[int, CoreSearch]) -> None:
        """Looks for a plan within tentative cuts, which would prove them, by the last level's search.

        If the best plan of the present level's own core is above its cut, the cut is likely to be too low, and wider
        cores than the first are not searched. Where the first plan proves the level, the next one looks.
        """
        self._make_first_plan()
        if not self._is_done():
            self.tried = (*self.tried, cuts)
        own, last = searches.get(self.level), searches[max(searches)]
        above = own is not None and own.ended and own.value is not None and own.value > cuts[self.level][1]
        if last.present is None and not self._is_done() and not above:
            step = Step(self.until, is_ended=self.tools.is_ended)
            if self.tools.lookahead.hard:
                last.find_first_plan(step, QUICK_TRIES, QUICK)
                self._descend(last, step)
            last.find_first_plan(step)
            self._kept(last)

    def _descend(self, search: CoreSearch, step: Step) -> None:
        """Looks for a plan within the search's cuts by neighbourhoods of all levels at once."""
        lookahead, present = self.tools.lookahead, self._present()
        if present is None or lookahead.seen is None or search.present is not None:
            return
        rows = len(lookahead.model.constraints) + len(self.model.soft_constraints)
        multipliers = lookahead.without_priced(lookahead.seen.multipliers[:rows])
        price = round(lookahead.price)
        found = self.tools.view.values(descend(search, step, present, price, multipliers, self.state.barred))
        if self.model.keeps(found, self.state.cuts):
            self._adopt(found)

    def _search_first_cores(
        self, cuts: tuple[LevelCut, ...], duals: Mapping[int, LagrangianBound]
    ) -> dict[int, CoreSearch]:
        """The searches of the first cores of the last level and those before it, each within the cuts before its own.

        The LP's own optimum may be a plan within all cuts, or one may lie near it; then no first plan is needed. If the
        last level's core is proven to hold none, those of earlier levels are searched, down to the present level: that
        costs little, and wider cores much. A core of most variables is none, as where a level's costs differ by little.
        """
        step = Step(self.until, is_ended=self.tools.is_ended)
        last = max(duals)
        searches: dict[int, CoreSearch] = {}
        for k in sorted(duals, reverse=True):
            present = self._present() if k == self.level else None
            search = searches[k] = self._core_search(k, cuts[:k], duals[k], present)
            if k == last:
                search.search_support(step, self.tools.lookahead.support)
            if k == last or search.is_narrow():
                search.search_first_core(step)
            if k == self.level:
                self._hear(search)
            if self._kept(search) or not search.empty:
                break
            self._make_first_plan()
        return searches

    def _kept(self, search: CoreSearch) -> bool:
        """Keeps a search within tentative cuts that found a plan, and the plan; returns whether it did."""
        if search.present is None:
            return False
        self.ahead = search
        self._adopt(self.tools.view.values(search.present))
        return True

    def _serves(self, search: CoreSearch) -> bool:
        """True if a search is one of the present level: its tentative cuts have come true."""
        return search.subproblem.cuts == self.state.cuts

    def _core_search(
        self, level: int, cuts: tuple[LevelCut, ...], duals: LagrangianBound, present: Sequence[int] | None
    ) -> CoreSearch:
        tools = self.tools
        subproblem = Subproblem(tools.restriction(), level, cuts, duals, tools.seed, tools.model.unit(level))
        return CoreSearch(subproblem, present, tools.handle, hard=tools.lookahead.hard)
