"""A disk that would not: nothing is half-written, the old revision is served, and the message says what to do."""

import os
import resource
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copy

import pytest

from arshjul.errors import StorageError
from arshjul.office.database.doctor import damage
from arshjul.office.store import revisions
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.serving.sql import engine
from tests import years
from tests.examples import often

YEAR = years.scenario(n=30)
FIRST = years.plan(YEAR)
MOVED = years.plan(YEAR, {"OP-001": date(2027, 6, 1)}, before=FIRST)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a revision, to be copied."""
    folder = tmp_path_factory.mktemp("published")
    years.published(make_store(str(folder / "arshjul.db")), years.write(folder / "1", YEAR, FIRST))
    return folder / "arshjul.db"


def served(published: Path, folder: Path) -> Store:
    return open_store(str(copy(published, folder / "arshjul.db")))


def assert_as_before(store: Store) -> None:
    with store.reading() as db:
        assert revisions.pointer(db) == 1
        assert len(revisions.REVISIONS.all(db)) == 1
        assert not fill(db, FeedCache()).damaged
    assert damage(store) == []


def told_in_a_child(work: Callable[[], object]) -> str:
    """Runs it in a process of its own; the message of the StorageError that it must end with."""
    ears, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work()
        except StorageError as error:
            os.write(mouth, str(error).encode())
        finally:
            os._exit(0)
    os.close(mouth)
    os.waitpid(child, 0)
    with os.fdopen(ears) as heard:
        return heard.read()


@pytest.mark.parametrize("room", often([80_000], [0, 5_000, 40_000]))
def test_file_that_may_not_grow(published: Path, tmp_path: Path, room: int) -> None:
    store = served(published, tmp_path)
    read = years.write(tmp_path / "2", YEAR, MOVED)

    def publish() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        years.published(store, read)

    message = told_in_a_child(publish)
    assert ("nothing was changed" in message and "make room" in message) or "check the disk" in message
    assert_as_before(store)
    assert years.published(store, read).revision.number == 2


def test_database_that_may_not_grow(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = served(published, tmp_path)
    read = years.write(tmp_path / "2", YEAR, MOVED)
    module = engine.sqlite_module()
    connect = module.connect

    def cramped(*arguments: object, **more: object) -> object:
        connection = connect(*arguments, **more)
        connection.execute("PRAGMA max_page_count = 10")
        return connection

    monkeypatch.setattr(module, "connect", cramped)
    with pytest.raises(StorageError, match="The disk is full, and nothing was changed"):
        years.published(open_store(store.name), read)
    monkeypatch.undo()
    assert_as_before(store)


def test_read_only_database_is_read_and_not_written(published: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="arshjul-", dir="/tmp") as name:  # where any user gets to
        folder = Path(name)
        store = served(published, folder)
        read = years.write(tmp_path / "2", YEAR, MOVED)
        (folder / "arshjul.db").chmod(0o444)
        folder.chmod(0o555)

        def publish() -> None:
            if os.geteuid() == 0:
                os.seteuid(65534)
            with store.reading() as db:
                assert revisions.pointer(db) == 1
            years.published(store, read)

        message = told_in_a_child(publish)
        folder.chmod(0o755)
        assert "is write-protected: ask for the right" in message
        assert_as_before(store)
