"""Sessions: links that let a person in once, cookies, and the tokens that forms carry.

A cookie holds 256 random bits; the database keeps their SHA-256, so that nobody who reads it is let in.
"""

import hashlib
import hmac
import secrets
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from arshjul.errors import InputError, Message, StorageError
from arshjul.store import audit, revisions, sessions
from arshjul.store.chain import digest_of
from arshjul.store.events import Invited, SignedIn, SignedOut
from arshjul.store.sessions import Session, SignIn
from arshjul.store.store import Store, Transaction

TOKEN_BYTES = 32
LINK_HOLDS = timedelta(minutes=30)
OFFER_HOLDS = timedelta(minutes=10)
"""So long after a cookie was offered a session can begin with it."""

_LONGEST_SECONDS = 12
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
        audit.add(db, now, person, Invited(role))
    return token


def is_invited(store: Store, token: str, now: datetime) -> bool:
    """True if the link still lets somebody in."""
    with store.reading() as db:
        return sessions.knows_sign_in(db, digest(token), now)


def no_link() -> InputError:
    """The error of a link that lets nobody in."""
    return InputError(Message("This link has been used, or is too old: start the console again for a new one."))


def come_in(store: Store, token: str, language: str, now: datetime) -> str:
    """The cookie's token of a new session, for whoever has that link. InputError where it holds no more."""
    if not is_invited(store, token, now):  # who is refused is in the way of nobody who writes
        raise no_link()
    with store.writing() as db:
        found = sessions.use_sign_in(db, digest(token), now)
        if found is None:
            raise no_link()
        return _let_in(db, secrets.token_urlsafe(TOKEN_BYTES), found.person, found.role, language, now)


def let_in(store: Store, person: str, role: str, language: str, now: datetime) -> str:
    """The cookie's token of a new session of that person."""
    with store.writing() as db:
        return _let_in(db, secrets.token_urlsafe(TOKEN_BYTES), person, role, language, now)


class Vouched:
    """The sessions of people for whom a proxy vouches, one for each browser.

    Whoever comes without a cookie is offered one, of which nothing is kept; a session begins when a browser comes back
    with it. So what keeps no cookie, as each look of a health check does, makes no session and no line of the log.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[str, datetime] = {}

    def offer(self, store: Store, person: str, role: str, now: datetime) -> str:
        """A cookie's token for that person in that role, with which a session can begin."""
        return _offered(_key(store), secrets.token_urlsafe(TOKEN_BYTES), int(now.timestamp()), person, role)

    def let_in(self, store: Store, token: str, person: str, role: str, language: str, now: datetime) -> Session | None:
        """The session that begins with a token that was offered; None where it was not, or not to them, or long ago.

        With each token one session begins: where that was ended, its cookie lets nobody in.
        """
        secret, _, rest = token.partition(".")
        seconds = rest.partition(".")[0]
        if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= _LONGEST_SECONDS):
            return None
        age = now - datetime.fromtimestamp(int(seconds), UTC)
        is_offered = hmac.compare_digest(
            token.encode(), _offered(_key(store), secret, int(seconds), person, role).encode()
        )
        if not is_offered or not -OFFER_HOLDS <= age <= OFFER_HOLDS:
            return None
        with self._lock:
            if token not in self._used:
                self._used = {one: at for one, at in self._used.items() if now - at <= 2 * OFFER_HOLDS}
                with store.writing() as db:
                    _let_in(db, token, person, role, language, now)
                self._used[token] = now
        return who(store, token, now)


def _offered(key: bytes, secret: str, seconds: int, person: str, role: str) -> str:
    said = f"console\n{secret}\n{seconds}\n{person}\n{role}"
    return f"{secret}.{seconds}.{hmac.new(key, said.encode('utf-8', 'replace'), hashlib.sha256).hexdigest()}"


def _key(store: Store) -> bytes:
    """The database's own key, so that any of its consoles knows what another has offered."""
    with store.reading() as db:
        return revisions.uid_key(db)


def _let_in(db: Transaction, token: str, person: str, role: str, language: str, now: datetime) -> str:
    sessions.add(db, Session(digest(token), person, role, language, now, now))
    audit.add(db, now, person, SignedIn(role))
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
        audit.add(db, now, session.person, SignedOut(session.role))


def speak(store: Store, session: Session, language: str) -> None:
    """Speaks that language to the person from now on."""
    with store.writing() as db:
        sessions.speak(db, session.digest, language)
