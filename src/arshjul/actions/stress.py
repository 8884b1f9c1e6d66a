"""stress: how a plan stands against ordinary years of withdrawals."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import as_completed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.actions.plan_reading import opened
from arshjul.actions.reading import Speak, moment_in
from arshjul.actions.replan import refuse_unknown
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import EngineFault, InputError, Message
from arshjul.formats.plan.plan_folder import PlanFolder, read_plan_folder
from arshjul.planning.braced import with_reserve_week, with_risk_prices
from arshjul.planning.drawn_year import drawn_year
from arshjul.planning.judge import context_of
from arshjul.planning.plan import Effort
from arshjul.planning.stress import Lived, Stressed, Totals, differences, live, summed_up
from arshjul.planning.verify import breaches
from arshjul.planning.withdrawal_rates import HeardLog, Rates, learnt
from arshjul.solver.parallel.executors import PROCESSES, open_executor

AS_IS = "as-is"

_WORTH_WORKERS = 2000
"""From so many operations on, counted in every year, workers are faster: to start one takes a second."""

_Call = tuple[Scenario, Plan, tuple[Withdrawal, ...], str, Effort]

Lives = Callable[[int, int], None]
"""Hears how many years are lived, of how many."""


@dataclass(frozen=True, slots=True)
class DrawnYears:
    """How many years, from which seed and moment (None: now) on, and the option that answers.

    `history`: plan folders of earlier years, whose logs are learnt from too; `compare`: the same years are
    met with plans made anew to bend; `executor`: who lives the years.
    """

    n: int
    seed: int
    as_of: datetime | None
    choose: str
    history: tuple[Path, ...] = ()
    compare: bool = False
    executor: str = PROCESSES


@dataclass(frozen=True, slots=True)
class StressTest:
    """What the years did to each plan, by the plan's name, and the rates that they were drawn from.

    `differences`: by how much the other plans are above the one as it is.
    """

    scenario: Scenario
    rates: tuple[Rates, ...]
    plans: Mapping[str, Stressed]
    differences: Mapping[str, Totals]


def stress(folder: Path, years: DrawnYears, effort: Effort, speak: Speak, progress: Lives) -> StressTest:
    """Lives so many years with the folder's plan as it stands. InputError where nothing of its year is to come."""
    refuse_unknown(years.choose)
    read = opened(folder, speak)
    scenario, plan = read.scenario, read.plan
    moment = max(moment_in(scenario, years.as_of), plan.as_of)
    if moment.date() >= scenario.span.last:
        values = {"last": scenario.span.last, "moment": moment}
        text = Message(
            "The plan ends on {last}, and nothing of it is to come at {moment}: give an earlier --as-of.", values
        )
        raise InputError(text)
    broken = [breach.text for breach in breaches(context_of(scenario, plan), plan)]
    if broken:
        raise InputError(Message("The plan to start from breaks rules: {wrong}.", {"wrong": broken}))
    rates = learnt(scenario, _logs(read, years.history), moment)
    drawn = [drawn_year(scenario, rates, years.seed, number, moment) for number in range(years.n)]
    plans = {AS_IS: plan, **(_braced(scenario, plan, rates, effort) if years.compare else {})}
    work = [(name, number) for number in range(years.n) for name in plans]
    calls = [(scenario, plans[name], drawn[number], years.choose, effort) for name, number in work]
    found = _lived(calls, progress, years.executor)
    lived = {name: [found[n] for n, (of, _) in enumerate(work) if of == name] for name in plans}
    return StressTest(
        scenario,
        rates,
        {name: summed_up(scenario, plans[name], lived[name]) for name in plans},
        {name: differences(lived[name], lived[AS_IS]) for name in plans if name != AS_IS},
    )


def _braced(scenario: Scenario, plan: Plan, rates: tuple[Rates, ...], effort: Effort) -> dict[str, Plan]:
    """The plans to compare with. InputError where the plan is no first one: others cannot be made for a past year."""
    if plan.revision != 1:
        values = {"n": plan.revision}
        text = Message(
            "This is revision {n} of its plan, and --compare plans the year anew: give the folder of the first.", values
        )
        raise InputError(text)
    return {
        "reserve-week": with_reserve_week(scenario, plan, effort),
        "risk-priced": with_risk_prices(scenario, rates, plan, effort),
    }


def _logs(read: PlanFolder, history: tuple[Path, ...]) -> list[HeardLog]:
    """The plan's own log, and those of earlier years. InputError where two tell of the same days."""
    logs = [HeardLog(read.scenario.span, read.plan.entries.withdrawals)]
    for folder in history:
        earlier = read_plan_folder(folder)
        span = earlier.scenario.span
        if any(span.first <= log.year.last and log.year.first <= span.last for log in logs):
            values = {"folder": str(folder), "first": span.first, "last": span.last}
            text = Message(
                "--history {folder}: another plan tells of its year too, {first} to {last}: keep one.", values
            )
            raise InputError(text)
        logs.append(HeardLog(span, earlier.plan.entries.withdrawals))
    return logs


def _lived(calls: list[_Call], progress: Lives, executor: str) -> dict[int, Lived]:
    """The years by their number among the calls, whoever lives them."""
    found = {}
    few = len(calls) * len(calls[0][0].operations) < _WORTH_WORKERS
    years = enumerate(_year(*call) for call in calls) if few else _by_workers(calls, executor)
    for n, (position, year) in enumerate(years, start=1):
        found[position] = year
        progress(n, len(calls))
    return found


def _by_workers(calls: list[_Call], executor: str) -> Iterator[tuple[int, Lived]]:
    """The years as they come, each with its position."""
    pool = open_executor(executor)
    try:
        waiting = {pool.executor.submit(_year, *call): position for position, call in enumerate(calls)}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    finally:
        pool.close()


def _year(scenario: Scenario, plan: Plan, withdrawals: tuple[Withdrawal, ...], choose: str, effort: Effort) -> Lived:
    """One year, and its last plan checked by the rules' own checks."""
    year, last = live(scenario, plan, withdrawals, choose, effort)
    if broken := [breach.text for breach in breaches(context_of(scenario, last), last)]:
        raise EngineFault(Message("The plan does not pass its own check: {wrong}", {"wrong": broken}))
    return year
