"""Tools that all levels of a search share, and bounds that LPs give of a level."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from arshjul.solver.backends import EngineHandle
from arshjul.solver.model.bounds import SCALE, LagrangianBound, lagrangian_bound
from arshjul.solver.model.milp import LevelCut, Model
from arshjul.solver.params import SolveParams
from arshjul.solver.search.cores import Cores
from arshjul.solver.search.known import COUNTING, Bound, Knowledge
from arshjul.solver.search.level import KnownLevel, SearchLevel, Subproblem, TimeSlice
from arshjul.solver.search.lp import CutPool, ElasticLp
from arshjul.solver.search.merging import Merging

LEAST_GAIN, MOST_IDLE = 0.01, 2
"""A round of cuts is idle if it brings no more than this part of what all have brought; so many in a row are enough."""

Cuts = tuple[LevelCut, ...]


@dataclass(slots=True)
class SearchTools:
    """The model, its LP, the engine, and what is known.

    All ends once the engine's `handle` has, or at the `deadline`, a moment of `time.monotonic`. `first_plan` makes a
    plan where none is known, and the LP's optimum gives none. `executor` is where regions are solved; without a name
    that is here, one after the other. `has_start`: a good plan is known from the start. `tried` are the tentative cuts
    within which a plan was looked for, and `ahead` the cores that held one.
    """

    merging: Merging
    deadline: float
    seed: int
    params: SolveParams
    handle: EngineHandle
    first_plan: Callable[[], Collection[int] | None]
    executor: str = ""
    has_start: bool = True
    model: Model = field(init=False)
    knowledge: Knowledge = field(init=False)
    elastic: ElasticLp = field(init=False)
    tried: set[Cuts] = field(default_factory=set)
    ahead: Cores | None = None

    def __post_init__(self) -> None:
        self.model = self.merging.model
        self.knowledge = Knowledge(self.model)
        self.elastic = ElasticLp(CutPool(self.model, self.params, has_start=self.has_start))

    @property
    def last(self) -> int:
        return len(self.model.costs) - 1

    def rest(self) -> TimeSlice:
        return TimeSlice(self.deadline, is_ended=self.handle.is_ended)

    def level(self, number: int, cuts: Cuts, duals: LagrangianBound) -> SearchLevel:
        """A level under these cuts, of the model with all rows that its LPs found by now."""
        restriction = self.elastic.pool.restriction(cuts)
        problem = Subproblem(restriction, number, cuts, duals, self.seed, self.model.unit(number))
        return SearchLevel(problem, self.knowledge, self.handle, hard=self.elastic.hard)

    def make_first_plan(self) -> None:
        if self.knowledge.known.plan is None and (ones := self.first_plan()) is not None:
            self.knowledge.learn_plan(ones)


class DualBounds(KnownLevel):
    """The bounds of a level by counting and by LPs, under cuts; `duals` is the best one, with its reduced costs.

    `barred` are the 0/1 variables of no plan within the cuts; `least` is what a plan with each variable is worth at
    least, times SCALE.
    """

    def __init__(self, tools: SearchTools, within: tuple[int, ...], barred: frozenset[int]) -> None:
        super().__init__(tools.knowledge, len(within), within)
        self.barred = barred
        self.cuts: Cuts = tuple(enumerate(within))
        self.duals = lagrangian_bound(tools.model, self.number, barred=barred)
        self.least = [self.duals.scaled_bound + more for more in self.duals.reduced]
        self.knowledge.learn_bound(Bound(self.number, self.duals.bound, within, COUNTING))

    def take(self, duals: LagrangianBound) -> None:
        self.least = [
            max(known, duals.scaled_bound + more) for known, more in zip(self.least, duals.reduced, strict=True)
        ]
        if duals.scaled_bound > self.duals.scaled_bound:
            self.duals = duals
            self.prove(duals.bound, "duals")

    def barred_at(self, value: int) -> frozenset[int]:
        """The variables of no plan within the cuts in which the level has that value or a better one."""
        return self.barred.union(v for v, least in enumerate(self.least) if least > value * SCALE)


class Separation:
    """Rounds of cuts, until twice in a row one has brought next to nothing."""

    def __init__(self, rounds: int) -> None:
        self.left = rounds
        self.begin()

    def begin(self) -> None:
        self.first: int | None = None
        self.best = self.idle = 0

    def pays(self, bound: int) -> bool:
        """True if another round is worth while, now that the level's scaled bound is this."""
        if self.first is None:
            self.first = self.best = bound
        else:
            gain, self.best = bound - self.best, max(self.best, bound)
            self.idle = self.idle + 1 if gain <= LEAST_GAIN * (self.best - self.first) else 0
        self.left -= 1
        return self.left >= 0 and self.idle < MOST_IDLE
