"""Two engines on one model at once: a lead that makes the plan, and a rival that may prove sooner.

The lead's way is deterministic (see `levels`); the rival, HiGHS on one level at a time, is told
nothing but locks and gives nothing but bounds, so it can save time and never change the plan. If
the lead fails or its process dies, HiGHS goes on alone from the best plan known.
"""

import contextlib
import math
import queue
import time
from collections.abc import Callable
from typing import Any

from arshjul.solver.engines.engine import Outcome, Task
from arshjul.solver.modelling.model import Model, ones_of
from arshjul.solver.processes.child import Child
from arshjul.solver.processes.executors import DASK, PROCESSES, size_of
from arshjul.solver.races.known import Known
from arshjul.solver.races.lead import Begin, Bound, Finish, Orders, Said, lead
from arshjul.solver.races.rival import alone, is_final, minimise, trusted
from arshjul.solver.races.terms import GRACE_S
from arshjul.solver.search.levels import Standing

PATIENCE_S = 1.5
"""So long a level is the lead's alone: a second process takes half of that to start."""

RIVAL_SIZE = 20_000
"""Up to so many 0/1 variables HiGHS has a chance."""

IDLE = 19
"""The rival's niceness: it has the second core while the lead's helper needs none."""

HELPERS = 1
"""What a lead has beside itself unless an executor says otherwise: no more with more cores, for the same plan."""

HELPED = 8000
"""From so many 0/1 variables on a model is not done before a helper is ready."""

Tell = Callable[[int, Standing], None]


class Race:
    """One race over all levels of a model. `known` is where it stands."""

    def __init__(
        self,
        model: Model,
        start: list[int] | None,
        deadline: float,
        seed: int,
        *,
        executor: str = "processes",
        spare: Child | None = None,
    ) -> None:
        self.model = model
        self.executor = executor
        self.known = Known(model, None if start is None else ones_of(model, start))
        self.deadline = deadline
        self.seed = seed
        self.inbox: queue.Queue[tuple[Child, str, Any]] = queue.Queue() if spare is None else spare.inbox
        self.spare = spare
        self.lead: Child | None = None
        self.rival: Child | None = None
        self.replaced = False
        self.patient_since = time.monotonic()

    def run(self, tell: Tell, halt: Callable[[], bool]) -> Finish:
        """The finish: the lead's, or what is known when time is up or `halt` says so.

        A spare child that is still alive then is free.
        """
        alive = self.spare is not None and self.spare.process.poll() is None
        self.lead = self.spare if alive else self._child()
        ones = self.known.ones
        if self.lead is not None:
            orders = Orders(ones, self._left(), self.seed, self.deadline, self._helpers(), waits=ones is None)
            self.lead.call(lead, self.model, orders)
        return self._follow(tell, halt)

    def replace(self, tell: Tell, halt: Callable[[], bool]) -> Finish:
        """The finish of HiGHS alone, from what is known on."""
        self._replace()
        return self._follow(tell, halt)

    def _child(self, nice: int = 0) -> Child | None:
        """A new process; None where there is no room for one more."""
        with contextlib.suppress(OSError):
            return Child(self.inbox, nice)
        return None

    def _helpers(self) -> int | str:
        """Who helps the lead: so many processes of its own, or an executor's workers instead of itself."""
        if len(self.model.picks) <= HELPED:
            return 0
        if self.executor.startswith(DASK):
            return self.executor
        return HELPERS if self.executor == PROCESSES else size_of(self.executor) - 1

    def _left(self) -> float:
        return max(0.1, self.deadline - time.monotonic())

    def _follow(self, tell: Tell, halt: Callable[[], bool]) -> Finish:
        finish: Finish | None = None
        try:
            if self.known.ones is None and not self.replaced:  # made here while the lead looks at the LP
                self.known.begin(lambda: halt() or time.monotonic() >= self.deadline)
                self._tell_lead(Begin(self.known.ones))
            until = self.deadline + GRACE_S
            while finish is None and self.lead is not None and not halt() and time.monotonic() < until:
                finish = self._next(tell)
        finally:
            for child in (self.lead, self.rival):
                if child is not None and (finish is None or child is not self.spare):
                    child.kill()
        return finish or self.known.finish()

    def _next(self, tell: Tell) -> Finish | None:
        """Handles one message; the finish if that was the last."""
        try:
            child, kind, content = self.inbox.get(timeout=0.05)
        except queue.Empty:
            self._start_rival()
            return None
        if child is self.lead:
            return self._heard(kind, content, tell)
        if child is self.rival:
            if kind == "answer":
                self._answered(*content)
            elif kind in ("died", "error"):
                self._end_rival()
                self.patient_since = math.inf  # until the next level: it would only fail again
        return None

    def _heard(self, kind: str, content: Any, tell: Tell) -> Finish | None:
        """Handles what comes from the lead, or from who replaces it."""
        if kind == "answer":
            return None if content is None else self.known.heed(content)  # None: it only says that it is warm
        if kind == "said":
            self._said(content, tell)
            return None
        if kind == "error" and is_final(content, self.replaced):
            raise content
        if self.replaced:
            return self.known.finish()
        self._replace()
        return None

    def _said(self, said: Said, tell: Tell) -> None:
        if said.level == len(self.known.standings):
            self.patient_since = time.monotonic()
            self._end_rival()  # HiGHS cannot be stopped, and proves what is no longer asked
        tell(said.level, self.known.hear(said))

    def _replace(self) -> None:
        """Puts HiGHS alone in the lead's place."""
        self.replaced = True
        self._end_rival()
        if self.lead is not None:
            self.lead.kill()
        self.lead = self._child()
        known = self.known
        if self.lead is not None:
            self.lead.call(alone, self.model, known.ones, self.deadline, self.seed, known.standings)

    def _end_rival(self) -> None:
        if self.rival is not None:
            self.rival.kill()
            self.rival = None

    def _tell_lead(self, message: Begin | Bound) -> None:
        if self.lead is not None:
            self.lead.tell(message)

    def _start_rival(self) -> None:
        known = self.known
        waited = time.monotonic() - self.patient_since
        if self.replaced or self.rival is not None or known.ones is None or not known.standings or waited < PATIENCE_S:
            return
        if len(self.model.picks) > RIVAL_SIZE or known.standings[-1].proven:
            return
        locks = [(k, s.value) for k, s in enumerate(known.standings[:-1]) if s.value is not None]
        self.rival = self._child(nice=IDLE)
        if self.rival is None:
            self.patient_since = math.inf
            return
        task = Task(len(known.standings) - 1, locks, limit_s=self._left(), seed=self.seed)
        self.rival.call(minimise, self.model, task)

    def _answered(self, task: Task, outcome: Outcome) -> None:
        """A rival's answer: a bound to tell the lead, or a contradiction."""
        if task.level != len(self.known.standings) - 1:
            return
        bound = trusted(self.model, task, outcome, self.known.values())
        if bound is not None:
            self._tell_lead(Bound(task.level, bound, "highs"))
