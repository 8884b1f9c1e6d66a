"""`make bench-workbook`: user CPU seconds that a workbook of 300 operations takes: written, read, checked, marked."""

import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory

from arshjul.actions.check import check
from arshjul.formats.catalogues import words
from arshjul.formats.workbook.marked import marked_workbook
from arshjul.formats.workbook.writing import scenario_workbook
from tests.bench.today import year

GOAL_S, RUNS = 1.0, 5


def seconds_of() -> float:
    """User CPU seconds so far."""
    return getrusage(RUSAGE_SELF).ru_utime


def main() -> int:
    """Prints what each takes; 1 where a goal is missed."""
    scenario = year()
    taken: dict[str, list[float]] = {"written": [], "read and checked": [], "marked": []}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "year.xlsx"
        for _ in range(RUNS):
            start = seconds_of()
            data = scenario_workbook(scenario)
            written = seconds_of()
            path.write_bytes(data)
            found = check(path, lambda _: None)
            read = seconds_of()
            marked_workbook(data, (), found.warnings, words("sv"))
            for name, one in zip(taken, (written - start, read - written, seconds_of() - read), strict=True):
                taken[name].append(one)
    missed = [name for name in ("written", "read and checked") if median(taken[name]) > GOAL_S]
    for name, spent in taken.items():
        sys.stdout.write(f"{len(scenario.operations)} operations {name}: {median(spent):.2f} s, goal {GOAL_S:.0f} s\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
