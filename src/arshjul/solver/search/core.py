"""Core search for one level: MILPs over the variables of small reduced cost, then over more of them.

A *core* holds all that plans within some distance of the Lagrangian bound can take (Balas and Zemel's core problem,
1980; reduced-cost fixing and kernel search, Angelelli, Mansini and Speranza 2010). The first holds little more than
what the LP takes itself; each next one reaches farther, and what its search proves holds for the whole model as far as
it reaches. Where a core is too hard, large neighbourhood search from the best plan comes next.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from arshjul.errors import EngineFault, Message
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.bounds import BARRED, SCALE
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.parallel.worker_pool import Job, WorkerPool, solved
from arshjul.solver.search.lns import ParallelLNS
from arshjul.solver.search.subproblem import Subproblem

CP_SAT = "cp-sat"


class Impossible(Exception):
    """An engine proved that nothing meets the hard constraints."""


class Recorder(Protocol):
    """A keeper of what a search finds, which says when the search is over."""

    def found(self, ones: Sequence[int], value: int) -> None:
        """A better plan within the cuts, by the variable that each set takes."""

    def proved(self, bound: int, by: str) -> None:
        """A bound of the level."""

    def settled(self) -> bool:
        """True if nothing is left to find, or time is up."""
        ...

    def paused(self) -> bool:
        """True if the search is to pause as soon as it can later go on as if it had not."""
        ...

    def left(self) -> float:
        """Seconds that are left; none is an end."""
        ...


class CoreSearch:
    """One level of a model, under cuts.

    `present` is the variable that each set takes in the best plan within the cuts, if one is
    known, and `value` what the level costs there. `hard`: the LP is, so that aggregated searches start
    too slowly. `own` is the bound as proved here: it steers the search, which a bound from outside must not.
    `empty`: a core was proven to hold no plan.
    `spent` are the deterministic seconds that it took so far.
    """

    def __init__(
        self,
        subproblem: Subproblem,
        recorder: Recorder,
        present: Sequence[int] | None,
        pool: WorkerPool,
        *,
        hard: bool,
    ) -> None:
        self.subproblem = subproblem
        self.model = subproblem.model
        self.view = ModelIndex(self.model)
        self.duals = subproblem.duals
        self.own = subproblem.duals.bound
        self.ordered = sorted(subproblem.duals.reduced)
        self.recorder = recorder
        self.params = subproblem.params.core
        self.sizes = subproblem.params.sizes
        self.pool = pool
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
        self.lns = subproblem.params.lns.lns
        self.refuted = self.empty = False
        self.tried = 0
        self.reach = round(self.params.first_reach * SCALE) * subproblem.unit
        self.idle: tuple[int | None, float] = (None, 0.0)
        self.around: ParallelLNS | None = None

    def run(self) -> None:
        """Searches until nothing is left to find, or pauses; called again it goes on from there."""
        self._search_whole()
        while self.present is not None and len(self.model.picks) > self.sizes.small and not self._is_over():
            provable = self.provable
            if self._fits(self.width) and not self.stuck:
                self._core()
                continue
            if not self.lns:
                (self._prove if provable else self._core)()
                continue
            if not provable or self.value != self.idle[0] or self.effort >= self.params.again * self.idle[1]:
                self._around()
            if provable and not self.recorder.settled():
                self._prove()

    def _is_over(self) -> bool:
        return self.recorder.settled() or self.recorder.paused()

    def _search_whole(self) -> None:
        """Searches all of a model that is small or has no plan yet, for twice the effort each time."""
        small = len(self.model.picks) <= self.sizes.small
        while (small or self.present is None) and not self._is_over():
            spent = self.spent
            if self._ask(self.model, self._task(self.model, self.whole_effort), None) or self.spent == spent:
                return
            self.whole_effort *= 2

    @property
    def provable(self) -> bool:
        """True if all that a better plan can take is little enough to be searched."""
        return self._fits(self._farthest())

    def first(self) -> None:
        """Looks for a plan within the cuts where the LP sees one; after a glance it goes on from there.

        In a narrow core the first plan comes soonest, in wider ones there are more; aggregated, where
        the LP is easy, the best plan is often found as soon as any.
        """
        while self.tried < self.params.first_tries:
            if self.present is not None or self.recorder.settled() or not self._fits(self.width):
                return
            if self.spent >= self.params.first_effort or self.refuted:
                return
            attempt, self.tried = self.tried, self.tried + 1
            if attempt == 0 or (attempt % 2 == 0 and not self.hard):
                self._core()
                continue
            width = max(self.reach, self._narrow(self.params.kernel_width))
            small, guess = self._restricted(width if self._fits(width) else self._narrow(self.params.broad_width))
            task = self._task(small, self.params.plain * self.effort)
            self._ask(small, replace(task, aggregated=False, any_plan=True), guess)
            self.stuck = True
            self.reach *= 2

    def round(self, support: Sequence[Sequence[int]] | None) -> None:
        """Looks for a plan among what the LP's optimum takes (relaxation enforced neighbourhood, Berthold 2014)."""
        if support is None or self.recorder.settled():
            return
        if all(len(taken) == 1 for taken in support):
            self._take_within_cuts([v for (v,) in support])
            return
        small = self.subproblem.restriction.restricted(support)
        if not small.impossible:
            task = replace(self._task(small, self.params.rounding_effort), aggregated=False)
            outcome = self.pool.handle.minimise(small, task)
            self.spent += outcome.effort
            if outcome.values is not None:
                self._found(small, outcome.values)

    def _take_within_cuts(self, ones: Sequence[int]) -> None:
        """Keeps a plan if arithmetic says that it is one."""
        if self.model.keeps(self.view.values(ones), self.subproblem.cuts):
            self.take(ones)

    def glance(self) -> None:
        """Searches the first core alone."""
        if self._fits(self.width) and not self.stuck and not self.recorder.settled():
            self.tried += 1
            self._core()

    def _near(self) -> bool:
        """True if a proof is likely: little is missing, or little can be in a better plan."""
        if self.value is None:
            return False
        return (
            self.value - self.own <= max(1, self.value * self.params.near_percent // 100)
            or self._within(self._farthest()) <= self.params.few
        )

    def _patience(self) -> float:
        return self.params.patience * self.effort if self._near() else max(self.effort, self.params.far_patience)

    def _fits(self, width: int) -> bool:
        return self._within(width) <= self.sizes.whole

    def _within(self, width: int) -> int:
        return bisect_right(self.ordered, width)

    def _narrow(self, a_set: int) -> int:
        """The width within which so many variables a set lie on average, or all."""
        return self.ordered[min(a_set * len(self.model.sets), len(self.ordered)) - 1]

    def _farthest(self) -> int:
        """The width that holds all that a better plan than the present one can take."""
        return BARRED - 1 if self.value is None else (self.value - 1) * SCALE - self.duals.scaled_bound

    def recombine(self, plan: Collection[int], free: Collection[int], breadth: int, effort: float) -> None:
        """Searches what the present plan and another one take, and of some sets so many variables beside."""
        if self.recorder.settled():
            return
        small = self.subproblem.recombination({*(self.present or ()), *plan}, free, breadth)
        self._ask(small, self._task(small, effort), self.own - 1)

    def _restricted(self, width: int) -> tuple[Model, int]:
        """The core within the width, with the present plan, and a value: plans as good as that lie in the core.

        What only plans between that value and the next one can take is left out.
        """
        guess = (self.duals.scaled_bound + width) // SCALE
        if guess >= self.own:
            width = guess * SCALE - self.duals.scaled_bound
        kept = set(self.present or ())
        reduced = self.duals.reduced
        allowed = [[v for v in variables if reduced[v] <= width or v in kept] for variables in self.model.sets]
        small = self.model
        if sum(map(len, allowed)) < 0.9 * len(self.model.picks):
            small = self.subproblem.restriction.restricted(allowed)
        return small, guess

    def _core(self) -> None:
        """Searches all variables within the width; the next one is wider, or the search is stuck.

        One that came to no end, but to a better bound, is tried again for longer.

        A plan that takes any other one is worth more than bound + width, so its optimum proves that
        no plan is better, or better than this.
        """
        small, guess = self._restricted(self.width)
        before = self.own
        ended = self._ask(small, self._task(small, self.effort), guess)
        if not ended:
            self.effort *= 2
            if self.own > before:
                return
        width, self.width = self.width, max(self.width, min(self._wider(), self._farthest()))
        self.stuck |= not ended or self.width == width

    def _wider(self) -> int:
        wider = max(round(self.params.narrowest * SCALE) * self.subproblem.unit, 2 * self.width)
        return wider if self._fits(wider) else self._narrow(self.params.broad_width)

    def _prove(self) -> None:
        """Searches all that a better plan can take, for plans and for the bound: side by side, or in turn."""
        wide, most = self._restricted(self._farthest())
        if wide.impossible:
            self._heard(wide, EngineResult("infeasible"), most)
            return
        task = self._task(wide, self.effort)
        jobs: list[Job] = [(solved, (wide, task)), (solved, (wide, replace(task, prove=True)))]
        for together in [jobs] if self.pool.count > 1 else [[job] for job in jobs]:
            outcomes = [outcome for outcome in self.pool.each(together) if outcome is not None]
            self.spent += max((outcome.effort for outcome in outcomes), default=0.0)
            for outcome in outcomes:
                self._heard(wide, outcome, most)
            if self.recorder.settled():
                return
        self.effort *= 2

    def _task(self, model: Model, effort: float | None) -> Task:
        subproblem = self.subproblem
        start = None if self.present is None else ModelIndex(model).of(self.model.picks[v] for v in self.present)
        left, aggregated = self.recorder.left(), not self.hard
        return Task(
            subproblem.level, subproblem.cuts, start, self.own, left, effort, subproblem.seed, aggregated=aggregated
        )

    def _ask(self, model: Model, task: Task, guess: int | None) -> bool:
        """Lets CP-SAT search the model; whether it came to its end.

        The model has all plans that are as good as the guess, so what it proves holds up to one above it.
        """

        def report(values: list[int] | None, bound: int | None) -> None:
            self._heard(model, EngineResult("feasible", values, bound), guess)
            if self.recorder.settled():
                self.pool.handle.end()

        if model.impossible:
            self._heard(model, EngineResult("infeasible"), guess)
            return True
        outcome = self.pool.handle.minimise(model, task, report)
        self.spent += outcome.effort
        self._heard(model, outcome, guess)
        return outcome.status in ("optimal", "infeasible")

    def _heard(self, model: Model, outcome: EngineResult, guess: int | None) -> None:
        if outcome.status == "infeasible":
            self._nothing(model, guess)
        if outcome.values is not None:
            self._found(model, outcome.values)
        if outcome.bound is not None:
            self.proved(outcome.bound if guess is None else min(outcome.bound, guess + 1))

    def _nothing(self, model: Model, guess: int | None) -> None:
        """An engine found no plan at all."""
        if self.present is not None:
            raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
        if guess is None:
            raise Impossible
        self.empty = True
        self.refuted = model is self.model
        self.proved(guess + 1)

    def _found(self, model: Model, values: Sequence[int]) -> None:
        ones = [0] * len(self.model.sets)
        for v in self.subproblem.ones(model, values):
            ones[self.model.picks[v][0]] = v
        self.take(ones)

    def take(self, ones: Sequence[int]) -> None:
        """Keeps a plan, by its variables, if it is better than the best one."""
        value = self.model.value(self.subproblem.level, self.view.values(ones))
        if self.value is None or value < self.value:
            self.present, self.value = list(ones), value
            self.recorder.found(self.present, value)

    def proved(self, bound: int) -> None:
        """Keeps a bound of the level that CP-SAT proved."""
        if bound > self.own:
            self.own = bound
            self.recorder.proved(bound, CP_SAT)

    def _around(self) -> None:
        """Neighbourhoods, until they brought nothing for long."""
        idle = 0.0
        while (patience := self._patience()) > idle and not self._is_over():
            budget = min(self.subproblem.params.lns.round_effort, patience - idle)
            idle = 0.0 if self._round(budget) else idle + budget
        self.idle = (self.value, self.effort)

    def _round(self, budget: float) -> int:
        """By how much a round of neighbourhoods betters the level."""
        if self.around is None or self.around.value != self.value:
            self.around = ParallelLNS(self.subproblem, self.pool, self.present or ())
        before = self.around.value
        self.around.round(budget, self.recorder.left())
        self.spent += budget
        self.take(self.around.present)
        return before - self.around.value
