"""An engine of which a test sees what it is asked, and may say what it answers."""

from collections.abc import Callable
from typing import Any

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.milp import Model

Answer = Callable[[int], EngineResult | None]
"""The answer to a question of that number, from 1 on; None: the engine's own."""


class Noting(EngineHandle):
    """An engine that notes its tasks, and how each ended."""

    def __init__(self, answer: Answer = lambda _number: None) -> None:
        super().__init__()
        self.answer = answer
        self.tasks: list[Task] = []
        self.ended: list[str] = []

    def minimise(self, model: Model, task: Task, *report: Any, **more: Any) -> EngineResult:
        """The given answer, or the engine's own."""
        self.tasks.append(task)
        outcome = self.answer(len(self.tasks)) or super().minimise(model, task, *report, **more)
        self.ended.append(outcome.status)
        return outcome


def silent() -> Noting:
    """An engine that has no answer."""
    return Noting(lambda _number: EngineResult("unknown"))
