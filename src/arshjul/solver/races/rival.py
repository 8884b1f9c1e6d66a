"""HiGHS beside CP-SAT: a level's bound in a race, or all levels where the first engine failed."""

import time
from collections.abc import Sequence

from arshjul.errors import EngineFault, InputError, Message
from arshjul.solver.engines.engine import Outcome, Task
from arshjul.solver.modelling.duals import counted
from arshjul.solver.modelling.model import Model, ones_of
from arshjul.solver.processes.child import Link
from arshjul.solver.races.known import Known
from arshjul.solver.races.lead import Finish, Said
from arshjul.solver.search.levels import SHARE, Standing


def minimise(link: Link, model: Model, task: Task) -> tuple[Task, Outcome]:
    """A child's work: one level."""
    from arshjul.solver.engines.highs import Highs

    del link
    return task, Highs(model).minimise(task, lambda _values, _bound: None)


def trusted(model: Model, task: Task, outcome: Outcome, best: list[int] | None) -> int | None:
    """The bound of an outcome; None where its own plan fails arithmetic, a fault where ours is better."""
    if outcome.status == "infeasible":
        raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
    if outcome.values is not None and not model.keeps(outcome.values, task.locks):
        return None
    if best is not None and outcome.bound is not None and outcome.bound > model.value(task.level, best):
        raise EngineFault(Message("Two engines disagree about the best value of a level."))
    return outcome.bound


def is_final(error: BaseException, replaced: bool) -> bool:
    """Whether an error ends the solve: what a person can mend does, and a fault once HiGHS has `replaced` CP-SAT.

    Whatever else failed, for want of memory, of a cluster, or by one engine's fault, HiGHS is to try.
    """
    return isinstance(error, InputError) or (replaced and isinstance(error, EngineFault))


def alone(
    link: Link, model: Model, ones: list[int] | None, deadline: float, seed: int, standings: Sequence[Standing] = ()
) -> Finish:
    """A child's work: the levels from the last of `standings` on, whose bounds are kept, from the plan given.

    Without one it begins with a greedy one. It says where the levels stand as a lead does.
    """
    known = Known(model, ones)
    known.begin(lambda: time.monotonic() >= deadline)
    known.standings = list(standings[:-1])
    last = len(model.costs) - 1
    for level in range(len(known.standings), last + 1):
        began = known.began = time.monotonic()
        locks = [(k, s.value) for k, s in enumerate(known.standings) if s.value is not None]
        standing = Standing(known.value(level), counted(model, level), ("counting",))
        if level < len(standings) and standings[level].bound > standing.bound:
            standing.bound, standing.by = standings[level].bound, standings[level].by
        known.standings.append(standing)
        link.say(Said(level, standing, known.ones))
        left = (deadline - began) * (1.0 if level == last else SHARE)
        if not standing.proven and left > 0:
            task, outcome = minimise(link, model, Task(level, locks, limit_s=left, seed=seed))
            if outcome.status == "infeasible" and known.ones is None:
                return Finish(impossible=True)
            _take(known, task, outcome)
            standing.seconds = time.monotonic() - began
            link.say(Said(level, standing, known.ones))
        if standing.value is None:
            break
    return known.finish()


def _take(known: Known, task: Task, outcome: Outcome) -> None:
    """What an outcome betters of the level at hand."""
    model, standing = known.model, known.standings[-1]
    if outcome.values is not None and model.keeps(outcome.values, task.locks):
        value = model.value(task.level, outcome.values)
        if standing.value is None or value < standing.value:
            known.ones, standing.value = ones_of(model, outcome.values), value
    bound = trusted(model, task, outcome, known.values())
    if bound is not None and bound > standing.bound:
        standing.bound, standing.by = bound, ("highs",)
