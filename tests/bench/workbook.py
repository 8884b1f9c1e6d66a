"""`make bench-workbook`: user CPU seconds that a workbook of 300 operations takes: written, read, checked, marked.

And what plan.xlsx of as many adds to `plan`.
"""

import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory

from arshjul.actions.folder.check import check
from arshjul.agenda.overview import overview
from arshjul.formats.catalogues import words
from arshjul.formats.workbook.marked import marked_workbook
from arshjul.formats.workbook.writing import scenario_workbook
from arshjul.render.workbook.plan import plan_workbook
from tests.bench.today import year
from tests.render import builder

GOAL_S, RUNS = 1.0, 5


def seconds_of() -> float:
    """User CPU seconds so far."""
    return getrusage(RUSAGE_SELF).ru_utime


def main() -> int:
    """Prints what each takes; 1 where a goal is missed."""
    scenario = year()
    taken: dict[str, list[float]] = {"written": [], "read and checked": [], "marked": [], "plan.xlsx": []}
    made = builder.scenario(len(scenario.operations))
    shown = overview(made, builder.replan(made, builder.plan(made)), {})
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
            marked = seconds_of()
            plan_workbook(shown, words("sv"))
            spent_on = (written - start, read - written, marked - read, seconds_of() - marked)
            for name, one in zip(taken, spent_on, strict=True):
                taken[name].append(one)
    missed = [name for name in ("written", "read and checked", "plan.xlsx") if median(taken[name]) > GOAL_S]
    for name, spent in taken.items():
        sys.stdout.write(f"{len(scenario.operations)} operations {name}: {median(spent):.2f} s, goal {GOAL_S:.0f} s\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
