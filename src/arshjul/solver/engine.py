"""What an engine is: it minimises one level of a model, under the locked values of those before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from arshjul.errors import EngineFault, Message
from arshjul.solver.model import Line, Model

Lock = tuple[int, int]
"""A level's number, and the value that it must not exceed any more."""

SIZE_LIMIT = 2**31
"""Coefficients from here on have given certified wrong optima in CP-SAT 9.15 (issue 5293)."""


@dataclass(slots=True)
class Task:
    """One level to be minimised.

    `start` are values of all variables to begin from; `bound`: the level is known not to be below
    it. `effort` limits the work in the engine's own deterministic seconds, `limit_s` in real ones.
    `prove`: a better bound is worth more than a better plan.
    """

    level: int
    locks: Sequence[Lock] = ()
    start: list[int] | None = None
    bound: int | None = None
    limit_s: float = 60.0
    effort: float | None = None
    seed: int = 0
    prove: bool = False


@dataclass(slots=True)
class Outcome:
    """What an engine says, values with their excesses made small: nobody has checked it yet.

    `effort` are the deterministic seconds that it took, where the engine knows them.
    """

    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    values: list[int] | None = None
    bound: int | None = None
    effort: float = 0.0


Report = Callable[[list[int] | None, int | None], None]
"""Is told of better values of all variables, or of a better bound, as they come."""


class Engine(Protocol):
    """Holds one model, and solves its levels one after the other."""

    name: str

    def minimise(self, task: Task, report: Report) -> Outcome:
        """Minimises the task's level. Calls `report` from whatever thread it likes."""
        ...

    def stop(self) -> None:
        """Asks a running `minimise` to end soon; called from another thread or from `report`."""
        ...


def rows_of(model: Model, locks: Sequence[Lock]) -> list[Line]:
    """All lines of the LP but the sets: hard ones, soft ones with their excess, locks."""
    locked = [Line(model.costs[level], value - model.constants[level]) for level, value in locks]
    return [*model.lines, *(soft.line for soft in model.softs), *locked]


def guard_sizes(model: Model) -> None:
    """Refuses a model whose numbers an engine may get wrong.

    The reader of board files keeps each number below 2^31; sums that presolve makes of them, as
    prices x excess, may pass it.
    """
    terms = (c for costs in model.costs for c in costs.values())
    lines = (c for line in (*model.lines, *(soft.line for soft in model.softs)) for c in line.terms.values())
    worst = max((abs(c) for numbers in (terms, lines) for c in numbers), default=0)
    if worst >= SIZE_LIMIT:
        raise EngineFault(Message("A number of {size} in the board is too large to be solved safely.", {"size": worst}))
