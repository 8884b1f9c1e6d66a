"""A fault of ours, wherever it is: no process writes the exception's words, which may hold what is secret."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest

from arshjul.cli import run
from arshjul.cli.command import COMMANDS
from arshjul.cli.console import answering
from arshjul.office.console.pages import PAGES
from arshjul.office.console.sessions import let_in
from arshjul.office.console.visit import Page, Visit
from arshjul.serving.guards import form_token
from arshjul.serving.pages import Answer, Html
from tests.examples import often
from tests.office.console.conftest import Desk, desk, published
from tests.office.console.processes import Forked, asked
from tests.office.console.test_guards import path
from tests.serving import Server

CANARY = "Källarkrogen, Hemliga gatan 4"

__all__ = ["desk", "published"]


FAULTY = f"""
import asyncio, gc, logging, sys, threading, warnings
def fault(*_, **__):
    raise LookupError({CANARY!r})
class Dying:
    __del__ = fault
    def __repr__(self):
        return {CANARY!r}
async def forgotten():
    task = asyncio.create_task(asyncio.to_thread(fault))
    await asyncio.sleep(0.1)
    asyncio.get_running_loop().call_exception_handler({{"message": {CANARY!r}, "exception": KeyError({CANARY!r})}})
"""


class TalkativeError(Exception):
    """Its words come along however it is shown."""

    def __init__(self) -> None:
        super().__init__(CANARY)
        self.add_note(CANARY)

    def __str__(self) -> str:
        return CANARY


class Talkative:
    """A value that cannot be written into a page."""

    def __str__(self) -> str:
        raise TalkativeError

    __html__ = __str__


def in_a_chain() -> Answer:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        raise ValueError(CANARY) from error


def in_a_group() -> Answer:
    raise ExceptionGroup(CANARY, [TalkativeError(), UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY)])


def in_a_template() -> Answer:
    return Html("refused.html", {"status": Talkative(), "text": Talkative(), "problems": (), "is_in": False})


FAULTS: tuple[Callable[[], Answer], ...] = (in_a_chain, in_a_group, in_a_template)


def faulty(page: Page, number: int) -> Page:
    def handler(_: Visit) -> Answer:
        return FAULTS[number % len(FAULTS)]()

    return replace(page, handler=handler)


def test_no_page_and_no_journal_tells_the_words_of_a_fault(desk: Desk, tmp_path: Path) -> None:
    every = tuple(faulty(page, number) for number, page in enumerate(PAGES))
    token = let_in(desk.store, "coordinator", "coordinator", "sv", datetime.now(UTC))
    log = tmp_path / "journal"
    console = Forked(
        log,
        ("console", "--db", desk.url),
        lambda: mock.patch("arshjul.office.console.app.ConsoleServer.pages", every).start(),
    )
    try:
        own = {"Cookie": f"arshjul={token}", "Origin": f"http://127.0.0.1:{console.port}"}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        body = f"token={form_token(token)}".encode()
        for page in PAGES:
            posted = page.method == "POST"
            answer = asked(console.port, page.method, path(page), body if posted else b"", {**own, **kind})
            assert answer.status == 500, page
            assert CANARY not in answer.body.decode(), page
    finally:
        console.close()
    told = log.read_text()
    assert CANARY not in told
    assert "Traceback" not in told
    lines = [line for line in told.splitlines() if line.startswith("arshjul: ")]
    assert len(lines) == len(PAGES), "each is told of, once"
    assert any("ValueError at tests.office.service.test_own_faults:" in line for line in lines)


def test_no_feed_and_no_line_of_its_server_tells_the_words_of_a_fault(desk: Desk, tmp_path: Path) -> None:
    code = (
        f"{FAULTY}\nfrom arshjul.cli import main\nfrom arshjul.office.feeds.feeds import Feeds\n"
        "Feeds.answer = fault\nmain()"
    )
    with Server(desk.url, tmp_path, main=[sys.executable, "-c", code], anew=True) as server:
        answer = server.feed("x")
        assert (answer.status, CANARY in answer.body.decode()) == (500, False)
    told = server.log.read_text()
    assert CANARY not in told
    (fault,) = [one for one in map(json.loads, told.splitlines()) if one["event"] == "fault"]
    assert fault["kind"] == "LookupError"
    assert "arshjul.office.feeds.app:" in fault["at"][1]


def test_no_command_tells_the_words_of_a_fault(tmp_path: Path) -> None:
    def command() -> None:
        with answering(as_json=False, debug=False):
            in_a_chain()

    told = tmp_path / "told"
    pid = os.fork()
    if pid == 0:
        with told.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        sys.stdout = sys.stderr = told.open("a", buffering=1)
        for name in COMMANDS:
            sys.argv = ["arshjul", name]
            with mock.patch.dict("arshjul.cli.app.COMMANDS", {name: (command, "")}):
                try:
                    run()
                except SystemExit as ended:
                    sys.stdout.write(f"{name} {ended.code}\n")
        os._exit(0)
    os.waitpid(pid, 0)
    assert CANARY not in told.read_text()
    assert "Traceback" not in told.read_text()
    assert [line for line in told.read_text().splitlines() if line.endswith(" 1")] == [f"{one} 1" for one in COMMANDS]
    assert told.read_text().count("(ValueError)") == len(COMMANDS)


EVERYWHERE = """
from arshjul.system.uncaught import log_uncaught
log_uncaught()
thread = threading.Thread(target=fault)
thread.start()
thread.join()
Dying()
gc.collect()
asyncio.run(forgotten())
logging.getLogger("some.library").error("%s", sys.argv[1])
warnings.warn(sys.argv[1])
fault()
"""
JOB = """
import arshjul.office.console.job as job
job._store = fault
job.take_no_more_memory_than = lambda _: None
job.main()
"""
WORKER = """
from arshjul.solver.parallel import process_pool
process_pool.os.fdopen = fault
process_pool.main()
"""


@pytest.mark.parametrize(("code", "n"), often([(EVERYWHERE, 6)], [(JOB, 1), (WORKER, 1)]))
def test_no_process_tells_the_words_of_what_nobody_caught(code: str, n: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FAULTY + code, CANARY],
        input='{"db": "", "key_file": null, "job": 1}',
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert CANARY not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert [line.partition(": ")[0] for line in ended.stderr.splitlines()] == ["arshjul"] * n, ended.stderr


def test_whoever_looks_for_a_fault_reads_its_words() -> None:
    code = f"import sys; sys.argv = ['arshjul', 'plan', '--debug']; import arshjul.cli.app as a\n{FAULTY}\n"
    code += "a.COMMANDS['plan'] = (lambda debug: fault(), '')\na.command_line = lambda _: fault\na.run()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert CANARY in ended.stderr
