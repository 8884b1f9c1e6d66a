"""HiGHS beside CP-SAT: the bound of one level, or all levels where the primary failed."""

import time
from collections.abc import Sequence

from arshjul.errors import EngineFault, InputError, Message
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.bounds import counting_bound
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.parallel.job import JobError
from arshjul.solver.parallel.worker import Connection
from arshjul.solver.params import DEFAULT, LevelParams
from arshjul.solver.portfolio.incumbent import Incumbent
from arshjul.solver.portfolio.primary import ProgressMessage, SearchResult
from arshjul.solver.search.status import Contradiction, LevelStatus, is_best


def minimise(connection: Connection, model: Model, task: Task) -> tuple[Task, EngineResult]:
    """A worker's work: one level."""
    from arshjul.solver.backends.highs import Highs

    del connection
    return task, Highs(model).minimise(task, lambda _values, _bound: None)


def trusted(model: Model, task: Task, outcome: EngineResult, best: list[int] | None) -> int | None:
    """The bound of an outcome; None where its own plan fails arithmetic, a fault where ours is better."""
    if outcome.status == "infeasible":
        raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
    if outcome.values is not None and not model.keeps(outcome.values, task.cuts):
        return None
    if best is not None and outcome.bound is not None:
        is_best(model.value(task.level, best), outcome.bound, ("highs",))
    return outcome.bound


def raise_final(error: Exception, replaced: bool) -> None:
    """Raises a worker's error if it ends the solve: one that a person can mend, one of ours, a refuted bound.

    So does an engine's fault once HiGHS has `replaced` CP-SAT. Whatever else failed, for want of memory, of a cluster,
    or by one engine's fault, HiGHS is to try.
    """
    if isinstance(error, JobError):
        raise error.error from None
    if isinstance(error, InputError | Contradiction) or (replaced and isinstance(error, EngineFault)):
        raise error


def solve_with_highs(
    connection: Connection,
    model: Model,
    ones: list[int] | None,
    deadline: float,
    seed: int,
    statuses: Sequence[LevelStatus] = (),
    params: LevelParams = DEFAULT.levels,
) -> SearchResult:
    """A worker's work: the levels from the last of `statuses` on, whose bounds are kept, from the plan given.

    Without one it begins with a greedy one. It says where the levels stand as a primary does.
    """
    incumbent = Incumbent(model, ones)
    incumbent.begin(lambda: time.monotonic() >= deadline)
    incumbent.statuses = list(statuses[:-1])
    last = len(model.costs) - 1
    for level in range(len(incumbent.statuses), last + 1):
        began = incumbent.began = time.monotonic()
        cuts = [(k, s.value) for k, s in enumerate(incumbent.statuses) if s.value is not None]
        status = LevelStatus(incumbent.value(level), counting_bound(model, level), ("counting",))
        if level < len(statuses) and statuses[level].bound > status.bound:
            status.bound, status.by = statuses[level].bound, statuses[level].by
        incumbent.statuses.append(status)
        connection.report(ProgressMessage(level, status, incumbent.ones))
        left = (deadline - began) * (1.0 if level == last else params.share)
        if not status.proven and left > 0:
            task, outcome = minimise(connection, model, Task(level, cuts, limit_s=left, seed=seed))
            if outcome.status == "infeasible" and incumbent.ones is None:
                return SearchResult(impossible_by="highs")
            _take(incumbent, task, outcome)
            status.seconds = time.monotonic() - began
            connection.report(ProgressMessage(level, status, incumbent.ones))
        if status.value is None:
            break
    return incumbent.result()


def _take(incumbent: Incumbent, task: Task, outcome: EngineResult) -> None:
    """Takes in what an outcome improves on the level at hand."""
    model, status = incumbent.model, incumbent.statuses[-1]
    if outcome.values is not None and model.keeps(outcome.values, task.cuts):
        value = model.value(task.level, outcome.values)
        if status.value is None or value < status.value:
            incumbent.ones, status.value = ones_of(model, outcome.values), value
    bound = trusted(model, task, outcome, incumbent.values())
    if bound is not None and bound > status.bound:
        status.bound, status.by = bound, ("highs",)
