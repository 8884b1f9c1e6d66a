"""`python -m tests.bench.single`: seconds in process of a replan of goteborg-2027 after one withdrawal, as most are.

Each unit in turn is taken for one shift, of dates all over the year, and told a week before; its three options are all
solved. Measured is from the entry to the three plans, as any command or page has them before it writes a file.
"""

import gc
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from statistics import median
from time import perf_counter, process_time

from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.replan import ReplanOptions, replan
from tests.bench.boards import SCENARIO

PLANNED = datetime(2026, 12, 1, 9)
NOTICE = timedelta(days=7)
EACH_DAYS = 5
GOALS_MS, GOALS_OF_HITS_MS = (40, 60), (40, 100)
EFFORT = Effort(limit_s=60)


def main() -> int:
    """Measures all, and prints a line for all of them and one for those that hit an operation."""
    scenario = read_scenario(SCENARIO).scenario
    plan = make_plan(scenario, PLANNED.replace(tzinfo=scenario.zone), EFFORT).plan
    gc.freeze()  # as the console's server does with what it has from its start
    taken: list[tuple[float, float, int]] = []
    for withdrawal in withdrawals(scenario):
        started, began = perf_counter(), process_time()
        answer = answered(scenario, plan, withdrawal)
        taken.append((perf_counter() - started, process_time() - began, hits(answer)))
    reached = row("one withdrawal", taken, GOALS_MS)
    hit = [one for one in taken if one[2]]
    reached &= row("one withdrawal that hits", hit, GOALS_OF_HITS_MS)
    told = ", ".join(f"{n} operations: {times}" for n, times in sorted(Counter(n for *_, n in hit).items()))
    print(f"hit {told}")  # noqa: T201
    return int(not reached)


def withdrawals(scenario: Scenario) -> Iterator[Withdrawal]:
    """Each unit on one date in so many, on each shift that it offers officers for."""
    days = list(scenario.span.days())
    for n, unit in enumerate(scenario.police):
        for day in days[NOTICE.days + 1 + n % EACH_DAYS :: EACH_DAYS]:
            told = datetime.combine(day - NOTICE, time(8), scenario.zone)
            for shift in scenario.shifts:
                yield Withdrawal("W-1", told, (unit,), day, day, (shift.id,), cause="staffing")


def answered(scenario: Scenario, plan: Plan, withdrawal: Withdrawal) -> ReplanOptions:
    """The three options after the withdrawal, at the moment when it was told."""
    assert withdrawal.reported is not None
    return replan(scenario, plan, Entries.of(withdrawals=(withdrawal,)), withdrawal.reported, EFFORT)


def hits(answer: ReplanOptions) -> int:
    """The number of operations that the withdrawal hit; all three options must be proven."""
    base = answer.context.base
    assert base is not None
    assert all(level.proven for plan in answer.options.values() for level in plan.levels)
    return len(base.hit)


def row(name: str, taken: list[tuple[float, float, int]], goals: tuple[int, int]) -> bool:
    """Prints median and 95th percentile in milliseconds; whether both goals are reached."""
    wall, busy = ([1000 * one[k] for one in taken] for k in (0, 1))
    middle, late = median(wall), p95(wall)
    print(  # noqa: T201
        f"{name}, {len(taken)} of them: median {middle:.0f} ms, 95th percentile {late:.0f} ms "
        f"({median(busy):.0f} and {p95(busy):.0f} of them at work), goals {goals[0]} and {goals[1]}"
    )
    return middle <= goals[0] and late <= goals[1]


def p95(figures: list[float]) -> float:
    """The 95th percentile: at most one in twenty is above it."""
    return sorted(figures)[-(len(figures) // 20) - 1]


if __name__ == "__main__":
    sys.exit(main())
