"""The LP of a model's last level with elastic cuts on earlier levels: the source of multipliers.

GLOP, through MathOpt, keeps it and continues from its last basis by the dual simplex method. If that does not end
within a number of iterations, since the LP is degenerate, HiGHS's interior point method is three times faster; it runs
without crossover, as any multipliers give a valid bound (see `model/bounds.py`).
"""

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ortools.math_opt import model_update_pb2, parameters_pb2, result_pb2, solution_pb2

from arshjul.errors import EngineFault
from arshjul.solver.backends.engine import failed
from arshjul.solver.backends.mathopt import GLOP, HIGHS, INFEASIBLE, OPTIMAL, HeldProblem, add_rows, proto_of, settings
from arshjul.solver.model.arrays import RowPool
from arshjul.solver.model.milp import Constraint, LevelCut, Model

DUAL, PRIMAL = parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX, parameters_pb2.LP_ALGORITHM_PRIMAL_SIMPLEX
BASIC = solution_pb2.BASIS_STATUS_BASIC
LIMIT_UNKNOWN = result_pb2.LIMIT_UNDETERMINED
_SAME = 1e-6
"""Tolerance within which two numbers of an LP are the same."""
BROKEN = 1e-6
"""By this much an optimum must be above a row's limit to break it: what the engine may be off."""
FAR = 0.02
"""The room above which a row is far from its limit, where an optimum nearby may do without it."""
SETTLED = 0.1
"""Fewer iterations than this part of the rows: the optimum is near the one before it, so rows may leave it."""
MOST_FAR = 0.25
"""The largest part of the rows that stay though they are far."""
_ITERATIONS = 2000
"""Iterations of the simplex method for the smallest LP."""
ITERATIONS_A_SET = 15
"""More of them for each set: years took 4 to 14, degenerate ones more than 30, where the interior point is faster."""


class Basis(NamedTuple):
    """The state of each column, set and cut at an optimum, from which the simplex method can go on.

    `rows` are the states of the rows of the pool that are not slack there, by their numbers: so it serves every LP of
    the model, whichever rows that one holds.
    """

    columns: bytes
    firm: bytes
    rows: Mapping[int, int]


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
        same = all(more == 0 or abs(more - x) < _SAME for more, x in zip(moved, self.excess, strict=True))
        return same and self.rows == len(model.constraints)


@dataclass(slots=True)
class HeldRows:
    """The constraints of a pool that an LP holds: `rows` has the LP's row of each, ascending.

    `made` are the rows that the LP had so far, `known` those that the pool had when it was asked last. The `far` ones
    leave with the next question, which goes on from that `basis`.
    """

    rows: dict[int, int] = field(default_factory=dict)
    made: int = 0
    known: int = 0
    far: Sequence[int] = ()
    basis: Basis | None = None


class LpQuestion(NamedTuple):
    """Cuts on the levels before, of which the first `firm` may not be exceeded, and variables that are 0."""

    cuts: tuple[LevelCut, ...]
    firm: int
    barred: Collection[int]
    enough: float | None


