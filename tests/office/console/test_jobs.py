"""Jobs in child processes: worked out, stopped, killed."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import arshjul
from arshjul.errors import Message, NoAnswer, StorageError
from arshjul.office.console import runner as running
from arshjul.office.console.app import ConsoleServer, serve
from arshjul.office.console.job import Telling
from arshjul.office.console.runner import Runner
from arshjul.office.draft import options
from arshjul.office.draft.study import work_out
from arshjul.office.store import audit, jobs, locks
from arshjul.office.store.events import StudyEnded
from arshjul.office.store.jobs import Job
from arshjul.system.processes import APART, ENGINES, python
from arshjul.year.domain.plan import Plan
from arshjul.year.planning.replan.replan import replan_from
from tests import forked
from tests.office.console.browser import Browser
from tests.office.console.conftest import BOTH, Desk
from tests.office.console.test_withdrawal import HIT


@pytest.fixture
def apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk with child processes, which are forks."""
    monkeypatch.setattr(running, "subprocess", forked)
    return with_children(desk)


@pytest.fixture
def anew(desk: Desk) -> Desk:
    """The desk with child processes, each a new interpreter."""
    return with_children(desk)


def with_children(desk: Desk) -> Desk:
    """By the real clock: their rows say when they spoke."""
    desk.now = datetime.now(UTC)
    desk.console = ConsoleServer(desk.store, Runner(desk.url, 60), clock=lambda: datetime.now(UTC))
    return desk


def job_of(desk: Desk, number: int) -> Job:
    with desk.store.reading() as db:
        job = jobs.JOBS.get(db, number)
    assert job is not None
    return job


def ended(desk: Desk, number: int) -> Job:
    """The job, once nothing more comes of it."""
    for _ in range(1200):
        if (job := job_of(desk, number)).is_over:
            return job
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def enter(browser: Browser) -> str:
    """Enters a withdrawal; the page of the job that answers it."""
    return browser.press("/withdrawals/new", **HIT).headers["location"]


@contextmanager
def away(times: int) -> Iterator[None]:
    """The database does not answer so often when something is to be told of a job."""
    tell, left = jobs.tell, iter(range(times))

    def told(*arguments: object, **values: object) -> bool:
        if next(left, None) is not None:
            raise StorageError(Message("away"))
        return tell(*arguments, **values)  # type: ignore[arg-type]

    with mock.patch.object(jobs, "tell", told):
        yield


@contextmanager
def stopped_children() -> Iterator[list[int]]:
    """Every child of a runner stops where it begins, as one does on a machine that has no time for it."""
    begin, children = running._child, list[int]()

    def stopped(environment: dict[str, str]) -> object:
        child = begin(environment)
        os.kill(child.pid, signal.SIGSTOP)
        children.append(child.pid)
        return child

    with mock.patch.object(running, "_child", stopped):
        yield children


def test_a_killed_child_is_told_of_and_harms_nothing(apart: Desk) -> None:
    browser = apart.browser()
    with stopped_children():
        path = enter(browser)
        apart.console.runner.kill()
    assert ended(apart, 1).state == "failed"
    page = browser.get(path)
    assert "toppad utifrån" in page.text
    assert "A1" in browser.get("/").text, "what was entered is there"
    again = browser.send(page, "/options").headers["location"]
    assert ended(apart, 2).state == "done"
    assert "Minst ändringar" in browser.get(again).text


def test_one_job_at_a_time_and_the_same_question_once(apart: Desk) -> None:
    browser = apart.browser()
    with stopped_children() as children:
        browser.press("/withdrawals/new", **HIT)
        again = browser.press("/options")
        assert again.headers["location"] == "/options/1"
        browser.press("/withdrawals/new", **{**HIT, "police": "p1"})
    for child in children:
        os.kill(child, signal.SIGCONT)
    assert ended(apart, 2).state == "done"
    assert ended(apart, 1).is_over


def test_two_children_of_one_job_end_it_once(desk: Desk) -> None:
    enter(desk.browser())
    work_out(desk.store, 1, lambda _: None)
    with desk.store.reading() as db:
        assert len(jobs.OPTIONS_FOUND.where(job=1).all(db)) == 3


