"""A database that is read in one state, until something is written through it; and statements that are built once."""

from datetime import UTC, datetime

import pytest

from arshjul.errors import StorageError
from arshjul.portal.store.contacts import CONTACTS, PortalContact
from arshjul.portal.store.schema import PORTAL
from arshjul.serving.sql.database import Database, make_database
from arshjul.serving.sql.errors import Damaged

AT = datetime(2027, 2, 1, 8, tzinfo=UTC)


def add(database: Database, id: str) -> None:
    with database.writing() as db:
        CONTACTS.add(db, PortalContact(id, "P1", "Planering", (), "", AT, is_locked=False))


def ids(database: Database) -> list[str]:
    with database.reading() as db:
        return [contact.id for contact in CONTACTS.all(db)]


def test_what_others_write_is_seen_once_something_is_written_or_it_is_asked_for(url: str) -> None:
    database = make_database(url, PORTAL)
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
    assert ids(database) == ["a", "b", "c"]


def test_after_an_error_it_is_read_anew(url: str) -> None:
    database = make_database(url, PORTAL)
    with database.at_once() as once:
        assert ids(once) == []
        add(database, "a")
        with pytest.raises(StorageError), once.reading():
            raise Damaged("a row")
        assert ids(once) == ["a"]


def test_within_what_writes_nothing_is_remembered(url: str) -> None:
    database = make_database(url, PORTAL)
    with database.writing() as db:
        assert CONTACTS.get(db, "a") is None
        CONTACTS.add(db, PortalContact("a", "P1", "Planering", (), "", AT, is_locked=False))
        assert CONTACTS.get(db, "a") is not None


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
