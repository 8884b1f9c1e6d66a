"""carry: brings views out and the inbox in, dialled from inside.

One turn is a transaction inside and one outside, in that order. Broken off anywhere, the next turn ends what is left.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.errors import Message, StorageError
from arshjul.office.contacts.sheets import takings
from arshjul.office.publishing.contacts import passed_on
from arshjul.office.store import contacts, drafts, party_entries, readers, revisions
from arshjul.office.store import outside_feeds as feeds
from arshjul.office.store.contacts import Contact
from arshjul.office.store.feed_cache import FeedCache, state_of_year
from arshjul.office.store.readers import Fetch
from arshjul.office.store.store import Store, Transaction
from arshjul.office.sync.incoming import KEPT, became_of, take_in, untold
from arshjul.office.sync.outgoing import Bodies, Remembered
from arshjul.office.sync.sync_diff import (
    DAY,
    MOST_A_DAY,
    MOST_BYTES,
    MOST_ROW_BYTES,
    MOST_ROWS,
    Carried,
    Inside,
    Outside,
)
from arshjul.office.sync.sync_diff import carry as carried
from arshjul.portal.store import contacts as portal_contacts
from arshjul.portal.store import inbox, sessions, sheets, views
from arshjul.portal.store.bounds import in_time
from arshjul.portal.store.schema import PORTAL
from arshjul.portal.store.sheets import SheetOrder
from arshjul.serving.sql.columns import moment_text
from arshjul.serving.sql.database import Database, make_database
from arshjul.year.agenda.entry import one_line
from arshjul.year.formats.schema.party_entry import (
    URGENT,
)

MOST_PURGES = 10
"""The most sheets that a turn takes to be purged: whoever has the portal's machine writes there what he likes."""


OTHER_YEAR = Message(
    "The portal's database has another year's sheets. Give this year its own portal database and key file."
)


@dataclass(frozen=True, slots=True)
class Turn:
    """The result of one sync: entries taken in, faults, and the rows that wait for the next."""

    n_taken: int
    n_faults: int
    n_left: int
    is_all_done: bool


def make_portal(given: str) -> Database:
    return in_time(make_database(given, PORTAL))


