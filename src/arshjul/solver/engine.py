"""What an engine is: it minimises one level of a model, under the locked values of those before."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from arshjul.solver.model import Model


@dataclass(slots=True)
class Task:
    """One level to be minimised.

    `locks` are (level, value): those levels must not exceed that value. `start` are values of all
    variables to begin from, `bound` what is known already: the level is not below it.
    """

    level: int
    locks: list[tuple[int, int]] = field(default_factory=list)
    start: list[int] | None = None
    bound: int | None = None
    limit_s: float = 60.0
    seed: int = 0


@dataclass(slots=True)
class Outcome:
    """What an engine says: `status` is optimal, feasible, infeasible or unknown; nobody has checked it yet."""

    status: str
    values: list[int] | None = None
    bound: int | None = None


Report = Callable[[list[int] | None, int | None], None]
"""Is told of better values of all variables, or of a better bound, as they come."""


class Engine(Protocol):
    """Holds one model, and solves its levels one after the other."""

    name: str

    def __init__(self, model: Model) -> None: ...

    def minimise(self, task: Task, report: Report) -> Outcome:
        """Minimises the task's level. Calls `report` from whatever thread it likes."""
        ...

    def stop(self) -> None:
        """Asks a running `minimise` to end soon; called from another thread."""
        ...
