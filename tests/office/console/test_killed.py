"""kill -9 of the console at every step of publishing, and of a job's child at any time: nothing lost, nothing half."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from unittest import mock

import pytest
from typer.testing import Result

from arshjul.office.console.entry_forms import SURE
from arshjul.office.console.runner import Runner
from arshjul.office.database.doctor import damage
from arshjul.office.draft.publish_draft import difference, publish_draft
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.publishing.publish import Cause
from arshjul.office.store import audit, drafts, jobs, revisions
from arshjul.office.store.events import PublishingUndone
from arshjul.office.store.store import open_store
from tests import owed, years
from tests.commands import ran
from tests.kills import killed_at, steps_of
from tests.office.console.conftest import BOTH, Desk
from tests.office.console.test_jobs import ended
from tests.office.console.test_undo import answered, served, undone
from tests.office.console.test_withdrawal import HIT


def enter_and_choose(desk: Desk, turn: int) -> None:
    """A unit is withdrawn from an operation, and a plan that answers it is taken: its parties are to be told."""
    assert desk.draft.plan is not None
    there = desk.draft.plan.placements
    placement = there[turn % len(there)]
    day = placement.slot.day.isoformat()
    browser = desk.browser()
    hit = {**HIT, "police": placement.police or "", "from": day, "to": day, SURE: "on"}
    path = browser.press("/withdrawals/new", **hit).headers["location"]
    assert browser.press(path, option="balanced").status == 303


STEPS = (
    "read", "read 2", "prepared", "begun", "blob", "revision", "feed", "cause", "site_seal", "site", "audit", "state",
    "told", "committed",
)  # fmt: skip
"""The steps of publishing, up to where it is done, in order: where a crash can come between."""


def publishing(desk: Desk) -> Callable[[], object]:
    """Publishes what the console shows now."""
    shown = difference(desk.draft, years.WORDS).digest
    return lambda: publish_draft(desk.store, shown, Cause("dödad", "test", desk.now), mail=True)


def published_until(desk: Desk, step: str) -> None:
    """The console publishes what is shown, and is killed when it has done that step."""
    killed_at(step, publishing(desk))


def assert_whole(desk: Desk, number: int, n_letters: int) -> None:
    """That revision is served; the draft is all of it, or waits whole; its messages are there, or not one of them."""
    assert damage(desk.store) == []
    with desk.store.reading() as db:
        draft, entries = opened_draft(db), drafts.entries(db)
        assert revisions.pointer(db) == number
        assert len(owed.to_mail(db)) == n_letters
    assert draft.plan is not None
    assert len(draft.plan.entries.withdrawals) == len(entries), "what was entered is answered"
    assert not draft.is_overtaken


def test_these_are_all_steps(reachable: Desk) -> None:
    enter_and_choose(reachable, 0)
    steps = steps_of(publishing(reachable))
    first = dict.fromkeys(step for step in steps if " " not in step or step == "read 2")
    assert tuple(first)[: len(STEPS)] == STEPS


def test_killed_before_and_after_the_last_step(reachable: Desk) -> None:
    desk = reachable
    enter_and_choose(desk, 0)
    published_until(desk, "state")
    assert_whole(desk, 1, 0)
    n_letters = len(difference(desk.draft, years.WORDS).news.letters)  # type: ignore[union-attr]
    published_until(desk, "committed")
    assert_whole(desk, 2, n_letters)
    assert n_letters
    assert "Allt är publicerat" in desk.browser().get("/publish").text


@pytest.mark.slow
@BOTH
def test_killed_at_each_step_twenty_times(reachable: Desk) -> None:
    desk, turn, number = reachable, 0, 1
    for step in STEPS:
        enter_and_choose(desk, turn := turn + 1)
        with desk.store.reading() as db:
            before = len(owed.to_mail(db))
        for _ in range(20):
            published_until(desk, step)
            is_published = step == "committed"
            number += is_published
            with desk.store.reading() as db:
                draft, found = opened_draft(db), len(owed.to_mail(db))
            assert draft.is_published is is_published
            assert_whole(desk, number, found if is_published else before)
            if is_published:
                enter_and_choose(desk, turn := turn + 1)
        assert desk.browser().publish("igen").status == 303
        number += 1


@pytest.mark.slow
@BOTH
def test_an_undo_is_killed_at_each_step(reachable: Desk) -> None:
    """It brings no new withdrawal, and so writes no cause; what was entered waits again."""
    desk, before = reachable, served(years.with_calendars(reachable.store, years.scenario()))
    answered(desk.browser())
    made = served(desk.store)
    undone(desk.browser(), "again")
    with desk.store.reading() as db:
        letters = [one.party for one in owed.all_of(db)]
        entered = drafts.entries(db)
    for step in ["entry", *(step for step in STEPS[:-1] if step != "cause")]:
        published_until(desk, step)
        assert damage(desk.store) == [], step
        assert served(desk.store) == made, step
        with desk.store.reading() as db:
            assert drafts.entries(db) == entered, step
            assert [one.party for one in owed.all_of(db)] == letters, step
            assert not opened_draft(db).is_published, step
    published_until(desk, "committed")
    assert damage(desk.store) == []
    assert served(desk.store).placed == before.placed
    with desk.store.reading() as db:
        assert [entry.list for entry in drafts.entries(db) if entry.waits] == ["withdrawals"]
        left = owed.all_of(db)
        assert len(audit.lines(db, PublishingUndone)) == 1
    assert [one.party for one in left] == letters
    assert all(" togs tillbaka: " in one.mail.body for one in left)


@pytest.mark.slow
def test_the_command_is_killed_at_each_step(desk: Desk, tmp_path: Path) -> None:
    """`undo --db` is killed at each of its steps, each in a database of its own, and run once more."""
    before, now = served(years.with_calendars(desk.store, years.scenario())), desk.now.replace(hour=20)
    answered(desk.browser())
    made = served(desk.store)

    def undo(file: Path) -> Result:
        words = ("undo", "--db", file, "--revision", "2", "--reason", "fel", "--as-of", f"{now:%Y-%m-%dT%H:%M}")
        with mock.patch("arshjul.cli.publishing.now", lambda: now):
            return ran(words)

    done = set[bool]()
    for n, step in enumerate(steps_of(lambda: undo(copied(desk, tmp_path / "all.db")))):
        file = copied(desk, tmp_path / f"{n}.db")
        killed_at(step, lambda file=file: undo(file))  # type: ignore[misc]
        store = open_store(str(file))
        assert damage(store) == [], step
        is_done = served(store) != made
        done.add(is_done)
        assert undo(file).exit_code == (4 if is_done else 0), step
        assert served(store).placed == before.placed, step
        with store.reading() as db:
            left, events = owed.all_of(db), audit.lines(db, PublishingUndone)
            entries = drafts.entries(db)
        assert len(events) == 1, step
        assert [entry.taken_back_at is not None for entry in entries] == [True], step
        assert len(left) == len({one.party for one in left}) == 5, step
        assert all(line.count(" togs tillbaka: ") == 1 for one in left for line in one.mail.body.splitlines()), step
    assert done == {False, True}


def copied(desk: Desk, file: Path) -> Path:
    """The database as it is, in another file."""
    with closing(connect(desk.url)) as old, closing(connect(file)) as new:
        old.backup(new)
    return file


@pytest.mark.slow
@BOTH
def test_a_job_s_child_is_killed_twenty_times(desk: Desk) -> None:
    browser = desk.browser()
    browser.press("/withdrawals/new", **HIT)
    runner, n_broken = Runner(desk.url, 60), 0
    for turn in range(20):
        with desk.store.writing() as db:
            job = jobs.add(db, "test", desk.now, opened_draft(db).version)
        runner.start(desk.store, job.number)
        time.sleep(0.3 * turn)
        runner.kill()
        over = ended(desk, job.number)
        with desk.store.reading() as db:
            options = jobs.OPTIONS_FOUND.where(job=job.number).all(db)
            assert len(opened_draft(db).waiting) == 1
        assert (over.state, len(options)) in (("failed", 0), ("done", 3))
        n_broken += over.state == "failed"
        assert damage(desk.store) == []
    assert n_broken