def carry(
    store: Store,
    portal: Database,
    now: datetime,
    kept: Remembered | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Turn:
    """One turn. `kept`: for the next one; `step` is called between steps, for tests that kill."""
    kept = kept or Remembered()
    with store.reading() as db, portal.reading() as out:
        year, year_there = kept.year_of(db), views.year(out)
        if year_there not in ("", year) and sheets.SECTIONS.n(out):
            raise StorageError(OTHER_YEAR)
        known, marks = contacts.CONTACTS.all(db), (*mark(db), *views.mark(out))
        bodies = kept.views(db, known, now)
        inside, outside = states(db, out, now, kept, bodies, known, is_quiet=marks == kept.quiet)
        lost = () if marks == kept.quiet else party_entries.received(db, inside.became.keys() - outside.numbers.keys())
        if lost:  # a copy of the portal's database was put back
            inside = replace(inside, orders=inside.orders | _lost_takings(db, out))
            outside = replace(outside, orders=frozenset(sheets.orders_there(out, inside.orders)))
        unknown = {operation for operation, _ in kept.parts} - inside.purged
        outside = replace(outside, purges=tuple(sheets.purges_there(out, unknown))[:MOST_PURGES])
        has_news = marks != kept.quiet and bool(untold(db, kept, now - KEPT))
        cache, fetched = None, list[Fetch]()
        if kept.carries_feeds:
            cache = kept.cache(db)
            own = {reader.subscriber for reader in cache.readers.values()}
            fetched = fetches_since(db, feeds.fetches(out, own), now)
            if feeds.marked(out) == (inside.epoch, cache.generation):
                cache = None
    done = carried(inside, outside)
    kept.quiet = marks if done.is_all_done and not has_news else None
    step("read")
    if done.entries or done.faults or done.came_in or done.purges or has_news:
        take_in(store, kept, done, now)
    if fetched:
        with store.writing() as db:
            readers.note_fetches(db, fetched)
    step("inside")
    is_all_done = done.is_all_done and cache is None and year == year_there
    if not is_all_done or lost:
        _write_outside(portal, done, kept, inside, cache, lost)
    step("outside")
    return Turn(len(done.entries), len(done.faults), outside.inbox.n_left, is_all_done)


def _lost_takings(db: Transaction, out: Transaction) -> frozenset[SheetOrder]:
    """Parties' takings from readers that the portal's database lacks."""
    known = takings(db)
    there = inbox.numbers(out, known)
    return frozenset(order for id, orders in known.items() if id not in there for order in orders)


def fetches_since(db: Transaction, seen: Iterable[Fetch], now: datetime) -> list[Fetch]:
    """New fetches reported by the feed server: none later than now, each client's name on one line."""
    known = readers.fetches(db)
    told = (replace(fetch, at=min(fetch.at, now), client=one_line(fetch.client)) for fetch in seen)
    return [fetch for fetch in told if fetch.subscriber not in known or known[fetch.subscriber].at < fetch.at]


def states(
    db: Transaction,
    out: Transaction,
    now: datetime,
    kept: Remembered,
    bodies: Bodies,
    known: Iterable[Contact],
    *,
    is_quiet: bool = False,
) -> tuple[Inside, Outside]:
    """The states of both sides. `is_quiet`: the portal knows the result of everything that is not in its inbox."""
    orders = kept.orders(db)
    n_today = party_entries.n_since(db, now - DAY)
    full = [contact for contact, n in n_today.items() if n >= MOST_A_DAY]
    rows = inbox.unanswered(out, URGENT, MOST_ROWS, MOST_ROW_BYTES, MOST_BYTES, full)
    epoch_here, epoch_there = epoch(db), views.epoch(out)
    if epoch_here != epoch_there:  # every row is answered anew, once the answers of another database are forgotten
        rows = inbox.Mouthful()
    ids = [row.id for row in rows.rows.values()]
    became = became_of(db, kept, ids, None if is_quiet else now - KEPT)
    numbers = inbox.numbers(out, became)
    inside = Inside(
        now=now,
        epoch=epoch_here,
        contacts={contact.id: contact for contact in known},
        addresses=(*contacts.addresses(db), *passed_on(db, now)),
        marks={party: mark for party, (mark, _) in bodies.items()},
        digests=party_entries.digests(db, ids),
        keys=party_entries.keys(db, {row.contact for row in rows.rows.values()}),
        n_today=n_today,
        became=became,
        orders=orders[0],
        purged=orders[1],
        uses=kept.uses,
    )
    outside = Outside(
        epoch=epoch_there,
        contacts=portal_contacts.contacts(out),
        addresses=portal_contacts.addresses(out),
        marks=views.marks(out),
        inbox=rows,
        numbers=numbers,
        outcomes=views.outcomes(out, numbers.values()),
        came_in=sessions.came_in(out, inside.contacts, now),
        orders=frozenset(sheets.orders_there(out, orders[0])),
    )
    return inside, outside


def epoch(db: Transaction) -> str:
    """The name of this database as it was last restored; it reveals nothing of it."""
    restored = moment_text(revisions.restored_at(db))
    return hmac.new(revisions.uid_key(db), f"portal {restored}".encode(), hashlib.sha256).hexdigest()


def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever what became of an entry does."""
    return (revisions.pointer(db), *drafts.mark(db), *party_entries.mark(db), state_of_year(db))


def _write_outside(
    portal: Database,
    done: Carried,
    kept: Remembered,
    inside: Inside,
    cache: FeedCache | None,
    lost: Collection[datetime],
) -> None:
    """`lost`: when what the portal has lost was received; sessions of before may have been ended since."""
    with portal.writing() as out:
        if lost:
            sessions.forget(out, max(lost))
        if cache is not None:
            feeds.put(out, cache, inside.epoch)
        if done.new_epoch:
            views.begin_epoch(out, inside.epoch)
        views.put_year(out, kept.year)
        portal_contacts.take_away(out, done.ended, done.closed)
        portal_contacts.CONTACTS.put(out, *done.contacts)
        portal_contacts.ADDRESSES.put(out, *done.addresses)
        views.take_away(out, done.views_gone)
        views.put(out, {party: kept.bodies[party] for party in done.views})
        if done.views or done.views_gone:
            sheets.put_parts(out, kept.parts, inside.now)
        views.put_outcomes(out, done.outcomes)
        if done.orders:
            sheets.put_orders(out, done.orders)
