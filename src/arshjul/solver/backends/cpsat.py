"""CP-SAT as an engine, with one worker, its full linear relaxation, and aggregated options.

One worker gives the same answer each time. Two workers on two cores, or the default linearization, proved nothing in a
minute where this takes seconds. CP-SAT's presolve and cuts cost more than they gave after ours, and without its
presolve that one's known faults (google/or-tools issue 5274) cannot occur.

Aggregation: options of an activity with the same cost and weight on every level and in every priced row share one
variable, so the search first decides among a few hundred aggregates instead of ten thousand options.

It is called through the module beneath `cp_model`, which imports pandas: that takes three times as long as the engine.
"""

import math
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ortools.sat.python.cp_model_helper import (
    CpModelProto,
    CpSolverResponse,
    CpSolverStatus,
    SatParameters,
    SolutionCallback,
    SolveWrapper,
)

from arshjul.solver.backends.engine import CP_SAT, Callbacks, EngineResult, Report, Task, asking
from arshjul.solver.model.milp import Model, guard_sizes
from arshjul.solver.params import DEFAULT, EngineParams

_NO_LIMIT = 2**62
"""In place of an upper bound: CP-SAT keeps all numbers within 64 bits."""
_LINEARIZATION, _CUT_LEVEL = 2, 0
"""CP-SAT relies on the LP, without cuts of its own."""


class CpSat:
    """CP-SAT with one worker, `linearization_level=2`, no presolve and no cuts."""

    name = CP_SAT

    def __init__(self, model: Model, *, aggregated: bool = True, params: EngineParams = DEFAULT.engines) -> None:
        guard_sizes(model)
        self.model = model
        self.aggregates = aggregates(model) if aggregated and params.aggregation else []
        first = len(model.uppers)
        self.stands = {v: first + k for k, aggregate in enumerate(self.aggregates) for v in aggregate}
        self.base = self._proto()
        self.parameters: Any = SatParameters()
        self.running: Any = None
        self.lock = threading.Lock()

    def minimise(self, task: Task, report: Report) -> EngineResult:
        """Minimises the task's level from `task.start`, if given, as a hint."""
        model = self.model
        costs, constant = _above_least(model, task.level)
        proto: Any = CpModelProto()
        proto.copy_from(self.base)
        for locked, value in task.cuts:
            above, sure = _above_least(model, locked)
            _add(proto, self._aggregated(above), -_NO_LIMIT, value - sure)
        if costs := self._aggregated(costs):
            proto.objective.vars.extend(list(costs))
            proto.objective.coeffs.extend(list(costs.values()))
            if task.bound is not None:  # under cuts that no plan keeps it has no limit
                proto.objective.domain.extend([min(task.bound - constant, _NO_LIMIT), _NO_LIMIT])
        if task.start is not None:
            start = task.start + [sum(task.start[v] for v in aggregate) for aggregate in self.aggregates]
            proto.solution_hint.vars.extend(list(range(len(start))))
            proto.solution_hint.values.extend(start)
        self._set(task)
        response = self._solve(proto, report, constant if costs else None)
        return replace(self._outcome(response, bool(costs), constant), effort=response.deterministic_time)

    def _solve(self, proto: CpModelProto, report: Report, constant: int | None) -> CpSolverResponse:
        """The engine's response. Bounds are reported if there is an objective, whose constant is given."""
        wrapper: Any = SolveWrapper()
        wrapper.set_parameters(self.parameters)
        heard = Callbacks(report, wrapper.stop_search)
        watch = _Watch(heard.report, len(self.model.uppers))
        wrapper.add_solution_callback(watch)
        if constant is not None:
            wrapper.add_best_bound_callback(lambda bound: heard.report(None, math.ceil(bound - 1e-6) + constant))
        with self.lock:
            self.running = wrapper
        try:
            with asking(self.name):
                response: CpSolverResponse = wrapper.solve(proto)
            heard.done()
            return response
        finally:
            with self.lock:
                self.running = None
            wrapper.clear_solution_callback(watch)

    def _set(self, task: Task) -> None:
        parameters = self.parameters
        parameters.num_workers = 1
        parameters.linearization_level = _LINEARIZATION
        parameters.cp_model_presolve = False
        parameters.cut_level = _CUT_LEVEL
        parameters.optimize_with_lb_tree_search = task.prove
        parameters.stop_after_first_solution = task.any_plan
        parameters.random_seed = task.seed
        parameters.catch_sigint_signal = False
        parameters.max_time_in_seconds = max(0.01, task.limit_s)
        parameters.max_deterministic_time = task.effort if task.effort is not None else math.inf

    def _outcome(self, response: CpSolverResponse, costs: bool, constant: int) -> EngineResult:
        status = response.status
        if status == CpSolverStatus.INFEASIBLE:
            return EngineResult("infeasible")
        bound = response.best_objective_bound
        least = math.ceil(bound - 1e-6) + constant if math.isfinite(bound) else None
        if status in (CpSolverStatus.OPTIMAL, CpSolverStatus.FEASIBLE):
            values = self.model.with_excesses(list(response.solution)[: len(self.model.uppers)])
            done = status == CpSolverStatus.OPTIMAL
            return EngineResult("optimal" if done else "feasible", values, least if costs else constant)
        return EngineResult("unknown", None, least if costs else None)

    def _proto(self) -> Any:
        """The model without objective, cuts and hint; aggregates, 1 if one of their options is taken, come last."""
        model = self.model
        proto: Any = CpModelProto()
        for upper in [*model.uppers, *[1] * len(self.aggregates)]:
            proto.variables.add().domain.extend([0, upper])
        for variables in model.sets:
            proto.constraints.add().exactly_one.literals.extend(list(self._aggregated(dict.fromkeys(variables, 1))))
        for number, aggregate in enumerate(self.aggregates, len(model.uppers)):
            proto.constraints.add().exactly_one.literals.extend([*aggregate, -number - 1])
        for line in model.constraints:
            if line.at_most == 1 and all(c == 1 for c in line.terms.values()):
                proto.constraints.add().at_most_one.literals.extend(list(line.terms))
            else:
                _add(proto, line.terms, -_NO_LIMIT, line.at_most)
        for soft in model.soft_constraints:
            _add(proto, self._aggregated(soft.line.terms), -_NO_LIMIT, soft.line.at_most)
        return proto

    def _aggregated(self, terms: Mapping[int, int]) -> dict[int, int]:
        """Terms over aggregates; all variables of an aggregate must have equal coefficients."""
        return {self.stands.get(v, v): c for v, c in terms.items()}

    def stop(self) -> None:
        with self.lock:
            if self.running is not None:
                self.running.stop_search()


