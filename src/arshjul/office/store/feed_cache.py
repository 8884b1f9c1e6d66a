"""In-memory feed cache: every feed with subscribers as it is sent, and its readers.

A cache is one complete state of the database. The watch tells whether it is still the latest one by comparing a number;
only if that has grown is anything read.
"""

import os
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, select

from arshjul.office.store import readers, revisions, tables
from arshjul.office.store.revisions import FeedKey
from arshjul.serving.sql.columns import moment_text
from arshjul.serving.sql.database import Database, Transaction
from arshjul.serving.sql.engine import plain
from arshjul.serving.sql.errors import Damaged, as_storage_error
from arshjul.serving.sql.hashes import digest_of, packed, unpacked


@dataclass(frozen=True, slots=True)
class CachedFeed:
    """A feed as it is sent. `digest` is the SHA-256 of `ics`; `gzipped` are the same bytes packed."""

    digest: str
    ics: bytes
    gzipped: bytes
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """An event in a single reader's feed from that moment on."""

    since: datetime
    event: bytes


@dataclass(frozen=True, slots=True)
class Reader:
    subscriber: int
    feed: FeedKey
    expires_at: datetime
    client: str = ""
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class FeedCache:
    """The feeds by party, level and content; the readers by the SHA-256 of their token.

    `damaged` are feeds that do not match their hash, and are not served. `restored_at`: the moment of the last restore,
    from which generations count anew. `noted` are feeds with a note, made on first request.
    """

    generation: int = -1
    restored_at: str = ""
    revision: int | None = None
    published_at: datetime | None = None
    feeds: Mapping[FeedKey, CachedFeed] = field(default_factory=dict)
    readers: Mapping[bytes, Reader] = field(default_factory=dict)
    damaged: frozenset[FeedKey] = frozenset()
    for_google: Mapping[FeedKey, CachedFeed] = field(default_factory=dict)
    noted: dict[tuple[str, Note], CachedFeed] = field(default_factory=dict, compare=False, repr=False)

    def feed(self, reader: Reader, now: datetime) -> CachedFeed | None:
        """The reader's present feed; None if it is damaged, or missing."""
        feed = (self.for_google if reader.client == "google" else self.feeds).get(reader.feed)
        if feed is None or reader.note is None or now < reader.note.since:
            return feed
        key = (feed.digest, reader.note)
        if key not in self.noted:
            self.noted[key] = _noted(feed, reader.note)
        return self.noted[key]


def _noted(feed: CachedFeed, note: Note) -> CachedFeed:
    ics = _with_event(feed.ics, note.event)
    return CachedFeed(digest_of(ics), ics, packed(ics), max(feed.last_modified, note.since))


State = Callable[[Connection], tuple[int, str] | None]
"""A function that asks a database for its generation, and the moment from which it counts."""


def state_of_year(db: Connection) -> tuple[int, str] | None:
    row = db.exec_driver_sql("SELECT generation, floor FROM state").one_or_none()
    return None if row is None else (int(row[0]), str(row[1]))


class Watch:
    """Tells a server, in one thread, if its cache is the latest. `state`, `filled`: usually the year's database's."""

    def __init__(
        self,
        store: Database,
        state: State = state_of_year,
        filled: "Callable[[Transaction, FeedCache], FeedCache] | None" = None,
    ) -> None:
        self.store = store
        self._asked, self._fill = state, filled or fill
        self._connection: Connection | None = None
        self._file: tuple[int, int] | None = None

    def latest(self, cache: FeedCache) -> FeedCache:
        """The given cache if nothing has changed since, or the latest one. StorageError if there is none."""
        try:
            with as_storage_error(self.store.name):
                is_latest = self._state() == (cache.generation, cache.restored_at)
            if is_latest:
                return cache
            with self.store.reading() as db:
                return self._fill(db, cache)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes the connection; the next query opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _state(self) -> tuple[int, str] | None:
        """The database's generation, and the moment from which it counts; None if the file was replaced."""
        file, known = self._file_now(), self._file
        if self._connection is None or file != known:
            self.close()
            self._connection, self._file = plain(self.store.engine), file
        state = self._asked(self._connection)
        return None if file != known else state

    def _file_now(self) -> tuple[int, int] | None:
        if self.store.place.path is None:
            return None
        try:
            status = os.stat(self.store.place.path)  # noqa: PTH116 - once per request
        except OSError:
            return None
        return (status.st_dev, status.st_ino)


