"""kill -9 at every step of publishing: the last published revision is there, whole, and work goes on."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from arshjul.office.database.doctor import damage
from arshjul.office.publishing.publish import Cause, Published, publish
from arshjul.office.store import revisions
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.year.formats.plan.plan_folder import PlanFolder
from tests import years
from tests.databases import SLOW_POSTGRESQL, Databases
from tests.kills import killed_at, steps_of

YEAR = years.scenario(n=2, n_agencies=1, n_police=1)
FIRST = years.plan(YEAR)


STEPS = ("read", "prepared", "begun", "blob", "revision", "feed", "site_seal", "site", "audit", "state", "committed")
"""Those of publishing, in order: where a crash can come between."""


def publishing(store: Store, read: PlanFolder) -> Published:
    return publish(store, read, Cause("dödad", "test", years.NOW))


def assert_whole(url: str, number: int) -> None:
    store = open_store(url)
    assert damage(store) == []
    with store.reading() as db:
        assert revisions.pointer(db) == number
        assert len(revisions.REVISIONS.all(db)) == number
        assert len(fill(db, FeedCache()).damaged) == 0


def kill_everywhere(url: str, tmp_path: Path, times: int, steps: Sequence[str] = STEPS) -> None:
    store = make_store(url)
    made, number = FIRST, 1
    years.published(store, years.write(tmp_path / "first", YEAR, made))
    for step in steps:
        for turn in range(times):
            new = years.plan(YEAR, {"OP-001": date(2027, 6, 1 + number % 5)}, before=made)
            read = years.write(tmp_path / "next", YEAR, new)
            killed_at(step, partial(publishing, store, read))
            is_published = step == "committed"
            assert_whole(url, number + is_published)
            if turn == 0 or is_published:
                done = years.published(open_store(url), read)
                assert done.is_new is not is_published, "who tries again must find it published already"
                made, number = new, number + 1
    assert_whole(url, number)


def test_these_are_all_steps(url: str, tmp_path: Path) -> None:
    store, read = make_store(url), years.write(tmp_path / "plan", YEAR, FIRST)
    assert tuple(steps_of(partial(publishing, store, read))) == STEPS


@SLOW_POSTGRESQL
def test_killed_before_and_after_the_last_step(url: str, tmp_path: Path) -> None:
    kill_everywhere(url, tmp_path, 1, ("site", "state", "committed"))


@pytest.mark.slow
def test_killed_at_each_step_twenty_times(url: str, tmp_path: Path) -> None:
    kill_everywhere(url, tmp_path, times=20)


def test_killed_while_the_database_is_made(databases: Databases, tmp_path: Path) -> None:
    url = databases.empty()
    read = years.write(tmp_path / "plan", YEAR, FIRST)

    killed_at("read", lambda: publishing(make_store(url), read))
    assert years.published(make_store(url), read).revision.number == 1
