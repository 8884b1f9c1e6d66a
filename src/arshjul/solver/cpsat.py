"""CP-SAT as an engine: one worker that leans on the LP, which closes models like ours at once.

Two workers on two cores, or the default linearization, proved nothing in a minute where this
takes seconds; one worker also gives the same answer each time.
"""

import math
from typing import Any

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import CpModelProto, CpSolverStatus

from arshjul.solver.engine import Outcome, Report, Task
from arshjul.solver.model import Model

_STATUS = {
    CpSolverStatus.OPTIMAL: "optimal",
    CpSolverStatus.FEASIBLE: "feasible",
    CpSolverStatus.INFEASIBLE: "infeasible",
}


class CpSat:
    """CP-SAT with one worker and `linearization_level=2`."""

    name = "cp-sat"

    def __init__(self, model: Model) -> None:
        self.model = model
        self.base = _proto(model)
        self.solver = cp_model.CpSolver()
        self.settings: dict[str, Any] = {}

    def minimise(self, task: Task, report: Report) -> Outcome:
        """Minimises the task's level."""
        holder = cp_model.CpModel()
        proto: Any = holder.proto
        proto.copy_from(self.base)
        for level, value in task.locks:
            _at_most(proto, self.model.costs[level], value - self.model.constants[level])
        costs = self.model.costs[task.level]
        constant = self.model.constants[task.level]
        proto.objective.vars.extend(list(costs))
        proto.objective.coeffs.extend(list(costs.values()))
        if not costs:
            proto.clear_objective()
        if task.bound is not None and costs:
            _at_least(proto, costs, task.bound - constant)
        if task.start is not None:
            proto.solution_hint.vars.extend(list(range(len(task.start))))
            proto.solution_hint.values.extend(task.start)
        parameters = self.solver.parameters
        parameters.num_workers = 1
        parameters.linearization_level = 2
        parameters.random_seed = task.seed
        parameters.max_time_in_seconds = max(0.01, task.limit_s)
        parameters.catch_sigint_signal = False
        for name, value in self.settings.items():
            setattr(parameters, name, value)
        self.solver.best_bound_callback = lambda bound: report(None, math.ceil(bound - 1e-6) + constant)
        status = self.solver.solve(holder, _Watch(report))
        outcome = Outcome(_STATUS.get(status, "unknown"))
        if outcome.status in ("optimal", "feasible"):
            outcome.values = list(self.solver.response_proto.solution)
            outcome.bound = math.ceil(self.solver.best_objective_bound - 1e-6) + constant if costs else constant
        elif outcome.status == "unknown":
            bound = self.solver.best_objective_bound
            outcome.bound = math.ceil(bound - 1e-6) + constant if costs and math.isfinite(bound) else None
        return outcome

    def stop(self) -> None:
        """Ends the search that runs, if one does."""
        self.solver.stop_search()


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report

    def on_solution_callback(self) -> None:
        self.report(list(self.Response().solution), None)


def _proto(model: Model) -> CpModelProto:
    proto = CpModelProto()
    for upper in model.uppers:
        proto.variables.add().domain.extend([0, upper])
    for variables in model.sets:
        proto.constraints.add().exactly_one.literals.extend(variables)
    for line in model.lines:
        if line.at_most == 1 and all(c == 1 for c in line.terms.values()):
            proto.constraints.add().at_most_one.literals.extend(list(line.terms))
        else:
            _at_most(proto, line.terms, line.at_most)
    for soft in model.softs:
        _at_most(proto, soft.line.terms, soft.line.at_most)
    return proto


def _at_most(proto: Any, terms: dict[int, int], limit: int) -> None:
    linear = proto.constraints.add().linear
    linear.vars.extend(list(terms))
    linear.coeffs.extend(list(terms.values()))
    linear.domain.extend([-(2**62), limit])


def _at_least(proto: Any, terms: dict[int, int], limit: int) -> None:
    linear = proto.constraints.add().linear
    linear.vars.extend(list(terms))
    linear.coeffs.extend(list(terms.values()))
    linear.domain.extend([limit, 2**62])
