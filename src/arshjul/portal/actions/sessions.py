"""Sessions of contacts at the portal: begun at an address, by POST; ended by the contact, by revoking, or by time.

A cookie holds 256 random bits; the database keeps their SHA-256.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from arshjul.errors import Message, Refused
from arshjul.portal.store import contacts, sessions
from arshjul.portal.store.contacts import PortalContact
from arshjul.portal.store.sessions import Device, StoredSession
from arshjul.serving.sql.database import Database, Transaction
from arshjul.serving.sql.hashes import digest_of

TOKEN_BYTES = 32
LASTS = timedelta(days=30)
"""The time without use after which a session ends."""

NOTED_EVERY = timedelta(hours=1)
"""The shortest time between two updates of a session's last use."""

MOST_CONTACTS = 5
"""The most contacts of one session: the one that was added first gives way."""

MOST_SESSIONS = 20
"""The most sessions of one contact: of those that are out of use the oldest gives way."""

IDLE = timedelta(hours=2)
"""The time after which a session is out of use: it is noted to the hour."""

DEFAULT_LANGUAGE = "sv"


class TooManyDevices(Refused):
    """Refused: as many sessions of the contact are in use as may be."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "{n} devices are signed in here: wait two hours, or call the coordinator.",
                {"n": MOST_SESSIONS},
            )
        )


@dataclass(frozen=True, slots=True)
class PortalSession:
    """A browser that is let in. `contacts`: those it came in as, the last one first; never empty.

    `pages`: of a contact whose address opens one page alone, by its id, that page. `visited_at`: when it was last used
    before this visit; in the first one, when it was opened.
    """

    digest: str
    language: str
    contacts: tuple[PortalContact, ...]
    pages: Mapping[str, str]
    visited_at: datetime

    def contact(self, id: str) -> PortalContact | None:
        """The contact of that id, if the session is its; without an id the last one."""
        return next((contact for contact in self.contacts if not id or contact.id == id), None)


class NotLetIn(Refused):
    """The session lets nobody in, or not as that contact any more."""

    def __init__(self) -> None:
        super().__init__(Message("You are not signed in: open your address, and press Continue."))


def digest(token: str) -> str:
    """The SHA-256 of a token, as it is stored."""
    return digest_of(token.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whom an address lets in. `page`: the only page that it opens; empty: all that the contact may use."""

    contact: PortalContact
    page: str


def admitted(portal: Database, token: str, now: datetime) -> Admitted | None:
    """Whom the address of that token lets in; None for an unknown, an expired and a revoked one alike."""
    with portal.reading() as db:
        return _admitted(db, digest(token), now)


def _admitted(db: Transaction, address_digest: str, now: datetime) -> Admitted | None:
    """Looked up in the same steps whether there is such an address or not."""
    address = contacts.ADDRESSES.get(db, address_digest)
    contact = contacts.CONTACTS.get(db, "" if address is None else address.contact)
    if address is None or contact is None or min(address.expires_at, contact.expires_at) <= now:
        return None
    return Admitted(contact, address.page)


def open_session(portal: Database, token: str, cookie: str, now: datetime) -> str | None:
    """Token of a session with this contact too, in place of the browser's. None if it admits nobody. TooManyDevices."""
    if admitted(portal, token, now) is None:  # an invalid address must not lock the database for writing
        return None
    with portal.writing() as db:
        found = _admitted(db, digest(token), now)
        if found is None:
            return None
        before, id = _who(db, digest(cookie), now), found.contact.id
        is_in = before is not None and before.contact(id) is not None
        if not is_in:
            _make_room(db, id, now)
        made = secrets.token_urlsafe(TOKEN_BYTES)
        new = StoredSession(digest(made), DEFAULT_LANGUAGE, now)
        former = None if before is None else sessions.SESSIONS.get(db, before.digest)
        if former is not None:
            new = replace(_used(former, now) or former, digest=new.digest)
        sessions.SESSIONS.add(db, new)
        if before is not None:
            sessions.move(db, before.digest, digest(made))
        if not (found.page and is_in and before is not None and id not in before.pages):
            sessions.let_in(db, digest(made), id, digest(token), now)  # one for one page takes no other page away
        sessions.keep_latest(db, digest(made), MOST_CONTACTS)
        sessions.forget(db, now - LASTS)
    return made


def _make_room(db: Transaction, contact: str, now: datetime) -> None:
    """Ends the oldest session of a contact that has as many as may be; none that is in use, or may read by a code."""
    there = sessions.devices(db, contact)
    if len(there) >= MOST_SESSIONS:
        idle = [device for device in there if device.seen_at <= now - IDLE and (device.reads_until or now) <= now]
        if not idle:
            raise TooManyDevices
        sessions.shut_out(db, idle[0].digest, contact)


def who(portal: Database, cookie: str, now: datetime) -> PortalSession | None:
    """The session of that cookie; None if there is none, or nobody in it is let in any more."""
    if not cookie:
        return None
    with portal.reading() as db:
        session = _who(db, digest(cookie), now)
        stored = None if session is None else sessions.SESSIONS.get(db, session.digest)
    used = None if stored is None else _used(stored, now)
    if session is None or used is None:
        return session
    with portal.writing() as db:
        sessions.SESSIONS.where(digest=used.digest).set(db, seen_at=used.seen_at, visited_at=used.visited_at)
    return replace(session, visited_at=used.visited_at or session.visited_at)


def _used(session: StoredSession, now: datetime) -> StoredSession | None:
    """The session as it is used anew: a visit goes on for an hour. None if that is noted already."""
    if now - session.seen_at < NOTED_EVERY:
        return None
    return replace(session, seen_at=now, visited_at=session.seen_at)


def contact_in(db: Transaction, session: str, id: str, now: datetime) -> PortalContact:
    """The contact of a session as it is by now. NotLetIn if that lets it in no more."""
    portal_session = _who(db, session, now)
    contact = None if portal_session is None else portal_session.contact(id)
    if contact is None:
        raise NotLetIn
    return contact


def _who(db: Transaction, key: str, now: datetime) -> PortalSession | None:
    """Each contact by an address that is still its own: revoking and expiry end it here."""
    stored = sessions.SESSIONS.get(db, key)
    if stored is None or stored.seen_at <= now - LASTS:
        return None
    there, pages = list[PortalContact](), dict[str, str]()
    for id, opened_by in sessions.contacts_of(db, key):
        found = _admitted(db, opened_by, now)
        if found is not None and found.contact.id == id:
            there.append(found.contact)
            pages |= {id: found.page} if found.page else {}
    return (
        PortalSession(key, stored.language, tuple(there), pages, stored.visited_at or stored.seen_at) if there else None
    )


def speak(portal: Database, session: PortalSession, language: str) -> None:
    with portal.writing() as db:
        sessions.SESSIONS.where(digest=session.digest).set(db, language=language)


def leave(portal: Database, session: PortalSession) -> None:
    """Ends a session: its cookie admits nobody any more."""
    with portal.writing() as db:
        sessions.end(db, session.digest)


def devices(portal: Database, contact: str) -> list[Device]:
    """The sessions of a contact, those that have been open longest first."""
    with portal.reading() as db:
        return sessions.devices(db, contact)


def end_device(portal: Database, contact: str, digest: str) -> None:
    """Takes the contact from a session: its browser is not let in as that any more."""
    with portal.writing() as db:
        for device in sessions.devices(db, contact):
            if device.digest == digest:
                sessions.shut_out(db, digest, contact)
