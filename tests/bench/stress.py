"""`make bench-stress`: CPU seconds that a drawn year of scenarios/goteborg-2027 takes, and what 200 take on two cores.

Each year is lived in process, one after the other, and its last plan is checked, as `stress` does it; what its solves
start as processes of their own counts too.
"""

import os
import sys
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from arshjul.actions.folder.lived_years import Call, lived
from arshjul.domain.history.rates import learnt
from arshjul.formats.reading.scenario import read_scenario
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan
from arshjul.planning.resilience.drawn_year import drawn_year

SCENARIO = Path(__file__).parents[2] / "scenarios" / "goteborg-2027"
PLANNED, BEFORE = datetime(2026, 11, 24, 10), datetime(2026, 12, 31, 10)
YEARS, CORES, GOAL_S = 200, 2, 120.0


def cpu_seconds() -> float:
    """User and system time of this process and of all that it has started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main(arguments: list[str]) -> int:
    """Lives so many years, 20 by default, and says what one takes."""
    n = int(arguments[0]) if arguments else 20
    scenario = read_scenario(SCENARIO).scenario
    plan = make_plan(scenario, PLANNED.replace(tzinfo=scenario.zone), Effort()).plan
    moment = BEFORE.replace(tzinfo=scenario.zone)
    rates = learnt(scenario, [])
    cpu, wall, proven, answered = [], [], 0, 0
    for number in range(n):
        began, clock = cpu_seconds(), perf_counter()
        year = lived(Call(scenario, plan, drawn_year(scenario, rates, 0, number, moment), "balanced", Effort(20)))
        cpu.append(cpu_seconds() - began)
        wall.append(perf_counter() - clock)
        proven, answered = proven + year.proven, answered + year.answered
    mean = sum(cpu) / n
    lines = (
        f"{n} years lived, {answered} reports answered, {answered - proven} of them not proven",
        f"CPU seconds a year: {mean:.2f} in the mean, {median(cpu):.2f} in the median, {max(cpu):.2f} at most",
        f"wall seconds a year, one after the other: {sum(wall) / n:.2f}",
        f"{YEARS} years on {CORES} cores: {YEARS * mean / CORES:.0f} s, the goal being {GOAL_S:.0f}",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
