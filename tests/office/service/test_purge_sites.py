"""What purge-sites removes is in no file of the database any more; or it says that it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from arshjul.office.database.doctor import damage
from arshjul.office.database.purge_sites import Removed, purge_sites
from arshjul.office.draft.draft import keep, opened_draft
from arshjul.office.draft.import_year import checkout
from arshjul.office.publishing.publish import refresh
from arshjul.office.store.feed_cache import FeedCache, Watch
from arshjul.office.store.store import Store, open_store
from arshjul.serving.sql import engine
from arshjul.year.domain.operation import Site
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests import years
from tests.commands import ran
from tests.databases import SLOW_POSTGRESQL

YEAR = years.scenario()
LATER = years.NOW + timedelta(hours=1)
DAY = timedelta(days=1)


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


def served_anew(store: Store, folder: Path) -> None:
    """Another plan, of a year whose sites have other names, is published in the place of the first."""
    operations = {
        id: replace(one, sites=(Site("Ny referens", "Ny krog", "Ny gata"),)) for id, one in YEAR.operations.items()
    }
    moved = years.plan(YEAR, {"OP-001": years.days(9)[8]}, before=years.plan(YEAR))
    read = years.write(folder, replace(YEAR, operations=operations), moved)
    years.published(store, read, LATER, seen=1)


def test_purged_sites_are_in_no_file(store: Store, tmp_path: Path) -> None:
    watch = Watch(store)
    watch.latest(FeedCache())  # a server is running: its connection keeps SQLite's log from being tidied away
    assert is_in_files(store, years.SITE_NAME)
    served_anew(store, tmp_path / "2")
    assert purge_sites(store, 365, "test", LATER) == Removed(0, True)
    assert purge_sites(store, 0, "test", LATER + DAY) == Removed(len(YEAR.operations), True)
    assert not any(is_in_files(store, word) for word in years.SITES)
    watch.close()
    assert damage(store) == []


@SLOW_POSTGRESQL
def test_sites_of_what_is_served_stay_however_old_it_is(store: Store, tmp_path: Path) -> None:
    """Also where a refresh has shown it from another day since."""
    served_anew(store, tmp_path / "2")
    assert refresh(store, "timer", LATER + 20 * DAY).is_new
    for _ in range(2):
        purge_sites(store, 0, "test", LATER + 80 * DAY)
        checkout(store, tmp_path / "out", lambda _: None)
        there = read_plan_folder(tmp_path / "out").scenario.operations.values()
        assert {operation.sites for operation in there} == {(Site("Ny referens", "Ny krog", "Ny gata"),)}
    assert damage(store) == []


def test_sites_of_the_draft_stay_and_those_that_it_had_are_in_no_file(store: Store) -> None:
    """Each change of the draft writes its sites anew: in PostgreSQL the rows of before are there until they are not."""
    gone = replace(YEAR.operations["OP-000"], sites=(Site("x", "Bortglömda baren", "x"),))
    for operation in (gone, YEAR.operations["OP-000"]):
        with store.writing() as db:
            draft = opened_draft(db)
            scenario = replace(draft.scenario, operations={**draft.scenario.operations, "OP-000": operation})
            keep(db, draft, replace(draft, scenario=scenario))
    assert purge_sites(store, 0, "test", LATER + DAY) == Removed(0, True)
    assert not is_in_files(store, "Bortglömda baren")
    with store.reading() as db:
        assert opened_draft(db).scenario.operations == YEAR.operations


@pytest.mark.parametrize("table", ["site", "draft_site"])
def test_long_reader_of_the_sites_is_told_of(
    store: Store, tmp_path: Path, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served_anew(store, tmp_path / "2")
    url = store.place.address or str(store.place.path)
    monkeypatch.setenv("ARSHJUL_LANGUAGE", "en")
    with reading(store, table):
        done = ran(["purge-sites", "--older-than-days", "0", "--db", url])
        assert done.exit_code == 1
        assert "4 objects were removed" in done.stderr
        assert "Removed objects may remain" in done.stderr
        assert "arshjul purge-sites" in done.stderr
        assert is_in_files(store, years.SITE_NAME)
    assert purge_sites(store, 0, "test", LATER + DAY) == Removed(0, True)
    assert not is_in_files(store, years.SITE_NAME)


def test_old_snapshot_keeps_no_site(store: Store, tmp_path: Path) -> None:
    served_anew(store, tmp_path / "2")
    with reading(store, "revision"):
        done = purge_sites(store, 0, "test", LATER + DAY)
        assert done.is_forgotten is not is_in_files(store, years.SITE_NAME)
        assert done.is_forgotten is (store.place.path is None)
