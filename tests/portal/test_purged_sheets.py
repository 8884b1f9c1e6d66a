"""purge-sheets: after it no byte of a section opens, from wherever it was copied, but by a copy of the key."""

import base64
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import select, update

from arshjul.errors import InputError, Refused
from arshjul.office.contacts.sheets import due_sheets
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store import audit
from arshjul.office.store.events import SheetPurged
from arshjul.office.store.store import open_store
from arshjul.office.sync.sync import make_portal
from arshjul.portal.actions.purging import PurgedSheet, purge_sheets
from arshjul.portal.actions.sheet_copy import copy_of
from arshjul.portal.actions.sheets import left_to_give as left_of
from arshjul.portal.store import sheets
from arshjul.portal.store import sheets as rows
from arshjul.portal.store.schema import open_own
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.serving.sql import engine
from arshjul.serving.sql.database import Database
from arshjul.serving.sql.engine import sqlite_module
from tests.commands import ran
from tests.databases import Cluster, copied
from tests.examples import often
from tests.office.console.conftest import Desk as Console
from tests.portal import sheet_town
from tests.portal.conftest import Office
from tests.portal.test_sheet_races import just_before_writing
from tests.portal.test_sheets import (
    AGENCY,
    BEFORE_DUE,
    KNOWN,
    LEAD,
    OPERATION,
    POLICE,
    PURPOSE,
    given,
    keys,
    own_of,
    raised,
    view_of,
    with_contacts,
    with_sheets,
    written,
)
from tests.worlds import Known, Worlds

__all__ = ["with_sheets"]

OTHER_OPERATION = "OP-001"
DECISION = "Gallringsbeslut 12, 2027"
AFTER = BEFORE_DUE.replace(year=2029)
WHEN_OVER = BEFORE_DUE.replace(year=2027, month=2, day=10)


@pytest.fixture(params=often(["sqlite"], ["postgresql"]))
def desk(request: pytest.FixtureRequest, with_sheets: bytes, worlds: Worlds, tmp_path: Path) -> Iterator[Office]:
    """A portal with sheets in each kind of database."""
    if request.param == "sqlite":
        worlds.copied(filled_year, tmp_path)
        made = sheet_town.desk_over(tmp_path)
        with made.portal.kept_open():  # so the log stays
            yield made
    else:
        store = open_store(str(copied(with_sheets, tmp_path / "y.db").place.path))
        postgresql: Cluster = request.getfixturevalue("postgresql")
        address = postgresql.new_database()
        yield filled(Office(store, make_portal(address), BEFORE_DUE, address, tmp_path / "sheets.keys"))


def filled_year(folder: Path, worlds: Worlds) -> Known:
    """The world of that year and its portal, with them."""
    worlds.copied(with_contacts, folder)
    return filled(sheet_town.desk_over(folder)).waiting


def filled(made: Office) -> Office:
    """With sections that are given and drafts, of two operations."""
    for party in ("a0", "p0"):
        if f"{party} sheet" not in made.waiting:
            made.invited(party, "sheet")
    agency = raised(made, made.browser("a1", "sheet"))
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD, POLICE])
    written(agency, "D", KNOWN)
    written(agency, "B", PURPOSE, OTHER_OPERATION)
    return made


def bodies(portal: Database) -> list[tuple[tuple[str, str, str, int], bytes]]:
    """Every ciphertext of the operation, with its place."""
    with portal.reading() as db:
        return [(row.place, row.body) for row in rows.of_operation(db, OPERATION)]


def n_opened(portal: Database, own: SheetKeys) -> int:
    return sum(own.decrypted(place, body) is not None for place, body in bodies(portal))


def copies(office: Office, folder: Path) -> list[Database]:
    """The database as a copy of its files with their log, a backup and a dump have it."""
    folder.mkdir()
    path = office.portal.place.path
    if path is None:
        return [_restored(office, folder)]
    with closing(sqlite_module().connect(str(path))) as writer:
        writer.execute("UPDATE portal_writer SET id = id")
        writer.commit()
        for file in path.parent.glob(f"{path.name}*"):
            shutil.copy(file, folder / file.name)
    assert (folder / f"{path.name}-wal").stat().st_size > 0
    sqlite = sqlite_module()
    with closing(sqlite.connect(str(path))) as source, closing(sqlite.connect(str(folder / "backup.db"))) as backup:
        source.backup(backup)
    with closing(sqlite3.connect(folder / "backup.db")) as source:
        (folder / "dump.sql").write_text("\n".join(source.iterdump()))
    with closing(sqlite3.connect(folder / "dump.db")) as dumped:
        dumped.executescript((folder / "dump.sql").read_text())
    return [open_own(str(folder / name)) for name in (path.name, "backup.db", "dump.db")]


