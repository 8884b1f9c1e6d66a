"""`make bench`, its last rows: a year with one operation in ten fuller, planned and replanned, beside the one without.

CPU seconds of the whole commands, with the processes that they start, from reading the scenario to writing the last
file. In the replan all units are away for two weeks in April; its three options are all solved.
"""

import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory

from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests.bench.boards import FULLER, SCENARIO

RUNS, MOST = 3, 2.0
PLANNED, REPORTED = "2026-12-01T09:00", "2027-04-11T08:00"
WITHDRAWAL = """
withdrawals:
  - id: W-1
    reported: "2027-04-11T08:00"
    police: [lpo-city, lpo-nordost, lpo-hisingen, lpo-syd, granspolisen]
    from: 2027-04-12
    to: 2027-04-25
    cause: special-event
"""


def main() -> int:
    """Measures both years in turns, and prints medians; 1 where the fuller one takes more than twice the seconds."""
    with TemporaryDirectory() as home:
        turns = [
            [measured(year, Path(home) / f"{turn}-{year.name}") for year in (SCENARIO, FULLER)] for turn in range(RUNS)
        ]
        hit = [_hit(Path(home) / f"0-{year.name}" / "new") for year in (SCENARIO, FULLER)]
    reached = True
    for number, command in enumerate(("plan", "replan")):
        without, fuller = (median(turn[year][number] for turn in turns) for year in (0, 1))
        reached &= fuller <= MOST * without
        hits = f", {hit[0]} and {hit[1]} hit" if command == "replan" else ""
        told = f"{without:.1f} s without, {fuller:.1f} s with{hits}: {fuller / without:.2f} times, at most {MOST:g}"
        print(f"{command}, one in ten fuller, median CPU of {RUNS}: {told}")  # noqa: T201
    return int(not reached)


def measured(scenario: Path, home: Path) -> tuple[float, float]:
    """CPU seconds of a plan, and of a replan of it."""
    home.mkdir()
    (home / "w.yaml").write_text(WITHDRAWAL)
    planned = _cpu_s("plan", scenario, "-o", home / "plan", "--as-of", PLANNED)
    taken = ("--withdrawals", home / "w.yaml", "--as-of", REPORTED)
    return planned, _cpu_s("replan", home / "plan", *taken, "-o", home / "new", "--choose", "balanced")


def _cpu_s(*command: str | Path) -> float:
    before = _children_s()
    subprocess.run([Path(sys.executable).with_name("arshjul"), *command], check=True, capture_output=True)
    return _children_s() - before


def _children_s() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _hit(folder: Path) -> int:
    base = read_plan_folder(folder).plan.base
    return 0 if base is None else len(base.hit)


if __name__ == "__main__":
    sys.exit(main())
