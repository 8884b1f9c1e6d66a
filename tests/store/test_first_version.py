"""A database that the first version wrote: its subscribers read on, and its year is lived on in the console.

first-version.db.gz was written by arshjul as it was when tables had version 0001: a year of three operations, published
and once moved, with four subscribers, and a fifth whose address was taken back.
"""

import gzip
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, delete, insert, inspect, select

from arshjul.actions.database.doctor import damage
from arshjul.actions.draft.answer_addresses import hand_out
from arshjul.actions.draft.draft import opened_draft
from arshjul.actions.publishing.publish import refresh
from arshjul.actions.subscribers.read_feed import digest_of_token
from arshjul.errors import StorageError
from arshjul.store import in_use, outbox, revisions, schema, versions
from arshjul.store.columns import moment_text
from arshjul.store.engine import engine, place
from arshjul.store.shelf import Shelf, fill
from arshjul.store.store import Store, make_store, open_store
from tests import years
from tests.commands import ran
from tests.console.conftest import Desk
from tests.console.test_asking import asked
from tests.console.test_older_questions import said, yes
from tests.console.test_withdrawal import HIT
from tests.databases import Databases

WRITTEN = Path(__file__).with_name("first-version.db.gz")
READERS = ("full", "area", "busy", "coordinator")


def token(name: str) -> str:
    """The token of the address that was made for that reader."""
    return f"{name}-".ljust(43, "x")


