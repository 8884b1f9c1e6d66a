"""Whoever has the portal's machine writes into any table there: a turn reads little of it, and honest reports come in.

What cannot be read counts as absent, and is written anew.
"""

import tracemalloc

import pytest

from arshjul.errors import StorageError
from arshjul.office.store import outside_feeds as feeds
from arshjul.office.store.feed_cache import FeedCache
from arshjul.office.store.store import Store
from arshjul.office.subscribers.read_feed import digest_of_token
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.store import bounds, contacts, views
from arshjul.portal.store import contacts as portal_contacts
from arshjul.serving.sql.database import Database
from arshjul.year.formats.feeds.view_json import from_text
from tests import years
from tests.databases import FILE
from tests.office.service.test_carry import LATER, entries, invited, portal, sent, state

__all__ = ["portal"]

LARGE, MANY = 30_000_000, 60_000
MOST_READ = 15_000_000
"""The bytes that a turn may take at the most; a usual one takes some 4 million."""

VAST = f"CAST(zeroblob({LARGE}) AS TEXT)"
HEXED = f"hex(zeroblob({LARGE // 2}))"
COUNTED = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) INSERT INTO "
CROOKED = {
    "a list of rights that is vast": f"UPDATE contact SET may = {HEXED}",
    "a list of rights that is none": "UPDATE contact SET may = 'offer, report'",
    "rights that are no list": "UPDATE contact SET may = '7'",
    "a contact's end that is no moment": "UPDATE contact SET expires_at = 'alltid'",
    "a function in no letters": "UPDATE contact SET function = CAST(X'FFFE' AS TEXT)",
    "very many contacts": COUNTED + "contact SELECT 'c' || i, 'police-p0', 'f', '[]', '', '2029', 0 FROM n",
    "an address's end that is no moment": "UPDATE address SET expires_at = 4",
    "an address's page that is vast": f"UPDATE address SET page = {HEXED}",
    "very many addresses": COUNTED + "address SELECT 'd' || i, 'c', '2029', '' FROM n",
    "a mark that is vast": f"UPDATE view SET mark = {HEXED}",
    "very many views": COUNTED + "view SELECT 'p' || i, 'm', '' FROM n",
    "what became of an entry, at no moment": "UPDATE outcome SET at = 'igår'",
    "what became of an entry, in a vast word": f"UPDATE outcome SET state = {HEXED}",
    "what became of an entry, in vast words": f"UPDATE outcome SET about = {HEXED}",
    "very many kinds of outcome": COUNTED + "outcome SELECT i + 100, 's' || i, '', '2027' FROM n",
    "no state": "DELETE FROM state",
    "two states": "INSERT INTO state VALUES (2, 'x', 'y')",
    "a state that is vast": f"UPDATE state SET epoch = {HEXED}, year = {HEXED}",
    "a body that is vast and begins with NUL": f"UPDATE inbox SET body = {VAST} WHERE kind = 'still'",
    "a moment of sending that is vast": f"UPDATE inbox SET reported = {HEXED} WHERE kind = 'still'",
    "a kind that is vast": f"UPDATE inbox SET kind = {HEXED} WHERE kind = 'still'",
    "a moment of coming in that is vast": f"UPDATE session_contact SET begun_at = '1' || {HEXED}",
    "a decision that is vast": f"INSERT INTO sheet_purge VALUES ('OP-000', {HEXED}, '2027-01-01T00:00:00.000000Z')",
    "very many parts": COUNTED + "sheet_part SELECT 'o' || i, 'p', '2027' FROM n",
    "an order in a vast word": f"INSERT INTO sheet_order VALUES ('OP-000', {HEXED}, 'B', 'x', '2027', 1)",
    "no state of feeds": "DELETE FROM feed_state",
    "a mark of feeds that is vast": f"UPDATE feed_state SET mark = {HEXED}",
    "two states of feeds": "INSERT INTO feed_state SELECT 2, 1, '', '', 1, NULL, NULL",
    "a feed of no moment": "UPDATE feed SET last_modified = 'nyss'",
    "an address of a feed that is vast": f"UPDATE feed_address SET note = {HEXED}",
    "very many addresses of feeds": COUNTED
    + "feed_address SELECT 'd' || i, i, 'a', 'full', 'all', 'x', '2029', NULL, '' FROM n",
    "a fetch in a vast word": f"INSERT INTO feed_fetch VALUES (1, '2027', {HEXED})",
}


def turn(store: Store, portal: Database, kept: Remembered) -> None:
    tracemalloc.start()
    try:
        carry(store, portal, LATER, kept)
        assert tracemalloc.get_traced_memory()[1] < MOST_READ
    finally:
        tracemalloc.stop()


@FILE
@pytest.mark.parametrize(
    "what", [what if n % 9 == 0 else pytest.param(what, marks=pytest.mark.slow) for n, what in enumerate(CROOKED)]
)
def test_a_table_that_somebody_else_has_written_costs_little_and_is_written_anew(
    store: Store, portal: Database, what: str
) -> None:
    id, token = invited(store)
    subscribe(store, Wanted("agency-a0", "full"), "x", 100, "test", years.NOW)
    kept = Remembered(carries_feeds=True)
    carry(store, portal, LATER, kept)
    sent(portal, id, "e1")
    with portal.engine.begin() as db:
        db.exec_driver_sql("INSERT INTO session_contact VALUES ('s', ?, 'd', '2026-12-01T00:00:00.000000Z')", (id,))
    for _ in range(2):
        carry(store, portal, LATER, kept)
    with portal.reading() as db:
        before = portal_contacts.contacts(db), portal_contacts.addresses(db), views.marks(db)
    sent(portal, id, "e2", kind="still")
    sent(portal, id, "e3")
    with portal.engine.begin() as db:
        db.exec_driver_sql(CROOKED[what])
    subscribe(store, Wanted("agency-a1", "full"), "x", 100, "test", years.NOW)  # so that feeds are compared
    for known in (kept, Remembered(carries_feeds=True)):
        for _ in range(3):
            turn(store, portal, known)
    assert {"e1", "e3"} <= {*entries(store)}
    assert state(portal, "e1") == state(portal, "e3") == "waits"
    with portal.reading() as db:
        assert (portal_contacts.contacts(db), portal_contacts.addresses(db), views.marks(db)) == before
        assert portal_contacts.ADDRESSES.get(db, digest_of_token(token).hex()) is not None
        assert from_text(views.body(db, "police-p0")[1]).party == "police-p0"
        assert len(feeds.cache(db, FeedCache()).readers) == 2
    assert carry(store, portal, LATER, kept).is_all_done


@FILE
def test_a_table_that_never_ends_is_left_in_time(
    store: Store, portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited(store)
    carry(store, portal, LATER)
    monkeypatch.setattr(bounds, "MOST_S", 0.2)
    with portal.engine.begin() as db:
        db.exec_driver_sql("DROP TABLE contact")
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        columns = ", ".join(f"i AS {column.name}" for column in contacts.CONTACTS.table.c)
        db.exec_driver_sql(f"CREATE VIEW contact AS SELECT {columns} FROM ({endless})")
    with pytest.raises(StorageError, match="is slow"):
        carry(store, portal, LATER)


def test_as_many_rows_as_may_be_are_read_and_no_more(
    store: Store, portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, _ = invited(store)
    carry(store, portal, LATER)
    for most, known in ((1, {id}), (0, set())):
        monkeypatch.setattr(bounds, "MOST_ROWS", most)
        with portal.reading() as db:
            assert portal_contacts.contacts(db).keys() == known
