"""Sessions at the portal, the contacts of each, and the codes that raise them; written by the portal alone.

Only hashes of cookies are stored. A code is kept as a digest under the session's cookie, which is kept nowhere: eight
digits alone could be tried out.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import String, Text, func, select, type_coerce

from arshjul.portal.store.bounds import size
from arshjul.portal.store.contacts import ADDRESSES
from arshjul.portal.store.tables import declared
from arshjul.serving.sql.columns import Id, Sha256, moment_in, moment_text
from arshjul.serving.sql.database import Transaction, readable
from arshjul.serving.sql.errors import Damaged
from arshjul.serving.sql.rows import TableRows


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session: its language, and when it was last used, to the hour; and before this visit, if it was."""

    digest: Sha256
    language: Annotated[str, String(2)]
    seen_at: datetime
    visited_at: datetime | None = None


SESSIONS = TableRows(declared("session", StoredSession, "digest"), StoredSession)


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code that a session asked for. `tries`: how often one was entered against it."""

    digest: Sha256
    session: Sha256
    contact: Id
    asked_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class RaisedSession:
    """The right of a session to read as a contact until then."""

    session: Sha256
    contact: Id
    until: datetime


MOST_TRIES = 5
CODES = TableRows(declared("code", SentCode, "digest"), SentCode)
RAISED = TableRows(declared("raised", RaisedSession, "session", "contact"), RaisedSession)


def n_of_strangers(db: Transaction, contact: str, since: datetime) -> int:
    """The number of codes that were mailed to a contact since then, for sessions that have entered none before."""
    table, raised = CODES.c, RAISED.c
    is_known = select(raised.session).where(raised.session == table.session, raised.contact == table.contact).exists()
    query = select(func.count()).where(table.contact == contact, table.asked_at > since, ~is_known)
    return db.execute(query).scalar() or 0


def latest_code(db: Transaction, session: str, contact: str) -> SentCode | None:
    asked = CODES.where(session=session, contact=contact)
    return asked.by(CODES.c.asked_at.desc(), CODES.c.digest).first(db)


def raised_until(db: Transaction, session: str, contact: str) -> datetime | None:
    raised_session = RAISED.get(db, session, contact)
    return None if raised_session is None else raised_session.until


@dataclass(frozen=True, slots=True)
class SessionContact:
    """A contact of a session, by the digest of the address that let it in."""

    session: Sha256
    contact: Id
    address: Sha256
    begun_at: datetime


CONTACTS = TableRows(declared("session_contact", SessionContact, "session", "contact"), SessionContact)
_LATEST = CONTACTS.by(CONTACTS.c.begun_at.desc(), CONTACTS.c.contact)


def contacts_of(db: Transaction, digest: str) -> list[tuple[str, str]]:
    """The contacts of a session, the last one first, each with the digest of the address that let it in."""
    return [(row.contact, row.address) for row in _LATEST.where(session=digest).all(db)]


def came_in(db: Transaction, contacts: Collection[str], now: datetime) -> dict[str, datetime]:
    """When each was last let in by its address, as far as sessions last; without what no portal writes."""
    table = CONTACTS.c
    at = type_coerce(table.begun_at, Text)
    is_moment = size(table.begun_at) == len(moment_text(now))
    query = select(table.contact, func.max(at).label("at")).where(is_moment, at <= moment_text(now))
    found = {}
    for row in readable(db, query.group_by(table.contact), table.contact, contacts):
        with suppress(Damaged):
            found[row.contact] = moment_in(row.at)
    return found


def let_in(db: Transaction, digest: str, contact: str, address: str, now: datetime) -> None:
    """Adds a contact to a session; one that is there already has been let in since it was first."""
    if not CONTACTS.where(session=digest, contact=contact).set(db, address=address):
        CONTACTS.add(db, SessionContact(digest, contact, address, now))


def move(db: Transaction, old: str, new: str) -> None:
    """Gives the contacts of one session to another, with what it may read, and ends the first.

    Its codes are counted on, though none of them is good with another cookie.
    """
    CONTACTS.where(session=old).set(db, session=new)
    RAISED.where(session=old).set(db, session=new)
    CODES.where(session=old).set(db, session=new, tries=MOST_TRIES)
    end(db, old)


def keep_latest(db: Transaction, digest: str, most_contacts: int) -> None:
    for id, _ in contacts_of(db, digest)[most_contacts:]:
        shut_out(db, digest, id)


def shut_out(db: Transaction, digest: str, contact: str) -> None:
    CONTACTS.where(session=digest, contact=contact).remove(db)
    RAISED.where(session=digest, contact=contact).remove(db)


@dataclass(frozen=True, slots=True)
class Device:
    """Since when a session is, its last use to the hour, and until when it reads by a code; None: it entered none."""

    digest: str
    begun_at: datetime
    seen_at: datetime
    reads_until: datetime | None


def devices(db: Transaction, contact: str) -> list[Device]:
    """The sessions of a contact by addresses that are open, those that have been so longest first."""
    own, session, raised, address = CONTACTS.c, SESSIONS.c, RAISED.c, ADDRESSES.c
    of_both = (raised.session == own.session) & (raised.contact == own.contact)
    query = select(own.session, own.begun_at, session.seen_at, raised.until).where(own.contact == contact)
    query = query.join(SESSIONS.table, session.digest == own.session).outerjoin(RAISED.table, of_both)
    query = query.join(ADDRESSES.table, address.digest == own.address)
    return [Device(*row) for row in db.execute(query.order_by(own.begun_at, own.session))]


def end(db: Transaction, digest: str) -> None:
    CONTACTS.where(session=digest).remove(db)
    SESSIONS.where(digest=digest).remove(db)


def forget(db: Transaction, before: datetime) -> None:
    """Removes sessions that were last used before that, or whose addresses are closed, with what they may read."""
    own = CONTACTS.c
    old = select(SESSIONS.c.digest).where(SESSIONS.c.seen_at < before)
    CONTACTS.where(own.session.in_(old) | own.address.not_in(select(ADDRESSES.c.digest))).remove(db)
    SESSIONS.where(SESSIONS.c.digest.not_in(select(own.session))).remove(db)
    RAISED.where(RAISED.c.session.not_in(select(own.session))).remove(db)
