"""Rendered feeds in the portal's database, for a server outside: written by `carry`; what was read, by that server.

A feed is the bytes that its readers get. Only feeds that somebody has an address to are here, in tables of their own,
and none of the coordinator's, which have titles.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, delete, func, insert, select, type_coerce, update

from arshjul.office.store.feed_cache import CachedFeed, FeedCache, Note, Reader, Watch, made_for_google
from arshjul.office.store.readers import Fetch
from arshjul.office.store.revisions import FeedKey
from arshjul.portal.store import tables
from arshjul.portal.store.bounds import bounded, emptied, size
from arshjul.portal.store.schema import PORTAL
from arshjul.serving.sql.columns import moment_in
from arshjul.serving.sql.database import Database, Transaction, open_database, readable
from arshjul.serving.sql.errors import Damaged
from arshjul.serving.sql.hashes import unpacked
from arshjul.serving.sql.rows import TableRows

FETCHES = TableRows(tables.feed_fetch, Fetch)

MOST_TEXT = 32
"""The most characters of a text that are read of what the server outside has written: the year's columns hold them."""

MOST_FETCH = 50_000
"""The most bytes of what it has written of a request: a client may say much of itself."""


def marked(db: Transaction) -> tuple[str, int]:
    """The year's database whose feeds these are, as it was last restored; and its generation that is here."""
    state = tables.feed_state.c
    found = bounded(db, select(state.mark, state.carried), lambda row: (str(row["mark"]), int(row["carried"]))) or ()
    return found[0] if len(found) == 1 else ("", -1)


def put(db: Transaction, cache: FeedCache, mark: str) -> None:
    """Writes what differs, and lets servers notice. A later generation that is here already stays."""
    before, carried = marked(db)
    if (before, carried) == (mark, cache.generation) or (before == mark and carried > cache.generation):
        return
    feeds = {key: _feed_row(key, feed) for key, feed in cache.feeds.items()}
    _replace(db, tables.feed, ("party", "level", "content"), feeds.values(), but="gzipped")
    addresses = [_address_row(digest, reader) for digest, reader in cache.readers.items()]
    _replace(db, tables.feed_address, ("digest",), addresses)
    known = [reader.subscriber for reader in cache.readers.values()]
    db.execute(delete(tables.feed_fetch).where(tables.feed_fetch.c.subscriber.not_in(known)))
    state = tables.feed_state
    values = {
        "generation": state.c.generation + 1,
        "restored_at": cache.restored_at,
        "mark": mark,
        "carried": cache.generation,
        "revision": cache.revision,
        "published_at": cache.published_at,
    }
    if db.execute(update(state).values(values)).rowcount != 1:
        db.execute(delete(state))
        db.execute(insert(state), [{"id": 1, **values, "generation": cache.generation}])


def _feed_row(key: FeedKey, feed: CachedFeed) -> dict[str, object]:
    return {**key._asdict(), "digest": feed.digest, "last_modified": feed.last_modified, "gzipped": feed.gzipped}


def _address_row(digest: bytes, reader: Reader) -> dict[str, object]:
    note = reader.note
    return {
        "digest": digest.hex(),
        "subscriber": reader.subscriber,
        **reader.feed._asdict(),
        "client": reader.client,
        "expires_at": reader.expires_at,
        "noted_since": None if note is None else note.since,
        "note": "" if note is None else note.event.decode(),
    }


def _replace(
    db: Transaction, table: Any, keys: Sequence[str], wanted: Iterable[dict[str, object]], but: str = ""
) -> None:
    """Leaves the table with these rows; those that are there already stay. `but`: a column that is not compared."""
    compared = [column for column in table.c if column.name != but]
    known = emptied(db, table, bounded(db, select(*compared), dict))
    there = {tuple(row[key] for key in keys): row for row in known}
    new = {tuple(row[key] for key in keys): row for row in wanted}
    gone = [key for key, row in there.items() if key not in new or row != {name: new[key][name] for name in row}]
    for key in gone:
        db.execute(delete(table).where(*(table.c[name] == value for name, value in zip(keys, key, strict=True))))
    made = [row for key, row in new.items() if key not in there or key in gone]
    if made:
        db.execute(insert(table), made)


def cache(db: Transaction, old: FeedCache) -> FeedCache:
    """The in-memory cache of a feed server outside. Feeds that are on the old one too are not read again."""
    state = db.execute(select(tables.feed_state)).mappings().one()
    have, feeds, damaged = (
        {feed.digest: feed for feed in old.feeds.values()},
        dict[FeedKey, CachedFeed](),
        set[FeedKey](),
    )
    columns = [column for column in tables.feed.c if column.name != "gzipped"]
    for row in db.execute(select(*columns)).mappings():
        key = FeedKey(row["party"], row["level"], row["content"])
        try:
            feeds[key] = _cached_feed(db, key, row["digest"], row["last_modified"], have.get(row["digest"]))
        except Damaged:
            damaged.add(key)
    known = {bytes.fromhex(row["digest"]): _reader(row) for row in db.execute(select(tables.feed_address)).mappings()}
    at_google = {reader.feed for reader in known.values() if reader.client == "google"}
    return FeedCache(
        state["generation"],
        str(state["restored_at"]),
        state["revision"],
        state["published_at"],
        feeds,
        known,
        frozenset(damaged),
        made_for_google(feeds, at_google, old),
    )


def _cached_feed(
    db: Transaction, key: FeedKey, digest: str, last_modified: datetime, have: CachedFeed | None
) -> CachedFeed:
    """The feed with its bytes. Damaged if they are not those of the digest."""
    if have is not None:
        return replace(have, last_modified=last_modified)
    of = (tables.feed.c[name] == value for name, value in key._asdict().items())
    gzipped = bytes(db.execute(select(tables.feed.c.gzipped).where(*of)).scalar() or b"")
    return CachedFeed(digest, unpacked(gzipped, digest), gzipped, last_modified)


def _reader(row: Any) -> Reader:
    note = None if row["noted_since"] is None else Note(row["noted_since"], row["note"].encode())
    key = FeedKey(row["party"], row["level"], row["content"])
    return Reader(row["subscriber"], key, row["expires_at"], row["client"], note)


def fetches(db: Transaction, subscribers: Collection[int]) -> list[Fetch]:
    """Their last requests, without what no server outside writes there, nor more of a row than one writes."""
    table = tables.feed_fetch.c
    at, client = (func.substr(type_coerce(column, Text), 1, MOST_TEXT) for column in (table.at, table.client))
    query = select(table.subscriber, at.label("at"), client.label("client"))
    query = query.where(size(table.at, table.client) <= MOST_FETCH)
    found = []
    for row in readable(db, query, table.subscriber, subscribers):
        with suppress(Damaged):
            if isinstance(row.client, str):
                found.append(Fetch(row.subscriber, moment_in(row.at), row.client))
    return found


def open_feeds(given: str) -> Database:
    """The database at that address as a server of feeds has it. Who writes holds a row that is for that alone."""
    return replace(open_database(given, PORTAL), held=tables.feed_writer)


def watch(portal: Database) -> Watch:
    return Watch(portal, _state, cache)


def _state(db: Connection) -> tuple[int, str] | None:
    row = db.exec_driver_sql("SELECT generation, restored_at FROM feed_state").one_or_none()
    return None if row is None else (int(row[0]), str(row[1]))
