"""A backup is not put into a database that a server uses, and no server starts while one is."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import event

from arshjul.errors import Refused
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.store import locks, revisions
from arshjul.office.store.store import Store, make_store, open_store
from tests import years
from tests.databases import Cluster


@pytest.fixture
def copied(url: str, tmp_path: Path) -> Path:
    """A copy of the published year in the database."""
    store, year = make_store(url), years.scenario()
    years.published(store, years.write(tmp_path / "plan", year, years.plan(year)))
    backup(store, tmp_path / "copy.db", years.NOW)
    return tmp_path / "copy.db"


def put_back(copied: Path, url: str) -> None:
    restore(copied, url, "test", years.NOW, replace=True)


def test_restore_is_refused_for_as_long_as_a_server_is_there(copied: Path, url: str) -> None:
    store = open_store(url)
    with locks.in_use(url), locks.in_use(url, is_console=True):
        for _ in range(2):
            with pytest.raises(Refused, match="systemctl stop arshjul"):
                put_back(copied, url)
    put_back(copied, url)
    with store.reading() as db:
        assert revisions.pointer(db) == 1


def test_no_server_and_no_other_restore_starts_meanwhile(copied: Path, url: str) -> None:
    with locks.alone(url):
        with pytest.raises(Refused, match="start again"), locks.in_use(url):
            pass
        with pytest.raises(Refused):
            put_back(copied, url)
    with locks.in_use(url):
        pass


def test_servers_that_start_at_once_take_each_other_for_no_restore(tmp_path: Path) -> None:
    url, at_once = str(tmp_path / "y.db"), Barrier(4)
    make_store(url)

    def start(_: int) -> None:
        at_once.wait(30)
        with locks.in_use(url, is_console=True):
            pass

    with ThreadPoolExecutor(at_once.parties) as servers:
        list(servers.map(start, range(25 * at_once.parties)))


def test_a_killed_server_stands_in_nobodys_way(tmp_path: Path) -> None:
    left = tmp_path / "y.db.in-use-0123456789abcdef.lock"
    left.write_bytes(b"")
    with locks.alone(str(tmp_path / "y.db")):
        assert not left.exists()


def test_a_console_knows_whether_another_one_lives(url: str) -> None:
    make_store(url)
    with locks.in_use(url), locks.in_use(url, is_console=True) as first:
        assert first.is_only, "a server of feeds is no console"
        with locks.in_use(url, is_console=True) as second:
            assert not second.is_only
        with locks.in_use(url, is_console=True) as third:
            assert not third.is_only, "the second has not taken the first one's lock with it"
    with locks.in_use(url, is_console=True) as fourth:
        assert fourth.is_only


def test_a_console_lives_while_it_uses_the_database(url: str) -> None:
    store = make_store(url)
    with locks.in_use(url, is_console=True) as one:
        with locks.in_use(url, is_console=True) as other:
            assert [lives(store, name) for name in (one.name, other.name, "")] == [True, True, False]
        assert ends(store, other.name)
        assert lives(store, one.name)
    assert ends(store, one.name)


def ends(store: Store, name: str) -> bool:
    """True once the console does not live: PostgreSQL hears a little later that a connection has ended."""
    for _ in range(400):
        if not lives(store, name):
            return True
        time.sleep(0.05)
    return False


def lives(store: Store, name: str) -> bool:
    with store.reading() as db:
        return locks.console_lives(store, db, name)


def test_a_killed_console_is_no_other_one(tmp_path: Path) -> None:
    store = make_store(str(tmp_path / "y.db"))
    (tmp_path / "y.db.in-use-console-0123456789abcdef.lock").write_bytes(b"")
    assert not lives(store, "0123456789abcdef")
    with locks.in_use(str(tmp_path / "y.db"), is_console=True) as using:
        assert using.is_only


def test_a_link_leads_to_the_same_database(copied: Path, tmp_path: Path) -> None:
    put_back(copied, str(tmp_path / "real.db"))
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    with locks.in_use(str(tmp_path / "link.db")), pytest.raises(Refused):
        put_back(copied, str(tmp_path / "real.db"))


def test_the_lock_is_taken_anew_when_postgresql_was_started_anew(
    postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOOKED_AFTER_S", 0.05)
    url = postgresql.new_database()
    store = make_store(url)
    with locks.in_use(url, is_console=True) as using:
        postgresql.stop()
        postgresql.start()
        _wait_until_known(store)
        with pytest.raises(Refused), locks.alone(url):
            pass
        assert lives(store, using.name)
        with locks.in_use(url, is_console=True) as other:
            assert not other.is_only
    with locks.alone(url):
        pass


def test_a_server_that_lost_its_lock_ends_while_a_backup_is_put_back(
    postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOOKED_AFTER_S", 0.05)
    url, over, asked = postgresql.new_database(), Event(), Event()
    store = make_store(url)
    event.listen(store.engine, "before_cursor_execute", lambda *_: asked.set())
    looking = Thread(target=locks._look_after, args=(store, "", None, over), daemon=True)
    with locks.alone(url):
        looking.start()
        assert asked.wait(30)
        over.set()
        looking.join(10)
        assert not looking.is_alive()


def _wait_until_known(store: Store) -> None:
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    for _ in range(1000):
        with store.engine.connect() as connection:
            if connection.exec_driver_sql(held).scalar():
                return
    raise AssertionError("the lock was not taken again")
