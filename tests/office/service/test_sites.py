"""Sites are in no file once they are purged; and a key that is switched on encrypts those that are there.

Whatever stops it; and copies take none in clear unasked.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from arshjul.errors import InputError, StorageError
from arshjul.office.database.doctor import damage, doctor
from arshjul.office.database.purge_sites import Removed, encrypt_sites, purge_sites
from arshjul.office.database.restore import restore
from arshjul.office.draft.import_year import checkout
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.publishing.publish import refresh
from arshjul.office.store import audit, revisions, site_key, tables
from arshjul.office.store.events import Imported
from arshjul.office.store.feed_cache import FeedCache, Watch
from arshjul.office.store.store import Store, open_store
from arshjul.serving.sql import engine
from arshjul.year.domain.operation import Site
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests import years
from tests.commands import ran
from tests.databases import SLOW_POSTGRESQL, Databases
from tests.examples import often
from tests.kills import killed_at
from tests.office.service.conftest import first_published

YEAR = replace(years.scenario(), language="en")
N = 2 * len(YEAR.operations)
DAY = timedelta(days=1)
LATER = years.NOW + DAY


@pytest.fixture
def opened(databases: Databases, tmp_path: Path) -> Store:
    """A database in which two plans were published without a key, opened with one."""

    def fill(address: str) -> None:
        served_anew(first_published(address, tmp_path / "first"), tmp_path / "2")

    return open_store(databases.filled("twice", fill)).with_key(tmp_path / "key")


def url(store: Store) -> str:
    return store.place.address or str(store.place.path)


def sites(store: Store) -> list[list[revisions.NewSite]]:
    with store.reading() as db:
        return [revisions.sites(db, number) for number in (1, 2)]


def count(store: Store) -> tuple[int, int]:
    with store.reading() as db:
        return site_key.count(db)


def is_anywhere(store: Store) -> bool:
    return any(is_in_files(store, word) for word in (*years.SITES, "Ny krog", "Ny gata", "Ny referens"))


def said(store: Store, *words: str, code: int = 0) -> str:
    """What a command says of that database, in English."""
    done = ran([*words, "--db", url(store)])
    assert done.exit_code == code, done.output
    return done.output


@SLOW_POSTGRESQL
def test_a_key_encrypts_what_is_there(opened: Store, tmp_path: Path) -> None:
    """Salts too: they and seals in clear would tell each site to whoever has a list of all."""
    before = sites(opened)
    assert encrypt_sites(opened, "x", LATER) == Removed(N, True)
    assert count(opened) == (0, N)
    assert not is_anywhere(opened)
    with opened.reading() as db:
        assert {bytes(row.salt) for row in db.execute(tables.site.select())} == {b""}
    assert sites(opened) == before, "salt and body are what they were, and so the seals hold"
    assert damage(opened) == damage(open_store(url(opened))) == []
    assert encrypt_sites(opened, "x", LATER) == Removed(0, True)
    checkout(opened, tmp_path / "out", lambda _: None)
    assert read_plan_folder(tmp_path / "out").scenario.operations["OP-000"].sites[0].name == "Ny krog"
    with opened.writing() as db:
        db.execute(tables.site.update().where(tables.site.c.revision == 1).values(body=b"gAAAAAbroken"))
    findings = doctor(url(opened), LATER, key_file=tmp_path / "key").findings
    assert sum("is damaged" in str(finding.text) for finding in findings) == len(YEAR.operations)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["begun", "site", "audit", "committed", "prepared 2", "committed 2"])
def test_killed_at_any_step_it_goes_on(opened: Store, step: str) -> None:
    before = sites(opened)
    killed_at(step, lambda: encrypt_sites(opened, "x", LATER))
    assert sites(opened) == before
    assert count(opened)[0] == (0 if step in ("committed", "prepared 2", "committed 2") else N)
    encrypt_sites(opened, "x", LATER)
    assert count(opened) == (0, N)
    assert not is_anywhere(opened)
    assert sites(opened) == before
    assert damage(opened) == []


@SLOW_POSTGRESQL
def test_what_is_owed_to_the_files_is_known_and_nothing_else_is_waited_for(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who reads all day stands in the way of emptying the files: it is done when he has ended, and once."""
    monkeypatch.setattr(engine, "BUSY_S", 0.2)
    hasty = open_store(url(opened)).with_key(tmp_path / "key")
    other = open_store(url(opened))
    with reading(other, "site"):
        assert encrypt_sites(hasty, "x", LATER) == Removed(N, False)
    assert encrypt_sites(hasty, "x", LATER) == Removed(0, True)
    assert not is_anywhere(opened)
    with reading(other, "site"), opened.writing() as db:
        audit.add(db, LATER, "x", Imported("what the reader does not see"))
    with reading(other, "site"):
        assert encrypt_sites(hasty, "x", LATER) == Removed(0, True)


