"""Engines that contradict each other: a loud error, nothing written but the bare problem, for a report."""

import re
from pathlib import Path

import pytest

from tests.acceptance.command import MARCH, TUTORIAL_AS_OF, arshjul, load
from tests.acceptance.conftest import SHOOTING, TUTORIAL

CONTRADICTING = """\
from importlib import import_module
from arshjul.errors import EngineFault, Message
def contradiction(*_):
    raise EngineFault(Message("Two engines disagree about the best value of a level."))
import_module("arshjul.solver.solve").solve_components = contradiction
"""
NAMES = re.compile(r"OP-\d|lpo|hamnen|exempelstad", re.I)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("command", ["plan", "replan", "frontier"])
def test_disagreement_keeps_the_bare_board(tmp_path: Path, made_tutorial: Path, command: str, language: str) -> None:
    words: dict[str, tuple[str | Path, ...]] = {
        "plan": ("plan", TUTORIAL, "-o", "out", "--as-of", TUTORIAL_AS_OF),
        "replan": ("replan", made_tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", "out"),
        "frontier": ("frontier", made_tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH),
    }
    seen = arshjul(*words[command], cwd=tmp_path, prelude=CONTRADICTING, env={"ARSHJUL_LANGUAGE": language})
    assert seen.code == 1, seen
    (file,) = tmp_path.iterdir()
    assert str(file) in seen.err, seen
    held = load(file)
    assert held["format"] == "arshjul-board/1"
    assert [a["id"] for a in held["activities"]] == [f"a{n}" for n in range(len(held["activities"]))]
    assert not NAMES.search(file.read_text())


def test_the_kept_board_shows_the_fault_again_and_is_not_kept_twice(tmp_path: Path) -> None:
    arshjul("plan", TUTORIAL, "-o", "out", "--as-of", TUTORIAL_AS_OF, cwd=tmp_path, prelude=CONTRADICTING)
    (file,) = tmp_path.iterdir()
    seen = arshjul("solve", file, "-o", "solution.json", cwd=tmp_path, prelude=CONTRADICTING)
    assert seen.code == 1, seen
    assert str(file) in seen.err, seen
    assert list(tmp_path.iterdir()) == [file]
    seen = arshjul("solve", file, "-o", "solution.json", cwd=tmp_path)
    assert seen.code == 0, seen