class _Watch(SolutionCallback):
    def __init__(self, report: Report, count: int) -> None:
        super().__init__()
        self.report = report
        self.count = count

    def OnSolutionCallback(self) -> None:  # noqa: N802 - the engine calls it by this name
        self.report(list(self.Response().solution)[: self.count], None)  # type: ignore[no-untyped-call]


def _above_least(model: Model, level: int) -> tuple[dict[int, int], int]:
    """A level's costs above each set's least, and the sum of these, so that small differences stay exact."""
    costs, constant = dict(model.costs[level]), model.constants[level]
    for variables in model.sets:
        least = min(costs.get(v, 0) for v in variables)
        if least > 0:
            constant += least
            for v in variables:
                costs[v] -= least
    return {v: cost for v, cost in costs.items() if cost}, constant


def _add(proto: Any, terms: dict[int, int], low: int, high: int) -> None:
    linear = proto.constraints.add().linear
    linear.vars.extend(list(terms))
    linear.coeffs.extend(list(terms.values()))
    linear.domain.extend([low, high])


def aggregates(model: Model) -> list[list[int]]:
    """The aggregates: variables of one set that differ only in hard constraints, if there are several."""
    n = len(model.picks)
    marks: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for level, costs in enumerate(model.costs):
        for v, c in costs.items():
            if v < n:
                marks[v].append((-1 - level, c))
    for number, soft in enumerate(model.soft_constraints):
        for v, c in soft.line.terms.items():
            if v < n:
                marks[v].append((number, c))
    found: list[list[int]] = []
    for variables in model.sets:
        alike: dict[tuple[tuple[int, int], ...], list[int]] = defaultdict(list)
        for v in variables:
            alike[tuple(marks[v])].append(v)
        found += [group for group in alike.values() if len(group) > 1]
    return found
