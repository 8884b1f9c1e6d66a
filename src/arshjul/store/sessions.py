"""Links into the console, and the sessions of those who are in. Of links and cookies only the SHA-256 is kept."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from arshjul.store import schema
from arshjul.store.store import Transaction

IDLE = timedelta(hours=8)
"""A session that nobody has used for so long is over."""

LASTS = timedelta(hours=24)
"""So long after it began a session is over, however much it is used: a cookie that was taken is good no longer."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A link that lets a person in, once."""

    digest: str
    person: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is in."""

    digest: str
    person: str
    role: str
    language: str
    created_at: datetime
    seen_at: datetime


def add_sign_in(db: Transaction, made: SignIn) -> None:
    """Keeps a link that was made."""
    db.execute(insert(schema.sign_in), [asdict(made)])


def use_sign_in(db: Transaction, digest: str, now: datetime) -> SignIn | None:
    """The link of that digest, which is used up by this; None where there is none that still holds."""
    table = schema.sign_in
    row = db.execute(select(table).where(table.c.digest == digest)).mappings().first()
    db.execute(delete(table).where((table.c.digest == digest) | (table.c.expires_at < now)))
    return None if row is None or row["expires_at"] < now else SignIn(**row)


def knows_sign_in(db: Transaction, digest: str, now: datetime) -> bool:
    """True if a link of that digest still holds; it goes on to."""
    expires_at = db.execute(select(schema.sign_in.c.expires_at).where(schema.sign_in.c.digest == digest)).scalar()
    return expires_at is not None and expires_at >= now


def add(db: Transaction, made: Session) -> None:
    """Lets a person in; sessions that are over are forgotten."""
    table = schema.session.c
    over = (table.seen_at < made.created_at - IDLE) | (table.created_at < made.created_at - LASTS)
    db.execute(delete(schema.session).where(over))
    db.execute(insert(schema.session), [asdict(made)])


def session(db: Transaction, digest: str, now: datetime) -> Session | None:
    """The session of that digest; None where there is none, or it is over."""
    row = db.execute(select(schema.session).where(schema.session.c.digest == digest)).mappings().first()
    if row is None or row["seen_at"] < now - IDLE or row["created_at"] < now - LASTS:
        return None
    return Session(**row)


def seen(db: Transaction, digest: str, now: datetime) -> None:
    """Notes that somebody is still there."""
    db.execute(update(schema.session).where(schema.session.c.digest == digest).values(seen_at=now))


def speak(db: Transaction, digest: str, language: str) -> None:
    """Lets the console speak that language to whoever is there."""
    db.execute(update(schema.session).where(schema.session.c.digest == digest).values(language=language))


def end(db: Transaction, digest: str) -> None:
    """Ends a session: its cookie lets nobody in any more."""
    db.execute(delete(schema.session).where(schema.session.c.digest == digest))


def open_now(db: Transaction, now: datetime) -> dict[str, set[str]]:
    """The digests of the links and sessions that let somebody in, by table."""
    links = select(schema.sign_in.c.digest).where(schema.sign_in.c.expires_at >= now)
    there = db.execute(select(schema.session)).mappings().all()
    return {
        schema.sign_in.name: set(db.execute(links).scalars()),
        schema.session.name: {row["digest"] for row in there if session(db, row["digest"], now) is not None},
    }


def end_all(db: Transaction) -> None:
    """Ends every session, and lets no link that was made lead in any more."""
    for table in (schema.session, schema.sign_in):
        db.execute(delete(table))
