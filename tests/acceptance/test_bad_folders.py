"""Folders that cannot be used or written: a clear error, and what was there before is intact (issues 2 and 4)."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import MARCH, TUTORIAL_AS_OF, arshjul, contents, copied, done, killed, load, save
from tests.acceptance.conftest import SHOOTING, TUTORIAL

Words = tuple[str | Path, ...]


def readers(folder: Path, out: Path) -> list[Words]:
    """Every command that reads a plan folder."""
    return [
        ("verify", folder),
        ("feeds", folder),
        ("wheel", folder),
        ("explain", folder, "OP-1"),
        ("alternatives", folder, "OP-1"),
        ("today", folder),
        ("report", folder),
        ("diff", folder, folder),
        ("withdrawals", folder),
        ("replan", folder, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", out),
    ]


def test_folder_that_is_no_plan_is_refused_by_every_command(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder in (tmp_path / "none", empty, TUTORIAL, SHOOTING):
        for words in readers(folder, tmp_path / "out"):
            seen = arshjul(*words)
            assert seen.code == 2, seen
            assert seen.err.strip(), seen
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["empty"]
    assert list(empty.iterdir()) == []


def test_edited_scenario_is_refused_by_every_command(tutorial: Path, tmp_path: Path) -> None:
    file = tutorial / "scenario.json"
    file.write_text(file.read_text().replace("Lunchställen", "Middagsställen"))
    before = contents(tutorial)
    for words in readers(tutorial, tmp_path / "out"):
        seen = arshjul(*words)
        assert seen.code == 4, seen
        assert "scenario.json" in seen.said, seen
    assert contents(tutorial) == before
    assert not (tmp_path / "out").exists()


def _cut(text: str) -> str:
    return text[: len(text) // 2]


def _with(**values: Any) -> Callable[[str], str]:
    return lambda text: json.dumps(json.loads(text) | values)


def _without(key: str) -> Callable[[str], str]:
    return lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != key})


BROKEN_PLANS: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "cut": _cut,
    "list": lambda text: f"[{text}]",
    "another-version": _with(format="arshjul-plan/2"),
    "another-file": _with(format="arshjul-board/1"),
    "no-format": _without("format"),
    "no-placements": _without("placements"),
    "placements-null": _with(placements=None),
    "placement-no-date": _with(placements=[{"operation": "OP-1"}]),
    "placement-bad-date": _with(
        placements=[{"operation": "OP-1", "date": "2027-02-30", "shift": "day", "police": None}]
    ),
    "placement-no-mapping": _with(placements=["OP-1"]),
    "as-of-word": _with(as_of="snart"),
    "as-of-number": _with(as_of=7),
    "revision-word": _with(revision="two"),
    "levels-word": _with(levels="proven"),
    "level-word": _with(levels=[{"id": "musts", "value": "none", "bound": 0}]),
    "withdrawals-word": _with(withdrawals="all"),
    "withdrawal-unknown-unit": _with(
        withdrawals=[
            {"id": "W", "reported": "2027-01-01T09:00", "police": ["x"], "from": "2027-02-01", "to": "2027-02-02"}
        ]
    ),
    "base-word": _with(base="yes"),
    "deep": lambda _: "[" * 100_000,
    "nan": lambda text: text.replace('"value": 0', '"value": NaN', 1),
    "huge-number": lambda text: text.replace('"revision": 1', f'"revision": {"9" * 5000}'),
    "not-utf8": lambda text: text.replace("as_of", "as\udce5of"),
    "null-byte": lambda text: text + "\x00",
}


@pytest.mark.parametrize("name", BROKEN_PLANS)
def test_broken_plan_json_is_wrong_input(tutorial: Path, tmp_path: Path, name: str) -> None:
    file = tutorial / "plan.json"
    file.write_text(BROKEN_PLANS[name](file.read_text()), errors="surrogateescape")
    before = contents(tutorial)
    out = tmp_path / "out"
    for words in (
        ("verify", tutorial),
        ("feeds", tutorial),
        ("replan", tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", out),
    ):
        seen = arshjul(*words)
        assert seen.code == 2, seen
        assert "plan.json" in seen.err, seen
    assert contents(tutorial) == before
    assert not out.exists()


BROKEN_FEEDS: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "cut": _cut,
    "another-version": _with(format="arshjul-feeds/9"),
    "feeds-list": _with(feeds=[]),
    "feed-word": _with(feeds={"coordinator": "all"}),
    "sequence-word": lambda text: text.replace('"sequence": 0', '"sequence": "zero"', 1),
    "stamp-word": lambda text: text.replace('"changed": "2027-01-04T08:00:00Z"', '"changed": "nyss"', 1),
    "entry-no-uid": lambda text: text.replace('"uid": ', '"uuid": ', 1),
    "deep": lambda _: "[" * 100_000,
}


@pytest.mark.parametrize("name", BROKEN_FEEDS)
def test_broken_feeds_json_is_wrong_input(tutorial: Path, tmp_path: Path, name: str) -> None:
    file = tutorial / "feeds.json"
    text = file.read_text()
    file.write_text(BROKEN_FEEDS[name](text))
    assert file.read_text() != text
    before = contents(tutorial)
    out = tmp_path / "out"
    for words in (
        ("feeds", tutorial),
        ("replan", tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", out),
        ("plan", TUTORIAL, "-o", tutorial, "--as-of", TUTORIAL_AS_OF),  # whose calendars it should go on from
    ):
        seen = arshjul(*words)
        assert seen.code == 2, seen
        assert "feeds.json" in seen.err, seen
    assert contents(tutorial) == before
    assert not out.exists()


def writers(scenario: Path, plan: Path, out: Path) -> list[Words]:
    return [
        ("plan", scenario, "-o", out, "--as-of", TUTORIAL_AS_OF),
        ("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", out),
        ("dump", scenario, "-o", out),
    ]


def test_output_that_cannot_be_written(made_tutorial: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for out in (file / "out", Path("/dev/null/out"), Path("/proc/out"), tmp_path / ("x" * 300), Path()):
        for words in writers(TUTORIAL, made_tutorial, out):
            seen = arshjul(*words)
            assert seen.code == 2, seen
            assert seen.err.strip(), seen
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("file", "mine")]


def test_plan_onto_a_file_leaves_the_file(made_tutorial: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for words in writers(TUTORIAL, made_tutorial, file)[:2]:
        seen = arshjul(*words)
        assert seen.code == 2, seen
    assert file.read_text() == "mine"


def test_plan_into_somebody_elses_folder_destroys_nothing(made_tutorial: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    (theirs / "deep").mkdir(parents=True)
    (theirs / "thesis.txt").write_text("mine")
    (theirs / "deep" / "notes.txt").write_text("mine")
    for words in writers(TUTORIAL, made_tutorial, theirs):
        arshjul(*words)
        assert (theirs / "thesis.txt").read_text() == "mine"
        assert (theirs / "deep" / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_permission(made_tutorial: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    for words in writers(TUTORIAL, made_tutorial, locked / "out"):
        seen = arshjul(*words)
        assert seen.code == 2, seen
    assert list(locked.iterdir()) == []


DISK_IS_FULL = (
    "import os, resource, signal, sys; sys.dont_write_bytecode = True; os.environ['PYTHONDONTWRITEBYTECODE'] = '1'; "
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); "
)
"""No file grows beyond so many bytes: what a full disk looks like to a program.

