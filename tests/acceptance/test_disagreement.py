"""Engines that contradict each other: the plan stays, nothing of it is told as proven, and the bare problem is kept."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import MARCH, TUTORIAL_AS_OF, Outcome, arshjul, load
from tests.acceptance.conftest import SHOOTING, TUTORIAL

FAILING = """\
from importlib import import_module
from arshjul.errors import EngineFault, Message
def contradiction(*_):
    raise EngineFault(Message("Two engines disagree about the best value of a level."))
import_module("arshjul.solver.solving").solve_components = contradiction
"""
"""No engine comes to any plan."""

TOO_HIGH = """\
from dataclasses import replace
from arshjul.solver.search import tools
true = tools.lagrangian_bound
tools.lagrangian_bound = lambda *a, **k: replace(true(*a, **k), scaled_bound=true(*a, **k).scaled_bound + 10**9)
"""
"""What counting proves of a level is too high by a thousand."""

NAMES = re.compile(r"OP-\d|lpo|hamnen|exempelstad", re.I)
PLAN = ("plan", TUTORIAL, "-o", "out", "--as-of", TUTORIAL_AS_OF)


@pytest.mark.parametrize("fault", [FAILING, TOO_HIGH], ids=["failing", "too high"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_plan_is_kept_unproven(tmp_path: Path, language: str, fault: str) -> None:
    seen = arshjul(*PLAN, cwd=tmp_path, prelude=fault, env={"ARSHJUL_LANGUAGE": language})
    (file,) = told_and_kept(seen, tmp_path)
    held = load(file)
    assert held["format"] == "arshjul-board/1"
    assert [a["id"] for a in held["activities"]] == [f"a{n}" for n in range(len(held["activities"]))]
    assert not NAMES.search(file.read_text())
    assert is_sound_and_unproven(load(tmp_path / "out" / "plan.json"))
    assert arshjul("verify", "out", cwd=tmp_path).code == 0


def test_the_options_of_a_replan_appear_unproven(tmp_path: Path, made_tutorial: Path) -> None:
    words = ("replan", made_tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH)
    seen = arshjul(*words, "-o", "out", "--json", cwd=tmp_path, prelude=FAILING)
    assert all(one["status"] == "feasible" for one in seen.json()["options"])
    assert told_and_kept(seen, tmp_path)
    assert is_sound_and_unproven(load(tmp_path / "out" / "plan.json"))


def test_the_kept_board_shows_the_fault_again_and_is_not_kept_twice(tmp_path: Path) -> None:
    (file,) = told_and_kept(arshjul(*PLAN, cwd=tmp_path, prelude=FAILING), tmp_path)
    seen = arshjul("solve", file, "-o", "solution.json", cwd=tmp_path, prelude=FAILING)
    assert told_and_kept(seen, tmp_path) == [file]
    assert load(tmp_path / "solution.json")["status"] == "feasible"
    seen = arshjul("solve", file, "-o", "solution.json", cwd=tmp_path)
    assert seen.code == 0, seen


def told_and_kept(seen: Outcome, folder: Path) -> list[Path]:
    """The boards that were kept, which the command names; its exit code is its own."""
    assert seen.code == 5, seen
    files = sorted(set(boards(folder)))
    assert all(str(file) in seen.err for file in files), seen
    return files


def boards(folder: Path) -> Iterator[Path]:
    for file in folder.glob("*.json"):
        if load(file).get("format") == "arshjul-board/1":
            yield file


def is_sound_and_unproven(plan: dict[str, Any]) -> bool:
    return bool(plan["levels"]) and plan["status"] == "feasible"
