"""The LP of a model's last level with elastic cuts on earlier levels: the source of multipliers.

GLOP, through MathOpt, keeps it and continues from its last basis by the dual simplex method: after a cut has moved, or
constraints have joined the model, that takes a fraction of the time of a new LP. If the simplex method does not end
within a number of iterations, since the LP is degenerate, HiGHS's interior point method is three times faster; it runs
without crossover, as any multipliers give a valid bound (see `model/bounds.py`).
"""

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ortools.math_opt import model_update_pb2, parameters_pb2, result_pb2, solution_pb2

from arshjul.errors import EngineFault
from arshjul.solver.backends.mathopt import GLOP, HIGHS, INFEASIBLE, OPTIMAL, HeldProblem, add_rows, proto_of, settings
from arshjul.solver.model.milp import Constraint, LevelCut, Model

DUAL, PRIMAL = parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX, parameters_pb2.LP_ALGORITHM_PRIMAL_SIMPLEX
BASIC = solution_pb2.BASIS_STATUS_BASIC
LIMIT_UNKNOWN = result_pb2.LIMIT_UNDETERMINED
_SAME = 1e-6
"""Tolerance within which two numbers of an LP are the same."""

_ITERATIONS = 2000
"""Iterations of the simplex method for the smallest LP."""

ITERATIONS_A_SET = 15
"""More of them for each set: years took 4 to 14, degenerate ones more than 30, where the interior point is faster."""


class Basis(NamedTuple):
    """The state of each column and row at an optimum, from which the simplex method can go on.

    `firm` are the rows of sets and constraints, `rest` the others of `rows_of`, so that it serves every problem of the
    model, in whatever order its rows joined.
    """

    columns: bytes
    firm: bytes
    rest: bytes


@dataclass(frozen=True, slots=True)
class LpDuals:
    """Multipliers (>= 0) of an LP's rows at its optimum, and the excess over each cut there.

    `point` has the value of each variable that is not 0. `rows` is the number of constraints that the model had.
    """

    cuts: Sequence[LevelCut]
    firm: int
    rows: int
    multipliers: list[float]
    excess: list[float]
    point: Mapping[int, float]
    basis: Basis | None
    is_optimum: bool

    def serves(self, model: Model, cuts: Sequence[LevelCut]) -> bool:
        """True if its optimum also holds under these cuts: none has moved except by the excess over it."""
        if len(cuts) != len(self.cuts) or tuple(cuts[: self.firm]) != tuple(self.cuts[: self.firm]):
            return False
        moved = [new[1] - old[1] for new, old in zip(cuts, self.cuts, strict=True)]
        return self.rows == len(model.constraints) and all(
            more == 0 or abs(more - x) < _SAME for more, x in zip(moved, self.excess, strict=True)
        )


