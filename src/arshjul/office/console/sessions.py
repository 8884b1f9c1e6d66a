"""Sessions: links that sign a person in once, cookies, and the tokens of forms.

A cookie holds 256 random bits; the database keeps their SHA-256, so that reading it does not help to sign in.
"""

import hashlib
import hmac
import secrets
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from arshjul.errors import InputError, Message, StorageError
from arshjul.office.store import audit, revisions, sessions
from arshjul.office.store.events import Invited, SignedIn, SignedOut
from arshjul.office.store.sessions import Session, SignIn
from arshjul.office.store.store import Store, Transaction
from arshjul.serving.sql.hashes import digest_of

TOKEN_BYTES = 32
LINK_HOLDS = timedelta(minutes=30)
OFFER_HOLDS = timedelta(minutes=10)  # the time within which a session can begin with an offered cookie
_LONGEST_SECONDS = 12
NOTED_EVERY = timedelta(minutes=1)  # the shortest time between two updates of a session's last use


def digest(token: str) -> str:
    return digest_of(token.encode("utf-8", "replace"))


def invite(store: Store, person: str, role: str, now: datetime) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with store.writing() as db:
        sessions.SIGN_INS.add(db, SignIn(digest(token), person, role, now + LINK_HOLDS))
        audit.add(db, now, person, Invited(role))
    return token


def is_invited(store: Store, token: str, now: datetime) -> bool:
    with store.reading() as db:
        return sessions.valid_sign_ins(now).where(digest=digest(token)).n(db) == 1


def no_link() -> InputError:
    return InputError(Message("The link is used or too old: start the console again."))


def come_in(store: Store, token: str, language: str, now: datetime) -> str:
    """The cookie's token of a new session for the holder of the link. InputError if the link is used up or too old."""
    if not is_invited(store, token, now):  # an invalid link must not lock the database for writing
        raise no_link()
    with store.writing() as db:
        sign_in = sessions.use_sign_in(db, digest(token), now)
        if sign_in is None:
            raise no_link()
        return _let_in(db, secrets.token_urlsafe(TOKEN_BYTES), sign_in.person, sign_in.role, language, now)


def let_in(store: Store, person: str, role: str, language: str, now: datetime) -> str:
    with store.writing() as db:
        return _let_in(db, secrets.token_urlsafe(TOKEN_BYTES), person, role, language, now)


class Vouched:
    """The sessions of people whom a proxy has authenticated, one per browser.

    A request without a cookie is offered one, which is not stored; a session begins when the browser returns it. So
    clients without cookies, such as health checks, create no sessions and no lines in the log.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[str, datetime] = {}

    def offer(self, store: Store, person: str, role: str, now: datetime) -> str:
        """A cookie's token for that person and role, with which a session can begin."""
        return _offered(_key(store), secrets.token_urlsafe(TOKEN_BYTES), int(now.timestamp()), person, role)

    def let_in(self, store: Store, token: str, person: str, role: str, language: str, now: datetime) -> Session | None:
        """The session that begins with an offered token; None if it was offered to another person, long ago, or never.

        One session begins per token: after it has ended, its cookie is useless.
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
    """The database's own key, so that every console of it recognises the others' offers."""
    with store.reading() as db:
        return revisions.uid_key(db)


def _let_in(db: Transaction, token: str, person: str, role: str, language: str, now: datetime) -> str:
    sessions.add(db, Session(digest(token), person, role, language, now, now))
    audit.add(db, now, person, SignedIn(role))
    return token


def who(store: Store, token: str, now: datetime) -> Session | None:
    if not token:
        return None
    with store.reading() as db:
        session = sessions.valid(now).where(digest=digest(token)).first(db)
    if session is not None and now - session.seen_at > NOTED_EVERY:
        with suppress(StorageError), store.writing() as db:  # reading is allowed even if the disk is full
            sessions.SESSIONS.where(digest=session.digest).set(db, seen_at=now)
    return session


def leave(store: Store, session: Session, now: datetime) -> None:
    with store.writing() as db:
        sessions.SESSIONS.where(digest=session.digest).remove(db)
        audit.add(db, now, session.person, SignedOut(session.role))


def speak(store: Store, session: Session, language: str) -> None:
    with store.writing() as db:
        sessions.SESSIONS.where(digest=session.digest).set(db, language=language)
