"""Replans after special events that take units for weeks, and acute accidents: what is to be solved, and all options.

`python -m tests.bench.bursts`, which `make bench` ends with, makes the three options of each together, as `replan`
does, and lets CP-SAT and HiGHS solve the same options alone, one after the other. The plan before the event is the
scenario's own, so a board is the same each time as long as that is proven.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from random import Random
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

from arshjul.board import Board
from arshjul.domain.entries.entries import Entries
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.formats.reading.scenario import read_scenario
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan
from arshjul.planning.problem import laid_out
from arshjul.planning.replan.input import ReplanInput, replan_input
from arshjul.planning.replan.replan import ReplanOptions, replan_from
from arshjul.rules.objectives import REPLAN_LEVELS
from tests.bench import today
from tests.bench.apart import measure

PLANNED, TOLD = datetime(2026, 12, 1, 9), datetime(2027, 3, 1, 8)
TAKEN = ("lpo-city", "lpo-hisingen", "lpo-syd")
IN_THREE = tuple(f"{unit}.{n}" for unit in TAKEN for n in (1, 2, 3))
TIGHT = today.SCENARIO.parent / "goteborg-2027-tight"
ENGINES = ("cp-sat default, kinds", "cp-sat tuned, kinds", "highs, plain")

Away = tuple[Sequence[str] | None, date, date]
"""Units, None for all, and the first and the last date on which none of their officers are there."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Withdrawals that are reported at once, of a year."""

    year: Callable[[], Scenario]
    away: Sequence[Away]


@cache
def goteborg() -> Scenario:
    """The scenario of one city."""
    return read_scenario(today.SCENARIO).scenario


@cache
def three() -> Scenario:
    """Its year three times over: 300 operations."""
    return today.year()


@cache
def tight() -> Scenario:
    """A year of 300 operations with tight teams, most of which somebody would join who is not needed.

    Each operation asks for agencies that may join, and prefers a designated officer, as drawn: so quality is a sum of
    thousands of small prices that overlap.
    """
    draw, scenario = Random("tight"), today.year(TIGHT)
    agencies = sorted(scenario.agencies)
    operations = {}
    for id, one in scenario.operations.items():
        besides = [agency for agency in draw.sample(agencies, 3) if agency not in one.sent(one.chosen)]
        preferred = "prefer" if one.designated == "none" and draw.random() < 0.5 else one.designated
        wished = {**dict.fromkeys(besides, 1), **one.optional_agencies}
        operations[id] = replace(one, optional_agencies=wished, designated=preferred)
    return replace(scenario, operations=operations)


BURSTS = {
    "goteborg-2027, 4 weeks": Burst(goteborg, [(TAKEN, date(2027, 3, 10), date(2027, 4, 6))]),
    "300, 6 weeks and an accident": Burst(
        three,
        [
            (IN_THREE, date(2027, 3, 10), date(2027, 4, 20)),
            (["granspolisen.1"], date(2027, 3, 1), date(2027, 3, 5)),
        ],
    ),
    "300, 13 weeks": Burst(three, [(IN_THREE, date(2027, 3, 15), date(2027, 6, 13))]),
    "300 tight, every unit away for 4 weeks": Burst(tight, [(None, date(2027, 3, 15), date(2027, 4, 11))]),
}
"""Special events by their length, and what they take. Which of the best plans was made decides how many are hit."""

MEASURED = (
    ("goteborg-2027, 4 weeks", "balanced"),
    *(("300, 6 weeks and an accident", option) for option in REPLAN_LEVELS),
    ("300, 13 weeks", "balanced"),
)
"""Those that everyone is measured on by `tests.bench.run`."""


@cache
def planned(year: Callable[[], Scenario]) -> Plan:
    """The year's plan, proven."""
    scenario = year()
    return make_plan(scenario, PLANNED.replace(tzinfo=scenario.zone), Effort(limit_s=300)).plan


def given(name: str) -> ReplanInput:
    """What the replan starts from."""
    burst = BURSTS[name]
    scenario = burst.year()
    told = TOLD.replace(tzinfo=scenario.zone)
    withdrawals = tuple(
        Withdrawal(f"W-{n}", told, tuple(scenario.police if units is None else units), first, last, officers_left=0)
        for n, (units, first, last) in enumerate(burst.away, 1)
    )
    return replan_input(scenario, planned(burst.year), Entries(withdrawals=withdrawals), told)


def board(name: str, option: str) -> Board:
    """The whole year with nothing held, as the option orders its levels."""
    return replace(laid_out(given(name).context).board, levels=REPLAN_LEVELS[option])


@dataclass(frozen=True, slots=True)
class Together:
    """All options as `replan` makes them; what it took to the first answer that was shown, and to the end."""

    found: ReplanOptions
    shown_s: float | None
    seconds: float
    cpu_s: float


def together(name: str, limit_s: float) -> Together:
    """The options of a burst, its plan made beforehand."""
    begun, plan = given(name), planned(BURSTS[name].year)
    shown: list[float] = []
    started, busy = perf_counter(), _cpu_s()
    effort = Effort(limit_s=limit_s, progress=lambda _: shown.append(perf_counter() - started))
    found = replan_from(begun, plan, effort)
    return Together(found, min(shown, default=None), perf_counter() - started, _cpu_s() - busy)


def _cpu_s() -> float:
    """CPU seconds of this process and of those that it started and that have ended."""
    used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> int:
    """Prints what all options took, and what each took beside the engines; 1 where one is not proven, or slower."""
    limit_s, reached = float(sys.argv[1]) if len(sys.argv) > 1 else 120.0, True
    for name in BURSTS:
        ours = together(name, limit_s)
        shown = "" if ours.shown_s is None else f", the first answer shown after {ours.shown_s:.1f} s"
        hit = len(ours.found.context.hit)
        say(f"{name}, {hit} hit: three options in {ours.seconds:.1f} s, {ours.cpu_s:.1f} CPU seconds{shown}")
        for option, plan in ours.found.options.items():
            runs = {engine: measure(board(name, option), engine, limit_s) for engine in ENGINES}
            proven = all(level.proven for level in plan.levels)
            best = min(run["proof_s"] or limit_s for run in runs.values())
            reached &= proven and ours.found.seconds[option] <= best
            values = " ".join(f"{level.id} {level.value}" for level in plan.levels)
            theirs = ", ".join(f"{engine} {_seconds(run['proof_s'])}" for engine, run in runs.items())
            ending = "proven" if proven else "not proven"
            say(f"  {option}: {values}, {ending} in {ours.found.seconds[option]:.1f} s; alone: {theirs}")
    return int(not reached)


def _seconds(proof_s: float | None) -> str:
    return "no proof" if proof_s is None else f"{proof_s:.1f} s"


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
