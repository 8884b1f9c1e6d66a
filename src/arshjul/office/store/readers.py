"""Subscribers and their addresses. Of an address only the SHA-256 of its token is stored."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Annotated

from sqlalchemy import String, update

from arshjul.office.store import tables
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.tables import declared
from arshjul.office.store.validity import Lasting, LastingRows, Validity
from arshjul.serving.sql.columns import Default, Id, Name, Of, Sha256, Transient
from arshjul.serving.sql.database import Transaction
from arshjul.serving.sql.hashes import hash_of
from arshjul.serving.sql.rows import TableRows


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A reader of one feed, until it is revoked. `client`: the program that it is made for, usually none."""

    id: int
    party: Name
    level: Annotated[str, String(8)]
    content: Annotated[str, String(10), Default("all")]
    client: Annotated[str, String(8), Default("")]
    label: str
    created_at: datetime
    revoked_at: datetime | None
    seal: Sha256 = ""

    @property
    def feed(self) -> FeedKey:
        return FeedKey(self.party, self.level, self.content)

    @property
    def is_sound(self) -> bool:
        return self.seal == hash_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Address:
    """`digest`: of the token. `with_plan`: its end is the plan's. A subscriber has two while a rotation overlaps."""

    digest: Sha256
    subscriber: Annotated[int, Of("subscriber.id")]
    created_at: datetime
    expires_at: Lasting
    seal: Sha256 = ""
    with_plan: Annotated[bool, Transient] = False

    @property
    def is_sound(self) -> bool:
        return self.seal == hash_of(ADDRESSES.row(self))


@dataclass(frozen=True, slots=True)
class AddressNote:
    """The calendar entry about the end of an address, as iCalendar, and since when it is shown."""

    address: Annotated[Sha256, Of("address.digest")]
    ends: datetime
    since: datetime
    event: str
    seal: Sha256 = ""

    @property
    def is_sound(self) -> bool:
        return self.seal == hash_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Fetch:
    subscriber: Annotated[int, Of("subscriber.id")]
    at: datetime
    client: Id


SUBSCRIBERS = TableRows(declared("subscriber", Subscriber, "id"), Subscriber)
ADDRESSES = LastingRows(declared("address", Address, "digest"), Address, "created_at", "digest")
NOTES = TableRows(declared("address_note", AddressNote, "address"), AddressNote)
FETCHES = TableRows(declared("fetch", Fetch, "subscriber"), Fetch)


def add_subscriber(
    db: Transaction, feed: FeedKey, client: str, label: str, now: datetime, above: int = 0
) -> Subscriber:
    """A new subscriber without an address, with an unused id above `above`."""
    highest = SUBSCRIBERS.highest(db, SUBSCRIBERS.c.id)
    bare = Subscriber(max(highest, above) + 1, *feed, client, label, now, None)
    made = replace(bare, seal=hash_of(asdict(bare)))
    SUBSCRIBERS.add(db, made)
    return made


def put_note(db: Transaction, note: AddressNote) -> None:
    """Replaces the note of an address. Readers notice at their next request."""
    NOTES.put(db, replace(note, seal=hash_of(asdict(note))))
    _noticed(db)


def add_address(db: Transaction, made: Address) -> None:
    """Adds an address for a subscriber. Readers notice at their next request."""
    ADDRESSES.add(db, replace(made, seal=hash_of(ADDRESSES.row(made))))
    _noticed(db)


def shorten(db: Transaction, address: Address, expires_at: datetime) -> None:
    """Lets an address expire at that moment at the latest, whatever the plan does."""
    if address.expires_at > expires_at:
        row = ADDRESSES.row(replace(address, expires_at=expires_at, with_plan=False))
        ADDRESSES.where(digest=address.digest).set(db, expires_at=expires_at, seal=hash_of(row))
        _noticed(db)


def revoke(db: Transaction, subscriber: Subscriber, now: datetime) -> None:
    seal = hash_of(asdict(replace(subscriber, revoked_at=now)))
    SUBSCRIBERS.where(id=subscriber.id).set(db, revoked_at=now, seal=seal)
    _noticed(db)


def remove_address(db: Transaction, digest: str) -> None:
    """Removes an address that nobody has been given; its subscriber stays."""
    NOTES.where(address=digest).remove(db)
    ADDRESSES.where(digest=digest).remove(db)
    _noticed(db)


def revoke_all(db: Transaction, now: datetime) -> dict[int, bool]:
    """Closes all addresses of all subscribers; returns those who are revoked by it, each with whether one was open."""
    is_open = {address.subscriber for address in ADDRESSES.all(db) if address.expires_at > now}
    known = [subscriber for subscriber in SUBSCRIBERS.all(db) if subscriber.revoked_at is None]
    for subscriber in known:
        revoke(db, subscriber, now)
    return {subscriber.id: subscriber.id in is_open for subscriber in known}


def validities(db: Transaction) -> dict[str, Validity]:
    """Every address by its digest. One that is not as it was written admits nobody."""
    people = {subscriber.id: subscriber for subscriber in SUBSCRIBERS.all(db)}
    return {
        address.digest: Validity(
            address.expires_at
            if address.is_sound
            and people[address.subscriber].is_sound
            and people[address.subscriber].revoked_at is None
            else None,
            address.with_plan,
        )
        for address in ADDRESSES.all(db)
    }


def close_again(db: Transaction, known: Mapping[str, Validity], now: datetime) -> None:
    for address in ADDRESSES.all(db):
        validity, owner = known.get(address.digest), SUBSCRIBERS.get(db, address.subscriber)
        if validity is None or owner is None or owner.revoked_at is not None:
            continue
        if validity.open_until is None:
            revoke(db, owner, now)
        elif not validity.with_plan:
            shorten(db, address, validity.open_until)


def fetches(db: Transaction) -> dict[int, Fetch]:
    return {fetch.subscriber: fetch for fetch in FETCHES.all(db)}


def note_fetches(db: Transaction, seen: list[Fetch]) -> None:
    """Stores the requests that are later than the known ones, without notice to readers."""
    known = fetches(db)
    FETCHES.put(
        db, *(fetch for fetch in seen if fetch.subscriber not in known or known[fetch.subscriber].at < fetch.at)
    )


def _noticed(db: Transaction) -> None:
    db.execute(update(tables.state).values(generation=tables.state.c.generation + 1))
