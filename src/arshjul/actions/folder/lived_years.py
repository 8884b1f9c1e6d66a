"""Simulated years, one after another or in parallel by workers; Ctrl-C ends them and keeps the finished ones."""

import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import NamedTuple

from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import context_of
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import EngineFault, Message
from arshjul.planning.effort import Effort
from arshjul.planning.resilience.stress import Lived, live
from arshjul.planning.verify.verify import breaches
from arshjul.solver.interruption import interruptible
from arshjul.solver.parallel.executors import open_executor
from arshjul.solver.parallel.process_pool import WorkerDied

WORTH_WORKERS = 2000
"""The number of operations, over all years, from which workers are faster: starting one takes a second."""

_LOOK_S = 0.5
"""The seconds between two checks for Ctrl-C during a long year."""

Lives = Callable[[int, int], None]
"""Called with the number of finished years, and of all."""


class Call(NamedTuple):
    """A year to simulate: the plan, the withdrawals, and the option that answers them."""

    scenario: Scenario
    plan: Plan
    withdrawals: tuple[Withdrawal, ...]
    choose: str
    effort: Effort


def lived_years(calls: Sequence[Call], progress: Lives, executor: str) -> dict[int, Lived]:
    """The years by their number among the calls; after Ctrl-C the finished ones."""
    found: dict[int, Lived] = {}
    with interruptible() as interrupted:
        few = len(calls) * len(calls[0].scenario.operations) < WORTH_WORKERS
        years = _here(calls, interrupted) if few else _by_workers(calls, executor, interrupted)
        for position, year in years:
            found[position] = year
            progress(len(found), len(calls))
    return found


def _here(calls: Sequence[Call], interrupted: threading.Event) -> Iterator[tuple[int, Lived]]:
    for position, call in enumerate(calls):
        if interrupted.is_set():
            return
        yield position, lived(call)


def _by_workers(calls: Sequence[Call], executor: str, interrupted: threading.Event) -> Iterator[tuple[int, Lived]]:
    """The years as they finish, each with its position. Years lost by a worker are simulated here."""
    pool = open_executor(executor)
    try:
        waiting: dict[Future[Lived], int] = {}
        left = iter(enumerate(calls))
        while not interrupted.is_set():
            for position, call in left:
                waiting[pool.executor.submit(lived, call)] = position
                if len(waiting) >= 2 * pool.size:
                    break
            if not waiting:
                return
            done, _ = wait(waiting, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            for future in done:
                position = waiting.pop(future)
                yield position, _result(future, calls[position])
            if not done and not pool.alive():
                raise EngineFault(Message("The workers are gone."))
    finally:
        pool.close()


def _result(future: Future[Lived], call: Call) -> Lived:
    try:
        return future.result()
    except WorkerDied:
        return lived(call)


def lived(call: Call) -> Lived:
    """One year, and its last plan checked by the rules' own checks."""
    searched = gc.isenabled()
    gc.disable()  # searching for the few reference cycles all the time takes a fifth of a year
    try:
        year, last = live(*call)
    finally:
        if searched:
            gc.enable()
            gc.collect(1)  # only this year's objects: all others are as old as the process
    if broken := [breach.text for breach in breaches(context_of(call.scenario, last), last)]:
        raise EngineFault(Message("The plan does not pass its own check: {wrong}", {"wrong": broken}))
    return year
