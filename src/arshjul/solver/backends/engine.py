"""The interface of an engine: it minimises one level of a model under the cuts of the levels before."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from arshjul.errors import ArshjulError, EngineFault, Message
from arshjul.solver.model.milp import LevelCut


@dataclass(slots=True)
class Task:
    """One level to be minimised.

    `start` are values of all variables to begin from; `bound`: the level is known not to be below
    it. `effort` limits the work in the engine's own deterministic seconds, `limit_s` in real ones.
    `prove`: a better bound is worth more than a better plan. `aggregated`: see `cpsat`; where the LP is
    hard, a search without them finds plans sooner. `any_plan`: the first plan is good enough.
    """

    level: int
    cuts: Sequence[LevelCut] = ()
    start: list[int] | None = None
    bound: int | None = None
    limit_s: float = 60.0
    effort: float | None = None
    seed: int = 0
    prove: bool = False
    aggregated: bool = True
    any_plan: bool = False


@dataclass(slots=True)
class EngineResult:
    """An engine's unchecked answer; excesses in `values` are as small as they can be.

    `effort` are the deterministic seconds that it took, where the engine knows them.
    """

    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    values: list[int] | None = None
    bound: int | None = None
    effort: float = 0.0


_OURS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NameError, NotImplementedError, TypeError, ValueError,
)  # fmt: skip


def is_ours(error: BaseException) -> bool:
    """True if the error is that of a wrong program, which another engine would only hide.

    An engine's own errors are EngineFaults (`asking`); memory, processes and clusters fail in other ways.
    """
    return isinstance(error, _OURS)


@contextmanager
def asking(name: str) -> Iterator[None]:
    """Around a call of an engine's library: whatever it raises is that engine's fault, want of memory aside."""
    try:
        yield
    except (MemoryError, ArshjulError):
        raise
    except Exception as error:
        text = Message("The engine {name} failed: {what}.", {"name": name, "what": type(error).__name__})
        raise EngineFault(text) from error


Report = Callable[[list[int] | None, int | None], None]
"""Is told of better values of all variables, or of a better bound, as they come."""


class Engine(Protocol):
    """Holds one model, and solves its levels one after the other."""

    name: str

    def minimise(self, task: Task, report: Report) -> EngineResult:
        """Minimises the task's level. Calls `report` from whatever thread it likes."""
        ...

    def stop(self) -> None:
        """Asks a running `minimise` to end soon; called from another thread or from `report`."""
        ...
