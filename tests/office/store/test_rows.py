"""Rows as objects: what is read is what was written, and `where` bounds all that is done; and reading in one state."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, String
from sqlalchemy.schema import CreateTable

from arshjul.errors import StorageError
from arshjul.portal.store.contacts import CONTACTS, PortalContact, contacts
from arshjul.portal.store.inbox import INBOX, LATEST, InboxRow
from arshjul.portal.store.schema import PORTAL
from arshjul.portal.store.sessions import SESSIONS, StoredSession
from arshjul.portal.store.sheets import SECTIONS, SectionRow
from arshjul.serving.sql.columns import NAMING, Default, Of, Sha256, Transient, table_of
from arshjul.serving.sql.database import Database, make_database
from arshjul.serving.sql.errors import Damaged
from arshjul.serving.sql.rows import Packed, TableRows

AT = datetime(2027, 2, 1, 8, tzinfo=UTC)
FIRST, SECOND, THIRD = (
    PortalContact(id, party, "Planering", may, "", AT, is_locked=False)
    for id, party, may in (("a", "P1", ("read", "write")), ("b", "P2", ()), ("c", "P1", ("read",)))
)


@dataclass(frozen=True, slots=True)
class Other:
    digest: Sha256
    id: int


@dataclass(frozen=True, slots=True)
class Example:
    id: int
    name: Annotated[str, String(8)]
    digest: Annotated[Sha256, Of("other.digest")]
    state: Annotated[Literal["a", "b"], Default("a")]
    words: tuple[str, ...]
    packed: bytes
    is_so: bool
    at: datetime
    until: datetime | None = None
    before: Annotated[int | None, Of("other.id")] = None
    size: Sha256 | None = None
    more: Annotated[int, Transient] = 0


def test_a_table_follows_from_a_class() -> None:
    others = (Column("first", Integer, primary_key=True), Column("last", Integer), Index("ix", "name", "last"))
    tables = MetaData(naming_convention=NAMING)
    table_of(tables, "other", Other, "digest")
    made = table_of(tables, "example", Example, "id", "name", first=others[:1], last=others[1:])
    said = str(CreateTable(made))
    assert [line.strip(" ,\t") for line in said.strip().splitlines()[1:-1]] == [
        "first INTEGER NOT NULL",
        "id INTEGER NOT NULL",
        "name VARCHAR(8) NOT NULL",
        "digest VARCHAR(64) NOT NULL",
        "state TEXT DEFAULT 'a' NOT NULL",
        "words TEXT NOT NULL",
        "packed BLOB NOT NULL",
        "is_so BOOLEAN NOT NULL",
        "at VARCHAR(27) NOT NULL",
        "until VARCHAR(27)",
        "before INTEGER",
        "size VARCHAR(64)",
        "last INTEGER",
        "CONSTRAINT pk_example PRIMARY KEY (first, id, name)",
        "CONSTRAINT fk_example_digest FOREIGN KEY(digest) REFERENCES other (digest)",
        "CONSTRAINT fk_example_before FOREIGN KEY(before) REFERENCES other (id)",
    ]
    assert [[column.name for column in index.columns] for index in made.indexes] == [["name", "last"]]


@dataclass(frozen=True, slots=True)
class Kept:
    id: int
    packed: Packed | None = None
    words: tuple[str, ...] | None = None
    plain: bytes | None = None


def test_nothing_is_kept_as_nothing_and_what_is_empty_as_empty() -> None:
    rows = TableRows(table_of(MetaData(naming_convention=NAMING), "kept", Kept, "id"), Kept)
    for kept in (Kept(1), Kept(2, b"", (), b""), Kept(3, b"a", ("b",), b"c")):
        assert rows.made(rows.row(kept)) == kept
    assert set(rows.row(Kept(1)).values()) == {1, None}


def test_what_is_read_is_what_was_written_in_the_order_of_the_keys_and_no_others_are_changed(url: str) -> None:
    with make_database(url, PORTAL).writing() as db:
        CONTACTS.add(db)
        CONTACTS.add(db, THIRD, FIRST, SECOND)
        assert CONTACTS.all(db) == [FIRST, SECOND, THIRD] == list(contacts(db).values())
        assert CONTACTS.by(CONTACTS.c.id.desc()).all(db, 2) == [THIRD, SECOND]
        assert (CONTACTS.get(db, "b"), CONTACTS.get(db, "d")) == (SECOND, None)
        p1 = CONTACTS.where(party="P1")
        assert (p1.all(db), p1.first(db), p1.n(db)) == ([FIRST, THIRD], FIRST, 2)
        assert p1.where(CONTACTS.c.id > "a").values(db, CONTACTS.c.id) == ["c"]
        assert CONTACTS.n(db) == 3, "bounding some bounds no others"
        assert p1.set(db, function="Drift") == 2
        assert [contact.function for contact in CONTACTS.all(db)] == ["Drift", "Planering", "Drift"]
        assert CONTACTS.where(id="d").set(db, function="Ledning") == 0
        CONTACTS.put(db, FIRST, replace(SECOND, party="P3"), SECOND, replace(SECOND, id="d"))
        assert CONTACTS.all(db) == [FIRST, SECOND, replace(THIRD, function="Drift"), replace(SECOND, id="d")]
        p1.remove(db)
        assert [contact.id for contact in CONTACTS.all(db)] == ["b", "d"]
        SESSIONS.add(db, *(StoredSession(digest, "sv", AT, visited) for digest, visited in (("1", None), ("2", AT))))
        assert [session.digest for session in SESSIONS.where(visited_at=None).all(db)] == ["1"], "None is looked for"
        assert SESSIONS.where(seen_at=AT, visited_at=AT).n(db) == 1


def test_columns_that_are_no_fields_are_given_or_numbered_and_fields_that_are_no_columns_are_not_kept(url: str) -> None:
    sent = [InboxRow(id, "a", key, "P1", "report", "{}", "", "", AT) for id, key in (("x", "1"), ("y", "2"))]
    version = SectionRow("OP-1", "P1", "risks", 3, "given", "s", AT + timedelta(hours=1), "seal", b"\x00\xff", ("P2",))
    with make_database(url, PORTAL).writing() as db:
        assert (SECTIONS.highest(db, SECTIONS.c.version), INBOX.first(db)) == (0, None)
        INBOX.add(db, sent[0], session="one")
        INBOX.add(db, sent[1], session="two")
        assert (LATEST.all(db), INBOX.where(session="one").all(db)) == (sent[::-1], sent[:1])
        assert INBOX.values(db, INBOX.c.number) == [1, 2]
        SECTIONS.add(db, version)
        assert SECTIONS.get(db, *version.place) == replace(version, without=())
        assert SECTIONS.highest(db, SECTIONS.c.version) == 3


# -- a database that is read in one state, until something is written through it; and statements built once


def add(database: Database, id: str) -> None:
    with database.writing() as db:
        CONTACTS.add(db, replace(FIRST, id=id))


def ids(database: Database) -> list[str]:
    with database.reading() as db:
        return [contact.id for contact in CONTACTS.all(db)]


def test_what_others_write_is_seen_once_something_is_written_or_it_is_asked_for_or_failed(url: str) -> None:
    database = make_database(url, PORTAL)
    with database.writing() as db:
        assert CONTACTS.get(db, "0") is None
        CONTACTS.add(db, replace(FIRST, id="0"))
        assert CONTACTS.get(db, "0") is not None, "within what writes nothing is remembered"
        CONTACTS.remove(db)
    with database.at_once() as once:
        assert ids(once) == []
        add(database, "a")
        assert ids(once) == []
        assert ids(once.apart) == ["a"]
        once.see_anew()
        assert ids(once) == ["a"]
        add(database, "b")
        add(once, "c")
        assert ids(once) == ["a", "b", "c"]
        add(database, "d")
        assert ids(once) == ["a", "b", "c"]
        with pytest.raises(StorageError), once.reading():
            raise Damaged("a row")
        assert ids(once) == ["a", "b", "c", "d"]
    assert ids(database) == ["a", "b", "c", "d"]


def test_the_same_question_has_the_same_statement_whatever_is_asked_for(url: str) -> None:
    database = make_database(url, PORTAL)
    some = CONTACTS.where(party="P1")
    assert some.query is CONTACTS.where(party="P2").query
    assert some.query is not CONTACTS.where(party=None).query
    add(database, "a")
    with database.reading() as db:
        before = len(CONTACTS._statements)
        for party in ("P1", "P2"):
            of_party = CONTACTS.where(party=party)
            is_there = party == "P1"
            assert of_party.n(db) == len(of_party.all(db)) == len(of_party.values(db, CONTACTS.c.id)) == is_there
        known = len(CONTACTS._statements)
        assert CONTACTS.where(party="P3").n(db) == 0
        assert len(CONTACTS._statements) == known <= before + 3
