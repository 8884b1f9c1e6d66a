"""Jobs that are slow, whose console was killed, or whose time ran out: each is told as what it is."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from arshjul.errors import Message, NoAnswer, StorageError
from arshjul.office.console import runner as running
from arshjul.office.console.app import ConsoleServer
from arshjul.office.console.runner import Runner
from arshjul.office.draft import options
from arshjul.office.store import audit, jobs, locks
from arshjul.office.store.events import StudyEnded
from arshjul.system.processes import python
from arshjul.year.domain.plan import Plan
from arshjul.year.planning.replan.replan import replan_from
from tests import forked
from tests.office.console.browser import Browser
from tests.office.console.conftest import BOTH, Desk
from tests.office.console.test_jobs import ended, stopped_children
from tests.office.console.test_withdrawal import HIT

LONG_AGO = timedelta(minutes=10)


def enter(browser: Browser) -> str:
    """Enters a withdrawal; the page of the job that answers it."""
    return browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]


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
        assert browser.send(browser.get("/"), "/options").headers["location"] == path, "it is at that already"
    os.kill(children[0], signal.SIGCONT)
    assert ended(later, 1).state == "done"
    assert "Minst ändringar" in browser.get(path).text


def test_what_is_stopped_and_hears_nothing_is_begun_anew(later: Desk) -> None:
    browser = later.browser()
    with stopped_children() as children:
        path = enter(browser)
        browser.send(browser.get(path), "/jobs/1")
        with later.store.reading() as db:
            assert [line.event for line in audit.lines(db, StudyEnded)] == [StudyEnded(1, "options")]
    again = browser.send(browser.get(path), "/options").headers["location"]
    assert ended(later, 2).state == "done"
    assert "Minst ändringar" in browser.get(again).text
    os.kill(children[0], signal.SIGCONT)
    assert "räknas om" in ended(later, 1).fault


def test_a_child_that_somebody_killed_is_told_so(later: Desk) -> None:
    browser = later.browser()
    with stopped_children() as children:
        path = enter(browser)
    os.kill(children[0], signal.SIGKILL)
    assert ended(later, 1).state == "failed"
    assert "Stoppad utifrån" in browser.get(path).text


def test_a_database_that_is_away_when_a_child_dies_is_told_later(later: Desk) -> None:
    browser, tell, n_asked = later.browser(), jobs.tell, 0

    def away_at_first(*arguments: object, **values: object) -> bool:
        nonlocal n_asked
        n_asked += 1
        if n_asked < 3:
            raise StorageError(Message("away"))
        return tell(*arguments, **values)  # type: ignore[arg-type]

    with (
        stopped_children() as children,
        mock.patch.object(jobs, "tell", away_at_first),
        mock.patch.object(running, "TOLD_AGAIN_S", 0.01),
    ):
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
    assert browser.send(browser.get("/"), "/options").headers["location"] == path
    other.kill()
    other.wait()
    page = browser.get(path)
    assert "avbröts" in page.text
    again = browser.send(page, "/options").headers["location"]
    assert again == "/options/2"
    assert "Minst ändringar" in browser.get(again).text


def test_out_of_time_is_said_with_how_to_give_more(desk: Desk) -> None:
    browser = desk.browser()
    with mock.patch.object(options, "replan_from", side_effect=NoAnswer(Message("There is no plan."))):
        path = enter(browser)
    page = browser.get(path)
    assert "Ingen plan på 60 sekunder: ge mer tid." in page.text
    assert "avbröts" not in page.text
    assert "Räkna igen, 120 sekunder" in page.text
    with mock.patch.object(options, "replan_from", side_effect=NoAnswer(Message("There is no plan."))) as tried:
        page = browser.get(browser.send(page, "/options", limit_s="120").headers["location"])
    assert tried.call_args.args[2].limit_s == 120
    assert "Räkna igen, 240 sekunder" in page.text


def test_options_that_are_not_proven_can_have_more_time(desk: Desk) -> None:
    browser = desk.browser()
    proven = browser.get(enter(browser))
    assert "Räkna igen" not in proven.text

    def cut_off(*arguments: Any) -> Any:
        done = replan_from(*arguments)
        return replace(done, options={id: unproven(plan) for id, plan in done.options.items()})

    browser.send(browser.get("/"), "/take-back", entry="1")
    with mock.patch.object(options, "replan_from", cut_off):
        page = browser.get(enter(browser))
    assert "Allt är inte bevisat" in page.text
    assert "Räkna igen, 120 sekunder" in page.text


def unproven(plan: Plan) -> Plan:
    """The same, of which nobody knows whether a better one exists."""
    return replace(plan, levels=tuple(replace(level, bound=None) for level in plan.levels))
