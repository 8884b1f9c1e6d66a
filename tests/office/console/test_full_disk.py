"""On a full disk nothing can be entered, and all can be looked at."""

from contextlib import suppress
from pathlib import Path

import pytest

from arshjul.errors import StorageError
from arshjul.office.store import revisions
from arshjul.office.store.store import make_store, open_store
from tests import years
from tests.office.console.conftest import NOW, Desk
from tests.office.console.test_withdrawal import HIT
from tests.office.service.test_backup_stopped import disk_of

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
            assert refused.status == 503
            assert "en skjutning" in refused.body.decode(), "what was sent is kept"
        fill(disk / "more")  # the room that SQLite's log has left
        with pytest.raises(StorageError), desk.store.reading() as db:
            revisions.pointer(db)  # this is what it was kept open for


def fill(file: Path) -> None:
    """Takes all the room that is left."""
    with file.open("wb", buffering=0) as opened, suppress(OSError):
        while True:
            opened.write(bytes(4096))