@pytest.fixture
def first(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database in a file, then its rows in PostgreSQL, in the tables of that version."""
    file = tmp_path / "first.db"
    file.write_bytes(gzip.decompress(WRITTEN.read_bytes()))
    where = place(url)
    if where.path is not None:
        file.rename(where.path)
        return url
    with monkeypatch.context() as old:
        old.setattr(versions, "YEAR", replace(versions.YEAR, head="0001"))
        store = make_store(url)
    written = engine(place(str(file)))
    known = MetaData()
    with written.connect() as rows, store.writing() as db:
        known.reflect(rows)
        for table in (one for one in known.sorted_tables if one.name != "alembic_version"):
            db.execute(delete(table))
            if found := [dict(row) for row in rows.execute(select(table)).mappings()]:
                db.execute(insert(table), found)
    return url


def shelf(store: Store) -> Shelf:
    with store.reading() as db:
        return fill(db, Shelf())


def test_its_subscribers_read_on_and_its_year_is_lived_on(first: str) -> None:
    with pytest.raises(StorageError, match="arshjul refresh"):
        open_store(first)
    store = open_store(first, bring_up_to_date=True)
    assert damage(store) == []
    after = shelf(store)
    known = {digest_of_token(token(name)) for name in READERS}
    assert after.readers.keys() == known
    assert {after.feeds[reader.feed].ics[:15] for reader in after.readers.values()} == {b"BEGIN:VCALENDAR"}
    assert refresh(store, "timer", years.NOW + timedelta(days=1)).is_new
    with store.reading() as db:
        year = opened_draft(db).scenario
    assert [one.sites[0].name for one in year.operations.values()] == [f"Kanariekrogen {n}" for n in range(3)]
    desk = Desk(store)
    browser = desk.browser()
    assert all(f"Läsare {name}" in browser.get("/subscribers").text for name in (*READERS, "gone"))
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    assert browser.send(browser.get(path), path, option="balanced").status == 303
    shown = browser.get("/publish")
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x").status == 303
    assert shelf(store).readers.keys() == known
    assert damage(store) == []
    with store.reading() as db:
        assert revisions.pointer(db) == 4


def test_a_console_that_starts_while_a_backup_is_put_back_changes_no_table(first: str) -> None:
    with in_use.alone(first):
        told = ran(["console", "--db", first])
    assert told.exit_code == 4, told.output
    with pytest.raises(StorageError, match="arshjul refresh"):
        open_store(first)


def test_a_secret_that_waited_in_the_outbox_is_gone_and_its_message_waits(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as old:
        old.setattr(versions, "YEAR", replace(versions.YEAR, head="0004"))
        store = make_store(url)
    written = MetaData()
    with store.writing() as db:
        written.reflect(db, only=["outbox"])
        row = {"party": "a0", "address": "a0@example.se", "subject": "Kan ni?", "body": "text", "actor": "x"}
        for number, path in ((1, f"/answers/{token('a0')}"), (2, "")):
            db.execute(
                insert(written.tables["outbox"]),
                [{**row, "number": number, "path": path, "at": moment_text(years.NOW)}],
            )
    with open_store(url, bring_up_to_date=True).reading() as db:
        assert [(one.number, one.asks, one.fault) for one in outbox.waiting(db)] == [(1, True, ""), (2, False, "")]
        assert "path" not in {column["name"] for column in inspect(db).get_columns("outbox")}


def test_what_waited_knows_its_revisions_by_their_hashes(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the number of a revision, and of none at all: then it was put there with the one that was served then."""
    year = years.scenario()
    source = make_store(str(tmp_path / "source.db"))
    for n in range(3):
        made = years.plan(year, {"OP-000": date(2027, 3, 1 + n)})
        years.published(source, years.write(tmp_path / str(n), year, made), years.NOW + n * timedelta(days=1), n)
    url = databases.empty()
    with monkeypatch.context() as old:
        old.setattr(versions, "YEAR", replace(versions.YEAR, head="0010"))
        store = make_store(url)
    written = MetaData()
    with source.reading() as rows, store.writing() as db:
        written.reflect(db, only=["outbox"])
        known = {one.number: one.hash for one in revisions.revisions(rows)}
        for table in (schema.blob, schema.revision):
            db.execute(insert(table), [dict(row) for row in rows.execute(select(table)).mappings()])
        row = {"party": "a0", "address": "", "subject": "s", "body": "b", "actor": "x"}
        waits = [(1, 1, 2, False), (2, None, 2, False), (3, 0, 0, False), (4, None, 0, False), (5, None, 1, True)]
        for number, since, day, asks in waits:
            at = moment_text(years.NOW + day * timedelta(days=1))
            values = {**row, "number": number, "since": since, "at": at, "asks": asks}
            db.execute(insert(written.tables["outbox"]), [values])
    with open_store(url, bring_up_to_date=True).reading() as db:
        found = [(one.knows, one.tells) for one in outbox.unsent(db)]
        assert "since" not in {column["name"] for column in inspect(db).get_columns("outbox")}
    assert found == [(known[1], known[3]), (known[2], known[3]), ("", known[1]), ("", known[1]), ("", "")]


def test_what_was_asked_before_an_upgrade_is_answered_after_it(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year, before = years.scenario(), Desk(make_store(str(tmp_path / "before.db")))
    years.published(before.store, years.write(tmp_path / "plan", year, years.plan(year)))
    asked(before.browser())
    path = f"/answers/{hand_out(before.store, 'a0', 'Eva', before.now)}"
    with monkeypatch.context() as old:
        old.setattr(versions, "YEAR", replace(versions.YEAR, head="0005"))
        store = make_store(url)
    with before.store.reading() as rows, store.writing() as db:
        there = inspect(db)
        for table in (one for one in schema.TABLES if there.has_table(one.name)):
            names = {column["name"] for column in there.get_columns(table.name)}
            older = Table(table.name, MetaData(), *(Column(c.name, c.type) for c in table.columns if c.name in names))
            db.execute(delete(older))
            if found := [dict(row) for row in rows.execute(select(older)).mappings()]:
                db.execute(insert(older), found)
    desk = Desk(open_store(url, bring_up_to_date=True))
    contact = desk.stranger()
    page = contact.get(path)
    assert page.status == 200
    assert contact.post(path, yes(page)).status == 200
    assert ("a0", "yes") in said(desk)
