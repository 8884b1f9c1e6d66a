"""The door of the room: one board in, one checked solution out."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from arshjul.board import Board, Choice, evaluate
from arshjul.errors import EngineFault, Message
from arshjul.solver.greedy import greedy, improved
from arshjul.solver.model import Model
from arshjul.solver.presolve import simplify
from arshjul.solver.solution import LevelResult, Progress, Solution, Status
from arshjul.solver.translate import translate

if TYPE_CHECKING:
    from arshjul.solver.levels import Levels


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
    from arshjul.solver.levels import Impossible, Levels, Ties  # noqa: PLC0415 - brings ortools

    began = time.monotonic()
    deadline = began + limit_s
    stopped = stop or (lambda: False)
    tell = progress or (lambda _: None)
    model = simplify(translate(board))
    if model.impossible:
        return _nothing(board, "infeasible")
    halted = False
    halt = lambda: halted or stopped() or time.monotonic() > deadline  # noqa: E731
    best = _first(board, model, start, halt)

    def told(level: int, values: list[int] | None, bound: int) -> None:
        value = None if values is None else model.value(level, values)
        tell(Progress(board.levels[level], value, bound, time.monotonic() - began))

    levels = Levels(model, deadline, seed, Ties(told, halt=halt))
    failed: list[BaseException] = []

    def run() -> None:
        try:
            levels.run(best)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        try:
            thread.join(0.05)
        except KeyboardInterrupt:
            halted = True
        if halt():
            levels.stop()
    if failed:
        if isinstance(failed[0], Impossible):
            return _nothing(board, "infeasible")
        raise failed[0]
    return _checked(board, model, levels)


def _checked(board: Board, model: Model, levels: "Levels") -> Solution:
    if levels.best is None:
        return _nothing(board, "unknown")
    choice = tuple(model.choice(levels.best))
    judged = evaluate(board, choice)
    results = []
    for number, (level, standing) in enumerate(zip(board.levels, levels.standings, strict=True)):
        value = model.value(number, levels.best)
        results.append(
            LevelResult(level, value, min(standing.bound, value), standing.seconds, standing.by if standing.proven else ())
        )
        if judged.values[level] != value or standing.value != value:
            raise EngineFault(Message("A solution does not have the value that its engine claims."))
    if judged.broken:
        raise EngineFault(Message("A solution does not keep the board that it was made for."))
    return Solution("optimal" if all(r.proven for r in results) else "feasible", tuple(results), choice)


def _nothing(board: Board, status: Status) -> Solution:
    return Solution(status, tuple(LevelResult(level, None, None) for level in board.levels), None)


def _first(board: Board, model: Model, start: Choice | None, halt: Callable[[], bool]) -> list[int] | None:
    plans = [greedy(model, halt)]
    if start is not None and not evaluate(board, start).broken and (values := model.values(start)) is not None:
        plans.append(improved(model, values, halt))
    levels = range(len(model.costs))
    return min((p for p in plans if p is not None), key=lambda p: [model.value(k, p) for k in levels], default=None)
