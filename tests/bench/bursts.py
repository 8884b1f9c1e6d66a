"""Replans after special events that take units for weeks, and acute accidents: what is to be solved, and all options.

`python -m tests.bench.bursts`, which `make bench` ends with, makes the three options of each together, as `replan`
does: events of our own years, whose plan before the event is the scenario's own, so a board is the same each time as
long as that is proven; then those of other years (`special_events`). It says what each took, which levels are proven,
how far each option was from the best known after some seconds, and whether one is worse than what it began from.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from random import Random

from arshjul.solver.board import Board
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.problem import laid_out
from arshjul.year.planning.replan.input import ReplanInput, replan_input
from arshjul.year.planning.replan.replan import replan_from
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests.bench import three_cities
from tests.bench.apart import measure
from tests.bench.contenders import FEW
from tests.bench.on_the_way import Made, gaps, made
from tests.bench.special_events import BEST, YEARS, BestKnown, cases

PLANNED, TOLD = datetime(2026, 12, 1, 9), datetime(2027, 3, 1, 8)
TAKEN = ("lpo-city", "lpo-hisingen", "lpo-syd")
IN_THREE = tuple(f"{unit}.{n}" for unit in TAKEN for n in (1, 2, 3))
TIGHT = three_cities.SCENARIO.parent / "goteborg-2027-tight"

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
    return read_scenario(three_cities.SCENARIO).scenario


@cache
def three() -> Scenario:
    """Its year three times over: 300 operations."""
    return three_cities.year()


@cache
def tight() -> Scenario:
    """A year of 300 operations with tight teams, most of which somebody would join who is not needed.

    Each operation asks for agencies that may join, and prefers a designated officer, as drawn: so quality is a sum of
    thousands of small prices that overlap.
    """
    draw, scenario = Random("tight"), three_cities.year(TIGHT)
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
    return replan_input(scenario, planned(burst.year), Entries.of(withdrawals=withdrawals), told)


def board(name: str, option: str) -> Board:
    """The whole year with nothing held, as the option orders its levels."""
    return replace(laid_out(given(name).context).board, levels=REPLAN_LEVELS[option])


ON_THE_WAY = ((2.0, 0.05), (5.0, 0.02))
"""After so many seconds of an option each level is to be above its best known value by no more than that part."""
TOGETHER_S = 20.0
"""In which three options are to be proven. Seconds are those of a `Stopwatch`."""


@dataclass(slots=True)
class Tally:
    """What came of all cases, in counts."""

    cases: int = 0
    proven: int = 0
    in_time: int = 0
    options: int = 0
    near: Counter[float] = field(default_factory=Counter)
    wrong: int = 0

    def __str__(self) -> str:
        near = (
            f"after {s:g} s {self.near[s]} of {self.options} options within {part:.0%} of the best known"
            for s, part in ON_THE_WAY
        )
        proven = f"{self.cases} cases: {self.proven} proven, {self.in_time} of them in {TOGETHER_S:g} s together"
        return f"{proven}; {', '.join(near)}; {self.wrong} options worse than their start or a proof"


def judge(name: str, ours: Made, best: BestKnown | None, tally: Tally) -> Iterator[str]:
    """The lines of a case; `best`, if any, learns of what is better, and `tally` of all."""
    options = ours.found.options
    is_proven = all(map(ours.is_proven, options))
    tally.cases += 1
    tally.proven += is_proven
    tally.in_time += is_proven and min(ours.clock_s, ours.cpu_s) <= TOGETHER_S
    shown = "" if ours.shown_s is None else f", the first answer after {ours.shown_s:.1f} s"
    hit = len(ours.found.context.hit)
    yield f"{name}: {hit} hit, three options in {ours.clock_s:.1f} s, {ours.cpu_s:.1f} CPU seconds{shown}"
    starts = ours.starts()
    for climb in ours.climbs:
        option, values = climb.option, ours.values(climb.option)
        ending = "proven" if ours.is_proven(option) else "not proven"
        try:
            least = best.take(name, option, values, is_proven=ours.is_proven(option)) if best else values
        except ArithmeticError as contradiction:
            least, ending = values, f"WRONG: {contradiction}"
        if values > starts.get(option, values):
            ending = f"WRONG: worse than its start, {starts[option]}"
        tally.wrong += ending.startswith("WRONG")
        tally.options += 1
        way = []
        for seconds, part in ON_THE_WAY:
            there = climb.after(min(seconds, climb.seconds))
            above = None if there is None else gaps(there, least)
            tally.near[seconds] += above is not None and max(above) <= part
            way.append(f"after {seconds:g} s {'nothing' if above is None else ' '.join(f'{a:.1%}' for a in above)}")
        levels = " ".join(
            f"{level.id} {level.value}" + ("" if level.proven else f" > {level.bound}")
            for level in options[option].levels
        )
        known = "" if values == least else f", best known {' '.join(map(str, least))}"
        yield f"  {option}: {levels}, {ending} in {climb.seconds:.1f} s{known}; {', '.join(way)}"


def _made(begun: ReplanInput, plan: Plan, limit_s: float) -> Made:
    return made(lambda effort: replan_from(begun, plan, effort), limit_s)


def _alone(name: str, limit_s: float) -> Iterator[str]:
    """What the engines take for each option alone."""
    for option in REPLAN_LEVELS:
        runs = {engine: measure(board(name, option), engine, limit_s) for engine in FEW}
        yield f"  {option}, alone: " + ", ".join(f"{who} {_seconds(run['proof_s'])}" for who, run in runs.items())


def _seconds(proof_s: float | None) -> str:
    return "no proof" if proof_s is None else f"{proof_s:.1f} s"


def main() -> int:
    """Prints what was asked for as it goes, then the counts; 1 where an option is worse than its start or a proof."""
    asked = _arguments()
    own, others = Tally(), Tally()
    best = BestKnown(BEST)
    for name in BURSTS if asked.cases is None else ():
        if asked.only and name not in asked.only:
            continue
        for line in judge(name, _made(given(name), planned(BURSTS[name].year), asked.limit), None, own):
            say(line)
        for line in _alone(name, asked.limit) if asked.engines else ():
            say(line)
    for case in cases(asked.cases or YEARS) if YEARS.exists() else ():
        if not asked.only or case.name in asked.only:
            for line in judge(case.name, _made(*case.given(), asked.limit), best, others):
                say(line)
    if not YEARS.exists():
        say(f"special events of other years: not measured, since {YEARS} is not there")
    for whose, tally in (("our own years", own), ("other years", others)):
        if tally.cases:
            say(f"{whose}, {tally}")
    return int(own.wrong + others.wrong > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.bursts", description="All three options of large replans.")
    parser.add_argument(
        "--limit", type=float, default=TOGETHER_S, metavar="S", help="for each option (default: %(default)s)"
    )
    parser.add_argument("--cases", type=Path, metavar="FOLDER", help="cases of the same years, in place of all others")
    parser.add_argument(
        "--only", type=lambda text: text.split(";"), metavar="NAME;NAME", help="as in 'year-1 25;300, 13 weeks'"
    )
    parser.add_argument("--engines", action="store_true", help="CP-SAT and HiGHS alone too, on each option of our own")
    return parser.parse_args()


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
