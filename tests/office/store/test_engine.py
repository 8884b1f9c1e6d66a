"""Which databases are opened, with which library, how failures are told; each is its owner's; one in use stays so."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import event

from arshjul.errors import InputError, Refused, StorageError
from arshjul.office.database.backup import backup
from arshjul.office.database.doctor import doctor
from arshjul.office.database.restore import restore
from arshjul.office.store import locks, revisions
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.serving.sql import engine
from tests import years
from tests.databases import Cluster
from tests.examples import each


def test_sqlite_with_the_wal_reset_fault_is_known() -> None:
    for version in ((3, 46, 1), (3, 51, 2), (3, 7, 0), (3, 50, 6), (3, 44, 5), (3, 45, 9)):
        assert not engine.is_sound(version), version
    for version in ((3, 51, 3), (3, 53, 0), (3, 50, 7), (3, 44, 6)):
        assert engine.is_sound(version), version


def test_unsound_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engine.sqlite_module(), "sqlite_version_info", (3, 46, 1))
    with pytest.raises(StorageError, match=r"`pip install \.` in arshjul"):
        make_store(str(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


def test_other_names_of_files_are_taken_and_a_folder_that_is_missing_is_not(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"q\.db"):
        make_store(str(tmp_path / "missing" / ".." / "q.db"))
    assert list(tmp_path.iterdir()) == []
    for name in ("a@b.db", "c:d.db", "1=1.db", "year 2027.db"):
        assert make_store(str(tmp_path / name)).place.path == tmp_path / name


def test_sqlite_is_written_ahead_and_synced_in_full_and_its_files_are_for_their_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second writer waits, and is told."""
    monkeypatch.setattr(engine, "BUSY_S", 0.1)
    store = make_store(str(tmp_path / "new.db"))
    with store.reading() as db:
        found = {name: db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
        assert db.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    assert found == {"journal_mode": "wal", "synchronous": 2}
    with store.writing():
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        with pytest.raises(StorageError, match="Another process is writing"), store.writing():
            pass
    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}


@each(
    [
        "mysql://u:hemligt@h/d", "sqlite://", "nonsense://", "://", "u:hemligt@h/x", "u:hem/ligt@h/x",
        "host=h password=hemligt dbname=x", "PASSWORD = hemligt", "postgresql:/u:hemligt@h/x",
        "sqlite:///u:hemligt@h/x", "postgresql://u:S3c@hemligt/@h", "postgresql://u:S3c@ret:hemligt@h/x",
        "postgresql://u:hemligt@h:port/x", "mysql://u:S3c@hemligt/@h", "u:S3c@hemligt/@h", "u:hem\nligt@h",
        "file:x.db?key=hemligt", "FILE:hemligt", "x.db?hexkey=hemligt", "sqlite:///file:x.db?key=hemligt",
        "sqlite:///x.db?key=hemligt",
    ],
)  # fmt: skip
def test_other_databases_are_refused_and_no_password_is_told(given: str) -> None:
    for opened in (make_store, open_store):
        with pytest.raises(InputError, match="names no database") as error:
            opened(given)
        assert "ligt" not in str(error.value)
        assert "hem" not in str(error.value)


@each(
    [
        "postgresql://u:hem?ligt@127.0.0.1:1/x",
        "postgresql://127.0.0.1:1/x?password=hemligt",
        "postgresql://u:hemligt@127.0.0.1:1/none",
    ]
)
def test_password_is_in_no_message(given: str) -> None:
    with pytest.raises(StorageError, match="does not answer") as error:
        open_store(given)
    assert "ligt" not in str(error.value)


def test_what_is_no_database_or_has_no_tables_says_what_to_do(url: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(b"shopping list, " * 100)
    with pytest.raises(StorageError, match="is no arshjul database"):
        open_store(str(file))
    assert file.read_bytes() == b"shopping list, " * 100
    (tmp_path / "arshjul.db").touch()
    with pytest.raises(InputError, match="arshjul import"):
        open_store(url)
    with pytest.raises(StorageError, match="cannot be made: there is no such"):
        make_store(str(tmp_path / "none" / "new.db"))


# -- a database is its owner's alone, however it came to be; doctor tells where it is not


@pytest.fixture
def usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_mask")
def test_a_new_database_is_private(tmp_path: Path) -> None:
    """Doctor tells who else may read it."""
    path = tmp_path / "q.db"
    path.touch(mode=0o644)
    make_store(str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    for mode, is_warning in ((0o600, None), (0o644, False), (0o640, True)):
        path.chmod(mode)
        found = [finding.is_warning for finding in doctor(str(path), years.NOW).findings if finding.check == "modes"]
        assert found[:1] == ([] if is_warning is None else [is_warning]), mode


# -- a backup is not put into a database that a server uses, and no server starts while one is


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


def test_servers_that_start_at_once_take_each_other_for_no_restore(tmp_path: Path) -> None:
    url, at_once = str(tmp_path / "y.db"), Barrier(4)
    make_store(url)

    def start(_: int) -> None:
        at_once.wait(30)
        with locks.in_use(url, is_console=True):
            pass

    with ThreadPoolExecutor(at_once.parties) as servers:
        list(servers.map(start, range(25 * at_once.parties)))


def test_a_killed_server_or_console_stands_in_nobodys_way(tmp_path: Path) -> None:
    url = str(tmp_path / "y.db")
    store = make_store(url)
    (tmp_path / "y.db.in-use-console-0123456789abcdef.lock").write_bytes(b"")
    assert not lives(store, "0123456789abcdef")
    with locks.in_use(url, is_console=True) as using:
        assert using.is_only
    left = tmp_path / "y.db.in-use-0123456789abcdef.lock"
    left.write_bytes(b"")
    with locks.alone(url):
        assert not left.exists()


def test_a_console_lives_while_it_uses_the_database_and_knows_whether_another_one_does(url: str) -> None:
    store = make_store(url)
    with locks.in_use(url), locks.in_use(url, is_console=True) as first:
        assert first.is_only, "a server of feeds is no console"
        with locks.in_use(url, is_console=True) as second:
            assert not second.is_only
            assert [lives(store, name) for name in (first.name, second.name, "")] == [True, True, False]
        assert ends(store, second.name)
        assert lives(store, first.name)
        with locks.in_use(url, is_console=True) as third:
            assert not third.is_only, "the second has not taken the first one's lock with it"
    assert ends(store, first.name)
    with locks.in_use(url, is_console=True) as fourth:
        assert fourth.is_only


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


def test_no_server_and_no_other_restore_starts_meanwhile(copied: Path, url: str) -> None:
    with locks.alone(url):
        with pytest.raises(Refused, match="start again"), locks.in_use(url):
            pass
        with pytest.raises(Refused):
            put_back(copied, url)
    with locks.in_use(url):
        pass


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
