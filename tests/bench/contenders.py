"""Who is measured: ours, and others on the same board with their best reasonable settings.

CP-SAT and HiGHS get the board as it is written: one 0/1 variable an option, one row for each
capacity, lag, conflict and row, levels locked one after the other, the whole last plan as a hint
where an engine can use one. None of our presolve, cores or duals helps them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from arshjul.board import Board, evaluate
from arshjul.solver import Progress, solve
from arshjul.solver.cpsat import CpSat
from arshjul.solver.engine import Engine, Task
from arshjul.solver.highs import Highs
from arshjul.solver.model import Model
from arshjul.solver.translate import as_written


@dataclass(slots=True)
class Run:
    """What one contender did on one board; seconds count from the board in memory."""

    values: list[int | None] = field(default_factory=list)
    bounds: list[int | None] = field(default_factory=list)
    best_s: float | None = None
    proof_s: float | None = None
    note: str = ""


Contender = Callable[[Board, float], Run]


def ours(board: Board, limit_s: float, executor: str = "processes") -> Run:
    """arshjul's own solver."""
    began = time.monotonic()
    best: dict[str, tuple[int, float]] = {}

    def heard(progress: Progress) -> None:
        last = best.get(progress.level)
        if progress.value is not None and (last is None or progress.value < last[0]):
            best[progress.level] = progress.value, time.monotonic() - began

    solution = solve(board, limit_s=limit_s, progress=heard, executor=executor)
    run = Run([level.value for level in solution.levels], [level.bound for level in solution.levels])
    run.best_s = max((seconds for _, seconds in best.values()), default=None)
    if solution.status == "optimal":
        run.proof_s = time.monotonic() - began
    return run


class Default(CpSat):
    """CP-SAT as it comes, on two workers."""

    def _set(self, task: Task) -> None:
        self.solver.parameters.num_workers = 2
        self.solver.parameters.random_seed = task.seed
        self.solver.parameters.max_time_in_seconds = task.limit_s


class BestSettings(CpSat):
    """CP-SAT with the settings that stack.md measured as best for plain models: one worker on the LP."""

    def _set(self, task: Task) -> None:
        self.solver.parameters.num_workers = 1
        self.solver.parameters.linearization_level = 2
        self.solver.parameters.random_seed = task.seed
        self.solver.parameters.max_time_in_seconds = task.limit_s


def _alone(make: Callable[[Model], Engine]) -> Contender:
    def contend(board: Board, limit_s: float) -> Run:
        began = time.monotonic()
        model = as_written(board)
        engine = make(model)
        run = Run()
        locks: list[tuple[int, int]] = []
        start: list[int] | None = None
        proven = True
        for level in range(len(board.levels)):
            improved = [time.monotonic()]

            def report(values: list[int] | None, _bound: int | None, improved: list[float] = improved) -> None:
                if values is not None:
                    improved[0] = time.monotonic()

            left = limit_s - (time.monotonic() - began)
            outcome = engine.minimise(Task(level, locks, start, None, max(0.1, left)), report)
            proven = proven and outcome.status == "optimal"
            run.bounds.append(outcome.bound)
            if outcome.values is None:
                run.values.append(None)
                break
            judged = evaluate(board, model.choice(outcome.values))
            run.values.append(judged.values[board.levels[level]] if not judged.broken else None)
            start = outcome.values
            locks.append((level, model.value(level, outcome.values)))
            run.best_s = improved[0] - began
        if proven and len(run.values) == len(board.levels):
            run.proof_s = time.monotonic() - began
        return run

    return contend


def list_planner(board: Board, _limit_s: float) -> Run:
    """What a person does: dearest first, each on its best day that is free, never moved again."""
    began = time.monotonic()
    choice: list[int | None] = [None] * len(board.activities)
    used: dict[tuple[str, int], int] = {}
    rooms = [row.at_most for row in board.rows]
    rows_at: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(board.rows):
        if row.over is None:
            for column, c in zip(row.columns, row.coefficients, strict=True):
                rows_at.setdefault(column, []).append((number, c))

    def cost(costs: Any) -> list[int]:
        return [costs.get(level, 0) for level in board.levels]

    order = sorted(range(len(choice)), key=lambda i: [-c for c in cost(board.activities[i].unplaced or {})])
    for i in order:
        options = board.activities[i].options
        for k in sorted(range(len(options)), key=lambda k: [*cost(options[k].costs), options[k].start]):
            needs = [
                (name, step, amount)
                for name, amounts in options[k].demand.items()
                for step, amount in enumerate(amounts, options[k].start)
            ]
            terms = rows_at.get(board.first_column[i] + k, [])
            if all(used.get((n, s), 0) + a <= board.capacities[n][s] for n, s, a in needs) and all(
                c <= rooms[number] for number, c in terms
            ):
                for name, step, amount in needs:
                    used[name, step] = used.get((name, step), 0) + amount
                for number, c in terms:
                    rooms[number] -= c
                choice[i] = k
                break
    judged = evaluate(board, choice)
    seconds = time.monotonic() - began
    values = [None if judged.broken else judged.values[level] for level in board.levels]
    return Run(values, [None] * len(values), seconds)


def pyjobshop(board: Board, limit_s: float) -> Run:
    """PyJobShop on what it can express: who draws on what, windows, days without capacity, optional tasks.

    It has no price for an optional task left out, no price for a start, no capacity that differs
    from day to day but by breaks, and none of the rows. So every operation is a task that must be
    placed and is late by its distance after its cheapest start: an easier problem of its own, whose
    value compares with nothing here but its own bound.
    """
    try:
        shop: Any = import_module("pyjobshop")
    except ImportError:
        return Run(note="pyjobshop is not installed")
    began = time.monotonic()
    model: Any = shop.Model()
    machines = {
        name: model.add_renewable(
            capacity=max(capacity, default=0),
            breaks=[(step, step + 1) for step, amount in enumerate(capacity) if amount == 0],
        )
        for name, capacity in board.capacities.items()
    }
    for activity in board.activities:
        if not activity.options:
            continue
        starts = [option.start for option in activity.options]
        wished = min(activity.options, key=lambda option: sum(option.costs.values())).start
        demand = activity.options[0].demand
        job = model.add_job(due_date=wished + 1)
        task = model.add_task(job=job, earliest_start=min(starts), latest_end=max(starts) + 1)
        model.add_mode(task, [machines[name] for name in demand], 1, [max(amounts) for amounts in demand.values()])
    model.set_objective(weight_total_tardiness=1)
    result = model.solve(time_limit=limit_s, display=False, num_workers=2)
    seconds = time.monotonic() - began
    proven = result.status.value == "Optimal"
    note = f"{result.status.value}: {result.objective} over {result.lower_bound}, of its own easier problem"
    return Run([], [], seconds, seconds if proven else None, note)


CONTENDERS: dict[str, Contender] = {
    "arshjul": ours,
    "cp-sat, default": _alone(Default),
    "cp-sat, best settings": _alone(BestSettings),
    "highs": _alone(Highs),
    "list planner": list_planner,
    "pyjobshop": pyjobshop,
}
