"""kill -9 of the running console, of its job's child and of the server of feeds at every step of a publishing."""

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import RemoteDisconnected
from pathlib import Path

import pytest

from arshjul.actions.database.doctor import damage
from arshjul.actions.draft.draft import opened_draft
from arshjul.actions.subscribers.read_feed import read_feed
from arshjul.actions.subscribers.subscribe import Wanted, subscribe
from arshjul.console.sessions import invite
from arshjul.store import drafts, outbox, revisions
from arshjul.store.shelf import Shelf, fill
from tests.console.browser import Page
from tests.console.conftest import BOTH, Desk
from tests.console.processes import Forked, Killed
from tests.console.test_jobs import ended
from tests.console.test_killed import STEPS, enter_and_choose
from tests.console.test_post import reachable

__all__ = ["reachable"]


class Year:
    """A desk whose year is published over and over by a console process, and what must be true of it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.turn, self.number = desk, 0, 1
        self.killed = Killed(desk.url, folder, desk.now)
        link = f"/in/{invite(desk.store, 'coordinator', 'coordinator', desk.now)}"
        self.killed.browser.post(link, {})

    def ready(self) -> None:
        """Makes something to be published, where there is nothing."""
        with self.desk.store.reading() as db:
            is_published = opened_draft(db).is_published
        if is_published:
            enter_and_choose(self.desk, self.turn)
            self.turn += 1

    def publish(self) -> Page:
        """Publishes over the wire what the console shows."""
        self.ready()
        shown = self.killed.browser.get("/publish")
        fields = {"digest": shown.field("digest"), "reason": "igen", "mail": "on"}
        return self.killed.browser.send(shown, "/publish", **fields)

    def assert_whole(self, *, is_published: bool) -> None:
        """One revision more is served, or the draft waits whole; nothing that was entered is lost."""
        self.number += is_published
        assert damage(self.desk.store) == []
        with self.desk.store.reading() as db:
            draft, entries, letters = opened_draft(db), drafts.entries(db), outbox.waiting(db)
            assert revisions.pointer(db) == self.number
        assert draft.is_published is is_published
        assert not draft.is_overtaken
        assert draft.plan is not None
        assert len(draft.plan.entries.withdrawals) == len(entries)
        assert bool(letters) is (self.number > 1)
        page = self.killed.browser.get("/publish")
        assert ("Allt är publicerat" in page.text) is is_published


@pytest.fixture
def year(reachable: Desk, tmp_path: Path) -> Iterator[Year]:
    made = Year(reachable, tmp_path)
    yield made
    made.killed.process.close()


def console_killed(year: Year, step: str) -> None:
    year.killed.at(step, "console")
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        year.publish()
    assert year.killed.process.ended() == -signal.SIGKILL
    year.killed.nothing()
    year.killed.process.start()
    year.assert_whole(is_published=step == "committed")


def test_a_console_that_is_killed_goes_on_where_it_was(year: Year) -> None:
    for step in ("state", "committed"):
        console_killed(year, step)
    assert year.publish().status == 303


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("step", STEPS)
def test_a_console_is_killed_at_each_step_twenty_times(year: Year, step: str) -> None:
    for _ in range(20):
        console_killed(year, step)


class Feeds:
    """A server of feeds as a process, and an address that it answers."""

    def __init__(self, year: Year, folder: Path) -> None:
        self.year = year
        wanted = Wanted("coordinator", "full", "operations", "")
        self._token = subscribe(year.desk.store, wanted, "Registratorn", 400, "test", year.desk.now).token
        self.process = Forked(folder / "feeds.log", ("serve", "--db", year.desk.url, "--metrics-port", "0"))

    def killed(self, step: str) -> None:
        """Is killed when a publishing has done that step, and started anew: it serves what was published."""
        self.year.killed.at(step, self.process.pid)
        assert self.year.publish().status == 303
        assert self.process.ended() == -signal.SIGKILL
        self.year.killed.nothing()
        self.process.start()
        self.year.assert_whole(is_published=True)
        with self.year.desk.store.reading() as db:
            found = read_feed(fill(db, Shelf()), self._token, datetime.now(UTC))
        assert found is not None
        assert found.feed is not None
        assert self.process.get(f"/feeds/{self._token}.ics") == found.feed.ics


@pytest.fixture
def feeds(year: Year, tmp_path: Path) -> Iterator[Feeds]:
    made = Feeds(year, tmp_path)
    yield made
    made.process.close()


def test_a_server_of_feeds_that_is_killed_serves_what_was_published(feeds: Feeds) -> None:
    feeds.killed("feed")


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("step", STEPS)
def test_the_server_of_feeds_is_killed_at_each_step_twenty_times(feeds: Feeds, step: str) -> None:
    for _ in range(20):
        feeds.killed(step)


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("step", STEPS)
def test_a_job_s_child_is_killed_at_each_step_twenty_times(year: Year, step: str) -> None:
    browser = year.killed.browser
    for turn in range(20):
        year.ready()
        begun = browser.send(browser.get("/withdrawals/new"), "/options").headers["location"]
        time.sleep(0.1 * turn)  # it begins, solves, or has ended
        year.killed.at(step, "child")
        assert year.publish().status == 303
        year.killed.nothing()
        year.assert_whole(is_published=True)
        assert ended(year.desk, int(begun.rpartition("/")[2])).is_over