def _restored(office: Office, folder: Path) -> Database:
    """What pg_dump writes, in a database of its own."""
    name, host = office.portal.engine.url.database, office.portal.engine.url.query["host"]
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    where = ["-h", str(host), "-U", "arshjul"]
    made = subprocess.run([binaries / "pg_dump", *where, str(name)], check=True, capture_output=True).stdout
    (folder / "dump.sql").write_bytes(made)
    copy = f"{name}_{folder.name}"
    subprocess.run([binaries / "createdb", *where, "-T", "template0", copy], check=True, capture_output=True)
    subprocess.run([binaries / "psql", *where, "-q", "-d", copy, "-f", folder / "dump.sql"], check=True)
    return open_own(f"postgresql://arshjul@/{copy}?host={host}")


def test_after_it_nothing_opens_from_anywhere_without_the_old_file_of_keys(desk: Office, tmp_path: Path) -> None:
    own = keys(desk)
    kept = own.file.read_bytes()
    (lost,) = [line.split()[1] for line in kept.splitlines() if line.split()[0] == OPERATION.encode()]
    before = copies(desk, tmp_path / "before")
    assert [n_opened(database, own) for database in before] == [2] * len(before), "the test would see it"
    assert purge_sheets(desk.portal, own, OPERATION, DECISION, AFTER) == 1
    after = copies(desk, tmp_path / "after")
    for database in (desk.portal, *before, *after):
        assert n_opened(database, own) == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    for file in files:
        assert lost not in file.read_bytes(), file
        assert base64.b64decode(lost) not in file.read_bytes(), file
        assert b"Spaningen" not in file.read_bytes(), file
    assert own.file in files
    assert own.file.stat().st_mode & 0o777 == 0o600
    assert len(own.file.read_bytes()) == len(kept), "overwritten where it stood"
    with desk.portal.reading() as db:
        (other,) = rows.of_operation(db, OTHER_OPERATION)
    assert own.decrypted(other.place, other.body) is not None, "another operation's opens"

    (tmp_path / "old.keys").touch(0o600)
    (tmp_path / "old.keys").write_bytes(kept)
    old = SheetKeys(tmp_path / "old.keys")
    assert [n_opened(database, old) for database in before] == [2] * len(before), (
        "as docs/security.md says: a copy opens a copy"
    )
    assert [n_opened(database, old) for database in (desk.portal, *after)] == [0] * (len(after) + 1)


def test_the_pages_say_that_it_was_purged_and_when_and_take_nothing_more(desk: Office) -> None:
    desk.now = WHEN_OVER
    agency = raised(desk, desk.browser("a1", "sheet"))
    fields = agency.get(f"/sheets/{OPERATION}/B").hidden("seen")
    with desk.portal.reading() as db:
        before = {*db.execute(select(sheets.SECTIONS.table.c.seal)).scalars()}
    purge_sheets(desk.portal, keys(desk), OPERATION, DECISION, WHEN_OVER)
    own = own_of(agency)
    for way in ("", "/B", "/give"):
        answer = agency.get(f"/sheets/{OPERATION}{way}")
        assert answer.status == 410, way
        assert "gallrades onsdag 10 februari 2027" in answer.text
        assert DECISION in answer.text
    for way in ("read", "pdf", "give", "narrow"):
        assert agency.post(f"/sheets/{OPERATION}/{way}", own).status == 410, way
    assert agency.post(f"/sheets/{OPERATION}/B", {**fields, **PURPOSE}).status == 410
    assert DECISION in agency.get("/sheets").text
    assert agency.get(f"/sheets/{OTHER_OPERATION}/B").status == 200
    with pytest.raises(PurgedSheet, match=DECISION):
        copy_of(desk.portal, keys(desk), LEAD, OPERATION)
    with desk.portal.reading() as db:
        assert {*db.execute(select(sheets.SECTIONS.table.c.seal)).scalars()} == before, "the register stands"
    assert OPERATION.encode() not in keys(desk).file.read_bytes()


