"""stress: how a plan withstands ordinary years of withdrawals."""

import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import EngineFault, InputError, Message, NoAnswer
from arshjul.solver.parallel.executors import PROCESSES, open_executor, refuse_slips
from arshjul.solver.parallel.process_pool import WorkerDied
from arshjul.solver.solving import interruptible
from arshjul.year.domain.history.rates import Rates, learnt
from arshjul.year.domain.history.stress_figures import StressFigures
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.folder.plan_files import pictures, rewrite, told_in
from arshjul.year.folder.reading import Speak, moment_in, opened, with_history, withdrawal_histories
from arshjul.year.folder.replan import refuse_unknown
from arshjul.year.formats.plan.plan_folder import PLAN, STRESS, PlanFolder, stress_bytes, stress_of
from arshjul.year.formats.schema.declared import mapping
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.finder import StandingPlan, fall_backs, tries_within
from arshjul.year.planning.stress import Lived, drawn_year, live, summed_up
from arshjul.year.planning.verify import breaches, refuse_broken

WORTH_WORKERS = 2000
"""The number of operations, over all years, from which workers are faster: starting one takes a second."""

_LOOK_S = 0.5
"""The seconds between two checks for Ctrl-C during a long year."""

Lives = Callable[[int, int], None]
"""Called with the number of finished years, and of all."""

LEAST_YEARS = 2
"""The least number of years for an interval."""


class Call(NamedTuple):
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
                try:
                    year = future.result()
                except WorkerDied:
                    year = lived(calls[position])
                yield position, year
            if not done and not pool.alive():
                raise EngineFault(Message("The workers are gone."))
    finally:
        pool.close()


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


class DrawnYears(NamedTuple):
    """`as_of` None: now. `history`: further logs of other years; `executor`: where the years are simulated."""

    n: int
    seed: int
    as_of: datetime | None
    choose: str
    history: tuple[Path, ...] = ()
    executor: str = PROCESSES


@dataclass(frozen=True, slots=True)
class StressTest:
    """`rates`: those from which the years were drawn; `warnings`: about incomplete logs."""

    read: PlanFolder
    rates: tuple[Rates, ...]
    figures: StressFigures
    warnings: tuple[Message, ...] = ()

    @property
    def scenario(self) -> Scenario:
        return self.read.scenario


def stress(folder: Path, years: DrawnYears, effort: Effort, speak: Speak, progress: Lives) -> StressTest:
    """Fewer years if Ctrl-C ends them. InputError if nothing of its year is to come; NoAnswer for fewer than two."""
    refuse_unknown(years.choose)
    refuse_slips(years.executor)
    read = opened(folder, speak)
    scenario, plan = read.scenario, read.plan
    moment = max(moment_in(scenario, years.as_of), plan.as_of)
    if moment.date() >= scenario.span.last:
        values = {"last": scenario.span.last, "moment": moment}
        text = Message("The plan ends on {last}, and nothing remains at {moment}: give an earlier --as-of.", values)
        raise InputError(text)
    refuse_broken(scenario, plan)
    known = with_history(scenario, years.history)
    logs = withdrawal_histories(known, plan, moment)
    rates = learnt(scenario, logs)
    drawn = [drawn_year(scenario, rates, years.seed, number, moment) for number in range(years.n)]
    calls = [Call(scenario, plan, year, years.choose, effort) for year in drawn]
    found = lived_years(calls, progress, years.executor)
    if len(found) < LEAST_YEARS:
        raise NoAnswer(Message("Fewer than two years were simulated: give more time."))
    figures = StressFigures(
        years=len(found),
        seed=years.seed,
        as_of=moment,
        option=years.choose,
        withdrawals=sum(rate.withdrawals for rate in rates),
        log_days=max((rate.days for rate in rates), default=0),
        outcome=summed_up(scenario, plan, [found[n] for n in sorted(found)]),
    )
    return StressTest(read, rates, figures, known.warnings)


def keep(test: StressTest, effort: Effort) -> list[str]:
    read, figures = test.read, stress_of(mapping(test.figures), test.scenario)
    slots = fall_backs(StandingPlan.of(read.scenario, read.plan), tries_within(effort.limit_s))
    shown = pictures(read.scenario, read.plan, slots, figures, told_in(read))
    written = stress_bytes(test.figures, read.bytes(PLAN) or b"")
    return rewrite(read.path, {STRESS: written, **shown})
