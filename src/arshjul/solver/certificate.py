"""The other engine's word on every level: that nothing better exists.

Asked of the board as it was written, before any simplification, and as a question of its own: is
there a choice that keeps the earlier levels' values and is better by one? So neither our presolve,
nor the duals, nor the parts, nor the first engine's faults can hide in the answer.
"""

import queue
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from arshjul.board import Board
from arshjul.errors import Message
from arshjul.solver.child import Child, Link
from arshjul.solver.engine import Task
from arshjul.solver.model import Line, Model
from arshjul.solver.solution import Disagreement, LevelResult, Solution
from arshjul.solver.translate import as_written


def certified(board: Board, solution: Solution, deadline: float, halt: Callable[[], bool]) -> Solution:
    """The solution with the second engine added to `proved_by` of each level that it confirms.

    A level that it cannot settle in time keeps its one proof. Raises `Disagreement` where it finds better.
    """
    model = as_written(board)
    levels: list[LevelResult] = []
    inbox: queue.Queue[tuple[Child, str, Any]] = queue.Queue()
    child = Child(inbox)
    try:
        for number, level in enumerate(solution.levels):
            proven = all(done.proven for done in solution.levels[: number + 1])
            if proven and level.value is not None:
                other = "cp-sat" if level.proved_by == ("highs",) else "highs"
                question = _better(model, number, [done.value or 0 for done in solution.levels[:number]], level.value)
                child.call(settle, other, question, max(0.1, deadline - time.monotonic()))
                answer = _answer(inbox, deadline, halt)
                if answer == "feasible":
                    text = Message("Two engines disagree about the best value of level {level}.", {"level": level.id})
                    raise Disagreement(text, board)
                if answer == "infeasible":
                    levels.append(replace(level, proved_by=(*level.proved_by, other)))
                    continue
            levels.append(level)
    finally:
        child.kill()
    return replace(solution, levels=tuple(levels))


def _better(model: Model, level: int, values: list[int], value: int) -> Model:
    """The model whose plans keep the earlier levels' values and beat this one's, at no cost."""
    limits = [*enumerate(values), (level, value - 1)]
    locks = [Line(model.costs[k], most - model.constants[k]) for k, most in limits]
    return replace(model, lines=[*model.lines, *locks], costs=[{}], constants=[0])


def settle(link: Link, name: str, question: Model, seconds: float) -> str:
    """A child's work: whether the question has an answer, by the engine of that name."""
    del link
    if name == "highs":
        from arshjul.solver.highs import Highs as Other
    else:
        from arshjul.solver.cpsat import CpSat as Other  # type: ignore[assignment]
    outcome = Other(question).minimise(Task(0, limit_s=seconds), lambda _values, _bound: None)
    if outcome.values is not None:
        return "feasible" if question.keeps(outcome.values) else "unknown"
    return outcome.status


def _answer(inbox: "queue.Queue[tuple[Child, str, Any]]", deadline: float, halt: Callable[[], bool]) -> str:
    while not halt() and time.monotonic() < deadline + 1.0:
        try:
            _, kind, content = inbox.get(timeout=0.05)
        except queue.Empty:
            continue
        return content if kind == "answer" else "unknown"
    return "unknown"