@SLOW_POSTGRESQL
def test_nothing_is_encrypted_beside_sites_of_another_key_and_nothing_published(opened: Store, tmp_path: Path) -> None:
    """Told afterwards, a revision would be served that its publisher was told has failed."""
    encrypt_sites(opened, "x", LATER)
    plain = open_store(url(opened))
    with plain.writing() as db:
        db.execute(tables.site.update().where(tables.site.c.revision == 2).values(salt=b"x", body=b"{}"))
    with pytest.raises(InputError, match="other does not exist, and the objects are encrypted"):
        encrypt_sites(plain.with_key(tmp_path / "other"), "x", LATER)
    site_key.key_in(tmp_path / "other")
    with pytest.raises(InputError, match="does not open"):
        encrypt_sites(plain.with_key(tmp_path / "other"), "x", LATER)
    assert count(plain) == (len(YEAR.operations), N)
    with opened.reading() as db:
        before = revisions.pointer(db)
    years.write(tmp_path / "3", YEAR, years.plan(YEAR, as_of=years.MADE + timedelta(days=2)))
    words = ("publish", str(tmp_path / "3"), "--reason", "x", "--seen", str(before))
    told = said(opened, *words, "--key-file", str(tmp_path / "other"), code=2)
    assert "does not open" in told, "in the language of the plan"
    with opened.reading() as db:
        assert revisions.pointer(db) == before


@SLOW_POSTGRESQL
def test_a_copy_takes_encrypted_sites_alone_unless_told_otherwise(opened: Store, tmp_path: Path) -> None:
    def copied(name: str, *more: str) -> str:
        return said(opened, "backup", str(tmp_path / name), *more)

    assert f"{N} objects in plain text" in copied("one.db", "--with-sites")
    assert "plain text" not in copied("two.db", "--with-plain-sites")
    encrypt_sites(opened, "x", LATER)
    assert "--key-file" not in copied("three.db", "--with-sites", "--key-file", str(tmp_path / "key"))
    assert "give --key-file" in copied("four.db", "--with-sites"), "one whose key is not named is not checked"
    assert [count(open_store(str(tmp_path / f"{name}.db")))[1] for name in ("one", "two", "three")] == [0, N, N]
    for name, tells in (("one", False), ("two", True), ("three", False)):
        assert (years.SITE_NAME.encode() in (tmp_path / f"{name}.db").read_bytes()) is tells
        restore(tmp_path / f"{name}.db", str(tmp_path / f"{name}-again.db"), "x", LATER)
        assert damage(open_store(str(tmp_path / f"{name}-again.db"))) == []


@SLOW_POSTGRESQL
def test_what_lies_in_clear_beside_a_key_is_said(opened: Store, tmp_path: Path) -> None:
    """doctor warns of it, and refresh, which runs every night, encrypts it."""
    key = ("--key-file", str(tmp_path / "key"))
    assert "in plain text" not in said(opened, "doctor")
    assert f"{N} objects are in plain text" in said(opened, "doctor", *key)
    assert f"{N} objects in plain text are now encrypted" in said(opened, "refresh", *key)
    assert "in plain text" not in said(opened, "doctor", *key)
    assert "give --key-file" in said(opened, "doctor")


WRONG = {
    "gone": "key does not exist",
    "another": "does not open",
    "half of it": f"opens {N // 2} of {N}",
    "no key": "has no key",
}


