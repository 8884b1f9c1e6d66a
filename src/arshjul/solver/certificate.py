"""A second engine's proof of each level, or that there is no solution.

It gets the board as written, in constraints of its own (`model/definition.py`), and is asked for a choice that keeps
the earlier levels' values and is better by one. "Infeasible" confirms the value, whatever the translation, presolve,
bounds, components or the first engine did wrong.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from dataclasses import replace

from arshjul.errors import Message
from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import CP_SAT, HIGHS, Task
from arshjul.solver.board import Board
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.milp import Constraint, Model
from arshjul.solver.parallel.executors import HEARD_S
from arshjul.solver.parallel.process_pool import JobError, ProcessPool, run_job
from arshjul.solver.search.lexicographic import LEAST_S
from arshjul.solver.solution import Disagreement, Solution

ENGINES = (HIGHS, CP_SAT)


class SecondEngine:
    """Answers one question after the other until the deadline, or until `halt` is true."""

    def __init__(self, deadline: float, halt: Callable[[], bool]) -> None:
        self.deadline = deadline
        self.halt = halt
        self.pool: ProcessPool | None = None

    @property
    def left(self) -> float:
        return 0.0 if self.halt() else max(0.0, self.deadline - time.monotonic())

    def asked(self, engine: str, question: Model, seconds: float) -> str:
        """`feasible`, `infeasible`, or `unknown`: not settled in that many seconds, or the engine failed."""
        if min(seconds, self.left) < LEAST_S:
            return "unknown"
        until = time.monotonic() + seconds
        self.pool = self.pool or ProcessPool(1)
        answer = self.pool.submit(run_job, EngineHandle(name=engine), answer_to, question, seconds)
        while self.left > 0 and time.monotonic() < until:
            if wait([answer], HEARD_S).done:
                break
        if not answer.done():
            self.close()  # it still works on this question: the next one gets a new worker
            return "unknown"
        try:
            return str(answer.result())
        except JobError as fault:
            raise fault.error from None
        except Exception:  # whatever happened to the engine, its process or its memory
            return "unknown"

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown()
            self.pool = None


def answer_to(handle: EngineHandle, question: Model, seconds: float) -> str:
    outcome = handle.minimise(question, Task(0, limit_s=seconds))
    if outcome.values is not None:
        return "feasible" if question.keeps(outcome.values) else "unknown"
    return outcome.status


def certified(board: Board, solution: Solution, deadline: float, halt: Callable[[], bool]) -> Solution:
    """The solution with the second engine's name in `proved_by`: of each level, or of there being no choice.

    A level that it cannot settle by the deadline keeps its one proof. If it finds a better choice, the level and those
    after it lose their bounds, and the solution says so; if it finds one where there should be none, `Disagreement`.
    """
    witness = SecondEngine(deadline, halt)
    try:
        return (_nothing if solution.status == "infeasible" else _levels)(board, solution, witness)
    finally:
        witness.close()


def _levels(board: Board, solution: Solution, witness: SecondEngine) -> Solution:
    """The solution with the leading proven levels confirmed one by one, each within its share of the time."""
    levels = solution.levels
    proven = next((number for number, level in enumerate(levels) if not level.proven), len(levels))
    told = list(levels)
    if not proven or witness.left <= 0:
        return solution
    model = by_definition(board)
    values = [level.value or 0 for level in levels[:proven]]
    for number, level in enumerate(levels[:proven]):
        question = _better(model, values[:number], values[number])
        confirmed = _asked(question, _others(level.proved_by), witness, proven - number)
        if confirmed is None:
            fault = Message(
                "Two engines disagree on the best value of level {level}. The error is ours.", {"level": level.id}
            )
            told[number:] = [replace(result, bound=None, proved_by=()) for result in told[number:]]
            disputed = replace(solution, status="feasible", stopped_by="engines", contradiction=fault)
            return replace(disputed, levels=tuple(told))
        told[number] = replace(level, proved_by=tuple(dict.fromkeys((*level.proved_by, *confirmed))))
    return replace(solution, levels=tuple(told))


def _nothing(board: Board, solution: Solution, witness: SecondEngine) -> Solution:
    model = by_definition(board)
    if not all(model.sets):  # an activity that must be placed has no option: that takes no engine
        return replace(solution, proved_by=("counting",))
    confirmed = _asked(replace(model, costs=[{}], constants=[0]), ENGINES, witness, 1)
    if confirmed is None:
        fault = Message("One engine proves the problem infeasible, another solved it. The error is ours.")
        raise Disagreement(fault, board)
    return replace(solution, proved_by=confirmed)


def _asked(question: Model, engines: Sequence[str], witness: SecondEngine, questions: int) -> tuple[str, ...] | None:
    """The engines among these that find no answer; None: one finds an answer.

    The remaining time is shared by `questions`, this one included.
    """
    confirmed = []
    share = witness.left / questions
    for number, engine in enumerate(engines):
        answer = witness.asked(engine, question, share / (len(engines) - number))
        if answer == "feasible":
            return None
        if answer == "infeasible":
            confirmed.append(engine)
    return tuple(confirmed)


def _others(proved_by: Sequence[str]) -> Sequence[str]:
    engines = {engine for proof in proved_by for engine in proof.split("+")}
    if set(ENGINES) <= engines:
        return ENGINES
    return (CP_SAT,) if HIGHS in engines else (HIGHS,)


def _better(model: Model, values: Sequence[int], value: int) -> Model:
    """The model whose plans keep the earlier levels' values and beat the next one's; it has no costs."""
    limits = [*enumerate(values), (len(values), value - 1)]
    cuts = [Constraint(model.costs[k], most - model.constants[k]) for k, most in limits]
    return replace(model, constraints=[*model.constraints, *cuts], costs=[{}], constants=[0])
