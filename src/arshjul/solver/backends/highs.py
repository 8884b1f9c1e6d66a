"""HiGHS as an engine, through MathOpt in the ortools wheel: the second opinion.

HiGHS 1.16 with presolve has called worse plans optimal when given a plan to start from, so it gets none. With large
numbers it has called models with plans infeasible, and given bounds above them, so of these it proves nothing. It
cannot be stopped from outside, but its process can be ended.
"""

import math

from arshjul.solver.backends import mathopt
from arshjul.solver.backends.engine import HIGHS, EngineResult, Report, Task
from arshjul.solver.backends.mathopt import INFEASIBLE, OPTIMAL, HeldProblem, proto_of, settings
from arshjul.solver.model.guards import guard_sizes, largest
from arshjul.solver.model.milp import Model

_SLACK = 1e-5
"""How much a floating-point bound may lie above the whole number that it represents."""

_RELATIVE_SLACK = 1e-12
"""The same for large bounds, as a share."""

MOST_TRUSTED = 100_000
"""The largest number in a model of which it proves something: a millionth of a variable is nothing to it, so ten of
that size are off by a unit. False proofs began at 1,400,000."""


class Highs:
    """HiGHS's branch and bound on one thread, to a gap of 0."""

    name = HIGHS

    def __init__(self, model: Model) -> None:
        guard_sizes(model)
        self.model = model

    def minimise(self, task: Task, report: Report) -> EngineResult:
        """Minimises the task's level; reports nothing before the end, and ignores `start`.

        If its own plan breaks the model, neither the plan nor its bound is believed, and of large numbers no bound is.
        """
        parameters = settings(
            task.limit_s, random_seed=task.seed, relative_gap_tolerance=0.0, absolute_gap_tolerance=0.0
        )
        result = HeldProblem(mathopt.HIGHS, proto_of(self.model, task.level, task.cuts, whole=True)).solve(parameters)
        bound = result.termination.objective_bounds.dual_bound
        proves = largest(self.model) <= MOST_TRUSTED
        is_bound = proves and math.isfinite(bound)
        least = math.ceil(bound - max(_SLACK, abs(bound) * _RELATIVE_SLACK)) if is_bound else None
        reason = result.termination.reason
        if reason == INFEASIBLE and proves:
            return EngineResult("infeasible")
        if not result.solutions:
            return EngineResult("unknown", None, least)
        values = [0] * len(self.model.uppers)
        point = result.solutions[0].primal_solution.variable_values
        for v, x in zip(point.ids, point.values, strict=True):
            values[v] = round(x)
        if not self.model.keeps(self.model.with_excesses(values), task.cuts):
            return EngineResult("unknown")
        outcome = EngineResult("optimal" if reason == OPTIMAL and proves else "feasible", values, least)
        report(outcome.values, least)
        return outcome

    def stop(self) -> None:
        """Does nothing: HiGHS ends only with its process."""
