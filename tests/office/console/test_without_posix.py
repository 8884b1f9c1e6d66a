"""Where the system is no POSIX, as in Windows: from a workbook to a published year, through the console.

Nothing here was tried in Windows itself: a Python stands in that has none of the modules and functions that Windows
lacks. Files that are open can be removed here all the same, and paths have no drives.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.serving.server import on_path
from tests.office.console.browser import Page
from tests.office.console.process import ConsoleProcess

FOLDER = Path(__file__).with_name("windowless")


@pytest.fixture(autouse=True)
def without_posix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("WITHOUT_POSIX", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(FOLDER), *filter(None, sys.path))))
    monkeypatch.delenv("ARSHJUL_DB", raising=False)
    monkeypatch.chdir(tmp_path)
    yield


ALL_IN_ONE = """
import json, sys
from arshjul.cli import main
for words in json.loads(sys.argv[1]):
    sys.argv = ["arshjul", *words, "--debug"]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            sys.exit(f"arshjul {' '.join(words)}: {ended.code}")
"""


def done(*commands: str) -> None:
    """Runs the commands, one after the other in one process: to begin one is most of what it takes."""
    words = json.dumps([command.split() for command in commands])
    ended = subprocess.run([sys.executable, "-c", ALL_IN_ONE, words], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_the_stand_in_has_nothing_that_windows_lacks() -> None:
    code = "import os, signal, socket, importlib.util\n"
    code += (
        "assert not [one for one in ('fork', 'geteuid', 'getuid', 'fchmod', 'nice', 'killpg') if hasattr(os, one)]\n"
    )
    code += "assert not hasattr(socket, 'AF_UNIX') and not hasattr(signal, 'SIGKILL')\n"
    code += "for one in ('resource', 'fcntl', 'pwd', 'termios', 'grp'):\n"
    code += "    try: __import__(one)\n    except ModuleNotFoundError: pass\n    else: raise AssertionError(one)"
    subprocess.run([sys.executable, "-c", code], check=True)


def settled(console: ConsoleProcess, path: str) -> Page:
    """The page of a job, once it is over."""
    for _ in range(600):
        page = console.get(path)
        if "räknas fram" not in page.text:
            return page
        time.sleep(0.1)
    raise AssertionError(page.text)


@pytest.mark.slow
def test_from_a_template_to_what_is_published_and_back_from_a_copy_beside_a_plan_that_is_mended() -> None:
    scenario = Path(__file__).parents[3] / "scenarios" / "tutorial"
    withdrawn = f"--withdrawals {scenario}/withdrawals-example.yaml --as-of 2027-03-11T07:00"
    done("workbook --template -o mall.xlsx", "check mall.xlsx", "import mall.xlsx --db ar.db --key-file nyckel")
    with ConsoleProcess("ar.db", "--key-file", "nyckel", anew=True) as console:
        first = console.get("/")
        console.send(first, "/options")
        options = settled(console, "/options/1")
        assert "Den första planen" in options.text
        assert console.get("/options/1/wheel.svg?option=first").status == 200
        console.send(options, "/options/1", option="first")
        shown = console.get("/publish")
        console.send(shown, "/publish", digest=shown.field("digest"), reason="årets första plan")
        assert "Att ringa" in console.get("/publish?published=1").text
        for page in ("/year", "/operations", "/log", "/subscribers", "/outbox", "/import", "/withdrawals/new"):
            assert console.get(page).status == 200, page
    done(
        "doctor --db ar.db",
        "post --dry-run --db ar.db",
        "backup kopia.db --db ar.db",
        "restore kopia.db --db igen.db",
        "checkout --db igen.db -o ut",
        "verify ut",
        "subscribers --db igen.db",
        f"plan {scenario} -o plan --as-of 2027-01-04T09:00",
        "verify plan",
        f"replan plan {withdrawn} -o mars --choose fewest-changes",
        f"today plan {withdrawn}",
        "diff plan mars",
        f"dump {scenario} -o board.json",
        "solve board.json -o solution.json",
    )


def test_a_process_interrupts_itself_without_ending_itself() -> None:
    code = "import signal, threading, time\nfrom arshjul.system.processes import interrupt\n"
    code += (
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whoever started this may have let it be ignored
    )
    code += "try:\n    threading.Timer(0.1, interrupt).start()\n    while True: time.sleep(0.01)\n"
    code += "except KeyboardInterrupt: print('kept')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "kept\n")


def test_an_interrupt_that_strikes_where_nothing_can_be_raised_is_not_lost() -> None:
    code = (
        "import signal, time\nfrom arshjul.system.uncaught import log_uncaught\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\nlog_uncaught()\n"
        "class Gone:\n    def __del__(self): signal.raise_signal(signal.SIGINT)\n"
        "try:\n    Gone()\n    for _ in range(1000): time.sleep(0.01)\n"
        "except KeyboardInterrupt: print('heard')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "heard\n", "")


def test_no_socket_in_a_folder_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(InputError, match="--port"):
        on_path(Path("s"))
