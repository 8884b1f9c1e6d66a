"""An engine alone: CP-SAT or HiGHS on the board as it is written, without our presolve, cores or duals.

*Plain* is one 0/1 variable an option, one row for each capacity, lag, conflict and row. *Kinds* adds
what aggregation (`solver/backends/cpsat.py`) adds, one variable for all options of an operation that cost and weigh the
same: a part of our own formulation, but it helps CP-SAT's defaults greatly and may help or harm
its best settings, so CP-SAT is measured on both, and the faster is what we are compared with.

The list planner's plan is the first hint, and each plan found the next one's. A level on which the
plan at hand costs no more than counting proves is locked without being solved: nobody pays for
musts that all fit in. What is left is one sum, as long as its numbers stay below those on which
CP-SAT errs (see `solver/model/milp.py`); else, and with CP-SAT's defaults, which proved less on the sum,
each level is solved in its turn and locked, with all the time that is left.
"""

from collections.abc import Callable

from arshjul.solver.backends.cpsat import CpSat
from arshjul.solver.backends.engine import Engine, Report, Task
from arshjul.solver.backends.mathopt import SCIP, Highs
from arshjul.solver.board import Board
from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.milp import SIZE_LIMIT, LevelCut, Model, ModelIndex
from tests.bench.by_hand import by_list
from tests.bench.one_sum import OneSum
from tests.bench.runs import Clock, Contender, Run, measured, worth
from tests.solver.written import as_written

LEAST_S = 0.1
"""No engine is asked for less."""


class Default(CpSat):
    """CP-SAT with the parameters that it comes with, on as many workers as it chooses: nothing set but the clock."""

    def _set(self, task: Task) -> None:
        self.parameters.max_time_in_seconds = task.limit_s


class Tuned(CpSat):
    """One worker that leans on the LP, without presolve.

    With presolve, with more workers, or without the LP it proved no more on any board that was tried,
    mostly less. Without cuts it was faster on some boards and slower on others.
    """

    cuts = True

    def _set(self, task: Task) -> None:
        self.parameters.num_workers = 1
        self.parameters.linearization_level = 2
        self.parameters.cp_model_presolve = False
        if not self.cuts:
            self.parameters.cut_level = 0
        self.parameters.max_time_in_seconds = task.limit_s


class Uncut(Tuned):
    """The same without cuts."""

    cuts = False


def _contender(make: Callable[[Model], Engine], *, sums: bool, note: str = "") -> Contender:
    return lambda board, limit_s, clock: _Contest(make, board, limit_s, clock).run(sums=sums, note=note)


def _cpsat(settings: type[CpSat], *, aggregated: bool, sums: bool = True) -> Contender:
    return _contender(lambda model: settings(model, aggregated=aggregated), sums=sums)


default_plain = _cpsat(Default, aggregated=False, sums=False)
default_kinds = _cpsat(Default, aggregated=True, sums=False)
tuned_plain = _cpsat(Tuned, aggregated=False)
tuned_kinds = _cpsat(Tuned, aggregated=True)
uncut_plain = _cpsat(Uncut, aggregated=False)
uncut_kinds = _cpsat(Uncut, aggregated=True)

highs_plain = _contender(Highs, sums=True, note="best s is the solve's end")
"""HiGHS with its own settings and a gap of 0.

It is the one inside ortools, which refuses the parameter `threads`; two threads through HiGHS's own
options took as long as one (13.4 s on 130 operations). There it tells no plan before a solve's end,
and it is given no hint, which has made it err. Without its presolve it was faster on small boards, and
had no good plan on the tight one in the time in which it proves that with it; an interior point
gained nothing.
"""


class Scip(Highs):
    """SCIP with its own settings, in the same way: it too tells no plan before a solve's end."""

    kind, name = SCIP, "scip"


scip_plain = _contender(Scip, sums=True, note="best s is the solve's end")


class _Contest:
    """One engine's way through the levels of a board."""

    def __init__(self, make: Callable[[Model], Engine], board: Board, limit_s: float, clock: Clock) -> None:
        self.board = board
        self.limit_s = limit_s
        self.clock = clock
        self.model = as_written(board)
        self.view = ModelIndex(self.model)
        self.engine = make(self.model)
        self.bounds: list[int | None] = [counting_bound(self.model, level) for level in range(len(board.levels))]
        self.locks: list[LevelCut] = []
        by_hand = by_list(board)
        self.plan = None if None in worth(board, by_hand) else self.view.of(enumerate(by_hand))
        self.own: list[int] | None = None  # the plan by hand is a hint: only what the engine finds is its own

    def run(self, *, sums: bool, note: str = "") -> Run:
        """All levels, or as many as there is time for."""
        last = len(self.board.levels) - 1
        for level in range(last + 1):
            if level == last or not self._settled(level):
                if sums and level < last and self._as_sum(level):
                    break
                if not self._alone(level):
                    break
            assert self.plan is not None
            self.locks.append((level, self.model.value(level, self.plan)))
        return measured(self.clock, self.board, self._values(), self.bounds, note)

    def _settled(self, level: int) -> bool:
        return self.plan is not None and self.model.value(level, self.plan) == self.bounds[level]

    def _as_sum(self, level: int) -> bool:
        """All levels from this one on, at once; False: the numbers would be too large."""
        total = OneSum(self.board, self.model, level)
        if max(total.costs.values(), default=0) >= SIZE_LIMIT:
            return False
        self.model.costs.append(total.costs)
        self.model.constants.append(total.constant)
        bound = self._solve(len(self.model.costs) - 1, total.name)
        self.bounds[level:] = total.bounds(self._values(), bound)
        return True

    def _alone(self, level: int) -> bool:
        """One level; False: no plan was found."""
        bound = self._solve(level, self.board.levels[level])
        self.bounds[level] = max(number for number in (self.bounds[level], bound) if number is not None)
        return self.own is not None

    def _solve(self, level: int, name: str) -> int | None:
        """Minimises a level of the model, and returns its bound."""
        left = max(LEAST_S, self.limit_s - self.clock.seconds)
        outcome = self.engine.minimise(Task(level, self.locks, self.plan, None, left), self._listener(level, name))
        if outcome.values is not None:
            self.plan = self.own = outcome.values
        return outcome.bound

    def _listener(self, level: int, name: str) -> Report:
        def report(values: list[int] | None, bound: int | None) -> None:
            value = None
            if values is not None:  # by lookups: the engine waits for this
                worth = self.view.worth(v for v, one in enumerate(values[: len(self.model.picks)]) if one)
                value = worth[level]
                self.clock.found(tuple(worth[: len(self.board.levels)]))
            self.clock.note(name, value, bound)

        return report

    def _values(self) -> list[int | None]:
        if self.own is None:
            return [None] * len(self.board.levels)
        chosen = dict(pick for pick, one in zip(self.model.picks, self.own, strict=False) if one)
        return worth(self.board, [chosen.get(activity) for activity in range(len(self.board.activities))])
