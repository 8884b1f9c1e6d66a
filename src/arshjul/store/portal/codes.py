"""Codes that were mailed, and the sessions that they have raised; written by the portal alone.

A code is kept as a digest under the session's cookie, which is kept nowhere: eight digits alone could be tried out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from arshjul.store.columns import Id, Sha256
from arshjul.store.database import Transaction
from arshjul.store.portal.tables import declared
from arshjul.store.rows import TableRows


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
    """That a session may read as a contact until then."""

    session: Sha256
    contact: Id
    until: datetime


CODES = TableRows(declared("code", SentCode, "digest"), SentCode)
RAISED = TableRows(declared("raised", RaisedSession, "session", "contact"), RaisedSession)


def n_of_strangers(db: Transaction, contact: str, since: datetime) -> int:
    """The number of codes that were mailed to a contact since then, for sessions that have entered none before."""
    table, raised = CODES.c, RAISED.c
    is_known = select(raised.session).where(raised.session == table.session, raised.contact == table.contact).exists()
    query = select(func.count()).where(table.contact == contact, table.asked_at > since, ~is_known)
    return db.execute(query).scalar() or 0


def latest(db: Transaction, session: str, contact: str) -> SentCode | None:
    """The last code that a session has asked for as that contact."""
    asked = CODES.where(session=session, contact=contact)
    return asked.by(CODES.c.asked_at.desc(), CODES.c.digest).first(db)


def raised_until(db: Transaction, session: str, contact: str) -> datetime | None:
    """Up to when a session may read as that contact."""
    found = RAISED.get(db, session, contact)
    return None if found is None else found.until
