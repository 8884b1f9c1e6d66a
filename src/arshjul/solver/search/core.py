"""Core search for one level: MILPs over the variables of small reduced cost, then over more of them.

A *core* holds all that plans within some distance of the Lagrangian bound can take (Balas and Zemel's core problem,
1980; reduced-cost fixing and kernel search, Angelelli, Mansini and Speranza 2010). The first one holds little more than
the LP's own variables; each later one is wider, and what its search proves holds for the whole model up to its width.
If a core is too hard, large neighbourhood search from the best plan comes next.
"""

import math
import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from arshjul.errors import EngineFault, Message
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.bounds import BARRED, SCALE
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.search.lns import NeighbourhoodSearch
from arshjul.solver.search.status import Impossible, LevelStatus, is_best
from arshjul.solver.search.subproblem import Subproblem

NEAR_PERCENT = 1
"""The gap, in percent of the value, within which a proof is likely."""
RUN_EFFORT = 4.0
"""Deterministic seconds of neighbourhoods between two looks at the clock."""
AGAIN = 4
"""The growth of the effort after which fruitless neighbourhoods are tried again."""
FAR_PATIENCE = 16.0
"""Deterministic seconds of fruitless neighbourhoods if no proof is near; at least the core's effort."""
FIRST_REACH = 0.125
"""The width, in units of the level, of the first wide core for a first plan; each attempt doubles it."""
FIRST_TRIES = 6
"""The most cores searched for a first plan."""
PLAIN = 4
"""The factor of the effort of a search without aggregation, which starts slowly and gets far."""
QUICK_TRIES, QUICK = 2, 1.5
"""Both before a descent, where the LP is hard: a plan took up to 1.3 deterministic seconds, or was not found."""
BRANCH_LPS = 40
"""LPs of branch and bound before neighbourhoods, and twice as many each time after."""
SUPPORT_EFFORT = 0.1
"""Deterministic seconds for a plan among the variables of the LP's optimum: most take a tenth of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """The limits of one step of a search, and the listener called with each better plan or bound.

    It ends at `until`, or sooner once `is_ended`, and may pause from `pause_at` on; both are moments of
    `time.monotonic`.
    """

    until: float
    pause_at: float = math.inf
    is_ended: Callable[[], bool] = lambda: False
    heard: Callable[["CoreSearch"], None] = lambda _search: None

    def left(self) -> float:
        """The seconds left; 0 at the end."""
        return 0.0 if self.is_ended() else max(0.0, self.until - time.monotonic())

    def is_paused(self) -> bool:
        """True if the search should pause at the next point from which it can continue as if it had not."""
        return time.monotonic() >= self.pause_at


class Tree(Protocol):
    """Branch and bound on the level: see `branching`. `begun`: its root was solved; `ended`: nothing is left to do."""

    begun: bool
    ended: bool

    def run(self, search: "CoreSearch", step: Step, lps: int) -> None:
        """Searches for about that many LPs, and gives the search of the level its plans and bounds."""
        ...


class CoreSearch:
    """One level of a model, under cuts, searched in steps that each continue from the last one's end.

    `present` is the variable of each set in the best plan within the cuts, if one is known, and `value` the level's
    cost there. `bound` is proven for all plans within the cuts, by `by`. `hard`: the LP is hard, so aggregated searches
    start too slowly. `empty`: a core was proven to hold no plan; `ended`: the last core was searched to its end.
    `spent` are the deterministic seconds so far.
    """

    def __init__(
        self, subproblem: Subproblem, present: Sequence[int] | None, handle: EngineHandle, *, hard: bool
    ) -> None:
        self.subproblem = subproblem
        self.model = subproblem.model
        self.view = ModelIndex(self.model)
        self.duals = subproblem.duals
        self.bound, self.by = subproblem.duals.bound, "duals"
        self.ordered = sorted(subproblem.duals.reduced)
        self.params = subproblem.params.core
        self.sizes = subproblem.params.sizes
        self.handle = handle
        self.hard = hard
        self.present: list[int] | None = None
        self.value: int | None = None
        if present is not None:
            self.present = list(present)
            self.value = self.model.value(subproblem.level, self.view.values(present))
        self.effort = self.params.effort
        self.whole_effort = self.params.whole_effort
        self.width = self._narrow(self.params.kernel_width)
        self.spent = 0.0
        self.stuck = not self.params.core
        self.refuted = self.empty = self.ended = False
        self.tried = 0
        self.reach = round(FIRST_REACH * SCALE) * subproblem.unit
        self.idle: tuple[int | None, float] = (None, 0.0)
        self.neighbourhoods: NeighbourhoodSearch | None = None
        self.tree: Tree | None = None
        self.lps = BRANCH_LPS
        self.branches_first = False

    def run(self, step: Step) -> None:
        """Searches until nothing is left to find, or pauses."""
        self._search_whole(step)
        while self.present is not None and len(self.model.picks) > self.sizes.small and not self._is_over(step):
            provable = self.provable
            if (self.branches_first or (self.stuck and not self._is_close())) and self._branches(step):
                continue
            searches_wide = self.tree is None and not self.hard
            if self._fits(self.width) and not self.stuck and (searches_wide or self.is_narrow()):
                self._search_core(step)
                continue
            if not self.subproblem.params.lns.lns:
                (self._prove if provable else self._search_core)(step)
                continue
            if not provable or self.value != self.idle[0] or self.effort >= AGAIN * self.idle[1]:
                self._search_neighbourhoods(step)
            if provable and not self._is_settled(step):
                self._prove(step)
            if not self._is_settled(step):
                self._branches(step)

    def _branches(self, step: Step) -> bool:
        """Gives branch and bound a turn, if there is a tree, and twice as long a turn the next time."""
        if self.tree is None or self.tree.ended:
            return False
        before = self.value, self.bound
        self.tree.run(self, step, self.lps)
        self.lps *= 2
        return before != (self.value, self.bound)

    def _is_close(self) -> bool:
        """True if the gap is small, so that the engine is likely to close it."""
        return self.value is not None and self.value - self.bound <= max(1, self.value * NEAR_PERCENT // 100)

    def _is_settled(self, step: Step) -> bool:
        """True if the level is proven, or time is up."""
        return is_best(self.value, self.bound, (self.by,)) or step.left() <= 0

    def _is_over(self, step: Step) -> bool:
        return self._is_settled(step) or step.is_paused()

    def _search_whole(self, step: Step) -> None:
        """Searches all of a model that is small or has no plan yet, with twice the effort each time."""
        small = len(self.model.picks) <= self.sizes.small
        while (small or self.present is None) and not self._is_over(step):
            spent = self.spent
            ended = self._ask(step, self.model, self._task(step, self.model, self.whole_effort), None)
            if ended or self.spent == spent:
                return
            self.whole_effort *= 2

    @property
    def provable(self) -> bool:
        """True if the core of all better plans is small enough to be searched."""
        return self._fits(self._farthest())

    def find_first_plan(self, step: Step, tries: int = FIRST_TRIES, plain: float = PLAIN) -> None:
        """Looks for a plan within the cuts near the LP's optimum; later steps continue after the first core.

        In a narrow core the first plan comes soonest, in wider ones there are more; with aggregates, if the LP is easy,
        the best plan is often found as soon as any.
        """
        while self.tried < tries:
            if self.present is not None or self._is_settled(step) or not self._fits(self.width):
                return
            if self.spent >= self.params.first_effort or self.refuted:
                return
            attempt, self.tried = self.tried, self.tried + 1
            if attempt == 0 or (attempt % 2 == 0 and not self.hard):
                self._search_core(step)
                continue
            width = max(self.reach, self._narrow(self.params.kernel_width))
            small, guess = self._restricted(width if self._fits(width) else self._narrow(self.params.broad_width))
            task = self._task(step, small, plain * self.effort)
            ended = self._ask(step, small, replace(task, aggregated=False, any_plan=True), guess)
            self.stuck = True
            self.reach = 2 * (width if ended else self.reach)

    def search_support(self, step: Step, support: Sequence[Sequence[int]] | None) -> None:
        """Looks for a plan in the variables of the LP's optimum (relaxation enforced neighbourhood, Berthold 2014)."""
        if support is None or self._is_settled(step):
            return
        if all(len(taken) == 1 for taken in support):
            ones = [v for (v,) in support]
            if self.model.keeps(self.view.values(ones), self.subproblem.cuts):
                self.take(step, ones)
            return
        self._search_only(step, support, SUPPORT_EFFORT)

    def search_first_core(self, step: Step) -> None:
        """Searches only the first core."""
        if self._fits(self.width) and not self.stuck and not self._is_settled(step):
            self.tried += 1
            self._search_core(step)

    def recombine(self, step: Step, plan: Collection[int], free: Collection[int], breadth: int, effort: float) -> None:
        """Searches the variables of this plan and another, with `breadth` more for each of the `free` sets."""
        if self._is_settled(step):
            return
        small = self.subproblem.recombination({*(self.present or ()), *plan}, free, breadth)
        self._ask(step, small, self._task(step, small, effort), self.bound - 1)

    def take(self, step: Step, ones: Sequence[int]) -> None:
        """Keeps a plan, given by each set's variable, if it is better than the best one."""
        value = self.model.value(self.subproblem.level, self.view.values(ones))
        if self.value is None or value < self.value:
            self.present, self.value = list(ones), value
            step.heard(self)

    def is_within_cuts(self, ones: Sequence[int]) -> bool:
        """True if a plan that keeps the constraints keeps the cuts too."""
        values = self.view.values(ones)
        return all(self.model.value(level, values) <= value for level, value in self.subproblem.cuts)

    def know(self, status: LevelStatus) -> None:
        """Keeps a bound that was proven before."""
        if status.bound > self.bound:
            self.bound, self.by = status.bound, status.by[0]

    def take_bound(self, step: Step, bound: int, by: str = "") -> None:
        """Keeps a bound of the level that `by`, or else the engine, proved, if it is better."""
        if bound > self.bound:
            self.bound, self.by = bound, by or self.handle.name
            step.heard(self)

    def lacks_proof(self, step: Step) -> bool:
        """True if the search should go on: the level is not proven, and nothing ends or pauses it."""
        return not self._is_over(step)

    def settles(self, step: Step, barred: Collection[int]) -> bool:
        """True if the engine searched all plans without the barred variables; a better one is kept."""
        allowed = [[v for v in variables if v not in barred] for variables in self.model.sets]
        return self._search_only(step, allowed, self.params.effort)

    def _search_only(self, step: Step, allowed: Sequence[Sequence[int]], effort: float) -> bool:
        """Searches these variables for a better plan; returns whether to the end."""
        small, task = self.question(step, allowed, effort)
        if small.impossible:
            return True
        outcome = self.handle.minimise(small, task)
        self.heed(step, small, outcome)
        return outcome.status in ("optimal", "infeasible")

    def question(self, step: Step, allowed: Sequence[Sequence[int]], effort: float) -> tuple[Model, Task]:
        """What the engine is asked about a better plan of these variables alone."""
        small = self.subproblem.restriction.restricted(allowed)
        return small, replace(self._task(step, small, effort), aggregated=False)

    def heed(self, step: Step, small: Model, outcome: EngineResult) -> None:
        """Keeps the plan of such an answer, if it is better."""
        self.spent += outcome.effort
        if outcome.values is not None:
            self._take_values(step, small, outcome.values)

    def _is_near(self) -> bool:
        """True if a proof is likely: the gap is small, or few variables can be in a better plan."""
        if self.value is None:
            return False
        return self._is_close() or self._within(self._farthest()) <= self.params.few

    def _patience(self) -> float:
        return self.params.patience * self.effort if self._is_near() else max(self.effort, FAR_PATIENCE)

    def _fits(self, width: int) -> bool:
        return self._within(width) <= self.sizes.whole

    def is_narrow(self) -> bool:
        """True if the core has less than half of the variables."""
        return 2 * self._within(self.width) < len(self.ordered)

    def _within(self, width: int) -> int:
        return bisect_right(self.ordered, width)

    def _narrow(self, a_set: int) -> int:
        """The width within which sets have `a_set` variables on average, or all."""
        return self.ordered[min(a_set * len(self.model.sets), len(self.ordered)) - 1]

    def _farthest(self) -> int:
        """The width that holds all variables of plans better than the present one."""
        return BARRED - 1 if self.value is None else (self.value - 1) * SCALE - self.duals.scaled_bound

    def _restricted(self, width: int) -> tuple[Model, int]:
        """The core within the width, with the present plan, and a value: all plans at least as good lie in the core.

        Variables needed only by plans between that value and the next one are left out.
        """
        guess = (self.duals.scaled_bound + width) // SCALE
        if guess >= self.bound:
            width = guess * SCALE - self.duals.scaled_bound
        kept = set(self.present or ())
        reduced = self.duals.reduced
        allowed = [[v for v in variables if reduced[v] <= width or v in kept] for variables in self.model.sets]
        small = self.model
        if sum(map(len, allowed)) < 0.9 * len(self.model.picks):
            small = self.subproblem.restriction.restricted(allowed)
        return small, guess

    def _search_core(self, step: Step) -> None:
        """Searches all variables within the width; the next core is wider, or the search is stuck.

        A search without an end, but with a better bound, is repeated for longer. A plan with any other variable is
        worth more than bound + width, so the core's optimum proves that no plan is better, or better than bound +
        width.
        """
        small, guess = self._restricted(self.width)
        before = self.bound
        self.ended = ended = self._ask(step, small, self._task(step, small, self.effort), guess)
        if not ended:
            self.effort *= 2
            if self.bound > before:
                return
        width, self.width = self.width, max(self.width, min(self._wider(), self._farthest()))
        self.stuck |= not ended or self.width == width

    def _wider(self) -> int:
        wider = max(round(self.params.narrowest * SCALE) * self.subproblem.unit, 2 * self.width)
        return wider if self._fits(wider) else self._narrow(self.params.broad_width)

    def _prove(self, step: Step) -> None:
        """Searches all variables of better plans, for plans and then for the bound."""
        wide, most = self._restricted(self._farthest())
        if wide.impossible:
            self._hear(step, wide, EngineResult("infeasible"), most)
            return
        task = self._task(step, wide, self.effort)
        for asked in (task, replace(task, prove=True)):
            outcome = self.handle.minimise(wide, asked)
            self.spent += outcome.effort
            self._hear(step, wide, outcome, most)
            if self._is_settled(step):
                return
        self.effort *= 2

    def _task(self, step: Step, model: Model, effort: float | None) -> Task:
        subproblem = self.subproblem
        start = None if self.present is None else ModelIndex(model).of(self.model.picks[v] for v in self.present)
        return Task(
            subproblem.level,
            subproblem.cuts,
            start,
            self.bound,
            step.left(),
            effort,
            subproblem.seed,
            aggregated=not self.hard,
        )

    def _ask(self, step: Step, model: Model, task: Task, guess: int | None) -> bool:
        """Lets the engine search the model; returns whether it finished.

        The model has all plans that are as good as the guess, so its proofs hold up to one above the guess.
        """

        def report(values: list[int] | None, bound: int | None) -> None:
            self._hear(step, model, EngineResult("feasible", values, bound), guess)
            if self._is_settled(step):
                self.handle.end()

        if model.impossible:
            self._hear(step, model, EngineResult("infeasible"), guess)
            return True
        outcome = self.handle.minimise(model, task, report)
        self.spent += outcome.effort
        self._hear(step, model, outcome, guess)
        return outcome.status in ("optimal", "infeasible")

    def _hear(self, step: Step, model: Model, outcome: EngineResult, guess: int | None) -> None:
        if outcome.status == "infeasible":
            self._refute(step, model, guess)
        if outcome.values is not None:
            self._take_values(step, model, outcome.values)
        if outcome.bound is not None:
            self.take_bound(step, outcome.bound if guess is None else min(outcome.bound, guess + 1))

    def _refute(self, step: Step, model: Model, guess: int | None) -> None:
        """Records that an engine found no plan at all in the model."""
        if self.present is not None:
            raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
        if guess is None:
            raise Impossible(self.handle.name)
        self.empty = True
        self.refuted = model is self.model
        self.take_bound(step, guess + 1)

    def _take_values(self, step: Step, model: Model, values: Sequence[int]) -> None:
        ones = [0] * len(self.model.sets)
        for v in self.subproblem.ones(model, values):
            ones[self.model.picks[v][0]] = v
        self.take(step, ones)

    def _search_neighbourhoods(self, step: Step) -> None:
        """Frees neighbourhoods of the best plan, until they have brought nothing for long."""
        idle = 0.0
        while (patience := self._patience()) > idle and not self._is_over(step):
            found = self.neighbourhoods
            if found is None or found.value != self.value:
                found = self.neighbourhoods = NeighbourhoodSearch(self.subproblem, self.present or (), self.handle)
            before, budget = found.value, min(RUN_EFFORT, patience - idle)
            found.run(budget, step.left())
            self.spent += budget
            self.take(step, found.present)
            idle = 0.0 if found.value < before else idle + budget
        self.idle = (self.value, self.effort)
