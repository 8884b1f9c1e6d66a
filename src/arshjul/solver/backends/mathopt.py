"""MathOpt, in the ortools wheel: models as it takes them, for GLOP and HiGHS, and HiGHS as an engine.

As an engine HiGHS is the second opinion. HiGHS 1.16 with presolve has called worse plans optimal when given a plan to
start from, so it gets none. With large numbers it has called models with plans infeasible, and given bounds above them,
so of these it proves nothing. It cannot be stopped from outside, but its process can be ended.
"""

import math
from collections.abc import Sequence
from typing import Any

from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2, result_pb2
from ortools.math_opt.core.python import solver

from arshjul.solver.backends.engine import EngineResult, Report, Task, asking
from arshjul.solver.model.milp import Constraint, LevelCut, Model, guard_sizes, largest, rows_of

HIGHS, GLOP = parameters_pb2.SOLVER_TYPE_HIGHS, parameters_pb2.SOLVER_TYPE_GLOP
SCIP = parameters_pb2.SOLVER_TYPE_GSCIP
_NAMES = {HIGHS: "highs", GLOP: "glop", SCIP: "scip"}
OPTIMAL, INFEASIBLE = result_pb2.TERMINATION_REASON_OPTIMAL, result_pb2.TERMINATION_REASON_INFEASIBLE


def settings(limit_s: float, **more: Any) -> Any:
    parameters: Any = parameters_pb2.SolveParametersProto(**more)
    parameters.time_limit.FromMilliseconds(max(10, int(limit_s * 1000)))
    return parameters


class HeldProblem:
    """A problem held by an engine; GLOP continues from its last basis after the problem was changed."""

    def __init__(self, kind: int, proto: Any) -> None:
        with asking(_NAMES[kind]):
            self.engine: Any = solver.new(kind, proto, parameters_pb2.SolverInitializerProto())
        self.name = _NAMES[kind]

    def solve(self, parameters: Any, basis: Any = None) -> Any:
        asked = model_parameters_pb2.ModelSolveParametersProto(initial_basis=basis)
        with asking(self.name):
            return self.engine.solve(parameters, asked, None, callback_pb2.CallbackRegistrationProto(), None, None)

    def update(self, update: Any) -> bool:
        """Changes the problem; False: the engine cannot, and must be given the whole problem again."""
        with asking(self.name):
            done: bool = self.engine.update(update)
        return done


def proto_of(model: Model, level: int, cuts: Sequence[LevelCut], *, whole: bool) -> Any:
    """The model with one level as objective: its sets, then the rows of `rows_of`. `whole`: variables are integers."""
    proto: Any = model_pb2.ModelProto()
    n = len(model.uppers)
    proto.variables.ids.extend(range(n))
    proto.variables.lower_bounds.extend([0.0] * n)
    proto.variables.upper_bounds.extend(map(float, model.uppers))
    proto.variables.integers.extend([whole] * n)
    sets = [Constraint(dict.fromkeys(variables, 1), 1) for variables in model.sets]
    lines = [*sets, *rows_of(model, cuts)]
    add_rows(proto.linear_constraints, proto.linear_constraint_matrix, lines, 0)
    proto.linear_constraints.lower_bounds[: len(sets)] = [1.0] * len(sets)
    costs = model.costs[level]
    order = sorted(costs)
    proto.objective.offset = float(model.constants[level])
    proto.objective.linear_coefficients.ids.extend(order)
    proto.objective.linear_coefficients.values.extend([float(costs[v]) for v in order])
    return proto


def add_rows(rows: Any, matrix: Any, lines: Sequence[Constraint], first: int) -> None:
    """Adds constraints, numbered from `first` on, to the rows and the matrix of a problem or of its update."""
    rows.ids.extend(range(first, first + len(lines)))
    rows.lower_bounds.extend([-math.inf] * len(lines))
    rows.upper_bounds.extend(float(line.at_most) for line in lines)
    for row, line in enumerate(lines, first):
        order = sorted(line.terms)
        matrix.row_ids.extend([row] * len(order))
        matrix.column_ids.extend(order)
        matrix.coefficients.extend([float(line.terms[v]) for v in order])


_SLACK, _RELATIVE_SLACK = 1e-5, 1e-12
"""Tolerance by which a floating-point bound may exceed its whole number: absolute, and relative for large ones."""
MOST_TRUSTED = 100_000
"""The largest number in a model of which it proves something: a millionth of a variable is nothing to it, so ten of
that size are off by a unit. False proofs began at 1,400,000."""


class Highs:
    """HiGHS's branch and bound on one thread, to a gap of 0."""

    kind = HIGHS
    name = _NAMES[HIGHS]

    def __init__(self, model: Model) -> None:
        guard_sizes(model)
        self.model = model

    def minimise(self, task: Task, report: Report) -> EngineResult:
        """Minimises the task's level; reports nothing before the end, and ignores `start`.

        If its own plan breaks the model, neither the plan nor its bound is believed, and of large numbers no bound is.
        """
        exact = {"relative_gap_tolerance": 0.0, "absolute_gap_tolerance": 0.0}
        problem = HeldProblem(self.kind, proto_of(self.model, task.level, task.cuts, whole=True))
        result = problem.solve(settings(task.limit_s, random_seed=task.seed, **exact))
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
