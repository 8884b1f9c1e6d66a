"""Sub-models solved side by side: one here, the others by children that stand by.

What comes back is in the order of what was asked, and each solve is limited in deterministic time,
so it does not matter who did which, nor how fast.
"""

import queue
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from arshjul.solver.child import Child, Link, warm
from arshjul.solver.engine import Outcome, Task
from arshjul.solver.model import Model

if TYPE_CHECKING:  # ortools takes half a second to import
    from arshjul.solver.cpsat import CpSat

Job = tuple[Model, Task]


class Hands:
    """This process and so many `helpers`, which are started at `ready`. A helper that dies is not replaced."""

    def __init__(self, helpers: int = 0) -> None:
        self.helpers = helpers
        self.inbox: queue.Queue[tuple[Child, str, Any]] = queue.Queue()
        self.children: list[Child] = []
        self.engine: CpSat | None = None
        self.stopped = False

    @property
    def count(self) -> int:
        """How many jobs are done at once."""
        return 1 + self.helpers

    def ready(self) -> None:
        """Starts the helpers, which takes them half a second in which they are not waited for."""
        while len(self.children) < self.helpers:
            child = Child(self.inbox)
            child.call(warm)
            self.children.append(child)

    def minimise(self, jobs: Sequence[Job]) -> list[Outcome]:
        """The outcome of each job: the first is done here, the rest by helpers while there are some."""
        self.ready()
        asked = dict(zip(self.children, range(1, len(jobs)), strict=False))
        for child, k in asked.items():
            child.call(_solved, *jobs[k])
        outcomes = {k: self._here(job) for k, job in enumerate(jobs) if k not in asked.values()}
        while asked:
            child, kind, content = self.inbox.get()
            if kind == "answer" and content is None:  # it has its imports behind it
                continue
            k = asked.pop(child, 0)
            if kind == "answer":
                outcomes[k] = content
            elif kind == "error":
                raise content
            else:
                self.children.remove(child)
                self.helpers -= 1
                if k:
                    outcomes[k] = self._here(jobs[k])
        return [outcomes[k] for k in range(len(jobs))]

    def _here(self, job: Job) -> Outcome:
        from arshjul.solver.cpsat import CpSat

        if self.stopped:
            return Outcome("unknown")
        model, task = job
        self.engine = CpSat(model, by_kind=task.by_kind)
        try:
            return self.engine.minimise(task, lambda _values, _bound: None)
        finally:
            self.engine = None

    def stop(self) -> None:
        """Ends what is being done here, and lets nothing more begin; called from another thread."""
        self.stopped = True
        if (engine := self.engine) is not None:
            engine.stop()

    def close(self) -> None:
        """Ends the helpers."""
        for child in self.children:
            child.kill()
        self.children.clear()


def _solved(link: Link, model: Model, task: Task) -> Outcome:
    """A helper's work."""
    del link
    from arshjul.solver.cpsat import CpSat

    return CpSat(model, by_kind=task.by_kind).minimise(task, lambda _values, _bound: None)
