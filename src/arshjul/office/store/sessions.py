"""Links into the console, and sessions. Of links and cookies only the SHA-256 is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from sqlalchemy import String, bindparam

from arshjul.office.store.tables import declared
from arshjul.serving.sql.columns import Sha256, Word
from arshjul.serving.sql.database import Transaction
from arshjul.serving.sql.rows import TableRows

IDLE = timedelta(hours=8)
"""The time without use after which a session ends."""

LASTS = timedelta(hours=24)
"""The time after its start at which a session ends in any case, so that a stolen cookie expires."""


@dataclass(frozen=True, slots=True)
class SignIn:
    digest: Sha256
    person: str
    role: Word
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    digest: Sha256
    person: str
    role: Word
    language: Annotated[str, String(2)]
    created_at: datetime
    seen_at: datetime


SIGN_INS = TableRows(declared("sign_in", SignIn, "digest"), SignIn)
SESSIONS = TableRows(declared("session", Session, "digest"), Session)


def use_sign_in(db: Transaction, digest: str, now: datetime) -> SignIn | None:
    """The link of that digest, which is used up by this call; None if there is no valid one."""
    sign_in = valid_sign_ins(now).where(digest=digest).first(db)
    SIGN_INS.where((SIGN_INS.c.digest == digest) | (SIGN_INS.c.expires_at < now)).remove(db)
    return sign_in


_VALID_SIGN_INS = SIGN_INS.where(SIGN_INS.c.expires_at >= bindparam("now"))
_VALID = SESSIONS.where(SESSIONS.c.seen_at >= bindparam("idle"), SESSIONS.c.created_at >= bindparam("oldest"))


def valid_sign_ins(now: datetime) -> TableRows[SignIn]:
    return _VALID_SIGN_INS.given(now=now)


def valid(now: datetime) -> TableRows[Session]:
    return _VALID.given(idle=now - IDLE, oldest=now - LASTS)


def add(db: Transaction, made: Session) -> None:
    """Adds a session; expired ones are removed."""
    here, now = SESSIONS.c, made.created_at
    SESSIONS.where((here.seen_at < now - IDLE) | (here.created_at < now - LASTS)).remove(db)
    SESSIONS.add(db, made)


def open_now(db: Transaction, now: datetime) -> dict[str, set[str]]:
    """The digests of the valid links and sessions, by table."""
    return {some.table.name: set(some.values(db, some.c.digest)) for some in (valid_sign_ins(now), valid(now))}
