"""A native crash of an engine in the command's own process: the command begins once more, and answers as ever."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.boards import activity, board, option
from tests.acceptance.command import (
    MARCH,
    TUTORIAL_AS_OF,
    Outcome,
    arshjul,
    command_line,
    contents,
    done,
    environment,
    load,
)
from tests.acceptance.conftest import SHOOTING, TUTORIAL

ENGINE = """
import os, signal
from arshjul.solver.backends.cpsat import CpSat
CpSat.minimise = lambda *_, **__: os.kill(os.getpid(), signal.SIGSEGV)
"""
COMMAND = "import os, time; from arshjul.cli import app; app.run = lambda: {does}; "
IN_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="in Linux alone")


@IN_LINUX
def test_a_plan_is_made_though_an_engine_crashes(made_tutorial: Path, tmp_path: Path) -> None:
    words = ("plan", TUTORIAL, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "crashed")
    assert "SIGSEGV" in done(*words, prelude=ENGINE, anew=True).err
    assert contents(tmp_path / "crashed") == contents(made_tutorial)


@IN_LINUX
def test_what_crashes_once_more_ends_so() -> None:
    seen = arshjul("check", TUTORIAL, prelude=COMMAND.format(does="os.abort()"), anew=True)
    assert seen.code == -signal.SIGABRT
    assert seen.err.count("SIGABRT") == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
@IN_LINUX
def test_who_ends_the_command_ends_its_child(how: signal.Signals) -> None:
    words = command_line("plan", TUTORIAL, prelude=COMMAND.format(does="time.sleep(600)"))
    with subprocess.Popen(words, env=environment()) as process:
        child = child_of(process.pid)
        process.send_signal(how)
        assert process.wait() == -how
    while is_alive(child):
        time.sleep(0.01)


@IN_LINUX
def test_a_command_that_is_to_hear_of_no_child_ends(tmp_path: Path) -> None:
    ignoring = "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
    words = command_line("check", TUTORIAL, prelude=ignoring + COMMAND.format(does="print('done')"))
    ended = subprocess.run(words, env=environment(), cwd=tmp_path, capture_output=True, check=True, timeout=120)
    assert ended.stdout == b"done\n"


def child_of(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children")
    while not (found := children.read_text().split()):
        time.sleep(0.01)
    return int(found[0])


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


# What `--certify` came to is told in words: which levels a second engine has confirmed, and which not in time.


MUTE = "import arshjul.solver.certificate as w; w.SecondEngine.asked = lambda *_: 'unknown'; "
"""A second engine that settles nothing, as one whose time runs out."""

HALF = (
    "import arshjul.solver.certificate as w; asked = w.SecondEngine.asked; n = iter(range(99)); "
    "w.SecondEngine.asked = lambda *a: 'unknown' if next(n) else asked(*a); "
)
"""One whose time runs out after the first level."""

TWO = board(
    activity("a", option(0, demand={"r1": [1]}), unplaced={"dropped": 1}),
    activity("b", option(0, demand={"r1": [1]}), unplaced={"dropped": 1}),
    levels=["dropped", "late"],
    resources={"r1": {"capacity": [1]}},
)

ONCE = "Bevisat av en lösare, inte bekräftat av en andra"


def solved(folder: Path, *words: str, certify: bool = True, prelude: str = "") -> Outcome:
    (folder / "board.json").write_text(json.dumps(TWO))
    files = (folder / "board.json", "-o", folder / "solution.json")
    switch = ["--certify"] if certify else []
    return done("solve", *files, *words, *switch, prelude=prelude)


def test_solve_tells_which_levels_a_second_engine_has_confirmed_with_the_remedy(tmp_path: Path) -> None:
    seen = solved(tmp_path, "--time-limit", "15.2")
    assert "En andra lösare prövar bevisen, i högst 15 s." in seen.err
    assert "En andra lösare har bekräftat alla nivåer." in seen.err, seen
    seen = solved(tmp_path, prelude=MUTE)
    assert "bekräftat alla" not in seen.err, seen
    assert (
        "Bevisat av en lösare, inte bekräftat av en andra: dropped och late. Ge en längre --time-limit." in seen.err
    ), seen
    seen = solved(tmp_path, prelude=HALF)
    assert "En andra lösare har bekräftat: dropped." in seen.err, seen
    assert f"{ONCE}: late." in seen.err, seen
    assert "lösare" not in solved(tmp_path, certify=False).said


@pytest.mark.parametrize(
    ("prelude", "told"),
    [("", "Två lösare har bevisat"), (MUTE, "Ingen lösare har bekräftat"), (HALF, "En lösare har bevisat")],
)
def test_that_there_is_no_solution_is_told_as_confirmed_or_not(tmp_path: Path, prelude: str, told: str) -> None:
    crowded = TWO | {"activities": [held | {"unplaced": None} for held in TWO["activities"]]}
    (tmp_path / "board.json").write_text(json.dumps(crowded))
    words = ("solve", tmp_path / "board.json", "-o", tmp_path / "solution.json", "--certify")
    seen = arshjul(*words, prelude=prelude)
    assert seen.code == 0, seen
    assert told in seen.err, seen


# Engines that contradict each other: the plan stays, nothing of it is told as proven, and the bare problem is kept.


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


@pytest.mark.parametrize(("language", "fault"), [("sv", FAILING), ("en", TOO_HIGH)], ids=["failing", "too high"])
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
