"""Sessions at the portal, and the contacts of each. Only hashes of cookies are stored."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, delete, func, insert, select, type_coerce, update

from arshjul.store.columns import moment_in, moment_text
from arshjul.store.database import Transaction, readable
from arshjul.store.faults import Damaged
from arshjul.store.portal import schema
from arshjul.store.portal.bounds import size
from arshjul.store.rows import TableRows


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session: its language, and when it was last used, to the hour; and before this visit, if it was."""

    digest: str
    language: str
    seen_at: datetime
    visited_at: datetime | None = None


SESSIONS = TableRows(schema.session, StoredSession)


def contacts_of(db: Transaction, digest: str) -> list[tuple[str, str]]:
    """The contacts of a session, the last one first, each with the digest of the address that let it in."""
    table = schema.session_contact.c
    query = select(table.contact, table.address).where(table.session == digest)
    return [(row.contact, row.address) for row in db.execute(query.order_by(table.begun_at.desc(), table.contact))]


def came_in(db: Transaction, contacts: Collection[str], now: datetime) -> dict[str, datetime]:
    """When each of these contacts, by id, was last let in by its address, as far as sessions last.

    What no portal writes there, and what it says of the future, is left out.
    """
    table = schema.session_contact.c
    at = type_coerce(table.begun_at, Text)
    is_moment = size(db, table.begun_at) == len(moment_text(now))
    query = select(table.contact, func.max(at).label("at")).where(is_moment, at <= moment_text(now))
    found = {}
    for row in readable(db, query.group_by(table.contact), table.contact, contacts):
        with suppress(Damaged):
            found[row.contact] = moment_in(row.at)
    return found


def let_in(db: Transaction, digest: str, contact: str, address: str, now: datetime) -> None:
    """Adds a contact to a session; one that is there already has been let in since it was first."""
    own = schema.session_contact
    is_there = (own.c.session == digest) & (own.c.contact == contact)
    if not db.execute(update(own).where(is_there).values(address=address)).rowcount:
        db.execute(insert(own), [{"session": digest, "contact": contact, "address": address, "begun_at": now}])


def move(db: Transaction, old: str, new: str) -> None:
    """Gives the contacts of one session to another, with what it may read, and ends the first."""
    for table in (schema.session_contact, schema.raised):
        db.execute(update(table).where(table.c.session == old).values(session=new))
    end(db, old)


def keep_latest(db: Transaction, digest: str, most_contacts: int) -> None:
    """Leaves a session only its latest contacts."""
    for id, _ in contacts_of(db, digest)[most_contacts:]:
        shut_out(db, digest, id)


def shut_out(db: Transaction, digest: str, contact: str) -> None:
    """Takes a contact from a session."""
    table = schema.session_contact
    db.execute(delete(table).where(table.c.session == digest, table.c.contact == contact))


@dataclass(frozen=True, slots=True)
class Device:
    """A session of a contact, since when it is, and when it was last used, to the hour.

    `reads_until`: up to when it may read by a code; None if it has entered none.
    """

    digest: str
    begun_at: datetime
    seen_at: datetime
    reads_until: datetime | None


def devices(db: Transaction, contact: str) -> list[Device]:
    """The sessions of a contact by addresses that are open, those that have been so longest first."""
    own, session, raised = schema.session_contact.c, schema.session.c, schema.raised.c
    of_both = (raised.session == own.session) & (raised.contact == own.contact)
    query = select(own.session, own.begun_at, session.seen_at, raised.until).where(own.contact == contact)
    query = query.join(schema.session, session.digest == own.session).outerjoin(schema.raised, of_both)
    query = query.join(schema.address, schema.address.c.digest == own.address).order_by(own.begun_at, own.session)
    return [Device(*row) for row in db.execute(query)]


def end(db: Transaction, digest: str) -> None:
    """Ends a session."""
    db.execute(delete(schema.session_contact).where(schema.session_contact.c.session == digest))
    SESSIONS.where(digest=digest).remove(db)


def forget(db: Transaction, before: datetime) -> None:
    """Removes sessions that were last used before that, or whose addresses are closed, with what they may read."""
    own, session, raised = schema.session_contact, schema.session, schema.raised
    old = select(session.c.digest).where(session.c.seen_at < before)
    is_closed = own.c.address.not_in(select(schema.address.c.digest))
    db.execute(delete(own).where(own.c.session.in_(old) | is_closed))
    for table, digest in ((session, session.c.digest), (raised, raised.c.session)):
        db.execute(delete(table).where(digest.not_in(select(own.c.session))))
