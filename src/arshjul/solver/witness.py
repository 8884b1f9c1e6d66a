"""An engine in a child of its own that is asked whether a model has any plan."""

import queue
import time
from collections.abc import Callable
from typing import Any

from arshjul.solver.engines.engine import Engine, Task
from arshjul.solver.modelling.model import Model
from arshjul.solver.processes.child import Child, Link

ENGINES = ("highs", "cp-sat")

LEAST_S = 0.1
"""With less time a question is not asked."""


class Witness:
    """Answers one question after the other until the deadline, or until `halt` says so."""

    def __init__(self, deadline: float, halt: Callable[[], bool]) -> None:
        self.deadline = deadline
        self.halt = halt
        self.inbox: queue.Queue[tuple[Child, str, Any]] = queue.Queue()
        self.child: Child | None = None

    @property
    def left(self) -> float:
        """Seconds until the deadline; none once it is halted."""
        return 0.0 if self.halt() else max(0.0, self.deadline - time.monotonic())

    def asked(self, engine: str, question: Model, seconds: float) -> str:
        """`feasible`, `infeasible`, or `unknown`: not settled in so many seconds, or the engine failed."""
        if min(seconds, self.left) < LEAST_S:
            return "unknown"
        until = time.monotonic() + seconds
        if self.child is None:
            try:
                self.child = Child(self.inbox)
            except OSError:  # there is no room for one more process
                return "unknown"
        self.child.call(settle, engine, question, seconds)
        while self.left > 0 and time.monotonic() < until:
            try:
                child, kind, content = self.inbox.get(timeout=0.05)
            except queue.Empty:
                continue
            if child is not self.child:
                continue
            if kind == "answer":
                return str(content)
            if kind == "error":
                return "unknown"
            break
        self.close()  # dead, or still at this question: the next one gets a new child
        return "unknown"

    def close(self) -> None:
        """Ends the child, whatever it does."""
        if self.child is not None:
            self.child.kill()
            self.child = None


def settle(link: Link, name: str, question: Model, seconds: float) -> str:
    """A child's work: whether the question has an answer, by the engine of that name."""
    del link
    engine = _engine(name, question)
    outcome = engine.minimise(Task(0, limit_s=seconds), lambda _values, _bound: None)
    if outcome.values is not None:
        return "feasible" if question.keeps(outcome.values) else "unknown"
    return outcome.status


def _engine(name: str, question: Model) -> Engine:
    if name == "highs":
        from arshjul.solver.engines.highs import Highs

        return Highs(question)
    from arshjul.solver.engines.cpsat import CpSat

    return CpSat(question)
