"""What purge-sites removes is in no file of the database any more; or it says that it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from arshjul.actions.doctor import damage
from arshjul.actions.purge_sites import Purged, purge_sites
from arshjul.cli.app import app
from arshjul.store import engine
from arshjul.store.shelf import Shelf, Watch
from arshjul.store.store import Store, open_store
from tests import years

YEAR = years.scenario()
LATER = years.NOW + timedelta(hours=1)


@pytest.fixture
def store(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(engine, "BUSY_S", 0.2)
    opened = open_store(store.place.address or str(store.place.path))
    if opened.place.path is None:
        with opened.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
    return opened


def is_in_files(store: Store, word: str) -> bool:
    """Whether it stands anywhere in the files that hold tables; PostgreSQL's own log aside."""
    if store.place.path is not None:
        files = list(store.place.path.parent.glob(f"{store.place.path.name}*"))
    else:
        socket = make_url(store.place.address or "").query["host"]
        with store.reading() as db:
            oid = db.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar()
        files = list((Path(str(socket)) / "data" / "base" / str(oid)).iterdir())
    assert files
    return any(word.encode() in path.read_bytes() for path in files)


@contextmanager
def reading(store: Store, table: str) -> Iterator[None]:
    """Somebody reads that table, and does not come to an end."""
    with store.reading() as db:
        db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
        yield


def test_purged_sites_are_in_no_file(store: Store) -> None:
    watch = Watch(store)
    watch.latest(Shelf())  # a server is running: its connection keeps SQLite's log from being tidied away
    assert is_in_files(store, years.SITE_NAME)
    assert purge_sites(store, 365, "test", years.NOW) == Purged(0, True)
    assert purge_sites(store, 0, "test", LATER) == Purged(len(YEAR.operations), True)
    assert not any(is_in_files(store, word) for word in years.SITES)
    watch.close()
    assert damage(store) == []


def test_sites_of_new_revisions_stay(store: Store, tmp_path: Path) -> None:
    moved = years.plan(YEAR, {"OP-001": years.days(9)[8]}, before=years.plan(YEAR))
    years.published(store, years.write(tmp_path / "2", YEAR, moved), LATER + timedelta(days=2))
    assert purge_sites(store, 1, "test", LATER + timedelta(days=2)) == Purged(len(YEAR.operations), True)
    with store.reading() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM site").scalar() == len(YEAR.operations)
    assert damage(store) == []


def test_long_reader_of_the_sites_is_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    url = store.place.address or str(store.place.path)
    monkeypatch.setenv("ARSHJUL_LANGUAGE", "en")
    with reading(store, "site"):
        done = CliRunner().invoke(app, ["purge-sites", "--older-than-days", "0", "--db", url])
        assert done.exit_code == 1
        assert "4 sites were removed" in done.stderr
        assert "can still be found" in done.stderr
        assert "arshjul purge-sites" in done.stderr
        assert is_in_files(store, years.SITE_NAME)
    assert purge_sites(store, 0, "test", LATER) == Purged(0, True)
    assert not is_in_files(store, years.SITE_NAME)


def test_old_snapshot_keeps_no_site(store: Store) -> None:
    with reading(store, "revision"):
        done = purge_sites(store, 0, "test", LATER)
        assert done.is_forgotten is not is_in_files(store, years.SITE_NAME)
        assert done.is_forgotten is (store.place.path is None)
