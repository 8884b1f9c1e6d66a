"""The interface of an engine: it minimises one level of a model under the cuts of earlier levels."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from arshjul.errors import EngineFault, Message
from arshjul.solver.model.milp import LevelCut

CP_SAT, HIGHS = "cp-sat", "highs"
"""The engines' names, as in `proved_by`."""


@dataclass(slots=True)
class Task:
    """One level to be minimised.

    `start` are values of all variables to begin from; `bound` is a known lower bound of the level. `effort` limits the
    work in the engine's own deterministic seconds, `limit_s` in real ones. `prove`: a better bound is worth more than a
    better plan. `aggregated`: see `cpsat`; if the LP is hard, a search without aggregates finds plans sooner.
    `any_plan`: the first plan is good enough.
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
    """An engine's unchecked answer; excesses in `values` are as small as possible.

    `effort` are the deterministic seconds that it took, if the engine reports them.
    """

    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    values: list[int] | None = None
    bound: int | None = None
    effort: float = 0.0


@contextmanager
def asking(name: str) -> Iterator[None]:
    """Turns an error of an engine's library into an EngineFault, except a lack of memory.

    Errors raised in callbacks from the library must not pass through it: see `Callbacks`.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise failed(name, type(error).__name__) from error


def failed(name: str, what: str) -> EngineFault:
    """The error of an engine that failed; `what` is what failed, in the library's own word."""
    return EngineFault(Message("The engine {name} failed: {what}.", {"name": name, "what": what}))


Report = Callable[[list[int] | None, int | None], None]
"""Called with better values of all variables, or with a better bound, as they are found."""


class Callbacks:
    """A report as an engine may call it: the first error that it raises is kept and stops the engine by `stop`."""

    def __init__(self, report: Report, stop: Callable[[], None]) -> None:
        self._report = report
        self._stop = stop
        self._error: Exception | None = None

    def report(self, values: list[int] | None, bound: int | None) -> None:
        """Passes on what the engine found, unless an earlier report raised an error."""
        try:
            if self._error is None:
                self._report(values, bound)
        except Exception as error:
            self._error = error
            self._stop()

    def done(self) -> None:
        """Raises the error of a report, if there was one; called when the engine has ended."""
        if self._error is not None:
            raise self._error


class Engine(Protocol):
    """Holds one model, and solves its levels one after the other."""

    name: str

    def minimise(self, task: Task, report: Report) -> EngineResult:
        """Minimises the task's level. Calls `report` from any thread."""
        ...

    def stop(self) -> None:
        """Asks a running `minimise` to end soon; called from another thread or from `report`."""
        ...
