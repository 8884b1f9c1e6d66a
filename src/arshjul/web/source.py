"""Where a server's feeds come from: the year's database, or the portal's, to which they are carried."""

from collections.abc import Callable
from dataclasses import dataclass

from arshjul.store import readers
from arshjul.store.database import Database, Transaction
from arshjul.store.portal import feeds
from arshjul.store.readers import Fetch
from arshjul.store.shelf import Watch
from arshjul.store.store import Store


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A database with feeds. `note_fetches` stores there when each subscriber last fetched its own."""

    database: Database
    watch: Watch
    note_fetches: Callable[[Transaction, list[Fetch]], None]


def of_year(store: Store) -> FeedSource:
    """The year's database, for one machine."""
    return FeedSource(store, Watch(store), readers.note_fetches)


def of_portal(portal: Database) -> FeedSource:
    """The portal's database, for a machine outside."""
    return FeedSource(portal, feeds.watch(portal), lambda db, seen: feeds.FETCHES.put(db, *seen))
