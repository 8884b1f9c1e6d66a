"""Two engines on one model at once: a lead that makes the plan, and a rival that may prove sooner.

The lead's way is deterministic (see `levels`); the rival, HiGHS on one level at a time, is told
nothing but locks and gives nothing but bounds, so it can save time and never change the plan. If
the lead's process dies, the rival goes on alone from the best plan known.
"""

import queue
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from arshjul.errors import EngineFault, Message
from arshjul.solver.child import Child, Link
from arshjul.solver.engine import Outcome, Task
from arshjul.solver.greedy import greedy
from arshjul.solver.lead import Begin, Bound, Finish, Said, lead
from arshjul.solver.levels import SHARE, Standing, counted
from arshjul.solver.model import Model, View, ones_of

PATIENCE_S = 1.5
"""So long a level is the lead's alone: a second process takes half of that to start."""

RIVAL_SIZE = 20_000
"""Up to so many 0/1 variables HiGHS has a chance."""

IDLE = 19
"""The rival's niceness: it has the second core while the lead's helper needs none."""

HELPERS = 1
"""What a lead has beside itself."""

Tell = Callable[[int, Standing], None]


class Race:
    """One race over all levels of a model."""

    def __init__(
        self, model: Model, start: list[int] | None, deadline: float, seed: int, spare: Child | None = None
    ) -> None:
        self.model = model
        self.best = start
        self.view: View | None = None
        self.deadline = deadline
        self.seed = seed
        self.standings: list[Standing] = []
        self.inbox: queue.Queue[tuple[Child, str, Any]] = queue.Queue() if spare is None else spare.inbox
        self.spare = spare
        self.lead: Child | None = None
        self.rival: Child | None = None
        self.level_began = time.monotonic()

    def run(self, tell: Tell, halt: Callable[[], bool]) -> Finish:
        """The finish: the lead's, or what is known when time is up or `halt` says so."""
        self.lead = self.spare or Child(self.inbox)
        ones = None if self.best is None else ones_of(self.model, self.best)
        seconds = max(0.1, self.deadline - time.monotonic())
        self.lead.call(lead, self.model, ones, seconds, self.seed, HELPERS, ones is None)
        try:
            if self.best is None:  # made here while the lead looks at the LP
                self.best = greedy(self.model, halt)
                self.lead.tell(Begin(None if self.best is None else ones_of(self.model, self.best)))
            while not halt() and time.monotonic() < self.deadline + 1.0:
                finish = self._next(tell)
                if finish is not None:
                    return finish
        finally:
            for child in (self.lead, self.rival):
                if child is not None:
                    child.kill()
        return self._known()

    def _known(self) -> Finish:
        """The best plan so far, with what counting says of the levels that no engine came to."""
        if self.best is not None:
            for level in range(len(self.standings), len(self.model.costs)):
                value = self.model.value(level, self.best)
                self.standings.append(Standing(value, counted(self.model, level), ("counting",)))
            for level, standing in enumerate(self.standings):
                standing.value = self.model.value(level, self.best)
        return Finish(self.standings, None if self.best is None else ones_of(self.model, self.best))

    def _next(self, tell: Tell) -> Finish | None:
        """Handles one message; the finish if that was the last."""
        try:
            child, kind, content = self.inbox.get(timeout=0.05)
        except queue.Empty:
            self._start_rival()
            return None
        if child is self.lead:
            if kind == "answer":
                finish: Finish | None = content  # None: it only says that it is warm
                return finish
            if kind == "error":
                raise content
            if kind == "died":
                self.lead = None
                return self.alone(tell)
            self._said(content, tell)
        elif child is self.rival:
            if kind == "answer":
                self._answered(*content)
            elif kind in ("died", "error"):
                self.rival = None
                self.level_began = time.monotonic()
        return None

    def _said(self, said: Said, tell: Tell) -> None:
        if said.level == len(self.standings):
            self.standings.append(said.standing)
            self.level_began = time.monotonic()
            if self.rival is not None:  # HiGHS cannot be stopped, and proves what is no longer asked
                self.rival.kill()
                self.rival = None
        if said.ones is not None:
            self.best = self._view().values(said.ones)
        self.standings[said.level] = replace(said.standing, seconds=time.monotonic() - self.level_began)
        tell(said.level, self.standings[said.level])

    def _view(self) -> View:
        if self.view is None:
            self.view = View(self.model)
        return self.view

    def _start_rival(self) -> None:
        waited = time.monotonic() - self.level_began
        if self.rival is not None or self.best is None or not self.standings or waited < PATIENCE_S:
            return
        if len(self.model.picks) > RIVAL_SIZE or self.standings[-1].proven:
            return
        self.rival = Child(self.inbox, nice=IDLE)
        self.rival.call(minimise, self.model, self._task(len(self.standings) - 1, self.deadline - time.monotonic()))

    def _task(self, level: int, seconds: float) -> Task:
        locks = [(k, s.value) for k, s in enumerate(self.standings[:level]) if s.value is not None]
        return Task(level, locks, None, None, max(0.1, seconds), None, self.seed)

    def _answered(self, task: Task, outcome: Outcome) -> None:
        """A rival's answer: a bound to tell the lead, or a contradiction."""
        if task.level != len(self.standings) - 1 or self.lead is None:
            return
        bound = _trusted(self.model, task, outcome, self.best)
        if bound is not None:
            self.lead.tell(Bound(task.level, bound, "highs"))

    def alone(self, tell: Tell) -> Finish:
        """The levels from the present one on by HiGHS, in a child of its own."""
        first = max(0, len(self.standings) - 1)
        del self.standings[first:]
        levels = len(self.model.costs)
        for level in range(first, levels):
            began = time.monotonic()
            value = None if self.best is None else self.model.value(level, self.best)
            standing = Standing(value, counted(self.model, level), ("counting",))
            self.standings.append(standing)
            left = self.deadline - began
            if not standing.proven and left > 0:
                outcome = self._ask(self._task(level, left * (1.0 if level == levels - 1 else SHARE)))
                if outcome is not None and outcome.status == "infeasible" and self.best is None and level == 0:
                    return Finish(impossible=True)
                if outcome is not None:
                    self._take(level, outcome)
            standing.seconds = time.monotonic() - began
            if self.best is None:
                break
            tell(level, standing)
        return self._known()

    def _ask(self, task: Task) -> Outcome | None:
        """The rival's answer, waited for; None if it dies too."""
        if self.rival is not None:
            self.rival.kill()
        self.rival = rival = Child(self.inbox)
        rival.call(minimise, self.model, task)
        while time.monotonic() < self.deadline + 1.0:
            try:
                child, kind, content = self.inbox.get(timeout=1.0)
            except queue.Empty:
                continue
            if child is rival and kind == "answer":
                outcome: Outcome = content[1]
                return outcome
            if child is rival and kind in ("died", "error"):
                self.rival = None
                return None
        return None

    def _take(self, level: int, outcome: Outcome) -> None:
        standing = self.standings[level]
        task = self._task(level, 0)
        if outcome.values is not None and self.model.keeps(outcome.values, task.locks):
            value = self.model.value(level, outcome.values)
            if standing.value is None or value < standing.value:
                self.best, standing.value = outcome.values, value
        bound = _trusted(self.model, task, outcome, self.best)
        if bound is not None and bound > standing.bound:
            standing.bound, standing.by = bound, ("highs",)


def minimise(link: Link, model: Model, task: Task) -> tuple[Task, Outcome]:
    """A rival's work: one level by HiGHS."""
    from arshjul.solver.highs import Highs

    del link
    return task, Highs(model).minimise(task, lambda _values, _bound: None)


def _trusted(model: Model, task: Task, outcome: Outcome, best: list[int] | None) -> int | None:
    """The bound of an outcome; None where its own plan fails arithmetic, a fault where ours is better."""
    if outcome.status == "infeasible":
        raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
    if outcome.values is not None and not model.keeps(outcome.values, task.locks):
        return None
    if best is not None and outcome.bound is not None and outcome.bound > model.value(task.level, best):
        raise EngineFault(Message("Two engines disagree about the best value of a level."))
    return outcome.bound
