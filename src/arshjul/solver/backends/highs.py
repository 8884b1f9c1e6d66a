"""HiGHS as an engine, through MathOpt in the ortools wheel: the second opinion, and the source of LP duals.

HiGHS 1.16 with presolve has called worse plans optimal when given a plan to start from, so it never is. It cannot be
stopped from outside; its process can be ended.
"""

import math
import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2, result_pb2
from ortools.math_opt.core.python import solver

from arshjul.solver.backends.engine import EngineResult, Report, Task
from arshjul.solver.model.guards import guard_sizes
from arshjul.solver.model.milp import Constraint, LevelCut, Model, rows_of
from arshjul.solver.params import DEFAULT, EngineParams

_SLACK = 1e-5
"""By how much a floating-point bound may lie above the whole number that it stands for."""

_RELATIVE_SLACK = 1e-12
"""The same for a large one, as a share of it."""


_SAME = 1e-6
"""Tolerance within which two numbers of an LP are the same."""


@dataclass(frozen=True, slots=True)
class LpDuals:
    """Multipliers (>= 0) of an LP's rows at its optimum, and by how much its last cuts are passed there.

    `point` is what it takes of each variable that it takes anything of, `support` those of each set: one each where it
    is a plan. `hard`: the simplex method was given up on, as CP-SAT's own would better be; then the optimum is no vertex.
    """

    cuts: Sequence[LevelCut]
    multipliers: list[float]
    excess: list[float]
    support: list[list[int]]
    point: Mapping[int, float]
    hard: bool = False

    def serves(self, cuts: Sequence[LevelCut]) -> bool:
        """True if the optimum is one under these cuts too: if they are as far off as it passed its own."""
        firm = len(self.cuts) - len(self.excess)
        if len(cuts) != len(self.cuts) or tuple(cuts[:firm]) != tuple(self.cuts[:firm]):
            return False
        moved = [new[1] - old[1] for new, old in zip(cuts[firm:], self.cuts[firm:], strict=True)]
        return all(more == 0 or abs(more - x) < _SAME for more, x in zip(moved, self.excess, strict=True))


class Highs:
    """HiGHS's branch and bound on one thread, to a gap of 0."""

    name = "highs"

    def __init__(self, model: Model) -> None:
        guard_sizes(model)
        self.model = model

    def minimise(self, task: Task, report: Report) -> EngineResult:
        """Minimises the task's level; reports nothing before the end, and takes no start."""
        parameters: Any = parameters_pb2.SolveParametersProto(random_seed=task.seed)
        parameters.relative_gap_tolerance = 0.0
        parameters.absolute_gap_tolerance = 0.0
        parameters.time_limit.FromMilliseconds(max(10, int(task.limit_s * 1000)))
        result = _solve(_proto(self.model, task.level, task.cuts, whole=True), parameters)
        bound = result.termination.objective_bounds.dual_bound
        least = math.ceil(bound - max(_SLACK, abs(bound) * _RELATIVE_SLACK)) if math.isfinite(bound) else None
        reason = result.termination.reason
        if reason == result_pb2.TERMINATION_REASON_INFEASIBLE:
            return EngineResult("infeasible")
        if not result.solutions:
            return EngineResult("unknown", None, least)
        values = [0] * len(self.model.uppers)
        point = result.solutions[0].primal_solution.variable_values
        for v, x in zip(point.ids, point.values, strict=True):
            values[v] = round(x)
        outcome = EngineResult("feasible", self.model.with_excesses(values), least)
        if reason == result_pb2.TERMINATION_REASON_OPTIMAL:
            outcome.status = "optimal"
        report(outcome.values, least)
        return outcome

    def stop(self) -> None:
        """Does nothing: kill its process."""