def test_it_is_carried_into_the_log_once_and_nothing_more_is_owed(desk: Office) -> None:
    desk.carry()
    with desk.store.reading() as db:
        draft = opened_draft(db)
    before = {sheet.operation for sheet in due_sheets(desk.store, draft, desk.now)}
    assert OPERATION in before
    purge_sheets(desk.portal, keys(desk), OPERATION, DECISION, BEFORE_DUE, is_sure=True)
    with desk.portal.writing() as db:
        said = "INSERT INTO sheet_purge (operation, decision, at) VALUES "
        forged = [
            ("OP-888", "x", "2027-01-01T00:00:00.000000Z"),
            ("OP-001", "x", "inte en tid"),
            ("OP-002", "x" * 501, ""),
        ]
        for row in forged:
            db.exec_driver_sql(said + str(row))
        if db.dialect.name == "sqlite":
            db.exec_driver_sql(said + "('OP-003', x'ff00', '2027-01-01T00:00:00.000000Z')")
    for _ in range(3):
        desk.carry()
    with desk.store.reading() as db:
        ((purge, _),) = audit.told(db, SheetPurged)
        assert (purge.operation, purge.decision) == (OPERATION, DECISION)
    assert {sheet.operation for sheet in due_sheets(desk.store, draft, desk.now)} == before - {OPERATION}
    page = Console(desk.store, desk.now).browser().get(f"/operations/{OPERATION}").text
    assert f"Gallrat, enligt portalen. Beslut: {DECISION}" in page
    assert DECISION in Console(desk.store, desk.now).browser().get("/log").text


def test_what_is_saved_while_it_is_purged_is_refused(desk: Office) -> None:
    """Between the page's own look and its writing."""
    desk.now = WHEN_OVER
    agency = raised(desk, desk.browser("a1", "sheet"))
    own = own_of(agency)
    fields = {**own, "seen": agency.get(f"/sheets/{OPERATION}/F").field("seen"), "checks": "x"}

    def purges() -> None:
        with mock.patch.object(engine, "BUSY_S", 0.1):  # it empties the log later, when the page has read
            purge_sheets(open_own(desk.own or desk.portal.name), keys(desk), OPERATION, DECISION, WHEN_OVER)

    with just_before_writing(purges):
        assert agency.post(f"/sheets/{OPERATION}/F", fields).status == 422
    with desk.portal.reading() as db:
        assert rows.of_operation(db, OPERATION) == []
    assert not keys(desk).opens(OPERATION), "no new key was made"


