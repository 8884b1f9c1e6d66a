"""Crooked workbooks: each is told with its sheet, its cell and a remedy, or read right; never more, and no traceback."""

import json
import random
import subprocess
import sys
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from arshjul.errors import InputError
from arshjul.year.folder.check import check
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.reading import ScenarioFile, read_scenario
from arshjul.year.formats.workbook.marked import marked_workbook
from arshjul.year.formats.workbook.package import NoWorkbook
from tests.examples import each, often
from tests.year.formats.test_wrong import refused
from tests.year.formats.workbook.books import RIGHT, book, data_of, saved
from tests.year.formats.workbook.crooked import ALL, FILES, Crooked, Told
from tests.year.formats.workbook.test_entries import CHANGES, OBJECTS, OUTCOMES, WITHDRAWALS

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


@each(ALL)
def test_a_crooked_workbook(crooked: Crooked, tmp_path: Path, right: ScenarioFile) -> None:
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


# Whatever stands in a workbook, or is broken in its file, is told or read: no other error comes out.


EVERY_SHEET = {**RIGHT, "Objekt": OBJECTS, "Avbokningar": WITHDRAWALS, "Utfall": OUTCOMES, "Ändringar": CHANGES}
ODD: tuple[Any, ...] = (
    None, "", " ", "-", "–", "x", "ja", "(1)", "((1)", 0, -1, 2.5, 1e300, float(2**53), True, False, "=1+1", "#N/A", "v. 1", "v. 53", "v. 0",
    date(2027, 2, 1), datetime(1900, 1, 1), datetime(9999, 12, 31, 23, 59), time(23, 59), "12/5-27", "9999-12-31", "0000-01-01", "a" * 32_767,
    "a,b;c\nd", ", , ;", "1–2–3", "miljo", "miljo 1 1", "mån–", "–fre", "\u202e", "\u0000", "٣", "²", "½", "alla", "OP-1", "Nr", "Id",
)  # fmt: skip


def broken(data: bytes, draw: random.Random) -> bytes:
    """The file with a few bytes of one of its parts changed, or its own."""
    if draw.random() < 0.3:
        return _bent(data, draw)
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        chosen = draw.choice([info.filename for info in old.infolist()])
        for info in old.infolist():
            part = old.read(info)
            new.writestr(info.filename, _bent(part, draw) if info.filename == chosen else part)
    return out.getvalue()


def _bent(data: bytes, draw: random.Random) -> bytes:
    bent = bytearray(data)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(bent))
        bent[at : at + draw.randint(0, 4)] = draw.choice(
            [b"", b"<", b">", b'"', b"&#0;", b"9" * 9, bytes([draw.randrange(256)])]
        )
    return bytes(bent)


def odd(draw: random.Random) -> bytes:
    """A workbook with odd values in a few of its cells."""
    made = book(EVERY_SHEET)
    for _ in range(draw.randint(1, 12)):
        sheet = draw.choice(made.worksheets)
        value = draw.choice(ODD)
        if value != "\u0000":
            sheet.cell(draw.randint(1, sheet.max_row + 1), draw.randint(1, sheet.max_column + 1)).value = value
    return data_of(made)


def seen(path: Path, data: bytes) -> None:
    """Checks the workbook, and marks what is wrong in it."""
    path.write_bytes(data)
    wrong: tuple[Any, ...] = ()
    try:
        check(path, lambda _: None)
    except InputError as error:
        wrong = error.problems
        assert wrong
    for problem in wrong:
        assert words("sv").say(problem.text)
    try:
        marked_workbook(data, wrong, (), words("sv"))
    except NoWorkbook:
        assert wrong


@pytest.mark.parametrize("n", often([6], [3000]))
def test_odd_values(tmp_path: Path, n: int) -> None:
    for seed in range(n):
        seen(tmp_path / "odd.xlsx", odd(random.Random(seed)))


KNOWN = (979, 2337)
"""Seeds with a cell in row 9999999991, for which the library wanted 270 GB, and with a sheet that names no part."""


@pytest.mark.parametrize("n", often([6], [3000]))
def test_broken_files(tmp_path: Path, n: int) -> None:
    data = data_of(book(EVERY_SHEET))
    for seed in (*range(n), *KNOWN):
        seen(tmp_path / "broken.xlsx", broken(data, random.Random(seed)))