class Relaxation:
    """The LP of a model's last level; each earlier level is cut, and a tentative cut may be exceeded at `price` a unit.

    Above the cut of the present level a unit costs `at_hand` times as much. Costs and price are given to the LP as
    multiples of `unit`, so that they stay within its precision. Each later call must be about the first model, or one
    to which constraints were added since. `a_set` are the iterations of the simplex method for each set. `hard`: it was
    given up; CP-SAT's would be as slow. `is_primal`: it is asked from bases of another objective, which are feasible,
    and is given up at once where that does not soon end.
    """

    def __init__(
        self,
        model: Model,
        price: float,
        unit: float,
        at_hand: float = 1.0,
        a_set: int = ITERATIONS_A_SET,
        *,
        is_primal: bool = False,
    ) -> None:
        self.model = model
        self.price = price
        self.at_hand = at_hand
        self.unit = unit
        self.is_primal = is_primal
        self.hard = False
        self.iterations = _ITERATIONS + len(model.sets) * a_set
        self.level = len(model.costs) - 1
        self.problem: HeldProblem | None = None
        self.known = self.firm = 0
        self.numbers: list[int] = []
        self.barred: set[int] = set()

    def solve(
        self,
        model: Model,
        cuts: Sequence[LevelCut],
        firm: int,
        barred: Collection[int],
        limit_s: float,
        basis: Basis | None = None,
        enough: float | None = None,
    ) -> LpDuals | None:
        """The optimum under these cuts, one for each level but the last; the first `firm` may not be exceeded.

        `barred` are 0/1 variables that are 0. The simplex method goes on from that `basis`, else from its last one, and
        ends where its bound is `enough`. None: there is no optimum in time.
        """
        self.model = model
        until = time.monotonic() + limit_s
        result: Any = None
        while not self.hard:
            is_first = self.problem is None
            asked = settings(until - time.monotonic(), iteration_limit=self.iterations)
            if enough is not None:
                asked.best_bound_limit = enough / self.unit
            result = self._simplex(cuts, firm, barred, asked, basis)
            if result.termination.reason in (OPTIMAL, INFEASIBLE) or (enough is not None and _is_bounded(result)):
                break
            if self.is_primal or time.monotonic() >= until:
                return None
            basis = None
            self.problem = None  # from another basis it may be done at once
            self.hard = is_first
        if self.hard:
            self._number(len(self.model.constraints))
            try:
                result = HeldProblem(HIGHS, self._elastic(cuts, firm, barred)).solve(
                    _interior_point(until - time.monotonic())
                )
            except EngineFault:  # on some degenerate LPs it ends without a status
                return None
        solved = result.termination.reason != INFEASIBLE and result.solutions
        if not solved or not result.solutions[0].HasField("dual_solution"):
            return None
        return self._duals(result.solutions[0], cuts, firm, is_optimum=result.termination.reason == OPTIMAL)

    def _simplex(
        self, cuts: Sequence[LevelCut], firm: int, barred: Collection[int], parameters: Any, basis: Basis | None
    ) -> Any:
        """GLOP's result, from the last basis if there is one."""
        parameters.presolve = parameters_pb2.EMPHASIS_OFF  # presolve would discard the basis
        parameters.lp_algorithm = PRIMAL if self.is_primal else DUAL
        parameters.glop.perturb_costs_in_dual_simplex = not self.is_primal  # many options cost the same
        parameters.glop.use_scaling = False  # new rows scale columns anew, and the simplex method would begin anew
        if self.problem is None or not self.problem.update(self._changed(cuts, firm, barred)):
            self.problem = HeldProblem(GLOP, self._elastic(cuts, firm, barred))
            self._number(len(self.model.constraints))
            self.barred, self.firm = set(barred), firm
        return self.problem.solve(parameters, None if basis is None else self._state(basis))

    def _state(self, basis: Basis) -> Any:
        """A basis as the engine takes it; constraints that have joined since are slack."""
        sets = range(len(self.model.sets))
        joined = len(sets) + len(self.numbers) - len(basis.firm) - len(basis.rest)
        of_rows = basis.firm + bytes([BASIC]) * joined + basis.rest
        rows = bytearray(len(of_rows))
        for row, state in zip((*sets, *self.numbers), of_rows, strict=True):
            rows[row] = state
        asked = solution_pb2.BasisProto()
        for own, given in ((asked.variable_status, basis.columns), (asked.constraint_status, rows)):
            own.ids.extend(range(len(given)))
            own.values.extend(given)
        return asked

    def _basis(self, given: Any) -> Basis:
        """The engine's basis."""
        rows, sets = bytes(given.constraint_status.values), len(self.model.sets)
        of_rows = rows[:sets] + bytes(rows[row] for row in self.numbers)
        firm = sets + self.known
        return Basis(bytes(given.variable_status.values), of_rows[:firm], of_rows[firm:])

    def _elastic(self, cuts: Sequence[LevelCut], firm: int, barred: Collection[int]) -> Any:
        """The problem with a column for each cut that absorbs what is above its limit."""
        model = self.model
        proto = proto_of(model, self.level, (), whole=False)
        n, m = len(proto.variables.ids), len(proto.linear_constraints.ids)
        for v in barred:
            proto.variables.upper_bounds[v] = 0.0
        locked = [
            Constraint({**model.costs[level], n + k: -1}, value - model.constants[level])
            for k, (level, value) in enumerate(cuts)
        ]
        add_rows(proto.linear_constraints, proto.linear_constraint_matrix, locked, m)
        for k in range(len(cuts)):
            proto.variables.ids.append(n + k)
            proto.variables.lower_bounds.append(0.0)
            proto.variables.upper_bounds.append(0.0 if k < firm else math.inf)
            proto.variables.integers.append(False)
            proto.objective.linear_coefficients.ids.append(n + k)
            proto.objective.linear_coefficients.values.append(self._price(k, firm))
        proto.objective.offset /= self.unit
        values = proto.objective.linear_coefficients.values
        values[:] = [value / self.unit for value in values]
        return proto

    def _price(self, cut: int, firm: int) -> float:
        """The price of a unit above a cut: the level at hand is the first that has a tentative one."""
        return self.price * (self.at_hand if cut == firm else 1.0)

    def _number(self, constraints: int) -> None:
        """Numbers the problem's rows, without the sets, as `rows_of` has them."""
        first = len(self.model.sets)
        rest = len(self.model.soft_constraints) + self.level
        self.known = constraints
        self.numbers = list(range(first, first + constraints + rest))

    def _changed(self, cuts: Sequence[LevelCut], firm: int, barred: Collection[int]) -> Any:
        """The update of the problem's limits, with the constraints that have joined the model."""
        model, update = self.model, model_update_pb2.ModelUpdateProto()
        limits = update.linear_constraint_updates.upper_bounds
        limits.ids.extend(self.numbers[len(self.numbers) - len(cuts) :])
        limits.values.extend(float(value - model.constants[level]) for level, value in cuts)
        changed, n = self.barred.symmetric_difference(barred), len(model.uppers)
        uppers = {v: 0.0 if v in barred else 1.0 for v in sorted(changed)}
        uppers |= {n + k: 0.0 if k < firm else math.inf for k in range(len(cuts))}
        update.variable_updates.upper_bounds.ids.extend(uppers)
        update.variable_updates.upper_bounds.values.extend(uppers.values())
        if firm != self.firm and self.at_hand != 1:  # an objective that is given anew costs iterations
            costs = update.objective_updates.linear_coefficients
            costs.ids.extend(range(n, n + len(cuts)))
            costs.values.extend(self._price(k, firm) / self.unit for k in range(len(cuts)))
        self.firm = firm
        self.barred = set(barred)
        new = model.constraints[self.known :]
        first = len(model.sets) + len(self.numbers)
        add_rows(update.new_linear_constraints, update.linear_constraint_matrix_updates, new, first)
        self.numbers[self.known : self.known] = range(first, first + len(new))
        self.known += len(new)
        return update

    def _duals(self, solution: Any, cuts: Sequence[LevelCut], firm: int, *, is_optimum: bool) -> LpDuals:
        dual = solution.dual_solution.dual_values
        values = dict(zip(dual.ids, dual.values, strict=True))
        of_rows = [values.get(row, 0.0) for row in self.numbers]
        multipliers = [max(0.0, -value * self.unit) if math.isfinite(value) else 0.0 for value in of_rows]
        point = solution.primal_solution.variable_values
        taken = {v: x for v, x in zip(point.ids, point.values, strict=True) if x > _SAME}
        excess = [taken.get(len(self.model.uppers) + k, 0.0) for k in range(len(cuts))]
        basis = self._basis(solution.basis) if solution.HasField("basis") else None
        return LpDuals(
            tuple(cuts), firm, len(self.model.constraints), multipliers, excess, taken, basis, is_optimum=is_optimum
        )


def _is_bounded(result: Any) -> bool:
    """True if the simplex method ended at its bound: the engine names no limit then."""
    return result.termination.limit == LIMIT_UNKNOWN and len(result.solutions) > 0


def _interior_point(limit_s: float) -> Any:
    parameters = settings(limit_s)
    parameters.highs.string_options["solver"] = "ipm"
    parameters.highs.string_options["run_crossover"] = "off"
    return parameters