def test_broken_off_at_any_step_the_next_call_goes_on(desk: Office) -> None:
    """After the decision; and after the key is gone: then it empties what is left."""
    own = keys(desk)
    with mock.patch.object(SheetKeys, "forget", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        purge_sheets(desk.portal, own, OPERATION, DECISION, AFTER)
    assert own.opens(OPERATION)
    later = AFTER + timedelta(days=1)
    with mock.patch.object(rows, "empty", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        purge_sheets(desk.portal, own, OPERATION, "Ett annat beslut", later)
    assert not own.opens(OPERATION)
    assert purge_sheets(desk.portal, own, OPERATION, "Ett tredje beslut", later) == 0
    with desk.portal.reading() as db:
        table = sheets.SECTIONS.table.c
        assert {*db.execute(select(table.body).where(table.operation == OPERATION)).scalars()} == {b""}
    with pytest.raises(PurgedSheet, match="Ett tredje beslut"):
        purge_sheets(desk.portal, own, OPERATION, DECISION, AFTER)


def test_what_is_refused_and_what_to_do(desk: Office, tmp_path: Path) -> None:
    own = keys(desk)
    before = own.file.read_bytes()
    own.file.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        purge_sheets(desk.portal, own, OPERATION, DECISION, AFTER)
    own.file.chmod(0o600)
    with pytest.raises(InputError, match=r"OP-999.*parties' pages"):
        purge_sheets(desk.portal, own, "OP-999", DECISION, AFTER)
    with pytest.raises(InputError, match=r"none\.keys has no key for OP-000.*--sure"):
        purge_sheets(desk.portal, SheetKeys(tmp_path / "none.keys"), OPERATION, DECISION, AFTER)
    with pytest.raises(Refused, match=r"lies ahead, on 2027-02-01.*--sure"):
        purge_sheets(desk.portal, own, OPERATION, DECISION, BEFORE_DUE)
    for wrong in ("", "  ", "x" * 501):
        with pytest.raises(InputError, match="decision"):
            purge_sheets(desk.portal, own, OPERATION, wrong, AFTER)
    assert own.file.read_bytes() == before
    assert n_opened(desk.portal, own) == 2
    assert purge_sheets(desk.portal, own, OPERATION, DECISION, BEFORE_DUE, is_sure=True) == 1


def test_a_decision_is_kept_also_where_the_key_is_gone_already(desk: Office, tmp_path: Path) -> None:
    """As it is where the portal's database is put back from a copy, from before it was purged."""
    none = SheetKeys(tmp_path / "none.keys")
    assert purge_sheets(desk.portal, none, OPERATION, DECISION, AFTER, is_sure=True) == 0
    assert n_opened(desk.portal, keys(desk)) == 0
    assert not none.file.exists()


def test_with_the_database_of_another_year_no_key_is_lost(desk: Office) -> None:
    """It has the same numbers, and nothing in it opens under these keys."""
    own = keys(desk)
    before = own.file.read_bytes()
    with desk.portal.writing() as db:
        table = sheets.SECTIONS.table
        db.execute(update(table).where(table.c.operation == OPERATION).values(body=b"x" * 1052))
    with pytest.raises(InputError, match=r"has no key for OP-000.*--sure"):
        purge_sheets(desk.portal, own, OPERATION, DECISION, AFTER)
    assert own.file.read_bytes() == before
    assert purge_sheets(desk.portal, own, OPERATION, DECISION, AFTER, is_sure=True) == 0
    assert own.opens(OPERATION), "a key that opens nothing here is another database's"


def test_where_a_key_may_be_known_all_is_purged_and_given_anew(desk: Office, tmp_path: Path) -> None:
    """Of an operation that lies ahead: under a new key, which the old file of keys does not have."""
    own, former = keys(desk), tmp_path / "known.keys"
    former.touch(0o600)
    former.write_bytes(own.file.read_bytes())
    agency = raised(desk, desk.browser("a1", "sheet"))
    assert "B" not in left_to_give(desk)
    purge_sheets(desk.portal, own, OPERATION, DECISION, BEFORE_DUE, is_sure=True)
    assert "B" in left_to_give(desk)
    page = agency.get(f"/sheets/{OPERATION}")
    assert page.status == 200
    assert f"{DECISION} Skriv era delar igen." in page.text
    assert PURPOSE["purpose"] not in agency.get(f"/sheets/{OPERATION}/B").body.decode()
    written(agency, "B", {**PURPOSE, "purpose": "Skrivet på nytt"})
    assert given(agency, to__B=[LEAD]).status == 303
    copy, _ = copy_of(desk.portal, own, LEAD, OPERATION)
    assert copy.is_whole
    assert [(section.version, section.values["purpose"]) for section in copy.sections] == [(2, "Skrivet på nytt")]
    assert n_opened(desk.portal, SheetKeys(former)) == 0
    assert DECISION not in agency.get("/sheets").text, "it stands of what is empty alone"
    assert "B" not in left_to_give(desk)
    assert purge_sheets(desk.portal, own, OPERATION, "Gallras", AFTER) == 1
    assert [n_opened(desk.portal, sheet_keys) for sheet_keys in (own, SheetKeys(former))] == [0, 0]


def left_to_give(desk: Office) -> list[str]:
    return next(
        left
        for sheet, left in left_of(desk.portal, view_of(desk, AGENCY), BEFORE_DUE.date())
        if sheet.operation == OPERATION
    )


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_the_command(desk: Office) -> None:
    words: list[str | Path] = [
        "purge-sheets",
        OPERATION,
        "--portal-db",
        desk.portal.name,
        "--sheet-keys",
        keys(desk).file,
    ]
    done = ran([*words, "--decision", DECISION, "--sure"])
    assert done.exit_code == 0, done.output
    assert "Förstör också kopior av filen" in done.output
    lost = [*words[:1], OTHER_OPERATION, *words[2:-1], keys(desk).file.with_name("none.keys")]
    without = ran([*lost, "--decision", DECISION, "--sure"])
    assert without.exit_code == 0, without.output
    assert "saknade nyckeln" in without.output
    assert keys(desk).opens(OTHER_OPERATION)
    again = ran([*words, "--decision", DECISION])
    assert again.exit_code == 2
    assert DECISION in again.output
    assert not [path for path in keys(desk).file.parent.iterdir() if "keys" in path.name and path != keys(desk).file]
