"""Feeds that are carried to the portal's database and served from there: the same bytes, closed where they close."""

import asyncio
import io
import sqlite3
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from arshjul.errors import StorageError
from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.feeds.app import Reports, application, of_portal
from arshjul.office.feeds.records import Figures, Log
from arshjul.office.store import outside_feeds as feeds
from arshjul.office.store import readers
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.readers import Fetch
from arshjul.office.store.store import Store, make_store
from arshjul.office.subscribers.read_feed import digest_of_token, read_feed
from arshjul.office.subscribers.subscribe import Handed, Wanted, subscribe, unsubscribe
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.store import bounds, contacts, tables, views
from arshjul.portal.store import contacts as portal_contacts
from arshjul.serving.sql.database import Database
from arshjul.year.formats.feeds.view_json import from_text
from tests import years
from tests.databases import FILE, SLOW_POSTGRESQL
from tests.examples import often
from tests.office.service.test_carry import LATER, Killed, entries, invited, killed, portal, sent, state

__all__ = ["portal"]


def handed(store: Store, party: str = "agency-a0", level: str = "full", client: str = "") -> Handed:
    return subscribe(store, Wanted(party, level, client=client), "Någon", 400, "test", LATER)


def turn(store: Store, portal: Database, kept: Remembered | None = None) -> bool:
    """True if nothing was left to carry."""
    return carry(store, portal, LATER, kept or Remembered(carries_feeds=True)).is_all_done


def outside(portal: Database, old: FeedCache | None = None) -> FeedCache:
    return feeds.watch(portal).latest(old or FeedCache())


@SLOW_POSTGRESQL
def test_what_is_served_outside_is_what_is_served_inside(store: Store, portal: Database) -> None:
    every = [
        handed(store),
        handed(store, "police-p0", "area"),
        handed(store, client="google"),
    ]
    assert outside(portal).readers == {}
    kept = Remembered(carries_feeds=True)
    assert not turn(store, portal, kept)
    assert turn(store, portal, kept), "and nothing is left"
    watching = feeds.watch(portal)
    there = watching.latest(FeedCache())
    with store.reading() as db:
        here = fill(db, FeedCache())
    assert (there.feeds, there.readers, there.for_google) == (here.feeds, here.readers, here.for_google)
    assert (there.revision, there.published_at) == (here.revision, here.published_at)
    for one in every:
        inside, out = (read_feed(cache, one.token, LATER) for cache in (here, there))
        assert inside is not None
        assert inside == out
    assert watching.latest(there) is there, "a server asks for a number alone"


@SLOW_POSTGRESQL
def test_who_is_revoked_is_served_nowhere_after_the_next_turn(store: Store, portal: Database) -> None:
    """Nor opened again by a turn that read before, and writes after another has closed the address outside."""
    first, second = handed(store), handed(store)
    kept = Remembered(carries_feeds=True)
    turn(store, portal, kept)
    before = outside(portal)
    with store.reading() as db:
        old = fill(db, FeedCache())
    unsubscribe(store, first.subscriber.id, "test", LATER)
    turn(store, portal, kept)
    now = outside(portal, before)
    assert read_feed(now, first.token, LATER) is None
    assert read_feed(now, second.token, LATER) is not None
    assert now.generation > before.generation
    with portal.writing() as db:
        mark, _ = feeds.marked(db)
        feeds.put(db, old, mark)
    assert read_feed(outside(portal), first.token, LATER) is None
    with portal.writing() as db:
        db.execute(update(tables.feed).values(gzipped=b"x"))
    read = read_feed(outside(portal), second.token, LATER)
    assert read is not None
    assert read.feed is None, "what is damaged there is not served"


@SLOW_POSTGRESQL
def test_broken_off_anywhere_the_next_turn_ends_it(store: Store, portal: Database) -> None:
    for at in ("read", "inside", "outside"):
        one = handed(store)
        with pytest.raises(Killed):
            carry(store, portal, LATER, Remembered(carries_feeds=True), killed(at))
        turn(store, portal)
        assert read_feed(outside(portal), one.token, LATER) is not None, at


@SLOW_POSTGRESQL
def test_when_a_feed_was_fetched_is_carried_in_and_nothing_that_is_forged(store: Store, portal: Database) -> None:
    one = handed(store)
    turn(store, portal)
    ahead, unknown = LATER + timedelta(days=900), one.subscriber.id + 50
    own = replace(portal, held=tables.feed_writer)
    with own.writing() as db:
        feeds.FETCHES.put(db, *[Fetch(one.subscriber.id, ahead, "Outlook\r\nX" * 90), Fetch(unknown, LATER, "x")])
    turn(store, portal)
    with store.reading() as db:
        (known,) = readers.fetches(db).values()
    assert (known.subscriber, known.at) == (one.subscriber.id, LATER), "not later than it is now"
    assert "\n" not in known.client
    assert len(known.client) <= 32, "as many as the column of the year's database has"
    assert turn(store, portal)


