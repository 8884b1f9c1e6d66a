"""Sessions: links that let a person in once, cookies, and the tokens that forms carry.

A cookie holds 256 random bits; the database keeps their SHA-256, so that nobody who reads it is let in.
"""

import hashlib
import hmac
import secrets
import threading
from contextlib import suppress
from datetime import datetime, timedelta

from arshjul.errors import InputError, Message, StorageError
from arshjul.store import audit, sessions
from arshjul.store.chain import digest_of
from arshjul.store.sessions import Session, SignIn
from arshjul.store.store import Store, Transaction

TOKEN_BYTES = 32
LINK_HOLDS = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=1)
"""So often at most it is noted that somebody is still there."""


def digest(token: str) -> str:
    """The SHA-256 that is kept of a token."""
    return digest_of(token.encode("utf-8", "replace"))


def form_token(token: str) -> str:
    """The token that a form of that session must carry: nobody without its cookie can make it."""
    return hmac.new(token.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def invite(store: Store, person: str, role: str, now: datetime) -> str:
    """A link's token, which lets that person in once."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with store.writing() as db:
        sessions.add_sign_in(db, SignIn(digest(token), person, role, now + LINK_HOLDS))
        audit.add(db, now, person, "invite", f"console {role}")
    return token


def is_invited(store: Store, token: str, now: datetime) -> bool:
    """True if the link still lets somebody in."""
    with store.reading() as db:
        return sessions.knows_sign_in(db, digest(token), now)


def come_in(store: Store, token: str, language: str, now: datetime) -> str:
    """The cookie's token of a new session, for whoever has that link. InputError where it holds no more."""
    with store.writing() as db:
        found = sessions.use_sign_in(db, digest(token), now)
        if found is None:
            raise InputError(Message("This link has been used, or is too old: start the console again for a new one."))
        return _let_in(db, found.person, found.role, language, now)


def let_in(store: Store, person: str, role: str, language: str, now: datetime) -> str:
    """The cookie's token of a new session, for whom a proxy vouches."""
    with store.writing() as db:
        return _let_in(db, person, role, language, now)


class Vouched:
    """The session of each person for whom a proxy vouches.

    Whoever comes without its cookie, as each look of a health check does, comes into the one that is there: a session
    and a line of the log for each would be without end.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, str], str] = {}

    def let_in(self, store: Store, person: str, role: str, language: str, now: datetime) -> str:
        """The cookie's token of that person's session, a new one where the last is over."""
        with self._lock:
            token = self._tokens.get((person, role), "")
            if who(store, token, now) is None:
                token = self._tokens[person, role] = let_in(store, person, role, language, now)
            return token


def _let_in(db: Transaction, person: str, role: str, language: str, now: datetime) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    sessions.add(db, Session(digest(token), person, role, language, now, now))
    audit.add(db, now, person, "sign-in", f"console {role}")
    return token


def who(store: Store, token: str, now: datetime) -> Session | None:
    """Whose cookie that is; None where it lets nobody in."""
    if not token:
        return None
    with store.reading() as db:
        found = sessions.session(db, digest(token), now)
    if found is not None and now - found.seen_at > NOTED_EVERY:
        with suppress(StorageError), store.writing() as db:  # who looks may, also where the disk is full
            sessions.seen(db, found.digest, now)
    return found


def leave(store: Store, session: Session, now: datetime) -> None:
    """Ends a session: its cookie lets nobody in any more."""
    with store.writing() as db:
        sessions.end(db, session.digest)
        audit.add(db, now, session.person, "sign-out", "console")


def speak(store: Store, session: Session, language: str) -> None:
    """Speaks that language to the person from now on."""
    with store.writing() as db:
        sessions.speak(db, session.digest, language)