What a command says goes into a file too, so there must be room for that. Bytecode is not kept: Python would
leave half of it where the sources lie, and every later run would fail.
"""


@pytest.mark.parametrize(
    "room", [pytest.param(1_000, marks=pytest.mark.slow), 5_000, pytest.param(30_000, marks=pytest.mark.slow)]
)
def test_full_disk_leaves_the_old_folder_intact(tutorial: Path, tmp_path: Path, room: int) -> None:
    before = contents(tutorial)
    for words in (
        ("plan", TUTORIAL, "-o", tutorial, "--as-of", "2027-01-05T09:00"),
        ("replan", tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", tutorial),
        ("feeds", tutorial),
        ("wheel", tutorial),
    ):
        seen = arshjul(*words, prelude=DISK_IS_FULL.format(room))
        assert seen.code == 2, seen
        assert contents(tutorial) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["tutorial"]


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_while_writing_leaves_old_or_new(made_tutorial: Path, tmp_path: Path, stride: int) -> None:
    """`kill -9` right before one in so many of the changes that `feeds` makes to the disk."""
    folder = copied(made_tutorial, tmp_path / "plan")
    for name in ("feeds/coordinator.ics", "feeds/agency-miljo.ics"):  # so that old and new differ
        (folder / name).write_bytes(b"")
    old = contents(folder)
    steps = 0
    while killed(steps + 1, "feeds", folder):
        steps += stride
        assert contents(folder) in (old, contents(made_tutorial)), f"step {steps}"
        assert steps < 200
    assert steps > 3
    assert contents(folder) == contents(made_tutorial)


def test_killed_replan_leaves_old_or_new_and_can_be_run_again(
    made_tutorial: Path, made_march: Path, tmp_path: Path
) -> None:
    """At random steps, from one unbroken life: each replan onto itself is killed, the last one is not."""
    folder = copied(made_tutorial, tmp_path / "plan")
    old, new = contents(made_tutorial), contents(made_march)
    words = ("replan", folder, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", folder)
    for step in random.Random(4).sample(range(1, 25), 8):
        killed(step, *words)
        held = contents(folder)
        assert held in (old, new), step
        if held == new:
            folder = copied(made_tutorial, tmp_path / f"after-{step}")
            words = ("replan", folder, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", folder)
    done(*words)
    assert contents(folder) == new
    done("verify", folder)


def test_other_keys_in_plan_json_are_no_mistake(tutorial: Path) -> None:
    # "more keys may follow"
    save(tutorial / "plan.json", load(tutorial / "plan.json") | {"note": "ours", "weather": {"sun": True}})
    done("verify", tutorial)


def test_plan_without_its_hash_is_no_mistake(tutorial: Path) -> None:
    plan = load(tutorial / "plan.json")
    del plan["scenario"]
    save(tutorial / "plan.json", plan)
    done("verify", tutorial)
