"""Copies, and the way back: the same bytes and ETags, no sites, and nobody let in unless told so."""

import gzip
import hashlib
import json
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from arshjul.errors import InputError, Message, Refused, StorageError
from arshjul.office.database.backup import backup, manifest_of
from arshjul.office.database.doctor import damage
from arshjul.office.database.restore import restore
from arshjul.office.store import audit, copying, revisions
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import Store, open_store
from arshjul.office.subscribers.read_feed import digest_of_token, read_feed
from arshjul.office.subscribers.subscribe import Handed, Wanted, reissue, rotate, rotate_all, subscribe, unsubscribe
from arshjul.office.subscribers.subscribers import address_book
from arshjul.office.subscribers.subscribers import subscribers as known
from arshjul.serving.sql import hashes
from arshjul.serving.sql.engine import sqlite_module
from arshjul.serving.sql.errors import Damaged
from tests import years
from tests.databases import FILE, SLOW_POSTGRESQL, Databases
from tests.office.service.conftest import first_published

YEAR = years.scenario()
LATER = years.NOW + timedelta(hours=1)


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> str:
    """The address of a database with one revision."""
    return databases.filled("first", lambda address: first_published(address, tmp_path / "first"))


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url)


def lines(store: Store) -> list[audit.AuditLine]:
    with store.reading() as db:
        return audit.lines(db)


def cache(store: Store) -> FeedCache:
    with store.reading() as db:
        return fill(db, FeedCache())


def test_restored_feeds_are_the_same_bytes(store: Store, tmp_path: Path) -> None:
    token = subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", years.NOW).token
    backup(store, tmp_path / "copy.db", years.NOW)
    done = restore(tmp_path / "copy.db", str(tmp_path / "other.db"), "test", LATER, keep=True)
    assert (done.revision, done.revoked) == (1, 0)
    other = open_store(str(tmp_path / "other.db"))
    before, after = cache(store), cache(other)
    assert digest_of_token(token) in after.readers
    key = FeedKey("agency-a0", "full", "operations")
    assert (after.feeds[key].ics, after.feeds[key].gzipped) == (before.feeds[key].ics, before.feeds[key].gzipped)
    assert after.feeds[key].last_modified == LATER, "a client may hold a later state: its date must not win"
    assert damage(other) == []
    with store.reading() as was, other.reading() as now:
        assert revisions.uid_key(was) == revisions.uid_key(now), "events keep the names that subscribers have"


@SLOW_POSTGRESQL
def test_copy_holds_no_site_unless_asked(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "without.db", years.NOW)
    backup(store, tmp_path / "with.db", years.NOW, sites="all")
    for word in years.SITES:
        assert word.encode() not in (tmp_path / "without.db").read_bytes()
        assert word.encode() in (tmp_path / "with.db").read_bytes()
    restore(tmp_path / "without.db", str(tmp_path / "other.db"), "test", LATER)
    assert damage(open_store(str(tmp_path / "other.db"))) == [], "the chain holds without them"


@SLOW_POSTGRESQL
def test_restored_copy_lets_nobody_in(store: Store, url: str, tmp_path: Path) -> None:
    subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", years.NOW)
    backup(store, tmp_path / "copy.db", years.NOW)
    generation = cache(store).generation
    with pytest.raises(Refused, match="--replace"):
        restore(tmp_path / "copy.db", url, "test", LATER)
    assert restore(tmp_path / "copy.db", url, "test", LATER, replace=True).revoked == 1
    again = cache(open_store(url))
    assert again.readers == {}
    assert again.generation > generation, "a server that runs must notice"
    assert [subscriber.state(LATER) for subscriber in known(open_store(url))] == ["revoked"]
    assert damage(open_store(url)) == []


def test_a_number_that_the_log_names_is_given_to_nobody_else(store: Store, url: str, tmp_path: Path) -> None:
    backup(store, tmp_path / "first.db", years.NOW)
    wanted = Wanted("agency-a0", "full")
    former = subscribe(store, wanted, "Förr", 400, "test", years.NOW).subscriber.id
    backup(store, tmp_path / "second.db", years.NOW)
    restore(tmp_path / "second.db", url, "test", LATER, replace=True)
    restore(tmp_path / "first.db", url, "test", LATER + timedelta(hours=1), replace=True)
    back = open_store(url)
    assert subscribe(back, wanted, "Ny", 400, "test", LATER + timedelta(hours=2)).subscriber.id > former
    with reissue(back, 400, "test", LATER + timedelta(hours=3)) as handed:
        assert handed == [], "whoever is new was closed by nothing"


@SLOW_POSTGRESQL
def test_what_was_closed_since_the_copy_stays_closed_and_in_the_log(store: Store, url: str, tmp_path: Path) -> None:
    revoked, rotated, kept = (
        subscribe(store, Wanted("agency-a0", "full"), name, 400, "test", years.NOW)
        for name in ("Förr", "Läckt", "Kvar")
    )
    backup(store, tmp_path / "copy.db", years.NOW)
    unsubscribe(store, revoked.subscriber.id, "Eva", LATER)
    rotate(store, rotated.subscriber.id, 400, 0, "Eva", LATER)
    log = lines(store)
    done = restore(tmp_path / "copy.db", url, "test", LATER, replace=True, keep=True)
    assert done.revoked == 0
    after = cache(open_store(url))
    live = [handed for handed in (revoked, rotated, kept) if read_feed(after, handed.token, LATER) is not None]
    assert live == [kept]
    assert [subscriber.state(LATER) for subscriber in known(store)] == ["revoked", "expired", "live"]
    assert lines(store)[: len(log)] == log
    assert [line.action for line in lines(store)[len(log) :]] == ["restore"]
    assert damage(store) == []