def lp_duals(  # noqa: PLR0913 - an LP, its limits, and how it is scaled
    model: Model,
    level: int,
    cuts: Sequence[LevelCut],
    limit_s: float,
    *,
    elastic: int = 0,
    price: float = 0.0,
    unit: float = 1.0,
    params: EngineParams = DEFAULT.engines,
) -> LpDuals | None:
    """The LP's optimum, seen from its rows, which are those of `rows_of`; None if there is none in time.

    The last `elastic` cuts may be passed at that price a unit. Costs and price reach the LP as
    multiples of `unit`, so that they can be kept within what it is precise for.

    The simplex method is three to six times faster than an interior point on most boards, and three
    times slower on degenerate ones, which it is given up on after so many iterations. The interior
    point goes without crossover: any multipliers give a valid bound (see `duals`).
    """
    proto = _proto(model, level, cuts, whole=False)
    _let_pass(proto, elastic, price)
    _divide_objective(proto, unit)
    until = time.monotonic() + limit_s
    parameters: Any = parameters_pb2.SolveParametersProto()
    parameters.iteration_limit = params.lp_iterations + len(model.sets) * params.lp_iterations_a_set
    parameters.time_limit.FromMilliseconds(max(10, int(limit_s * 1000)))
    result = _solve(proto, parameters)
    hard = result.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL
    if hard:
        parameters = parameters_pb2.SolveParametersProto()
        parameters.time_limit.FromMilliseconds(max(10, int((until - time.monotonic()) * 1000)))
        parameters.highs.string_options["solver"] = "ipm"
        parameters.highs.string_options["run_crossover"] = "off"
        result = _solve(proto, parameters)
    if not result.solutions or not result.solutions[0].HasField("dual_solution"):
        return None
    dual = result.solutions[0].dual_solution.dual_values
    first = len(model.sets)
    multipliers = [0.0] * len(rows_of(model, cuts))
    for row, value in zip(dual.ids, dual.values, strict=True):
        if row >= first and math.isfinite(value):
            multipliers[row - first] = max(0.0, -value * unit)
    values = result.solutions[0].primal_solution.variable_values
    point = {v: x for v, x in zip(values.ids, values.values, strict=True) if x}
    excess = [point.get(len(model.uppers) + k, 0.0) for k in range(elastic)]
    support = [[v for v in variables if point.get(v, 0.0) > _SAME] for variables in model.sets]
    return LpDuals(tuple(cuts), multipliers, excess, support, point, hard)


def _let_pass(proto: Any, rows: int, price: float) -> None:
    """Gives each of the last rows a column that takes what is above its limit."""
    n, m = len(proto.variables.ids), len(proto.linear_constraints.ids)
    for k in range(rows):
        proto.variables.ids.append(n + k)
        proto.variables.lower_bounds.append(0.0)
        proto.variables.upper_bounds.append(math.inf)
        proto.variables.integers.append(False)
        at = bisect_right(proto.linear_constraint_matrix.row_ids, m - rows + k)
        for field, value in (("row_ids", m - rows + k), ("column_ids", n + k), ("coefficients", -1.0)):
            getattr(proto.linear_constraint_matrix, field).insert(at, value)
        proto.objective.linear_coefficients.ids.append(n + k)
        proto.objective.linear_coefficients.values.append(price)


def _divide_objective(proto: Any, unit: float) -> None:
    proto.objective.offset /= unit
    values = proto.objective.linear_coefficients.values
    values[:] = [value / unit for value in values]


def _solve(proto: Any, parameters: Any) -> Any:
    return solver.solve(
        proto,
        parameters_pb2.SOLVER_TYPE_HIGHS,
        parameters_pb2.SolverInitializerProto(),
        parameters,
        model_parameters_pb2.ModelSolveParametersProto(),
        None,
        callback_pb2.CallbackRegistrationProto(),
        None,
        None,
    )


def _proto(model: Model, level: int, cuts: Sequence[LevelCut], *, whole: bool) -> Any:
    proto: Any = model_pb2.ModelProto()
    n = len(model.uppers)
    proto.variables.ids.extend(range(n))
    proto.variables.lower_bounds.extend([0.0] * n)
    proto.variables.upper_bounds.extend(map(float, model.uppers))
    proto.variables.integers.extend([whole] * n)
    sets = [Constraint(dict.fromkeys(variables, 1), 1) for variables in model.sets]
    lines = [*sets, *rows_of(model, cuts)]
    proto.linear_constraints.ids.extend(range(len(lines)))
    proto.linear_constraints.lower_bounds.extend([1.0] * len(sets) + [-math.inf] * (len(lines) - len(sets)))
    proto.linear_constraints.upper_bounds.extend(float(line.at_most) for line in lines)
    matrix = proto.linear_constraint_matrix
    for row, line in enumerate(lines):
        order = sorted(line.terms)
        matrix.row_ids.extend([row] * len(order))
        matrix.column_ids.extend(order)
        matrix.coefficients.extend([float(line.terms[v]) for v in order])
    costs = model.costs[level]
    order = sorted(costs)
    proto.objective.offset = float(model.constants[level])
    proto.objective.linear_coefficients.ids.extend(order)
    proto.objective.linear_coefficients.values.extend([float(costs[v]) for v in order])
    return proto