@FILE
@pytest.mark.parametrize(
    ("column", "value"),
    often(
        [("at", 7), ("client", "CAST(X'FF' AS TEXT)")],
        [("at", "x"), ("at", "2027-13-45T00:00:00.000000Z"), ("at", b"\xff"), ("at", "9" * 100_000),
         ("client", b"\xff" * 9)],
    ),
)  # fmt: skip
def test_what_no_server_writes_there_holds_up_nothing(
    store: Store, portal: Database, column: str, value: object
) -> None:
    """Reports and answers are carried in the same turn."""
    bad, good = handed(store), handed(store, "police-p0", "area")
    (made,) = invite(store, [Invitation("p0", "Yttre befäl", ["report"])], "test", LATER)
    turn(store, portal)
    with portal.writing() as db:
        feeds.FETCHES.put(db, *[Fetch(one.subscriber.id, LATER, "Outlook") for one in (bad, good)])
        where = f"WHERE subscriber = {bad.subscriber.id}"
        if str(value).startswith("CAST"):
            db.exec_driver_sql(f"UPDATE feed_fetch SET {column} = {value} {where}")
        else:
            db.exec_driver_sql(f"UPDATE feed_fetch SET {column} = ? {where}", (value,))
    sent(portal, made.contact.id, "e1")
    turn(store, portal)
    assert entries(store) == ["e1"]
    with store.reading() as db:
        assert list(readers.fetches(db)) == [good.subscriber.id]


def test_without_the_option_no_feed_is_carried_and_with_it_nothing_but_what_the_readers_get(tmp_path: Path) -> None:
    """Canaries: no plan, site, scenario or title, though the coordinator's own calendar has addresses too."""
    year = years.scenario(4, n_police=5)
    store = make_store(str(tmp_path / "year.db"))
    years.published(store, years.write(tmp_path / "plan", year, years.plan(year)))
    invite(store, [Invitation("p0", "Yttre befäl", ["report"])], "test", years.NOW)
    one = handed(store)
    file = tmp_path / "portal.db"
    portal = make_portal(str(file))

    def held() -> str:
        with portal.kept_open():
            files = b"".join(path.read_bytes() for path in tmp_path.glob("portal.db*")).decode("utf-8", "replace")
        dumped = "\n".join(sqlite3.connect(file).iterdump())
        cache = outside(portal)
        return files + dumped + "".join(feed.ics.decode() for feed in cache.feeds.values())

    canaries = (years.TITLE, *years.SITES, "plan.json", '"placements"', '"operations"', "LPO 4", one.token)
    carry(store, portal, LATER)
    assert "VCALENDAR" not in held()
    turn(store, portal)
    assert "VCALENDAR" in held()
    assert [word for word in canaries if word in held()] == []
    assert digest_of_token(one.token).hex() in held()
    own = [handed(store, "coordinator", client=client) for client in ("", "google")]
    turn(store, portal)
    assert [word for word in canaries if word in held()] == []
    cache = outside(portal)
    assert [read_feed(cache, mine.token, LATER) for mine in own] == [None, None], "it is read inside alone"
    with store.reading() as db:
        here = read_feed(fill(db, FeedCache()), own[0].token, LATER)
    assert here is not None
    assert here.feed is not None
    assert years.TITLE.encode() in here.feed.ics
    assert read_feed(cache, one.token, LATER) is not None


@SLOW_POSTGRESQL
def test_the_server_answers_from_the_portal_s_database_and_notes_what_was_fetched(
    store: Store, portal: Database
) -> None:
    one = handed(store)
    turn(store, portal)
    app = application(
        of_portal(replace(portal, held=tables.feed_writer)), Reports(Log(io.StringIO()), Figures()), None, 0.05
    )
    sent: list[dict[str, object]] = []

    async def lived() -> None:
        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b""}

        async def send(message: object) -> None:
            sent.append(message)  # type: ignore[arg-type]

        path = f"/feeds/{one.token}.ics"
        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "client": ("127.0.0.1", 1)}
        async with app._routes.router.lifespan_context(app._routes):
            await app(scope, receive, send)
            await asyncio.sleep(0.2)

    asyncio.run(lived())
    assert sent[0]["status"] == 200
    assert b"BEGIN:VCALENDAR" in sent[1]["body"]  # type: ignore[operator]
    with portal.reading() as db:
        assert [fetch.subscriber for fetch in feeds.fetches(db, [one.subscriber.id])] == [one.subscriber.id]


# -- whoever has the portal's machine writes into any table: a turn reads little of it, and what cannot be read is anew


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


def cheap_turn(store: Store, portal: Database, kept: Remembered) -> None:
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
            cheap_turn(store, portal, known)
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
