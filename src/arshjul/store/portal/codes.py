"""Codes that were mailed, and the sessions that they have raised; written by the portal alone.

A code is kept as a digest under the session's cookie, which is kept nowhere: eight digits alone could be tried out.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from arshjul.store.database import Transaction
from arshjul.store.portal import schema


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code that a session asked for. `tries`: how often one was entered against it."""

    digest: str
    session: str
    contact: str
    asked_at: datetime
    tries: int = 0


def add(db: Transaction, made: SentCode) -> None:
    """Adds a code."""
    db.execute(insert(schema.code), [asdict(made)])


def n_of_session(db: Transaction, session: str, since: datetime) -> int:
    """The number of codes that a session has asked for since then."""
    table = schema.code.c
    return db.execute(select(func.count()).where(table.session == session, table.asked_at > since)).scalar() or 0


def n_of_strangers(db: Transaction, contact: str, since: datetime) -> int:
    """The number of codes that were mailed to a contact since then, for sessions that have entered none before."""
    table, raised = schema.code.c, schema.raised.c
    is_known = select(raised.session).where(raised.session == table.session, raised.contact == table.contact).exists()
    query = select(func.count()).where(table.contact == contact, table.asked_at > since, ~is_known)
    return db.execute(query).scalar() or 0


def latest(db: Transaction, session: str, contact: str) -> SentCode | None:
    """The last code that a session has asked for as that contact."""
    table = schema.code.c
    query = select(schema.code).where(table.session == session, table.contact == contact)
    row = db.execute(query.order_by(table.asked_at.desc(), table.digest).limit(1)).mappings().first()
    return None if row is None else SentCode(**row)


def note_try(db: Transaction, code: SentCode, tries: int) -> None:
    """Notes that one was entered."""
    db.execute(update(schema.code).where(schema.code.c.digest == code.digest).values(tries=tries))


def take_out(db: Transaction, code: SentCode) -> None:
    """Removes a code."""
    db.execute(delete(schema.code).where(schema.code.c.digest == code.digest))


def forget(db: Transaction, before: datetime) -> None:
    """Removes codes that were asked for before that."""
    db.execute(delete(schema.code).where(schema.code.c.asked_at < before))


def raise_session(db: Transaction, session: str, contact: str, until: datetime) -> None:
    """Lets a session read as that contact until then."""
    table = schema.raised
    db.execute(delete(table).where(table.c.session == session, table.c.contact == contact))
    db.execute(insert(table), [{"session": session, "contact": contact, "until": until}])


def raised_until(db: Transaction, session: str, contact: str) -> datetime | None:
    """Up to when a session may read as that contact."""
    table = schema.raised.c
    query = select(table.until).where(table.session == session, table.contact == contact)
    until: datetime | None = db.execute(query).scalar()
    return until