def fill(db: Transaction, old: FeedCache) -> FeedCache:
    """The cache of the database's present state. Feeds that are on the old one too are not read again."""
    state = db.execute(select(tables.state)).mappings().one()
    people = {
        subscriber.id: subscriber
        for subscriber in readers.SUBSCRIBERS.all(db)
        if subscriber.revoked_at is None and subscriber.is_sound
    }
    notes = {
        (note.address, note.ends): Note(note.since, note.event.encode())
        for note in readers.NOTES.all(db)
        if note.is_sound
    }
    known = {
        bytes.fromhex(address.digest): Reader(
            address.subscriber,
            people[address.subscriber].feed,
            address.expires_at,
            people[address.subscriber].client,
            notes.get((address.digest, address.expires_at)),
        )
        for address in readers.ADDRESSES.all(db)
        if address.subscriber in people and address.is_sound
    }
    revision = None if state["revision"] is None else revisions.REVISIONS.get(db, state["revision"])
    wanted = {reader.feed for reader in known.values()}
    have = {feed.digest: feed for feed in old.feeds.values()}
    feeds, damaged = {}, set()
    for row in [] if revision is None else revisions.feeds(db, revision.number):
        key = row.key
        if key not in wanted:
            continue
        feed = _cached_feed(db, row, max(row.last_modified, state["floor"]), have)
        if feed is None:
            damaged.add(key)
        else:
            feeds[key] = feed
    return FeedCache(
        state["generation"],
        moment_text(state["floor"]),
        None if revision is None else revision.number,
        None if revision is None else revision.published_at,
        feeds,
        known,
        frozenset(damaged),
        made_for_google(feeds, {reader.feed for reader in known.values() if reader.client == "google"}, old),
    )


def made_for_google(
    feeds: Mapping[FeedKey, CachedFeed], wanted: Set[FeedKey], old: FeedCache
) -> dict[FeedKey, CachedFeed]:
    """The feeds with readers at Google; those of the old cache are not packed again."""
    made = {old.feeds[key].digest: feed for key, feed in old.for_google.items() if key in old.feeds}
    feeds_for_google = {}
    for key in wanted & feeds.keys():
        feed = feeds[key]
        if feed.digest not in made:
            ics = for_google(feed.ics)
            made[feed.digest] = CachedFeed(digest_of(ics), ics, packed(ics), feed.last_modified)
        feeds_for_google[key] = replace(made[feed.digest], last_modified=feed.last_modified)
    return feeds_for_google


def _cached_feed(
    db: Transaction, row: revisions.Feed, last_modified: datetime, have: Mapping[str, CachedFeed]
) -> CachedFeed | None:
    """The feed with its bytes; None if they have changed."""
    whole = last_modified.replace(microsecond=0)
    if row.ics in have:
        return CachedFeed(row.ics, have[row.ics].ics, have[row.ics].gzipped, whole)
    gzipped = db.execute(select(tables.blob.c.gzipped).where(tables.blob.c.digest == row.ics)).scalar()
    try:
        return CachedFeed(row.ics, unpacked(gzipped or b"", row.ics), bytes(gzipped or b""), whole)
    except Damaged:
        return None


_CALLED_OFF = b"\r\nSTATUS:CANCELLED\r\n"
_SHOWN = b"\r\nSTATUS:CONFIRMED\r\n"


def for_google(ics: bytes) -> bytes:
    """The feed for Google, which hides cancelled events, so that its readers would take that for a mistake.

    They are confirmed in it, block no time, and their names begin with the word. A folded line continues
    with a space, so a line that looks like a status is one.
    """
    return ics.replace(_CALLED_OFF, _SHOWN)


_START = re.compile(rb"(?<=\r\n)BEGIN:VEVENT\r\n")
_END = b"END:VCALENDAR\r\n"


def _with_event(ics: bytes, event: bytes) -> bytes:
    """The feed with that event, at its place: they stand in the order of their UIDs."""
    later = (at for at in (found.start() for found in _START.finditer(ics)) if ics[at : at + len(event)] > event)
    at = next(later, len(ics) - len(_END))
    return ics[:at] + event + ics[at:]
