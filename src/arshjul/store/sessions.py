"""Links into the console, and sessions. Of links and cookies only the SHA-256 is stored."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from arshjul.store import schema
from arshjul.store.store import Transaction

IDLE = timedelta(hours=8)
"""The time without use after which a session ends."""

LASTS = timedelta(hours=24)
"""The time after its start at which a session ends in any case, so that a stolen cookie expires."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A link that admits a person, once."""

    digest: str
    person: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is signed in."""

    digest: str
    person: str
    role: str
    language: str
    created_at: datetime
    seen_at: datetime


def add_sign_in(db: Transaction, made: SignIn) -> None:
    """Stores a new link."""
    db.execute(insert(schema.sign_in), [asdict(made)])


def use_sign_in(db: Transaction, digest: str, now: datetime) -> SignIn | None:
    """The link of that digest, which is used up by this call; None if there is no valid one."""
    table = schema.sign_in
    row = db.execute(select(table).where(table.c.digest == digest)).mappings().first()
    db.execute(delete(table).where((table.c.digest == digest) | (table.c.expires_at < now)))
    return None if row is None or row["expires_at"] < now else SignIn(**row)


def knows_sign_in(db: Transaction, digest: str, now: datetime) -> bool:
    """True if a link of that digest is valid; it is not used up."""
    expires_at = db.execute(select(schema.sign_in.c.expires_at).where(schema.sign_in.c.digest == digest)).scalar()
    return expires_at is not None and expires_at >= now


def add(db: Transaction, made: Session) -> None:
    """Adds a session; expired ones are removed."""
    table = schema.session.c
    over = (table.seen_at < made.created_at - IDLE) | (table.created_at < made.created_at - LASTS)
    db.execute(delete(schema.session).where(over))
    db.execute(insert(schema.session), [asdict(made)])


def session(db: Transaction, digest: str, now: datetime) -> Session | None:
    """The session of that digest; None if there is none, or it has expired."""
    row = db.execute(select(schema.session).where(schema.session.c.digest == digest)).mappings().first()
    if row is None or row["seen_at"] < now - IDLE or row["created_at"] < now - LASTS:
        return None
    return Session(**row)


def seen(db: Transaction, digest: str, now: datetime) -> None:
    """Records that the session is in use."""
    db.execute(update(schema.session).where(schema.session.c.digest == digest).values(seen_at=now))


def speak(db: Transaction, digest: str, language: str) -> None:
    """Sets the language of the session."""
    db.execute(update(schema.session).where(schema.session.c.digest == digest).values(language=language))


def end(db: Transaction, digest: str) -> None:
    """Ends a session: its cookie admits nobody any more."""
    db.execute(delete(schema.session).where(schema.session.c.digest == digest))


def open_now(db: Transaction, now: datetime) -> dict[str, set[str]]:
    """The digests of the valid links and sessions, by table."""
    links = select(schema.sign_in.c.digest).where(schema.sign_in.c.expires_at >= now)
    there = db.execute(select(schema.session)).mappings().all()
    return {
        schema.sign_in.name: set(db.execute(links).scalars()),
        schema.session.name: {row["digest"] for row in there if session(db, row["digest"], now) is not None},
    }


def end_all(db: Transaction) -> None:
    """Ends all sessions, and invalidates all links."""
    for table in (schema.session, schema.sign_in):
        db.execute(delete(table))
