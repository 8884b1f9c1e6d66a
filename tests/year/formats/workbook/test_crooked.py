"""Crooked workbooks: each is told with its sheet, its cell and a remedy, or read right; never more, and no traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.year.formats.reading import ScenarioFile, read_scenario
from tests.year.formats.test_wrong import refused
from tests.year.formats.workbook.books import book, saved
from tests.year.formats.workbook.crooked import ALL, FILES, Crooked, Told

LIMITED = """
import json, os, resource, sys
from pathlib import Path
from arshjul.errors import InputError
from arshjul.year.formats.reading import read_scenario
right, *paths = map(Path, json.load(sys.stdin))
read_scenario(right)  # imports what any reading does
for path in paths:
    if os.fork():
        os.wait()
        continue
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    try:
        read_scenario(path)
        kind = "read"
    except InputError as error:
        kind = error.problems[0].kind
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # ru_maxrss: also the parent's
    print(json.dumps([kind, used, int(peak.split()[1]) / 1024]), flush=True)
    os._exit(0)
"""
"""Tells of each file what it is read as, and the seconds and megabytes that this takes a process of its own."""

BOMBS = (
    "a bomb",
    "a bomb that lies about its size",
    "too many cells",
    "many sheets with a cell far away",
    "a long text in very many cells",
    "very many empty texts",
    "many empty texts",
    "many empty texts in another spelling",
    "many empty texts beside the right ones",
    "columns that are hidden very often",
)


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFile:
    return read_scenario(saved(tmp_path_factory.mktemp("right"), book()))


def test_there_are_enough() -> None:
    assert len(ALL) >= 80
    assert len({crooked.name for crooked in ALL}) == len(ALL)


@pytest.mark.parametrize("crooked", ALL, ids=lambda crooked: crooked.name)
def test_a_crooked_workbook(tmp_path: Path, crooked: Crooked, right: ScenarioFile) -> None:
    path = saved(tmp_path, crooked.data())
    if crooked.told:
        problems = refused(path)
        assert tuple((problem.sheet, problem.cell, problem.kind) for problem in problems) == crooked.told
        assert all(word in str(problems[0].text) for word in crooked.says), str(problems[0].text)
        return
    read = read_scenario(path)
    warned: tuple[Told, ...] = tuple((warning.sheet, warning.cell, warning.kind) for warning in read.warnings)
    assert warned == crooked.warned
    assert not crooked.same or read.scenario == right.scenario
    assert crooked.holds is None or crooked.holds(read.scenario)


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float, float]]:
    """The kind of problem, the seconds and the megabytes of each bomb."""
    made = [book(), *(next(file.data() for file in FILES if file.name == name) for name in BOMBS)]
    paths = [str(saved(tmp_path_factory.mktemp("bomb"), one)) for one in made]
    command = [sys.executable, "-c", LIMITED]
    seen = subprocess.run(command, input=json.dumps(paths), capture_output=True, text=True, check=True)
    return dict(zip(BOMBS, map(json.loads, seen.stdout.splitlines()), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little(costs: dict[str, tuple[str, float, float]], name: str) -> None:
    kind, seconds, megabytes = costs[name]
    assert kind in ({"read"} if name == "columns that are hidden very often" else {"too-large", "no-workbook"})
    assert seconds < 2
    assert megabytes < (100 if "empty texts" in name else 256)


def test_problems_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_scenario(saved(tmp_path, book(Insatser_H2="12/5-27", Pass_C2="25:00", Poliser_F2="många", Ord_B2=None)))
    assert [(problem.sheet, problem.cell) for problem in caught.value.problems] == [
        ("Insatser", "H2"),
        ("Poliser", "F2"),
        ("Pass", "C2"),
        ("Ord", "B2"),
    ]
