"""An engine alone: CP-SAT or HiGHS on the board as it is written, without our presolve, cores or duals.

One 0/1 variable an option, one row for each capacity, lag, conflict and row. The list planner's
plan is the first hint, and each plan found the next one's. A level on which the plan at hand costs
the least that can be counted is locked without being solved: nobody pays for musts that all fit in.
What is left is one sum, as long as its numbers stay below those on which CP-SAT errs (see
`solver/engine.py`); else, and with CP-SAT's defaults, each level is solved in its turn and locked,
with all the time that is left.
"""

from collections.abc import Callable

from arshjul.board import Board
from arshjul.solver.cpsat import CpSat
from arshjul.solver.engine import SIZE_LIMIT, Engine, Lock, Report, Task
from arshjul.solver.highs import Highs
from arshjul.solver.levels import counted
from arshjul.solver.model import Model
from arshjul.solver.translate import as_written
from tests.bench.by_hand import by_list
from tests.bench.one_sum import OneSum
from tests.bench.runs import Clock, Run, measured, worth

LEAST_S = 0.1
"""No engine is asked for less."""


def cpsat_default(board: Board, limit_s: float, clock: Clock) -> Run:
    """CP-SAT with the parameters that it comes with, on as many workers as it chooses."""
    return _Contest(Default, board, limit_s, clock).run(sums=False)


def cpsat_best(board: Board, limit_s: float, clock: Clock) -> Run:
    """CP-SAT with the best settings that were found for these models."""
    return _Contest(BestSettings, board, limit_s, clock).run(sums=True)


def highs(board: Board, limit_s: float, clock: Clock) -> Run:
    """HiGHS with its own settings and a gap of 0.

    Inside ortools it takes no threads, tells no plan before a solve's end, and is given no hint,
    which has made it err. Without its presolve it was faster on small boards, and had no good plan
    on the tight one in the time in which it proves that with it; an interior point gained nothing.
    """
    return _Contest(Highs, board, limit_s, clock).run(sums=True, note="best s is the solve's end")


class Default(CpSat):
    """Nothing set but the clock."""

    def _set(self, task: Task) -> None:
        self.solver.parameters.max_time_in_seconds = task.limit_s


class BestSettings(CpSat):
    """One worker that leans on the LP, without presolve.

    With presolve, with more workers, or without the LP it proved no more on any board that was tried, mostly less.
    """

    def _set(self, task: Task) -> None:
        self.solver.parameters.num_workers = 1
        self.solver.parameters.linearization_level = 2
        self.solver.parameters.cp_model_presolve = False
        self.solver.parameters.max_time_in_seconds = task.limit_s


class _Contest:
    """One engine's way through the levels of a board."""

    def __init__(self, make: Callable[[Model], Engine], board: Board, limit_s: float, clock: Clock) -> None:
        self.board = board
        self.limit_s = limit_s
        self.clock = clock
        self.model = as_written(board)
        self.engine = make(self.model)
        self.bounds: list[int | None] = [counted(self.model, level) for level in range(len(board.levels))]
        self.locks: list[Lock] = []
        by_hand = by_list(board)
        self.plan = None if None in worth(board, by_hand) else self.model.values(by_hand)
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
            value = None if values is None else self.model.value(level, self.model.with_excesses(values))
            self.clock.note(name, value, bound)

        return report

    def _values(self) -> list[int | None]:
        return [None] * len(self.board.levels) if self.own is None else worth(self.board, self.model.choice(self.own))
