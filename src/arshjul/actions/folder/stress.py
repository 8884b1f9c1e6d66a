"""stress: how a plan withstands ordinary years of withdrawals."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.actions.folder.heard_logs import heard_logs, with_history
from arshjul.actions.folder.lived_years import Call, Lives, lived_years
from arshjul.actions.folder.plan_files import pictures, rewrite, told_in
from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak, moment_in
from arshjul.actions.folder.replan import refuse_unknown
from arshjul.domain.history.rates import Rates, learnt
from arshjul.domain.history.stressed import StressFigures
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, NoAnswer
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import PLAN, STRESS, PlanFolder
from arshjul.formats.plan.stress_json import stress_bytes, stress_mapping, stress_of
from arshjul.planning.effort import Effort
from arshjul.planning.places.standing_plan import StandingPlan, fall_backs, tries_within
from arshjul.planning.resilience.drawn_year import drawn_year
from arshjul.planning.resilience.stress import summed_up
from arshjul.planning.verify.verify import refuse_broken
from arshjul.solver.parallel.executors import PROCESSES, refuse_slips

LEAST_YEARS = 2
"""The least number of years for an interval."""


@dataclass(frozen=True, slots=True)
class DrawnYears:
    """The number of simulated years, their seed and first moment (None: now), and the option that answers.

    `history`: further logs of other years to learn from; `executor`: where the years are simulated.
    """

    n: int
    seed: int
    as_of: datetime | None
    choose: str
    history: tuple[Path, ...] = ()
    executor: str = PROCESSES


@dataclass(frozen=True, slots=True)
class StressTest:
    """The effect of the years on a plan, and the rates from which they were drawn.

    `read`: the folder of the plan; `warnings`: about incomplete logs.
    """

    read: PlanFolder
    rates: tuple[Rates, ...]
    figures: StressFigures
    warnings: tuple[Message, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """The plan's scenario."""
        return self.read.scenario


def stress(folder: Path, years: DrawnYears, effort: Effort, speak: Speak, progress: Lives) -> StressTest:
    """Simulates the years with the folder's plan; fewer if Ctrl-C ends them.

    InputError if nothing of its year is to come. NoAnswer if fewer than two years were finished.
    """
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
    logs = heard_logs(known, plan, moment)
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
        withdrawals=sum(one.withdrawals for one in rates),
        log_days=max((one.days for one in rates), default=0),
        outcome=summed_up(scenario, plan, [found[n] for n in sorted(found)]),
    )
    return StressTest(read, rates, figures, known.warnings)


def keep(test: StressTest, effort: Effort) -> list[str]:
    """Writes the figures into the plan's folder, with its pages; returns the names of the files."""
    read, figures = test.read, stress_of(stress_mapping(test.figures), test.scenario)
    slots = fall_backs(StandingPlan.of(read.scenario, read.plan), tries_within(effort.limit_s))
    shown = pictures(read.scenario, read.plan, words(read.scenario.language), slots, figures, told_in(read))
    written = stress_bytes(test.figures, read.bytes(PLAN) or b"")
    return rewrite(read.path, {STRESS: written, **shown})
