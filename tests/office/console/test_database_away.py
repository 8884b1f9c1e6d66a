"""The database away, locked or full: a page that says so and keeps what was sent; nothing lost, nothing half."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from html import unescape
from pathlib import Path
from unittest import mock

import pytest

from arshjul.errors import StorageError
from arshjul.office.database.doctor import damage
from arshjul.office.store import drafts, revisions
from arshjul.office.store.store import make_store, open_store
from arshjul.serving.sql import engine
from tests import years
from tests.databases import Cluster
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import NOW, Desk
from tests.office.console.forms import forms
from tests.office.console.test_guards import POSTS
from tests.office.console.test_hostile import Sent, busy, every
from tests.office.console.test_withdrawal import HIT
from tests.office.service.test_backup_stopped import disk_of

__all__ = ["busy", "every"]


Away = Callable[[Desk], AbstractContextManager[None]]


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Another process holds the file."""
    with mock.patch.object(engine, "BUSY_S", 0), desk.store.writing():
        yield


@contextmanager
def moved(desk: Desk) -> Iterator[None]:
    """The disk that the file lies on is away."""
    file = Path(desk.url)
    file.rename(aside := file.with_suffix(".aside"))
    yield
    aside.rename(file)


@contextmanager
def full(_: Desk) -> Iterator[None]:
    """No page more fits into the file: what SQLite says then is what it says of a full disk."""
    connect = engine.sqlite_module().connect

    def small(*arguments: object, **options: object) -> object:
        made = connect(*arguments, **options)
        (pages,) = made.execute("PRAGMA page_count").fetchone()
        made.execute(f"PRAGMA max_page_count={pages}")
        return made

    with mock.patch.object(engine.sqlite_module(), "connect", small):
        yield


def sent_again(browser: Browser, page: Page) -> Page:
    """Presses the button of a page that says it could not be kept."""
    (form,) = [one for one in forms(page.body.decode()) if one.action not in ("/out", "/language")]
    return browser.post(form.action, {control.name: control.value for control in form.controls})


@pytest.mark.parametrize("away", [locked, moved, full])
def test_what_was_sent_is_kept_shown_so_that_it_runs_nothing_and_sent_again(desk: Desk, away: Away) -> None:
    browser = desk.browser()
    form = browser.get("/withdrawals/new")
    long = 'en "skjutning" & en till' + "\U0001f6a8" * 1900  # within the characters of a text, and more than a page
    harmful = '"><script>x()</script>'
    hit = {**HIT, "cause": harmful if away is moved else long if away is full else "en skjutning"}
    with away(desk):
        refused = browser.send(form, "/withdrawals/new", **hit)
        foreign = browser.post("/take-back", {"entry": "1"}, {"origin": "null"})
        assert refused.status == 503
        assert "Skicka igen" in refused.text
        if away is not moved:
            assert browser.get("/").status == 200, "what is only read is there"
    assert foreign.status in (403, 503)
    assert "Skicka igen" not in foreign.text, "what is sent from elsewhere is no button of ours"
    assert "<script" not in refused.body.decode()
    assert away is not moved or harmful in unescape(re.sub(r"\s+", " ", refused.body.decode()))
    with desk.store.reading() as db:
        assert not drafts.entries(db)
    done = sent_again(browser, refused)
    assert (done.status, done.headers["location"]) == (303, "/options/1")


@pytest.mark.slow
@pytest.mark.parametrize("away", [locked, moved, full])
def test_every_form_says_so(busy: Desk, every: list[Sent], away: Away) -> None:
    desk, browser = busy, busy.browser()
    page = browser.get("/")
    own = {"token": page.field("token"), "seen": page.field("seen")}
    before = desk.draft
    with away(desk):
        for where, fields in every:
            answer = browser.post(where, {**fields, **own})
            assert answer.status in (200, 303, 404, 409, 422, 503), where
            assert away is not moved or answer.status == 503, where
            assert answer.status != 503 or "databas" in answer.text or ".db" in answer.text, where
    after = desk.draft
    if away is not full:  # small changes find room in a page that is there
        assert (after.stamp, after.waiting) == (before.stamp, before.waiting)
    assert damage(desk.store) == []


def test_a_full_disk_publishes_nothing_and_shows_all(desk: Desk) -> None:
    browser = desk.browser()
    browser.press("/withdrawals/new", **HIT)
    browser.plan("balanced")
    with full(desk):
        refused = browser.publish()
        assert refused.status == 503
        assert "full" in refused.text
        for page in ("/", "/year", "/operations/OP-001", "/publish", "/log"):
            assert browser.get(page).status == 200, page
    with desk.store.reading() as db:
        assert revisions.pointer(db) == 1
    assert damage(desk.store) == []
    assert sent_again(browser, refused).headers["location"] == "/publish?published=2"


@pytest.mark.parametrize("desk", ["postgresql"], indirect=True)
def test_a_server_that_is_stopped_and_comes_back(desk: Desk, postgresql: Cluster) -> None:
    browser = desk.browser()
    form = browser.get("/withdrawals/new")
    postgresql.stop("immediate")
    try:
        refused = browser.send(form, "/withdrawals/new", **HIT)
        looked = browser.get("/")
        every = {page.path: browser.send(form, page.path.replace("{job}", "1")).status for page in POSTS}
    finally:
        postgresql.start()
    assert (refused.status, looked.status) == (503, 503)
    assert "svarar inte" in refused.text
    assert "Skicka igen" in refused.text
    assert "Skicka igen" not in looked.text
    assert set(every.values()) <= {503, 422, 413}, every
    assert sent_again(browser, refused).status == 303
    with desk.store.reading() as db:
        assert len(drafts.entries(db)) == 1


# -- on a full disk nothing can be entered, and all can be looked at


SIZE = 4_000_000


def test_the_year_is_looked_at_on_a_full_disk(tmp_path: Path) -> None:
    year, disk = years.scenario(), tmp_path / "disk"
    with disk_of(SIZE, disk):
        years.published(make_store(str(disk / "y.db")), years.write(tmp_path / "plan", year, years.plan(year)))
        desk = Desk(open_store(str(disk / "y.db")), NOW)
        browser = desk.browser()
        form = browser.get("/withdrawals/new")
        with desk.store.kept_open():
            fill(disk / "filler")
            assert [browser.get(path).status for path in ("/", "/operations", "/log")] == [200, 200, 200]
            refused = browser.send(form, "/withdrawals/new", **HIT)
            assert (refused.status, "full" in refused.text) == (503, True)
            assert "en skjutning" in refused.body.decode(), "what was sent is kept"
            assert damage(desk.store) == []
        fill(disk / "more")  # the room that SQLite's log has left
        with pytest.raises(StorageError), desk.store.reading() as db:
            revisions.pointer(db)  # this is what it was kept open for
        (disk / "filler").unlink()
        (disk / "more").unlink()
        assert damage(desk.store) == []
        assert sent_again(browser, refused).status == 303


def fill(file: Path) -> None:
    """Takes all the room that is left."""
    with file.open("wb", buffering=0) as opened, suppress(OSError):
        while True:
            opened.write(bytes(4096))
