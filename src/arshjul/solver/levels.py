"""The levels of one model, each solved, proven and locked before the next: the lead's way.

Everything that decides which plan comes out is deterministic here: the greedy start, the LP, the
search. A bound from outside (a rival engine that races along) can only end a level sooner, when
the plan at hand has reached it; `best` changes on strict improvement alone, so it is the same plan
however the race goes. Only a level that the clock cuts off may depend on the clock.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arshjul.errors import EngineFault, Message
from arshjul.solver.duals import Duals, duals
from arshjul.solver.engine import Lock, Outcome, Task, rows_of
from arshjul.solver.model import Model, Pick, View
from arshjul.solver.restrict import Restrictor

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it does
    from arshjul.solver.cpsat import CpSat
    from arshjul.solver.neighbourhood import Neighbourhood

CP_SAT = "cp-sat"

EFFORT = 5.0
"""Deterministic seconds for a first search of the core; each later one gets double."""

NEAR = 3
"""Per cent above the bound at which a first guess is made: optima have been so near in most years."""

SHARE = 0.5
"""What one level may take of the time left, so that the next ones get theirs."""


@dataclass(slots=True)
class Standing:
    """Where one level stands. `by` names what proved the bound; `seconds` is the time spent so far."""

    value: int | None
    bound: int
    by: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether the value cannot be improved."""
        return self.value is not None and self.value <= self.bound


@dataclass(slots=True)
class Ties:
    """How a run is tied to the outside: what it tells, and what it is told.

    `tell(level, standing, best)`: a better value, a better bound, or a new level; `best` are values
    of the variables of the model that the run was given. `outside(level)`: a bound that someone
    else proved under the same locks, and who.
    """

    tell: Callable[[int, Standing, list[int] | None], None] = lambda _level, _standing, _best: None
    outside: Callable[[int], tuple[int, str] | None] = lambda _level: None
    halt: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Sizes:
    """From how many 0/1 variables on what is worth while.

    Up to `small`, CP-SAT alone is done before an LP would be; up to `whole`, a search of everything
    comes before that of neighbourhoods.
    """

    small: int = 1500
    whole: int = 20000


class Impossible(Exception):
    """An engine proved that nothing meets the hard lines."""


