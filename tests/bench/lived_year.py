"""`make bench`, on goteborg-2027's lived year: seconds of the note and of a replan with an edited scenario.

The year is lived, without its pages, to the mornings that are measured. What is measured is all that the commands do
but start Python and print: reading the folder, solving, and for the replan all of its files.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from arshjul.year.folder.plan_files import lying_in, plan_files
from arshjul.year.folder.replan import Entered, replan, today
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_folder import plan_bytes, read_plan_folder, scenario_bytes
from tests.living import EFFORT, Lived, after, lived, moments

EDITED, WITHDRAWN = "2027-08-20T1000", "2027-09-23T0700"
"""When the scenario was edited in three places, and when two units were withdrawn until further notice."""
RUNS = 5


def main() -> int:
    """Lives the year to its autumn, and measures."""
    entered = {moment.entries.stem: moment for moment in moments()}
    before = [moment for stem, moment in entered.items() if stem < EDITED]
    *_, summer = lived(before)
    autumn = summer
    for stem, moment in entered.items():
        if EDITED <= stem < WITHDRAWN:
            autumn = after(autumn, moment)
    edit, event = entered[EDITED], entered[WITHDRAWN]
    with TemporaryDirectory() as home:
        folder, note = written(summer, Path(home) / "summer"), written(autumn, Path(home) / "autumn")
        taken = Entered(changes=edit.entries, scenario=edit.scenario)

        def replanned() -> None:
            replan(folder, taken, edit.as_of, EFFORT, lambda _: None, output=Path(home) / "new")

        def noted() -> None:
            found = today(note, event.entries, event.as_of, lambda _: None)
            assert found.hit

        goals = [row("today, lived year", noted, 1.0), row("replan --scenario, 3 edits", replanned, 2.0)]
    return int(not all(goals))


def written(now: Lived, folder: Path) -> Path:
    """The plan folder of that moment: what a replan reads of it."""
    folder.mkdir()
    whole, language = scenario_bytes(now.scenario), words(now.scenario.language)
    (folder / "scenario.json").write_bytes(whole)
    (folder / "plan.json").write_bytes(plan_bytes(now.plan, now.scenario, whole, language))
    read = read_plan_folder(folder)
    for name, content in plan_files(now.scenario, now.plan, lying_in(read)).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def row(name: str, measured: Callable[[], None], goal_s: float) -> bool:
    """Measures several times, and prints the medians; whether the goal is reached."""
    seconds, busy = [], []
    for _ in range(RUNS):
        started, began = perf_counter(), process_time()
        measured()
        seconds.append(perf_counter() - started)
        busy.append(process_time() - began)
    taken = f"{median(seconds):.2f} s ({median(busy):.2f} s of them at work)"
    print(f"{name}: median of {RUNS}: {taken}, goal {goal_s} s")  # noqa: T201
    return median(seconds) <= goal_s


if __name__ == "__main__":
    sys.exit(main())