class Relaxation:
    """The LP of a model's last level; each earlier level is cut, and a tentative cut may be exceeded at `price` a unit.

    Above the cut of the present level a unit costs `at_hand` times as much. Costs and price are given to the LP as
    multiples of `unit`, so that they stay within its precision. Each later call must be about the first model, or one
    to which constraints were added since. `pool` has its soft constraints and then these: the LP begins with all,
    leaves out those that are far from their limits once its optimum has settled, and takes in again what an optimum
    breaks. `a_set` are the iterations of the simplex method for each set. `hard`: it was given up; CP-SAT's would be as
    slow. `is_primal`: from optima of another objective, by the primal simplex method, which is soon given up.
    """

    def __init__(
        self,
        model: Model,
        pool: RowPool,
        price: float,
        unit: float,
        at_hand: float = 1.0,
        a_set: int = ITERATIONS_A_SET,
        *,
        is_primal: bool = False,
    ) -> None:
        self.model = model
        self.pool = pool
        self.price = price
        self.at_hand = at_hand
        self.unit = unit
        self.is_primal = is_primal
        self.hard = False
        self.iterations = _ITERATIONS + len(model.sets) * a_set
        self.problem: HeldProblem | None = None
        self.held = HeldRows()
        self.firm = 0
        self.barred: set[int] = set()

    @property
    def level(self) -> int:
        return len(self.model.costs) - 1

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
        """The optimum under these cuts, one for each level but the last; None: there is none in time.

        The first `firm` may not be exceeded; `barred` are 0/1 variables that are 0. The simplex method goes on from
        that `basis`, else from its last one, and ends where its bound is `enough`.
        """
        self.model = model
        until = time.monotonic() + limit_s
        result: Any = None
        asked = LpQuestion(tuple(cuts), firm, barred, enough)
        while not self.hard:
            is_first = self.problem is None
            result = self._generated(asked, until, basis)
            if result.termination.reason in (OPTIMAL, INFEASIBLE):
                break
            if enough is not None and result.termination.limit == LIMIT_UNKNOWN and result.solutions:
                break  # it ended at its bound, for which the engine names no limit
            if self.is_primal or time.monotonic() >= until:
                return None
            basis = None
            self.problem = None  # from another basis it may be done at once
            self.hard = is_first
        if self.hard:
            try:
                problem = HeldProblem(HIGHS, self._elastic(asked, range(len(self.pool.lines))))
                interior_point = settings(until - time.monotonic())
                interior_point.highs.string_options["solver"] = "ipm"
                interior_point.highs.string_options["run_crossover"] = "off"
                result = problem.solve(interior_point)
            except EngineFault:  # on some degenerate LPs it ends without a status
                return None
        solved = result.termination.reason != INFEASIBLE and result.solutions
        if not solved or not result.solutions[0].HasField("dual_solution"):
            return None
        return self._duals(result.solutions[0], asked, is_optimum=result.termination.reason == OPTIMAL)

    def _generated(self, asked: LpQuestion, until: float, basis: Basis | None) -> Any:
        """GLOP's result, from that basis or the last one: rows that its optimum breaks join until it breaks none."""
        basis = basis or self.held.basis
        tight = () if basis is None else sorted(basis.rows)
        if self.problem is None or not self.problem.update(self._changed(asked, tight)):
            rows = range(len(self.pool.lines)) if basis is None else tight
            self.problem = HeldProblem(GLOP, self._elastic(asked, rows))
            self.barred, self.firm = set(asked.barred), asked.firm
        self.held.far, self.held.basis, self.held.known = [], None, len(self.pool.lines)
        algorithm = PRIMAL if self.is_primal else DUAL
        state = None if basis is None else self._state(basis)
        left = self.iterations
        while True:
            parameters = self._asked(until - time.monotonic(), algorithm, left, asked.enough)
            result = self.problem.solve(parameters, state)
            left -= result.solve_stats.simplex_iterations
            if result.termination.reason != OPTIMAL or left <= 0:
                return result
            room = self.pool.room(self.pool.values(_taken(result.solutions[0])))
            broken = [row for row in (room < -BROKEN).nonzero()[0].tolist() if row not in self.held.rows]
            if not broken:
                far = [row for row in self.held.rows if room[row] > FAR]
                settled = result.solve_stats.simplex_iterations < SETTLED * len(self.held.rows)
                if settled and len(far) > MOST_FAR * len(self.held.rows):
                    self.held.far, self.held.basis = far, self._basis(result.solutions[0].basis)
                return result
            state, algorithm = None, DUAL
            if not self.problem.update(self._with_rows(broken)):
                raise failed(self.problem.name, "update")

    def _asked(self, limit_s: float, algorithm: int, iterations: int, enough: float | None) -> Any:
        parameters = settings(limit_s, iteration_limit=iterations, lp_algorithm=algorithm)
        parameters.presolve = parameters_pb2.EMPHASIS_OFF  # presolve would discard the basis
        parameters.glop.perturb_costs_in_dual_simplex = algorithm == DUAL  # many options cost the same
        parameters.glop.use_scaling = False  # new rows scale columns anew, and the simplex method would begin anew
        if enough is not None:
            parameters.best_bound_limit = enough / self.unit
        return parameters

    def _state(self, basis: Basis) -> Any:
        """A basis as the engine takes it; rows that were not held are slack."""
        rows = dict(enumerate(basis.firm)) | dict.fromkeys(self.held.rows.values(), BASIC)
        rows |= {self.held.rows[row]: state for row, state in basis.rows.items()}
        state = solution_pb2.BasisProto()
        for own, given in ((state.variable_status, dict(enumerate(basis.columns))), (state.constraint_status, rows)):
            own.ids.extend(given)
            own.values.extend(given.values())
        return state

    def _basis(self, given: Any) -> Basis:
        states = dict(zip(given.constraint_status.ids, given.constraint_status.values, strict=True))
        tight = {row: states[own] for row, own in self.held.rows.items() if states[own] != BASIC}
        firm = bytes(states[own] for own in range(len(self.model.sets) + self.level))
        return Basis(bytes(given.variable_status.values), firm, tight)

    def _elastic(self, asked: LpQuestion, rows: Sequence[int]) -> Any:
        """The problem of these rows, with a column for each cut that absorbs what is above its limit."""
        model, cuts = self.model, asked.cuts
        proto = proto_of(replace(model, constraints=[], soft_constraints=[]), self.level, (), whole=False)
        n, m = len(proto.variables.ids), len(proto.linear_constraints.ids)
        for v in asked.barred:
            proto.variables.upper_bounds[v] = 0.0
        locked = ({**model.costs[level], n + k: -1} for k, (level, _) in enumerate(cuts))
        limits = (value - model.constants[level] for level, value in cuts)
        lines = [*map(Constraint, locked, limits), *(self.pool.lines[row] for row in rows)]
        add_rows(proto.linear_constraints, proto.linear_constraint_matrix, lines, m)
        self.held.rows = {row: own for own, row in enumerate(rows, m + len(cuts))}
        self.held.made = m + len(lines)
        for k in range(len(cuts)):
            proto.variables.ids.append(n + k)
            proto.variables.lower_bounds.append(0.0)
            proto.variables.upper_bounds.append(0.0 if k < asked.firm else math.inf)
            proto.variables.integers.append(False)
            proto.objective.linear_coefficients.ids.append(n + k)
            proto.objective.linear_coefficients.values.append(self._price(k, asked.firm))
        proto.objective.offset /= self.unit
        values = proto.objective.linear_coefficients.values
        values[:] = [value / self.unit for value in values]
        return proto

    def _price(self, cut: int, firm: int) -> float:
        """The price of a unit above a cut: the level at hand is the first that has a tentative one."""
        return self.price * (self.at_hand if cut == firm else 1.0)

    def _changed(self, asked: LpQuestion, needed: Sequence[int]) -> Any:
        """The update of the problem's limits and rows: it is to have those needed, and those that joined the pool."""
        cuts, firm, barred, _ = asked
        out, joined = set(self.held.far).difference(needed), range(self.held.known, len(self.pool.lines))
        update = self._with_rows(sorted({*needed, *joined}.difference(self.held.rows)))
        update.deleted_linear_constraint_ids.extend(sorted(self.held.rows.pop(row) for row in out))
        model = self.model
        limits = update.linear_constraint_updates.upper_bounds
        first = len(model.sets)
        limits.ids.extend(range(first, first + len(cuts)))
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
        return update

    def _with_rows(self, rows: Sequence[int]) -> Any:
        update = model_update_pb2.ModelUpdateProto()
        lines = [self.pool.lines[row] for row in rows]
        add_rows(update.new_linear_constraints, update.linear_constraint_matrix_updates, lines, self.held.made)
        self.held.rows |= {row: own for own, row in enumerate(rows, self.held.made)}
        self.held.made += len(rows)
        return update

    def _duals(self, solution: Any, asked: LpQuestion, *, is_optimum: bool) -> LpDuals:
        cuts, dual, model = asked.cuts, solution.dual_solution.dual_values, self.model
        first, soft = len(model.sets), len(model.soft_constraints)
        multipliers = [0.0] * (len(model.constraints) + soft + len(cuts))
        end = len(multipliers) - len(cuts)  # in the pool soft constraints come first, in `rows_of` last
        places = {own: row - soft + (0 if row >= soft else end) for row, own in self.held.rows.items()}
        places |= {first + k: end + k for k in range(len(cuts))}
        for own, value in zip(dual.ids, dual.values, strict=True):
            if own >= first and math.isfinite(value):
                multipliers[places[own]] = max(0.0, -value * self.unit)
        taken = _taken(solution)
        excess = [taken.get(len(model.uppers) + k, 0.0) for k in range(len(cuts))]
        basis = self._basis(solution.basis) if solution.HasField("basis") else None
        rows = len(model.constraints)
        return LpDuals(cuts, asked.firm, rows, multipliers, excess, taken, basis, is_optimum=is_optimum)


def _taken(solution: Any) -> dict[int, float]:
    point = solution.primal_solution.variable_values
    return {v: x for v, x in zip(point.ids, point.values, strict=True) if x > _SAME}