class Levels:
    """A run through the levels of one model, which shrinks as levels rule variables out."""

    def __init__(
        self, model: Model, deadline: float, seed: int = 0, ties: Ties | None = None, sizes: Sizes | None = None
    ) -> None:
        self.whole = model
        self.view = View(model)
        self.sizes = sizes or Sizes()
        self.deadline = deadline
        self.seed = seed
        self.ties = ties or Ties()
        self.standings: list[Standing] = []
        self.best: list[int] | None = None
        self.model = model
        self.restrictor: Restrictor | None = None
        self.locks: list[Lock] = []
        self.own = 0
        self.engine: CpSat | None = None
        self.whole_engine: CpSat | None = None

    def run(self, start: list[int] | None) -> None:
        """Fills `standings` and `best`, values of the model's variables. Raises `Impossible`."""
        self.best = start
        self.standings.clear()
        last = len(self.whole.costs) - 1
        for level in range(last + 1):
            began = time.monotonic()
            left = max(0.0, self.deadline - began)
            duals = self._level(level, began + left * (1.0 if level == last else SHARE))
            standing = self.standings[level]
            standing.seconds = time.monotonic() - began
            if self.best is None or standing.value is None:
                return
            self.locks.append((level, standing.value))
            if level < last:
                self._shrink(duals, standing.value)
        for level, standing in enumerate(self.standings):  # a later level may have bettered an unproven one
            standing.value = None if self.best is None else self.whole.value(level, self.best)

    def stop(self) -> None:
        """Ends the engine that runs, if one does; called from another thread."""
        if (engine := self.engine) is not None:
            engine.stop()

    def _level(self, level: int, deadline: float) -> Duals:
        value = None if self.best is None else self.whole.value(level, self.best)
        proof = duals(self.model, level)
        standing = Standing(value, proof.bound, ("counting",))
        self.standings.append(standing)
        self.own = proof.bound
        if not standing.proven and len(self.model.picks) > self.sizes.small and not self._over(deadline):
            from arshjul.solver.highs import lp_duals

            multipliers = lp_duals(self.model, level, self.locks, deadline - time.monotonic())
            if multipliers is not None:
                better = duals(self.model, level, rows_of(self.model, self.locks), multipliers)
                if better.bound > proof.bound:
                    proof = better
                    self._proved(level, proof.bound, "duals")
        self._tell(level)
        if not self._done(level):
            self._search(level, proof, deadline)
        return proof

    def _search(self, level: int, proof: Duals, deadline: float) -> None:
        """Turns between the core of what a good plan can take, and neighbourhoods, until done or late."""
        standing = self.standings[level]
        if self.best is None or len(self.model.picks) <= self.sizes.small:
            self._whole(level, proof, deadline, None)
            return
        search = None
        effort = EFFORT
        while not self._done(level) and not self._over(deadline):
            value = standing.value or 0
            guess = min(value, self.own + max(1, self.own * NEAR // 100))
            if self._reach(proof, guess) <= self.sizes.whole:
                if self._whole(level, proof, deadline, effort, guess):
                    continue  # the guess was too bold: the next one is higher
                effort *= 2
            if not self._done(level) and not self._over(deadline):
                if search is None:
                    search = self._neighbourhood(level, proof, deadline)
                self._around(level, search, deadline)

    def _reach(self, proof: Duals, value: int) -> int:
        return sum(proof.reach(v, value) for v in range(len(self.model.picks)))

    def _whole(self, level: int, proof: Duals, deadline: float, effort: float | None, guess: int | None = None) -> bool:
        """CP-SAT on all that a plan as good as now, or as good as the guess, can take; whether it got to the end.

        All plans as good as the guess lie in there, so its optimum proves a bound even if the guess
        was too bold.
        """
        standing = self.standings[level]
        model = self.model
        start = None if self.best is None else model.values(self.whole.choice(self.best))
        top = standing.value if guess is None else guess
        if top is not None and start is not None:
            allowed = [[v for v in variables if start[v] or proof.reach(v, top)] for variables in model.sets]
            if sum(map(len, allowed)) < 0.9 * len(model.picks):
                model = self._restrictor().restricted(allowed)
                start = model.values(self.whole.choice(self.best or start))
        task = self._task(level, start, deadline)
        task.effort = effort

        def report(values: list[int] | None, bound: int | None) -> None:
            if values is not None:
                self._found(level, self._lifted(model, values))
            if bound is not None:
                self._proved(level, bound if guess is None else min(bound, guess + 1), CP_SAT)
            if self._done(level):
                engine.stop()

        engine = self.engine = self._engine(model)
        try:
            outcome = engine.minimise(task, report)
        finally:
            self.engine = None
        self._heard(level, model, outcome, guess)
        return outcome.status == "optimal"

    def _heard(self, level: int, model: Model, outcome: Outcome, guess: int | None) -> None:
        if outcome.status == "infeasible":
            if self.best is None and level == 0:
                raise Impossible
            raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
        if outcome.values is not None:
            self._found(level, self._lifted(model, outcome.values))
        if outcome.bound is not None:
            self._proved(level, outcome.bound if guess is None else min(outcome.bound, guess + 1), CP_SAT)

    def _neighbourhood(self, level: int, proof: Duals, deadline: float) -> "Neighbourhood":
        from arshjul.solver.neighbourhood import Neighbourhood

        start = None if self.best is None else self.model.values(self.whole.choice(self.best))
        return Neighbourhood(self._restrictor(), self._task(level, start, deadline), proof, self.seed)

    def _around(self, level: int, search: "Neighbourhood", deadline: float, patience: int = 60) -> None:
        """Neighbourhoods, until so many in a row brought nothing."""
        idle = 0
        while idle < patience and not self._done(level) and not self._over(deadline):
            idle += 1
            search.step(deadline - time.monotonic())
            standing = self.standings[level]
            if standing.value is None or search.value < standing.value:
                self._found(level, self._values(self.model.picks[v] for v in search.present))
                idle = 0

    def _shrink(self, proof: Duals, value: int) -> None:
        """Leaves out what no plan within the lock can take, which makes the next level smaller."""
        allowed = [proof.within(variables, value) for variables in self.model.sets]
        if sum(map(len, allowed)) < len(self.model.picks):
            self.model = self._restrictor().restricted(allowed)
            self.restrictor = self.whole_engine = None

    def _restrictor(self) -> Restrictor:
        if self.restrictor is None:
            self.restrictor = Restrictor(self.model)
        return self.restrictor

    def _engine(self, model: Model) -> "CpSat":
        from arshjul.solver.cpsat import CpSat

        if model is not self.model:
            return CpSat(model)
        if self.whole_engine is None:
            self.whole_engine = CpSat(model)
        return self.whole_engine

    def _task(self, level: int, start: list[int] | None, deadline: float) -> Task:
        return Task(level, tuple(self.locks), start, self.own, max(0.0, deadline - time.monotonic()), None, self.seed)

    def _lifted(self, model: Model, values: list[int]) -> list[int]:
        return self._values(pick for pick, one in zip(model.picks, values, strict=False) if one)

    def _values(self, picks: Iterable[Pick]) -> list[int]:
        """The values of the given model's variables for a choice by its picks."""
        ones = self.view.ones(picks)
        if ones is None:
            raise EngineFault(Message("A solution takes an option that its own model does not have."))
        return self.view.values(ones)

    def _found(self, level: int, values: list[int]) -> bool:
        """Keeps the values if they are strictly better; whether they were."""
        standing = self.standings[level]
        value = self.whole.value(level, values)
        if standing.value is not None and value >= standing.value:
            return False
        self.best, standing.value = values, value
        self._tell(level)
        return True

    def _bounded(self, level: int, bound: int, by: str) -> None:
        standing = self.standings[level]
        if bound > standing.bound:
            standing.bound, standing.by = bound, (by,)
            self._tell(level)

    def _proved(self, level: int, bound: int, by: str) -> None:
        """A bound of our own, which may steer the search; one from outside may only end it."""
        self.own = max(self.own, bound)
        self._bounded(level, bound, by)

    def _tell(self, level: int) -> None:
        self.ties.tell(level, self.standings[level], self.best)

    def _done(self, level: int) -> bool:
        if (outside := self.ties.outside(level)) is not None:
            self._bounded(level, *outside)
        return self.standings[level].proven

    def _over(self, deadline: float) -> bool:
        return self.ties.halt() or time.monotonic() >= deadline


def counted(model: Model, level: int) -> int:
    """The bound of a level that counting each set's cheapest variable gives."""
    costs = model.costs[level]
    cheapest = (min(costs.get(v, 0) for v in variables) for variables in model.sets)
    n = len(model.picks)
    return model.constants[level] + sum(cheapest) + sum(min(0, c) * model.uppers[v] for v, c in costs.items() if v >= n)
