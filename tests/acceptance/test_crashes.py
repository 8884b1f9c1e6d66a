"""A native crash of an engine in the command's own process: the command begins once more, and answers as ever."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.command import TUTORIAL_AS_OF, arshjul, command_line, contents, done, environment
from tests.acceptance.conftest import TUTORIAL

ENGINE = """
import os, signal
from arshjul.solver.backends.cpsat import CpSat
CpSat.minimise = lambda *_, **__: os.kill(os.getpid(), signal.SIGSEGV)
"""
COMMAND = "import os, time; from arshjul.cli import app; app.run = lambda: {does}; "
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="in Linux alone")


def test_a_plan_is_made_though_an_engine_crashes(tmp_path: Path) -> None:
    words = ("plan", TUTORIAL, "--as-of", TUTORIAL_AS_OF, "-o")
    done(*words, tmp_path / "usual")
    seen = done(*words, tmp_path / "crashed", prelude=ENGINE, anew=True)
    assert "SIGSEGV" in seen.err
    assert contents(tmp_path / "crashed") == contents(tmp_path / "usual")


def test_what_crashes_once_more_ends_so() -> None:
    seen = arshjul("check", TUTORIAL, prelude=COMMAND.format(does="os.abort()"), anew=True)
    assert seen.code == -signal.SIGABRT
    assert seen.err.count("SIGABRT") == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_who_ends_the_command_ends_its_child(how: signal.Signals) -> None:
    words = command_line("plan", TUTORIAL, prelude=COMMAND.format(does="time.sleep(600)"))
    with subprocess.Popen(words, env=environment()) as process:
        child = child_of(process.pid)
        process.send_signal(how)
        assert process.wait() == -how
    while is_alive(child):
        time.sleep(0.01)


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
