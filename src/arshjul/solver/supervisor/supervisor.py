"""The supervisor of a model's components, which are searched in a thread, in processes or on a cluster.

The smallest come first, so that time that they leave goes to hard ones. Up to a size a component is searched in a
thread, since it is done before a process could start; one of middling size that is alone is tried there for about the
effort that a process costs. Others are searched by an executor's workers, or, if there is only one, in a process.

A component that its share did not prove begins again from the same start if it would get enough more time: then it
comes to the same plan as if it had had that time at once. Otherwise it continues from its best plan, until the limit.

If an engine or its process fails, or ends without a proof while there is time, the other engine continues from the best
plan known, in turns, in a local process. A programming error ends the solve, wherever it is raised. In a thread an
engine's crash ends the whole command, which then begins once more (`crashes`).
"""

import math
import queue
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace

from arshjul.errors import Contradiction, InputError, Message, NoAnswer
from arshjul.solver.backends.engine import CP_SAT, HIGHS
from arshjul.solver.model.components import Component
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model
from arshjul.solver.parallel.executors import (
    HEARD_S,
    LOOK_S,
    PROCESSES,
    ExecutorPool,
    ThreadExecutor,
    never,
    open_executor,
    submitted,
)
from arshjul.solver.parallel.process_pool import JobError, ProcessPool, give_back, run_job, take_kept
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.known import YET_ONE_IS_KNOWN, Known, SearchResult, counted, untied_best
from arshjul.solver.search.lexicographic import LEAST_S
from arshjul.solver.supervisor.search_job import ProgressMessage, SearchRequest, run_search, with_plan

Starts = Sequence[Sequence[int] | None]
"""Each component's plan to begin from, by its sets' variables; None: there is none."""
AGAIN = 1.5
"""The growth of its time for which a component begins again; with less it would get no farther."""
WARM_S = 0.5
"""The least time for which a component is begun again, since a process takes that long."""
GRACE_S = 0.5
"""Seconds after the deadline for which a search is waited for, since it ends by its own clock."""
REMOTE_START_S = 0.5
"""Seconds by which a search on a cluster is shorter, since its worker must begin first."""