@SLOW_POSTGRESQL
@pytest.mark.parametrize("lost", often(["gone", "half of it"], ["another", "no key"]))
def test_what_is_wrong_with_the_key_is_told_and_none_is_made_anew(opened: Store, tmp_path: Path, lost: str) -> None:
    """A copy is made all the same, and says it where it takes the sites along; doctor says it once, not of each."""
    broken_key(opened, tmp_path, lost)
    there = (tmp_path / "key").read_bytes() if lost != "gone" else None
    with opened.reading() as db:
        before = audit.lines(db)
    key = ("--key-file", str(tmp_path / "key"))
    if lost != "half of it":
        for words in (("refresh",), ("checkout", "-o", str(tmp_path / "out"))):
            assert WRONG[lost] in said(opened, *words, *key, code=2)
    if lost != "no key":
        for n, (more, code) in enumerate(((("--with-sites",), 1), (("--with-plain-sites",), 1), ((), 0))):
            file = tmp_path / f"{n}.db"
            assert (WRONG[lost] in said(opened, "backup", str(file), *key, *more, code=code)) == (code == 1)
            assert restore(file, str(tmp_path / f"{n}-again.db"), "x", LATER).revision == 2
    findings = doctor(url(opened), LATER, key_file=tmp_path / "key").findings
    (finding,) = (finding for finding in findings if finding.check == "sites")
    assert not finding.is_warning
    assert WRONG[lost] in str(finding.text)
    assert ((tmp_path / "key").read_bytes() if (tmp_path / "key").exists() else None) == there
    with opened.reading() as db:
        assert audit.lines(db) == before


@SLOW_POSTGRESQL
def test_whoever_has_lost_the_key_goes_on_without_the_sites(opened: Store, tmp_path: Path) -> None:
    """As docs/drift.md says: a copy without them, put back, is kept under a new key."""
    broken_key(opened, tmp_path, "gone")
    key = ("--key-file", str(tmp_path / "key"))
    said(opened, "backup", str(tmp_path / "without.db"), *key)
    said(opened, "restore", str(tmp_path / "without.db"), "--replace", "--keep-addresses")
    for words in (("refresh",), ("doctor",), ("checkout", "-o", str(tmp_path / "out"))):
        said(opened, *words, *key)
    assert read_plan_folder(tmp_path / "out").scenario.operations["OP-000"].sites == ()
    assert (tmp_path / "key").exists()


def broken_key(opened: Store, folder: Path, lost: str) -> None:
    """Encrypts the sites, those of the second revision under a newer key; of the two the file has then what is left."""
    newer = folder / "newer"
    encrypt_sites(opened, "x", LATER)
    if lost == "half of it":
        site_key.key_in(newer)
        newer.write_bytes(newer.read_bytes() + (folder / "key").read_bytes())
        with opened.with_key(newer).writing() as db:
            bodies = db.execute(select(tables.site).where(tables.site.c.revision == 2)).mappings().all()
            for row in bodies:
                (body,) = site_key.locked(db, [site_key.unlocked(db, bytes(row["body"]))])
                place = (
                    tables.site.c.operation == row["operation"],
                    tables.site.c.position == row["position"],
                )
                db.execute(tables.site.update().where(tables.site.c.revision == 2, *place).values(body=body))
    (folder / "key").rename(folder / "saved")
    if lost == "another":
        site_key.key_in(folder / "key")
    if lost == "half of it":
        (folder / "key").write_bytes(newer.read_bytes().split()[0])
        (folder / "key").chmod(0o600)
    if lost == "no key":
        (folder / "key").write_bytes(b"no key")
        (folder / "key").chmod(0o600)


def test_a_key_is_whole_on_the_disk_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is encrypted under a key that a power cut took is lost. A pipe is no key, and is not waited for."""
    synced: list[Path] = []
    sync = os.fsync

    def noted(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    site_key.key_in(tmp_path / "key")
    assert synced[0].name.startswith(".key."), "the key, before it has its name"
    assert synced[1:] == [tmp_path]
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(StorageError, match="pipe"):
        site_key.key_in(tmp_path / "pipe")


# -- what purge-sites removes is in no file of the database any more; or it says that it is


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
