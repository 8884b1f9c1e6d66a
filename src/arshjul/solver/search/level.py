"""One level of a model under cuts: what every technique asks of it, and how an engine is asked about it."""

import math
import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from arshjul.errors import Contradiction
from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.bounds import BARRED, SCALE, LagrangianBound
from arshjul.solver.model.milp import LevelCut, Model, ModelIndex
from arshjul.solver.model.presolve import Restriction
from arshjul.solver.search.known import YET_ONE_IS_KNOWN, Bound, Impossible, Incumbent, Knowledge, keeps

NEAR_PERCENT = 1
"""The gap, in percent of the value, within which a proof is likely."""


@dataclass(frozen=True, slots=True)
class TimeSlice:
    """The time of a technique: it ends at `until`, or sooner once `is_ended`; both are moments of `time.monotonic`.

    From `pause_at` on it pauses at the next point from which it can continue as if it had not.
    """

    until: float
    pause_at: float = math.inf
    is_ended: Callable[[], bool] = lambda: False

    def left(self) -> float:
        """The seconds left; 0 at the end."""
        return 0.0 if self.is_ended() else max(0.0, self.until - time.monotonic())


@dataclass(frozen=True, slots=True)
class Subproblem:
    """A level of a model, the cuts on those before it, and the bound and reduced costs of its multipliers.

    `seed` starts all random numbers, `unit` is how finely the level's costs are counted.
    """

    restriction: Restriction
    level: int
    cuts: tuple[LevelCut, ...]
    duals: LagrangianBound
    seed: int
    unit: int = 1

    def width(self, sets: Collection[int], breadth: int) -> int:
        """The reduced cost up to which these sets have `breadth` variables each on average; -1: they have none."""
        costs = sorted(self.duals.reduced[v] for s in sets for v in self.restriction.model.sets[s])
        return costs[min(breadth * len(sets), len(costs)) - 1] if costs else -1

    def ones(self, small: Model, values: Sequence[int]) -> list[int]:
        """The whole model's variables that are 1 by a restriction's values."""
        number = self.restriction.number
        return [number[pick] for pick, one in zip(small.picks, values, strict=False) if one]


class KnownLevel:
    """Knowledge of a level that holds within the cuts `within` on the levels before."""

    def __init__(self, knowledge: Knowledge, number: int, within: tuple[int, ...]) -> None:
        self.knowledge = knowledge
        self.number = number
        self.within = within

    @property
    def _plan(self) -> Incumbent | None:
        plan = self.knowledge.known.plan
        return plan if plan is not None and keeps(plan.values, self.within) else None

    @property
    def present(self) -> tuple[int, ...] | None:
        """The variable of each set in the best plan; None: no plan within the cuts is known."""
        return None if (plan := self._plan) is None else plan.ones

    @property
    def value(self) -> int | None:
        return None if (plan := self._plan) is None else plan.values[self.number]

    @property
    def bound(self) -> int:
        """The greatest bound of the level that holds under the cuts."""
        return self.knowledge.known.bound(self.number, self.within).least

    @property
    def is_proven(self) -> bool:
        """True if no better plan can be found: there is none, or what is known contradicts itself."""
        return self.value == self.bound or self.knowledge.known.contradiction is not None

    @property
    def is_outdated(self) -> bool:
        """True if the best plan has become better on a level before, so that the cuts are to be lower."""
        return (plan := self._plan) is not None and plan.values[: self.number] != self.within

    @property
    def is_done(self) -> bool:
        return self.is_proven or self.is_outdated

    def is_settled(self, turn: TimeSlice) -> bool:
        return self.is_done or turn.left() <= 0

    def prove(self, least: int, by: str) -> None:
        if least > self.bound:
            self.knowledge.learn_bound(Bound(self.number, least, self.within, by))