@dataclass(slots=True)
class SolveContext:
    """A solve's deadline, seed, stop flag, callbacks and executor.

    `tell(component, level, known)` is called with every better plan or bound, and the level at hand.
    """

    deadline: float
    seed: int
    halt: Callable[[], bool] = never
    tell: Callable[[int, int, Known], None] = lambda _component, _level, _known: None
    executor: str = "processes"
    params: SolveParams = DEFAULT
    _own: list[ProcessPool] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Seconds until the deadline, at least `LEAST_S`."""
        return max(LEAST_S, self.deadline - time.monotonic())

    def over(self) -> bool:
        return self.halt() or time.monotonic() >= self.deadline

    def own_pool(self) -> ProcessPool:
        """A pool of one process, which takes half a second to import its engines, so it is better requested early."""
        if not self._own:
            self._own.append(take_kept())
        return self._own[0]

    def close(self) -> None:
        while self._own:
            give_back(self._own.pop())


def solve_components(components: list[Component], starts: Starts | None, context: SolveContext) -> list[SearchResult]:
    """The result of each component, in their order; they come largest first."""
    supervisor = Supervisor([component.model for component in components], starts or [None] * len(components), context)
    try:
        return supervisor.run()
    finally:
        supervisor.close()


class Supervised:
    """A component under supervision; `known` is all that its searches found, `beside` the best plan made beside them.

    The next one goes on from `known` if `goes_on`, else from the `start`. `result` is how the last one ended; None:
    none has. `given` are the seconds that it had, `failures` counts the engines that have failed since it began.
    `tried_here`: it is of middling size, and a thread's effort did not prove it.
    """

    def __init__(self, number: int, model: Model, start: Sequence[int] | None) -> None:
        self.number = number
        self.model = model
        self.size = len(model.picks)
        self.result = untied_best(model)
        self.start = with_plan(model, counted(model), start)
        self.known = self.start if self.result is None else self.result.known
        self.beside = counted(model)
        self.given = 0.0
        self.tried_here = False
        self.begin(goes_on=False)

    def begin(self, *, goes_on: bool) -> None:
        self.goes_on = goes_on
        self.engine = CP_SAT
        self.failures = 0
        self.again_at = -math.inf

    @property
    def all_known(self) -> Known:
        return self.known.bettered(self.beside)

    @property
    def is_final(self) -> bool:
        return self.result is not None and (self.result.is_final or self.result.gave_up)

    def end(self, result: SearchResult) -> None:
        self.known = self.known.bettered(result.known)
        self.result = replace(result, known=self.known)

    def give_up(self, halt: Callable[[], bool], *, gave_up: bool = False, fault: Message | None = None) -> None:
        """Ends with what is known, and a constructed plan if there was none; after a fault without engines' bounds."""
        if self.all_known.plan is None:
            self.known = with_plan(self.model, self.known, greedy(self.model, halt))
        known = self.known if fault is None else self.known.contradicted(fault)
        self.result = SearchResult(known, gave_up=gave_up)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A running search: its component, place, and limit as a moment or an effort."""

    of: Supervised
    place: ExecutorPool
    until: float
    effort: float

    @property
    def is_on_a_cluster(self) -> bool:
        """True if its workers report nothing before the end, and have a clock of their own."""
        return self.place.reporting is None

    @property
    def had_its_time(self) -> bool:
        return time.monotonic() >= self.until - LEAST_S - (REMOTE_START_S if self.is_on_a_cluster else 0.0)


Running = dict[Future[SearchResult], Attempt]


class Supervisor:
    """Searches components until all are proven, one is impossible, or the time is up."""

    def __init__(self, models: Sequence[Model], starts: Starts, context: SolveContext) -> None:
        self.context = context
        self.params = context.params
        self.components = [
            Supervised(number, model, start) for number, (model, start) in enumerate(zip(models, starts, strict=True))
        ]
        thread = ThreadExecutor()
        self.thread = ExecutorPool(thread, 1, thread.shutdown, halt=thread.is_halted)
        self.workers: ExecutorPool | None = None
        self.messages: queue.SimpleQueue[tuple[Supervised, ProgressMessage]] = queue.SimpleQueue()
        self.own: ExecutorPool | None = None
        self.impossible = False
        self.looked = time.monotonic()

    def run(self) -> list[SearchResult]:
        """The result of each component; if one is impossible, others may be empty."""
        for component in self.components:
            if component.result is not None:
                self._tell(component)
        todo = [component for component in self.components[::-1] if component.result is None]
        while todo and not self.impossible:
            small = [component for component in todo if component.size <= self.params.sizes.process]
            large = [component for component in todo if component.size > self.params.sizes.process]
            self._search(small, more=bool(large))
            self._search(large[::-1], more=False)
            todo = [] if self.context.over() else self._worth_again()
        ends = [(component.result or SearchResult(component.known), component.beside) for component in self.components]
        return [replace(result, known=result.known.bettered(beside)) for result, beside in ends]

    def close(self) -> None:
        self.thread.close()
        if self.workers is not None:
            self.workers.close()
        self.context.close()

    def _worth_again(self) -> list[Supervised]:
        """The components that are not proven, as long as there is time, without those whose engines failed."""
        unproven = [component for component in self.components[::-1] if not component.is_final]
        share = self.context.left / max(1, len(unproven))
        enough = [component for component in unproven if share > AGAIN * component.given]
        for component in enough or unproven:
            component.begin(goes_on=not enough)
        return [] if self.context.left < WARM_S else enough or unproven

    def _search(self, todo: Sequence[Supervised], *, more: bool) -> None:
        """Searches these components, each with its share of the time; `more` says whether others come after them."""
        alone = len(todo) == 1
        waiting = list(todo)
        running: Running = {}
        until = self.context.deadline + GRACE_S
        while (waiting or running) and not self.impossible and not self.context.halt() and time.monotonic() < until:
            self._leave_a_lost_cluster(waiting, running)
            for component in [component for component in waiting if component.again_at <= time.monotonic()]:
                place, effort = self._place_of(component, alone=alone)
                if sum(attempt.place is place for attempt in running.values()) >= place.size:
                    break
                waiting.remove(component)
                share = min(1.0, place.size / (len(waiting) + 1 + more))
                attempt = Attempt(component, place, time.monotonic() + self.context.left * share, effort)
                running[self._begun(attempt, alone=alone)] = attempt
            if not running:
                time.sleep(HEARD_S)
                continue
            done, _ = wait(running, timeout=HEARD_S, return_when=FIRST_COMPLETED)
            self._take_messages()
            for future in done:
                attempt = running.pop(future)
                if not self._ended(attempt, future):
                    waiting.insert(0, attempt.of)
        self._give_up_what_runs(waiting, running)

    def _place_of(self, component: Supervised, *, alone: bool) -> tuple[ExecutorPool, float]:
        sizes, failed = self.params.sizes, component.failures > 0
        if component.size <= sizes.process and not failed:
            return self.thread, math.inf
        if alone and component.size <= sizes.local and not failed and not component.tried_here:
            return self.thread, self.params.supervisor.local_effort
        if self.workers is None and not alone and not failed:
            self.workers = _opened(self.context.executor, self.params.supervisor.connect_s)
        if self.workers is not None and (isinstance(self.workers.executor, ProcessPool) or not failed):
            return self.workers, math.inf
        if self.own is None:
            pool = self.context.own_pool()
            self.own = ExecutorPool(pool, pool.size, pool.shutdown)
        return self.own, math.inf

    def _begun(self, attempt: Attempt, *, alone: bool) -> "Future[SearchResult]":
        component, place = attempt.of, attempt.place
        seconds = attempt.until - time.monotonic()
        component.given = seconds
        known, executor = (
            (component.known if component.goes_on else component.start),
            (self.context.executor if alone else ""),
        )
        limits = seconds, self.context.seed, attempt.until, attempt.effort
        request = SearchRequest(known, *limits, component.engine, executor, place.halt, self.params)
        if place.reporting is not None:
            put = self.messages.put
            return place.reporting.submit_reporting(
                lambda message: put((component, message)), run_job, run_search, component.model, request
            )
        request = replace(request, deadline=None, seconds=seconds - min(REMOTE_START_S, seconds / 2))
        return submitted(place.executor, run_job, None, run_search, component.model, request)

    def _take_messages(self) -> None:
        """Takes in the reports of searches: here, so that only one thread passes them on."""
        while not self.messages.empty():
            component, message = self.messages.get()
            if message.is_beside:
                component.beside = component.beside.bettered(message.known)
            else:
                component.known = component.known.bettered(message.known)
            self.context.tell(component.number, message.level, component.all_known)

    def _tell(self, component: Supervised) -> None:
        """Passes on all that is known of a component of which nothing was told before."""
        for level in range(len(component.model.costs)):
            self.context.tell(component.number, level, component.all_known)

    def _ended(self, attempt: Attempt, future: "Future[SearchResult]") -> bool:
        """Takes in how an attempt ended; returns whether its component is done, which otherwise continues."""
        component = attempt.of
        try:
            result = future.result()
        except Exception as error:
            raise_final(error)
            if isinstance(error, Contradiction) and component.engine == HIGHS:
                component.give_up(self.context.over, fault=error.message)
                return True
            return self._is_hopeless(attempt)
        component.known = component.known.bettered(result.known)
        if result.impossible_by and component.all_known.plan is not None:
            result = SearchResult(component.all_known.contradicted(YET_ONE_IS_KNOWN))
        component.end(result)
        if attempt.is_on_a_cluster:
            self._tell(component)
        self.impossible |= bool(result.impossible_by)
        if component.is_final or attempt.had_its_time:
            return True
        if attempt.effort < math.inf:  # it was only tried here
            component.tried_here = True
            component.begin(goes_on=component.known.plan is not None)
            return False
        return self._is_hopeless(attempt)

    def _is_hopeless(self, attempt: Attempt) -> bool:
        """Lets the other engine continue after a failure and a pause; True if there were too many failures."""
        component = attempt.of
        component.failures += 1
        gave_up = component.failures >= self.params.supervisor.attempts
        if gave_up or attempt.had_its_time:
            component.give_up(self.context.over, gave_up=gave_up)
            return True
        component.goes_on = True
        component.engine = HIGHS if component.engine == CP_SAT else CP_SAT
        component.again_at = time.monotonic() + self.params.supervisor.pause_s * (component.failures - 1)
        return False

    def _leave_a_lost_cluster(self, waiting: list[Supervised], running: Running) -> None:
        """Takes all components back from a lost cluster, and continues with processes."""
        lost = self.workers
        if lost is None or time.monotonic() < self.looked + LOOK_S:
            return
        self.looked = time.monotonic()
        if not lost.alive():
            lost.close()
            self.workers = open_executor(PROCESSES)
            for future in [future for future, attempt in running.items() if attempt.place is lost]:
                waiting.append(running.pop(future).of)

    def _give_up_what_runs(self, waiting: Collection[Supervised], running: Running) -> None:
        """Keeps the known results of components whose time is up; a thread's search is waited for."""
        if self.impossible:
            return
        left = list(waiting)
        for future, attempt in running.items():
            if attempt.place is self.thread:
                self.thread.close()
                wait([future])
            self._take_messages()
            if attempt.place is not self.thread or not self._ended(attempt, future):
                left.append(attempt.of)
        for component in left:
            component.give_up(self.context.over)


def raise_final(error: Exception) -> None:
    """Raises an attempt's error if it ends the solve: one that a person can fix, or a programming error.

    After any other failure, such as lack of memory, a lost cluster, or an engine's fault, the other engine is to try.
    """
    if isinstance(error, JobError):
        raise error.error from None
    if isinstance(error, InputError):
        raise error


def _opened(executor: str, connect_s: float) -> ExecutorPool:
    """The workers of that name, or processes if they are gone since it was checked."""
    try:
        return open_executor(executor, connect_s)
    except NoAnswer:
        return open_executor(PROCESSES)
