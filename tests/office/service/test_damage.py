"""One byte flipped: doctor finds it, wherever it changes what was published."""

import random
import shutil
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from arshjul.errors import StorageError
from arshjul.office.database.doctor import damage, doctor
from arshjul.office.store import audit, copying, readers, revisions, tables
from arshjul.office.store.store import make_store, open_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.serving.sql.engine import sqlite_module
from tests import years
from tests.databases import FILE, SLOW_POSTGRESQL, Databases
from tests.examples import often

YEAR = years.scenario()
FIRST = years.plan(YEAR)
IMMUTABLE = (tables.blob, revisions.REVISIONS.table, revisions.FEEDS.table, tables.cause, tables.site_seal)
"""The tables of published revisions, whose rows are never changed."""


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> str:
    """The address of a database with two revisions and a subscriber."""

    def fill(url: str) -> None:
        store = make_store(url)
        years.published(store, years.write(tmp_path / "1", YEAR, FIRST))
        moved = years.plan(YEAR, {"OP-001": date(2027, 6, 1)}, before=FIRST)
        years.published(store, years.write(tmp_path / "2", YEAR, moved))
        subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", years.NOW)

    return databases.filled("two revisions", fill)


def flipped(value: object, chance: random.Random) -> object:
    """The value with one bit of one byte turned; for a number, one of its lower bits."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(8))
    data = bytearray(value if isinstance(value, bytes) else str(value).encode("latin-1", "replace"))
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(7)
    return bytes(data) if isinstance(value, bytes) else data.decode("latin-1")


def flip_a_value(file: Path, chance: random.Random) -> str:
    """Flips one byte of one value of a published revision; the larger a value, the likelier. Where it was."""
    db = sqlite_module().connect(str(file))
    cells = [
        (row[0], table.name, column.name, value)
        for table in (*IMMUTABLE, tables.site, audit.LINES.table)
        for row in db.execute(f"SELECT rowid, * FROM {table.name}")
        for column, value in zip(table.columns, row[1:], strict=True)
        if value != ""
    ]
    sizes = [min(len(value), 200) if isinstance(value, (bytes, str)) else 2 for *_, value in cells]
    row, table, column, value = chance.choices(cells, weights=sizes)[0]
    new = flipped(value, chance)
    db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
    db.commit()
    db.close()
    return f"{table}.{column}: {value!r:.40} -> {new!r:.40}"


def flip_values(file: Path, times: int) -> None:
    chance = random.Random(4)
    copy = file.with_name("copy.db")
    for _ in range(times):
        shutil.copyfile(file, copy)
        where = flip_a_value(copy, chance)
        assert damage(open_store(str(copy))), where


def flip_bytes(file: Path, times: int) -> int:
    """Flips bytes of the file itself. Doctor finds each that changes a value; how many did."""
    chance = random.Random(5)
    copy, whole = file.with_name("copy.db"), file.read_bytes()
    names = [
        table.name
        for table in (
            *IMMUTABLE,
            tables.site,
            readers.SUBSCRIBERS.table,
            readers.ADDRESSES.table,
            audit.LINES.table,
        )
    ]
    with open_store(str(file)).reading() as db:
        before = copying.hashes(db, names)
    n_changed = 0
    for _ in range(times):
        data, place = bytearray(whole), chance.randrange(len(whole))
        data[place] ^= 1 << chance.randrange(8)
        copy.write_bytes(data)
        try:
            with open_store(str(copy)).reading() as db:
                changed = copying.hashes(db, names) != before
        except StorageError:
            changed = True
        n_changed += changed
        assert not changed or not doctor(str(copy), years.NOW).is_sound, place
    return n_changed


@pytest.fixture
def file(url: str) -> Path:
    """A database at rest, all of it in one file."""
    path = Path(url)
    assert not path.with_name("arshjul.db-wal").exists()
    return path


def test_sound_database_is_found_sound(url: str) -> None:
    """A clock that was set back is told of, and a refresh that did not run is a warning."""
    diagnosis = doctor(url, years.NOW)
    assert diagnosis.findings == ()
    assert (diagnosis.revision, len(diagnosis.head or "")) == (2, 64)
    assert [finding.check for finding in doctor(url, years.NOW.replace(year=2025)).findings] == ["clock"]
    diagnosis = doctor(url, years.NOW.replace(month=12))
    assert [(finding.check, finding.is_warning) for finding in diagnosis.findings] == [("refresh", True)]
    assert diagnosis.is_sound


@FILE
@pytest.mark.parametrize("times", often([10], [500]))
def test_flipped_value_is_found(file: Path, times: int) -> None:
    flip_values(file, times)


@FILE
@pytest.mark.parametrize("times", often([30], [1000]))
def test_flipped_byte_of_the_file_is_found(file: Path, times: int) -> None:
    assert flip_bytes(file, times) > times / 6


@SLOW_POSTGRESQL
def test_tampering_is_found_in_either_database(databases: Databases, url: str) -> None:
    for change, check in (
        ("UPDATE state SET revision = 1", "pointer"),
        ("UPDATE revision SET reason = 'annat' WHERE number = 1", "chain"),
        ("UPDATE feed SET last_modified = '2026-11-24T12:00:09.000000Z' WHERE revision = 1", "chain"),
        ("UPDATE feed SET last_modified = '2026-11-24 12:00:00.000000Z' WHERE revision = 1", "chain"),
        ("UPDATE audit SET actor = 'ingen' WHERE number = 1", "log"),
        ("DELETE FROM audit WHERE number = 2", "log"),
        ("UPDATE subscriber SET level = 'area'", "subscribers"),
        ("UPDATE subscriber SET party = 'coordinator'", "subscribers"),
        ("UPDATE address SET expires_at = '2099-01-01T00:00:00.000000Z'", "subscribers"),
    ):
        store = open_store(url)
        with store.writing() as db:
            db.exec_driver_sql(change)
        assert check in {finding.check for finding in damage(store)}, change
        store.engine.dispose()
        url = databases.filled("two revisions", str)


@FILE
def test_a_value_of_another_kind_is_found(file: Path) -> None:
    """A flipped bit in the header of a row makes bytes of a text, in any column."""
    copy = file.with_name("copy.db")
    for table in ("audit", "revision", "feed"):
        for column in (one.name for one in tables.metadata.tables[table].columns if not one.primary_key):
            shutil.copyfile(file, copy)
            with closing(sqlite_module().connect(str(copy))) as db:
                db.execute(f"UPDATE {table} SET {column} = CAST({column} AS BLOB) WHERE typeof({column}) = 'text'")
                changed = db.total_changes
                db.commit()
            assert not changed or damage(open_store(str(copy))), (table, column)
