"""Feeds that are carried to the portal's database and served from there: the same bytes, closed where they close."""

import asyncio
import io
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

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
from arshjul.portal.store import tables
from arshjul.serving.sql.database import Database
from tests import years
from tests.databases import FILE, SLOW_POSTGRESQL, Databases
from tests.examples import often
from tests.office.service.test_carry import Killed, entries, killed, sent

LATER = years.NOW + timedelta(hours=1)


@pytest.fixture
def portal(databases: Databases, request: pytest.FixtureRequest) -> Database:
    if "postgresql" in request.node.callspec.id:
        return make_portal(request.getfixturevalue("postgresql").new_database())
    return make_portal(str(Path(databases.empty()).with_name("portal.db")))


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