def test_a_database_that_does_not_answer_is_told_the_next_time_and_a_child_that_nobody_waits_for_ends(
    apart: Desk,
) -> None:
    with apart.store.writing() as db:
        job = jobs.add(db, "test", apart.now, 1)
    tell, told = jobs.tell, Telling(apart.store, job.number)

    def last(*arguments: object, **values: object) -> bool:
        told.over.set()
        return tell(*arguments, **values)  # type: ignore[arg-type]

    with mock.patch.object(jobs, "tell", last), away(1), mock.patch("arshjul.office.console.job.HEARTBEAT_S", 0.01):
        told.go_on()
    assert job_of(apart, job.number).heartbeat > job.heartbeat
    with apart.store.writing() as db:
        jobs.break_off(db)
    told = Telling(apart.store, job.number)
    with mock.patch("os.kill", side_effect=lambda *_: told.over.set()) as ended_itself:
        told.go_on()
    assert ended_itself.called


@pytest.mark.parametrize("is_only", [True, False])
def test_a_console_that_starts_ends_the_jobs_of_the_one_before_and_of_none_beside(
    apart: Desk, *, is_only: bool
) -> None:
    browser = apart.browser()
    with mock.patch.object(Runner, "start") as started:
        path = enter(browser)
        with mock.patch("uvicorn.Server.run"), socket.socket() as listening:
            serve(apart.console, listening, is_only=is_only)
        assert ("avbröts" in browser.get(path).text) is is_only
        assert (job_of(apart, 1).state == "running") is not is_only
        apart.console = ConsoleServer(apart.store, Runner(apart.url, 60), clock=apart.console.clock)
        assert apart.browser().press("/options").headers["location"] == ("/options/2" if is_only else path)
    assert started.call_count == (2 if is_only else 1), "it has its child already"


def test_a_child_that_cannot_be_started_is_told_of_and_one_that_an_engine_crashes_begun_with_engines_apart(
    anew: Desk,
) -> None:
    begin, environments, browser = subprocess.Popen, [], anew.browser()

    def crashing_first(command: list[str], **given: Any) -> "subprocess.Popen[bytes]":
        environments.append(given["env"])
        crash = [sys.executable, "-c", "import os; os.abort()"]
        return begin(crash if len(environments) == 1 else command, **given)

    with mock.patch("subprocess.Popen", side_effect=OSError(errno.ENOMEM, "")):
        path = enter(browser)
    assert "Beräkningen kunde inte starta: minnet är slut." in browser.get(path).text
    assert "A1" in browser.get("/").text
    with mock.patch("subprocess.Popen", crashing_first):
        browser.press("/options")
        assert ended(anew, 2).state == "done"
    assert [environment.get(ENGINES) for environment in environments] == [None, APART]


