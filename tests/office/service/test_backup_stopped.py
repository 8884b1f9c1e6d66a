"""A backup that is stopped, or whose disk is full: whole, or not there; and made anew under the same name."""

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from arshjul.errors import InputError, Refused, StorageError
from arshjul.office.database import backup as backups
from arshjul.office.database.backup import backup, manifest_of
from arshjul.office.database.doctor import damage
from arshjul.office.database.restore import restore
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.system.files import held
from arshjul.year.formats import atomic
from tests import years
from tests.databases import FILE, SLOW_POSTGRESQL, Databases
from tests.kills import in_a_child
from tests.office.service.test_killed import told_in_a_child

YEAR = years.scenario(n=2, n_agencies=1, n_police=1)
MNT_DETACH = 2  # linux/fs.h


@pytest.fixture
def store(databases: Databases, tmp_path: Path) -> Store:
    """A database with one revision."""

    def fill(url: str) -> None:
        years.published(make_store(url), years.write(tmp_path / "1", YEAR, years.plan(YEAR)))

    return open_store(databases.filled("one small revision", fill))


def assert_can_be_put_back(copy: Path, into: Path) -> None:
    assert restore(copy, str(into), "test", years.NOW).revision == 1
    assert damage(open_store(str(into))) == []


STEPS = {"begun": "create", "copied": "sync", "described": "create", "named": "sync", "done": "sync"}
"""The steps of making a backup, in order, each with the function that has just put it on the disk."""


def killed_at(step: str, copy: Path, store: Store) -> None:
    steps = iter(STEPS)

    def followed(work: Callable[..., None]) -> Callable[..., None]:
        def does(*given: object) -> None:
            work(*given)
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        return does

    with pytest.MonkeyPatch.context() as patched:
        for name in ("create", "sync"):
            patched.setattr(backups, name, followed(getattr(atomic, name)))
        assert in_a_child(lambda: backup(store, copy, years.NOW)) == -signal.SIGKILL


@SLOW_POSTGRESQL
def test_a_backup_that_is_killed_is_made_anew(store: Store, tmp_path: Path) -> None:
    for step in STEPS:
        copy = tmp_path / step / "copy.db"
        killed_at(step, copy, store)
        assert not manifest_of(copy).exists() or copy.exists(), "nothing is described that is not there"
        if step == "done":
            with pytest.raises(InputError, match="exists: name a new file"):
                backup(store, copy, years.NOW)
        else:
            backup(store, copy, years.NOW)
        assert sorted(path.name for path in copy.parent.iterdir()) == [copy.name, manifest_of(copy).name], step
        assert_can_be_put_back(copy, tmp_path / f"{step}.db")


@FILE
def test_an_old_journal_is_not_put_into_the_new_copy(store: Store, tmp_path: Path) -> None:
    """What SQLite would take for the rest of an unfinished change, it would play back into the new file."""
    for end in ("-journal", "-wal"):
        (tmp_path / f".copy.db.half{end}").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(2000))
    backup(store, tmp_path / "copy.db", years.NOW)
    assert not list(tmp_path.glob(".copy.db*"))
    assert_can_be_put_back(tmp_path / "copy.db", tmp_path / "again.db")


@FILE
def test_a_copy_that_somebody_else_named_so_is_never_taken_away_nor_made_by_two(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with held(tmp_path / ".copy.db.lock"), pytest.raises(Refused, match="Another process is writing to"):
        backup(store, copy, years.NOW)
    assert list(tmp_path.glob("*copy.db*")) == []
    copy.write_text("mine")
    (tmp_path / f".{manifest_of(copy).name}.half").write_text('{"file": "of another"}')
    with pytest.raises(InputError, match="exists: name a new file"):
        backup(store, copy, years.NOW)
    assert copy.read_text() == "mine"


@contextmanager
def disk_of(size: int, at: Path) -> Iterator[None]:
    """A disk of its own with that many bytes, in the namespace of this process. Skips where that is not allowed."""
    at.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", os.fsencode(at), b"tmpfs", 0, f"size={size}".encode()) != 0:
        pytest.skip(f"no disk of its own here: {os.strerror(ctypes.get_errno())}")
    try:
        yield
    finally:
        assert libc.umount2(os.fsencode(at), MNT_DETACH) == 0  # what a fault has left open goes with it


@FILE
def test_a_full_disk_leaves_nothing_and_the_next_try_goes_well(store: Store, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with disk_of(2_000_000, disk):
        filler = disk / "filler"
        for pages in (1, 3, 12, 40):
            with filler.open("wb", buffering=0) as opened:
                opened.write(bytes(2_000_000 - pages * 4096))
            said = told_in_a_child(lambda: backup(store, disk / "copy.db", years.NOW))
            assert "copy.db" in said, pages
            assert [path.name for path in disk.iterdir()] == ["filler"], pages
            filler.unlink()
        backup(store, disk / "copy.db", years.NOW)
        assert_can_be_put_back(disk / "copy.db", tmp_path / "again.db")


@FILE
def test_the_manifest_is_named_after_its_copy_and_both_are_on_the_disk(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, done = tmp_path / "copy.db", []
    sync, rename = atomic.sync, Path.replace

    def synced(path: Path) -> None:
        done.append(f"sync {path.name}")
        sync(path)

    def renamed(path: Path, to: Path) -> Path:
        done.append(f"name {to.name}")
        return rename(path, to)

    monkeypatch.setattr(backups, "sync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    backup(store, copy, years.NOW)
    assert done == [
        "sync .copy.db.half",
        "name copy.db",
        f"sync {tmp_path.name}",
        "name copy.db.manifest.json",
        f"sync {tmp_path.name}",
    ], "the manifest itself is brought to the disk as it is made"


def failing_at_the_last_name(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.replace

    def renamed(path: Path, to: Path) -> Path:
        if to == manifest_of(copy):
            raise OSError(28, "No space left on device")
        return rename(path, to)

    monkeypatch.setattr(Path, "replace", renamed)


@FILE
def test_a_disk_that_fails_at_the_last_name_leaves_a_copy_that_the_next_run_finishes_and_replaces(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    failing_at_the_last_name(copy, monkeypatch)
    with pytest.raises(StorageError, match="was not written"):
        backup(store, copy, years.NOW)
    assert not manifest_of(copy).exists()
    monkeypatch.undo()
    backup(store, copy, years.NOW + timedelta(days=1))
    assert sorted(path.name for path in tmp_path.glob("*copy.db*")) == [copy.name, manifest_of(copy).name]
    assert "2026-11-25" in manifest_of(copy).read_text(), "it is the later one"
    assert_can_be_put_back(copy, tmp_path / "again.db")


@FILE
def test_a_whole_copy_is_there_until_its_successor_is(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed before the last name has made a whole copy; the disk may be full when the next one comes."""
    copy = tmp_path / "copy.db"
    failing_at_the_last_name(copy, monkeypatch)
    with pytest.raises(StorageError):
        backup(store, copy, years.NOW)
    monkeypatch.undo()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "create", full)
    with pytest.raises(StorageError, match="was not written"):
        backup(store, copy, years.NOW)
    assert_can_be_put_back(copy, tmp_path / "again.db")