@FILE
def test_damaged_copy_is_not_put_back_and_none_is_written_over_another(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    backup(store, file, years.NOW)
    with pytest.raises(InputError, match="exists: name a new file"):
        backup(store, file, years.NOW)
    with pytest.raises(StorageError):
        backup(store, file / "inside.db", years.NOW)
    assert not list(tmp_path.glob(".*half*"))
    whole, said = file.read_bytes(), manifest_of(file).read_text()
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    with pytest.raises(InputError, match="differs from its manifest"):
        restore(file, str(tmp_path / "other.db"), "test", LATER)
    file.write_bytes(whole)
    says = json.loads(said)
    says["rows"]["feed"] = "0" * 64
    manifest_of(file).write_text(json.dumps(says))
    with pytest.raises(InputError, match="differs from its manifest"):
        restore(file, str(tmp_path / "other.db"), "test", LATER)
    assert not (tmp_path / "other.db").exists()


def forged(store: Store, tmp_path: Path, planting: str, bomb: bytes = b"") -> Path:
    """A copy in which something was planted, with a manifest that says so."""
    copy = Path(tempfile.mkdtemp(dir=tmp_path)) / "copy.db"
    backup(store, copy, years.NOW)
    with closing(sqlite_module().connect(str(copy))) as connection:
        connection.execute(planting, {"bomb": bomb} if bomb else {})
        connection.commit()
    says = json.loads(manifest_of(copy).read_bytes())
    says["file"] = hashlib.sha256(copy.read_bytes()).hexdigest()
    manifest_of(copy).write_text(json.dumps(says))
    return copy


@FILE
def test_a_copy_that_would_unpack_without_end_is_refused(store: Store, tmp_path: Path) -> None:
    for planting in (
        "CREATE VIEW more AS SELECT zeroblob(1000000000)",
        "ALTER TABLE audit ADD COLUMN more AS (zeroblob(1000000000))",
    ):
        copy = forged(store, tmp_path, planting)
        with open_store(str(copy)).reading() as db:
            assert not copying.is_plain(db), planting
        with pytest.raises(InputError, match="damaged"):
            restore(copy, str(tmp_path / "other.db"), "test", LATER)
    copy = forged(store, tmp_path, "UPDATE blob SET gzipped = :bomb", gzip.compress(bytes(90_000_000), 9))
    found = [str(finding.text) for finding in damage(open_store(str(copy))) if finding.check == "blobs"]
    assert ["nothing is unpacked" in text for text in found] == [True]
    with pytest.raises(InputError, match="damaged"):
        restore(copy, str(tmp_path / "other.db"), "test", LATER)


def test_blob_is_unpacked_no_further_than_it_says_and_is_what_its_name_says(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Damaged, match="not what its name says"):
        hashes.judge_blob(gzip.compress(b"one"), hashlib.sha256(b"another").hexdigest())
    bomb = gzip.compress(bytes(9_000_000), 9)[:-4] + (1000).to_bytes(4, "little")
    judged = hashlib.sha256()
    monkeypatch.setattr("hashlib.sha256", lambda: judged)
    with pytest.raises(Damaged, match="more than it says"):
        hashes.judge_blob(bomb, "")
    assert judged.digest() == hashlib.new("sha256").digest(), "nothing of it was even hashed"


def handed_anew(store: Store, at: datetime) -> list[Handed]:
    with reissue(store, 400, "test", at) as handed:
        return handed


@SLOW_POSTGRESQL
def test_all_that_a_restore_revoked_get_new_addresses_once(store: Store, url: str, tmp_path: Path) -> None:
    for name in ("Ett", "Två", "Återtagen"):
        subscribe(store, Wanted("agency-a0", "area"), name, 400, "test", years.NOW)
    backup(store, tmp_path / "copy.db", years.NOW)
    unsubscribe(store, 3, "test", years.NOW)
    assert handed_anew(store, years.NOW) == []
    restore(tmp_path / "copy.db", url, "test", LATER, replace=True)
    again = open_store(url)
    handed = handed_anew(again, LATER)
    assert [(one.subscriber.label, one.subscriber.party, one.subscriber.level) for one in handed] == [
        ("Ett", "agency-a0", "area"),
        ("Två", "agency-a0", "area"),
    ]
    assert {digest_of_token(one.token) for one in handed} == cache(again).readers.keys()
    assert handed_anew(again, LATER) == []
    assert damage(again) == []


@SLOW_POSTGRESQL
def test_addresses_that_cannot_be_written_are_given_to_nobody(store: Store) -> None:
    for name in ("Ett", "Två"):
        subscribe(store, Wanted("agency-a0", "area"), name, 400, "test", years.NOW)
    before = cache(store).readers.keys()
    with pytest.raises(StorageError, match="full"), rotate_all(store, 400, 0, "test", LATER):
        raise StorageError(Message("the disk is full"))
    assert cache(store).readers.keys() == before
    with rotate_all(store, 400, 14, "test", LATER) as handed:
        book = address_book(YEAR, handed, "https://k.example.se")
    (sheet,) = load_workbook(BytesIO(book)).worksheets
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0] in {"Ett", "Två"}}
    assert [row[1:3] for row in rows.values()] == [("Myndighet 0", "Samordnare 0")] * 2
    assert [row[6] for row in rows.values()] == [f"https://k.example.se/feeds/{one.token}.ics" for one in handed]
    assert cache(store).readers.keys() == before | {digest_of_token(one.token) for one in handed}