class SearchLevel(KnownLevel):
    """A subproblem that techniques search; plan and bounds are those of the whole search.

    `hard`: the LP is hard, so aggregated searches start too slowly. `effort` is that of the next search of an engine,
    `spent` that of all so far, both in deterministic seconds.
    """

    def __init__(self, problem: Subproblem, knowledge: Knowledge, handle: EngineHandle, *, hard: bool) -> None:
        super().__init__(knowledge, problem.level, tuple(most for _, most in problem.cuts))
        self.problem = problem
        self.handle = handle
        self.hard = hard
        self.model = problem.restriction.model
        self.sizes = problem.restriction.params.sizes
        self.params = problem.restriction.params.core
        self.ordered = sorted(problem.duals.reduced)
        self.effort = self.params.effort
        self.spent = 0.0
        self.prove(problem.duals.bound, "duals")

    @property
    def is_small(self) -> bool:
        return len(self.model.picks) <= self.sizes.small

    def is_over(self, turn: TimeSlice) -> bool:
        return self.is_settled(turn) or time.monotonic() >= turn.pause_at

    def take(self, ones: Iterable[int]) -> None:
        """Keeps a plan, given by each set's variable, if it is better on the level."""
        ones = list(ones)
        value = self.knowledge.index.worth(ones)[self.number]
        if self.value is None or value < self.value:
            self.knowledge.learn_plan(ones)

    # What the reduced costs say: variables within a width are in plans of at most bound + width.

    def count(self, width: int) -> int:
        return bisect_right(self.ordered, width)

    def fits(self, width: int) -> bool:
        return self.count(width) <= self.sizes.whole

    def narrow(self, a_set: int) -> int:
        """The width within which sets have `a_set` variables on average, or all."""
        return self.ordered[min(a_set * len(self.model.sets), len(self.ordered)) - 1]

    def farthest(self) -> int:
        """The width that holds all variables of plans better than the best one."""
        return BARRED - 1 if self.value is None else (self.value - 1) * SCALE - self.problem.duals.scaled_bound

    @property
    def provable(self) -> bool:
        """True if an engine can search all variables of better plans."""
        return self.fits(self.farthest())

    @property
    def is_close(self) -> bool:
        """True if the gap is small, so that the engine is likely to close it."""
        value = self.value
        return value is not None and value - self.bound <= max(1, value * NEAR_PERCENT // 100)

    @property
    def is_near(self) -> bool:
        """True if a proof is likely: the gap is small, or few variables can be in a better plan."""
        return self.value is not None and (self.is_close or self.count(self.farthest()) <= self.params.few)

    def restricted(self, width: int) -> tuple[Model, int]:
        """The model within the width and with the best plan, and a value: it holds all plans at least as good.

        Variables needed only by plans between that value and the next one are left out.
        """
        duals, guess = self.problem.duals, (self.problem.duals.scaled_bound + width) // SCALE
        if guess >= self.bound:
            width = guess * SCALE - duals.scaled_bound
        kept = set(self.present or ())
        allowed = [[v for v in own if duals.reduced[v] <= width or v in kept] for own in self.model.sets]
        small = self.model
        if sum(map(len, allowed)) < 0.9 * len(self.model.picks):
            small = self.problem.restriction.restricted(allowed)
        return small, guess

    # How an engine is asked, and what its answers say.

    def task(self, turn: TimeSlice, model: Model, effort: float | None) -> Task:
        present, problem, is_easy = self.present, self.problem, not self.hard
        start = None if present is None else ModelIndex(model).of(self.model.picks[v] for v in present)
        return Task(self.number, problem.cuts, start, self.bound, turn.left(), effort, problem.seed, aggregated=is_easy)

    def ask(self, turn: TimeSlice, model: Model, task: Task, guess: int | None) -> bool:
        """Lets the engine search the model; returns whether it finished.

        The model has all plans that are as good as the guess, so its proofs hold up to one above the guess.
        """

        def report(values: list[int] | None, bound: int | None) -> None:
            self.hear(model, EngineResult("feasible", values, bound), guess)
            if self.is_settled(turn):
                self.handle.end()

        if model.impossible:
            self.hear(model, EngineResult("infeasible"), guess)
            return True
        outcome = self.handle.minimise(model, task, report)
        self.spent += outcome.effort
        self.hear(model, outcome, guess)
        return outcome.status in ("optimal", "infeasible")

    def hear(self, model: Model, outcome: EngineResult, guess: int | None) -> None:
        if outcome.status == "infeasible":
            if self.present is not None:
                raise Contradiction(YET_ONE_IS_KNOWN)
            if guess is None:
                raise Impossible(self.handle.name)
            self.prove(guess + 1, self.handle.name)
        if outcome.values is not None:
            self.take(self.problem.ones(model, outcome.values))
        if outcome.bound is not None:
            self.prove(outcome.bound if guess is None else min(outcome.bound, guess + 1), self.handle.name)

    def question(self, turn: TimeSlice, allowed: Sequence[Sequence[int]], effort: float) -> tuple[Model, Task]:
        small = self.problem.restriction.restricted(allowed)
        return small, replace(self.task(turn, small, effort), aggregated=False)

    def heed(self, small: Model, outcome: EngineResult) -> bool:
        """Keeps the plan of an answer to such a question, if it is better; returns whether the search had an end."""
        self.spent += outcome.effort
        if outcome.values is not None:
            self.take(self.problem.ones(small, outcome.values))
        return outcome.status in ("optimal", "infeasible")

    def search_only(self, turn: TimeSlice, allowed: Sequence[Sequence[int]], effort: float) -> bool:
        small, task = self.question(turn, allowed, effort)
        return small.impossible or self.heed(small, self.handle.minimise(small, task))


Technique = Callable[[SearchLevel, TimeSlice], bool]
"""Lets the level learn what it finds; True: so much that techniques before it may be worth while again."""


def climb(level: SearchLevel, techniques: Sequence[Technique], turn: TimeSlice) -> None:
    """Lets the techniques improve what is known of a level, in their order, until nothing is left or it is to pause."""
    while level.present is not None and not level.is_small and not level.is_over(turn):
        for technique in techniques:
            if technique(level, turn):
                break
