"""The door of the room: one board in, one checked solution out."""

import threading
import time
from collections.abc import Callable

from arshjul.board import Board, Choice, evaluate
from arshjul.errors import EngineFault, Message
from arshjul.solver.engine import Engine, Outcome, Task
from arshjul.solver.greedy import greedy, improved
from arshjul.solver.model import Model
from arshjul.solver.presolve import simplify
from arshjul.solver.solution import LevelResult, Progress, Solution
from arshjul.solver.translate import translate


def solve(
    board: Board,
    *,
    limit_s: float = 60,
    seed: int = 0,
    start: Choice | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Solution:
    """The best choice on a board, its levels decided in order, each proven before the next where time allows."""
    began = time.monotonic()
    deadline = began + limit_s
    stopped = stop or (lambda: False)
    tell = progress or (lambda _: None)
    model = simplify(translate(board))
    if model.impossible:
        return _nothing(board, "infeasible")
    halt = lambda: stopped() or time.monotonic() > deadline  # noqa: E731
    best = _first(board, model, start, halt)
    results: list[LevelResult] = []
    locks: list[tuple[int, int]] = []
    engine: Engine | None = None
    for number, level in enumerate(board.levels):
        at = time.monotonic()
        bound = _least(model, number)
        value = None if best is None else model.value(number, best)
        by: tuple[str, ...] = ("counting",) if value == bound else ()
        if value != bound and all(r.proven for r in results) and not halt():
            if engine is None:
                from arshjul.solver.cpsat import CpSat

                engine = CpSat(model)
            task = Task(number, list(locks), best, bound, deadline - time.monotonic(), seed)
            outcome = _run(
                engine, task, halt, lambda v, b, level=level: tell(Progress(level, v, b, time.monotonic() - at)), model
            )
            if outcome.status == "infeasible" and best is None and number == 0:
                return _nothing(board, "infeasible")
            if outcome.status == "infeasible":
                raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
            if outcome.values is not None:
                new = outcome.values
                if best is None or model.value(number, new) < model.value(number, best):
                    best = new
                value = model.value(number, best)
            if outcome.bound is not None:
                bound = max(bound, outcome.bound)
            if value == bound:
                by = (engine.name,)
        if best is None:
            return _nothing(board, "unknown")
        assert value is not None  # noqa: S101
        locks.append((number, value))
        results.append(LevelResult(level, value, min(bound, value), time.monotonic() - at, by))
        tell(Progress(level, value, min(bound, value), time.monotonic() - at))
    if best is None:
        best = [0] * len(model.uppers)
    choice = model.choice(best)
    checked = evaluate(board, choice)
    if checked.broken or any(checked.values[r.id] != r.value for r in results):
        raise EngineFault(Message("A solution does not keep the board that it was made for."))
    return Solution("optimal" if all(r.proven for r in results) else "feasible", tuple(results), tuple(choice))


def _nothing(board: Board, status: str) -> Solution:
    return Solution(status, tuple(LevelResult(level, None, None) for level in board.levels), None)  # type: ignore[arg-type]


def _first(board: Board, model: Model, start: Choice | None, halt: Callable[[], bool]) -> list[int] | None:
    plans = [greedy(model, halt)]
    if start is not None and not evaluate(board, start).broken and (values := model.values(start)) is not None:
        plans.append(improved(model, values, halt))
    levels = range(len(model.costs))
    return min((p for p in plans if p is not None), key=lambda p: [model.value(k, p) for k in levels], default=None)


def _least(model: Model, level: int) -> int:
    costs = model.costs[level]
    return model.constants[level] + sum(min(costs.get(v, 0) for v in variables) for variables in model.sets)


def _run(
    engine: Engine,
    task: Task,
    halt: Callable[[], bool],
    tell: Callable[[int | None, int | None], None],
    model: Model,
) -> Outcome:
    """Runs the engine in a thread of its own, so that Ctrl-C and `stop` reach us while it searches."""
    got: list[Outcome] = []
    value = None if task.start is None else model.value(task.level, task.start)
    seen = {"value": value, "bound": task.bound}

    def report(values: list[int] | None, bound: int | None) -> None:
        if values is not None:
            seen["value"] = model.value(task.level, values)
        if bound is not None:
            seen["bound"] = bound

    thread = threading.Thread(target=lambda: got.append(engine.minimise(task, report)), daemon=True)
    thread.start()
    last = None
    while thread.is_alive():
        thread.join(0.1)
        if halt():
            engine.stop()
        if (seen["value"], seen["bound"]) != last:
            last = (seen["value"], seen["bound"])
            tell(*last)
    return got[0] if got else Outcome("unknown")