@pytest.mark.slow
def test_no_module_of_the_folder_where_somebody_stands_runs_in_a_child(tmp_path: Path) -> None:
    for name in ("json", "queue", "signal", "resource", "threading", "arshjul", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("print('PLANTED', flush=True); raise SystemExit(7)")
    for command in (
        python("-m", "arshjul.office.console.job"),
        python("-c", "from arshjul.solver.parallel.process_pool import main"),
    ):
        ended = subprocess.run(command, cwd=tmp_path, input=b"", capture_output=True, check=False)
        assert ended.returncode != 7, command
        assert b"PLANTED" not in ended.stdout, command


def test_every_child_in_python_is_begun_so() -> None:
    source = Path(arshjul.__file__).parent
    begins = {path.name for path in source.rglob("*.py") if "sys.executable" in path.read_text()}
    assert begins == {"processes.py", "app.py"}, "the latter takes its own place, with its own words"


# -- jobs that are slow, whose console was killed, or whose time ran out: each is told as what it is


LONG_AGO = timedelta(minutes=10)


@pytest.fixture
def later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk of a console that others know, with child processes; its clock is far beyond theirs."""
    monkeypatch.setattr(running, "subprocess", forked)
    desk.now = datetime.now(UTC) + LONG_AGO
    with locks.in_use(desk.url, is_console=True) as using:
        runner = Runner(desk.url, 60, console=using.name)
        desk.console = ConsoleServer(desk.store, runner, clock=lambda: desk.now)
        yield desk
        runner.kill()


@BOTH
def test_a_child_that_is_slow_is_not_taken_for_dead(later: Desk) -> None:
    browser = later.browser()
    with stopped_children() as children:
        path = enter(browser)
        later.now += LONG_AGO
        page = browser.get(path)
        assert "räknas fram" in page.text
        assert "Inget nytt på" in page.text
        assert "avbröts" not in page.text
        assert browser.press("/options").headers["location"] == path, "it is at that already"
    os.kill(children[0], signal.SIGCONT)
    assert ended(later, 1).state == "done"
    assert "Minst ändringar" in browser.get(path).text


def test_what_is_stopped_and_hears_nothing_is_begun_anew(later: Desk) -> None:
    browser = later.browser()
    with stopped_children() as children:
        enter(browser)
        browser.press("/jobs/1")
        with later.store.reading() as db:
            assert [line.event for line in audit.lines(db, StudyEnded)] == [StudyEnded(1, "options")]
    again = browser.press("/options").headers["location"]
    assert ended(later, 2).state == "done"
    assert "Minst ändringar" in browser.get(again).text
    os.kill(children[0], signal.SIGCONT)
    assert "räknas om" in ended(later, 1).fault


def test_a_database_that_is_away_when_a_child_dies_is_told_later(later: Desk) -> None:
    browser = later.browser()
    with stopped_children() as children, away(2), mock.patch.object(running, "TOLD_AGAIN_S", 0.01):
        path = enter(browser)
        os.kill(children[0], signal.SIGKILL)
        assert ended(later, 1).state == "failed"
    assert "toppad utifrån" in browser.get(path).text


ANOTHER = """
import signal, sys
from arshjul.office.store.locks import in_use
with in_use(sys.argv[1], is_console=True) as using:
    print(using.name, flush=True)
    signal.pause()
"""
"""A console's process, which is killed while it waits."""


def await_silence(desk: Desk, console: str) -> None:
    """Waits until a killed console holds its lock no more: PostgreSQL hears of a killed client a little later."""
    for _ in range(600):
        with desk.store.reading() as db:
            if not locks.console_lives(desk.store, db, console):
                return
        time.sleep(0.05)
    raise AssertionError("the killed console still holds its lock")


@BOTH
def test_a_job_whose_console_was_killed_is_told_of(desk: Desk) -> None:
    browser = desk.browser()
    other = forked.Popen(python("-c", ANOTHER, desk.url), stdout=forked.PIPE)
    assert other.stdout is not None
    with other.stdout as told:
        name = told.readline().decode().strip()
    with mock.patch.object(type(desk.console.runner), "start"), mock.patch.object(desk.console.runner, "console", name):
        path = enter(browser)
    desk.now += LONG_AGO
    assert "räknas fram" in browser.get(path).text, "the other console waits for its child"
    assert browser.press("/options").headers["location"] == path
    other.kill()
    other.wait()
    await_silence(desk, name)
    page = browser.get(path)
    assert "avbröts" in page.text
    again = browser.send(page, "/options").headers["location"]
    assert again == "/options/2"
    assert "Minst ändringar" in browser.get(again).text


def test_out_of_time_and_what_is_not_proven_is_said_with_how_to_give_more(desk: Desk) -> None:
    browser, none = desk.browser(), NoAnswer(Message("There is no plan."))
    with mock.patch.object(options, "replan_from", side_effect=none):
        page = browser.get(enter(browser))
    assert "Ingen plan på 60 sekunder: ge mer tid." in page.text
    assert "avbröts" not in page.text
    assert "Räkna igen, 120 sekunder" in page.text
    with mock.patch.object(options, "replan_from", side_effect=none) as tried:
        page = browser.get(browser.send(page, "/options", limit_s="120").headers["location"])
    assert tried.call_args.args[2].limit_s == 120
    assert "Räkna igen, 240 sekunder" in page.text
    assert "Räkna igen" not in browser.get(browser.press("/options").headers["location"]).text, "it is proven"

    def cut_off(*arguments: Any) -> Any:
        done = replan_from(*arguments)
        return replace(done, options={id: unproven(plan) for id, plan in done.options.items()})

    browser.press("/take-back", entry="1")
    with mock.patch.object(options, "replan_from", cut_off):
        page = browser.get(enter(browser))
    assert "Allt är inte bevisat" in page.text
    assert "Räkna igen, 120 sekunder" in page.text


def unproven(plan: Plan) -> Plan:
    """The same, of which nobody knows whether a better one exists."""
    return replace(plan, levels=tuple(replace(level, bound=None) for level in plan.levels))
