"""Codes: eight digits, mailed to the contact's function, that let one session read for some hours.

They protect against a forwarded address alone: whoever reads the mailbox has both.
"""

import hashlib
import hmac
import secrets
import smtplib
import threading
from datetime import datetime, timedelta
from typing import Literal

from arshjul.errors import Message, Refused, StorageError
from arshjul.portal.store import sessions
from arshjul.portal.store.sessions import MOST_TRIES, SentCode
from arshjul.serving.mail_server import MailServer, connected, enveloped
from arshjul.serving.sql.database import Database
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.party_view import PartyView
from arshjul.year.texts import Words

DIGITS = 8
HOLDS = timedelta(minutes=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_OF_SESSION, MOST_OF_CONTACT = 3, 10
"""The most codes within an hour; those of a contact are for sessions that have entered none before."""

RAISED_FOR = timedelta(hours=8)

Entered = Literal["right", "wrong", "none"]
"""Result of an entered code; `none`: there is none to enter, or no more."""


class TooManyCodes(Refused):
    """Refused: as many codes were mailed within the hour as may be."""

    def __init__(self) -> None:
        super().__init__(Message("Several codes were sent: enter the last one, wait an hour, or call the coordinator."))


def ask(portal: Database, cookie: str, session: str, contact: str, now: datetime) -> str:
    """A new code for the session of that cookie, which is to be mailed. TooManyCodes."""
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    with portal.writing() as db:
        sessions.CODES.where(sessions.CODES.c.asked_at < now - DAY).remove(db)
        is_known = sessions.raised_until(db, session, contact) is not None
        of_strangers = 0 if is_known else sessions.n_of_strangers(db, contact, now - HOUR)
        of_session = sessions.CODES.where(sessions.CODES.c.asked_at > now - HOUR, session=session).n(db)
        if of_session >= MOST_OF_SESSION or of_strangers >= MOST_OF_CONTACT:
            raise TooManyCodes
        sessions.CODES.add(db, SentCode(_digest(cookie, contact, code), session, contact, now))
    return code


def take_back(portal: Database, session: str, contact: str) -> None:
    with portal.writing() as db:
        sent = sessions.latest_code(db, session, contact)
        if sent is not None:
            sessions.CODES.where(digest=sent.digest).remove(db)


def enter(portal: Database, cookie: str, session: str, contact: str, given: str, now: datetime) -> Entered:
    with portal.writing() as db:
        sent = sessions.latest_code(db, session, contact)
        if sent is None or sent.tries >= MOST_TRIES or sent.asked_at + HOLDS <= now:
            return "none"
        digits = "".join(given.split())
        if not hmac.compare_digest(sent.digest, _digest(cookie, contact, digits)):
            sessions.CODES.where(digest=sent.digest).set(db, tries=sent.tries + 1)
            return "wrong"
        sessions.CODES.where(digest=sent.digest).set(db, tries=MOST_TRIES)  # it is good once
        sessions.RAISED.put(db, sessions.RaisedSession(session, contact, now + RAISED_FOR))
        return "right"


def tries_left(portal: Database, session: str, contact: str, now: datetime) -> int:
    """The remaining attempts of the last code; 0 if there is none."""
    with portal.reading() as db:
        sent = sessions.latest_code(db, session, contact)
    return 0 if sent is None or sent.asked_at + HOLDS <= now else max(0, MOST_TRIES - sent.tries)


def is_raised(portal: Database, session: str, contact: str, now: datetime) -> bool:
    with portal.reading() as db:
        until = sessions.raised_until(db, session, contact)
    return until is not None and until > now


def _digest(cookie: str, contact: str, code: str) -> str:
    key = cookie.encode("utf-8", "replace")
    return hmac.new(key, f"code {contact} {code}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


LIMIT_S = 8.0
PLACES = threading.BoundedSemaphore(2)
"""The most codes that wait for the mail server at a time: a slow one keeps nobody from the pages."""


def mail_code(server: MailServer, to: str, code: str, view: PartyView, words: Words, now: datetime) -> None:
    """Mails a code, without address, question or operation. StorageError if not taken, or others wait."""
    writer = view.writer or words("The coordinator of {name}", name=view.year)
    mail = PartyMail(words("{name}: a code", name=view.year), "", from_name=writer, reply_to=view.reply_to)
    call = words("Questions: call {phone}.", phone=view.phone) if view.phone else ""
    parts = (
        words("The code is {code}.", code=f"{code[:4]} {code[4:]}"),
        words("Enter it within 30 minutes, in the window that asked for it."),
        words("If none of you asked for it, somebody has your portal address: call the coordinator."),
        call,
    )
    text = "\n\n".join(part for part in parts if part)
    if not PLACES.acquire(blocking=False):
        raise StorageError(Message("The server is busy: try again in some seconds."))
    try:
        made = enveloped(server, to, mail, text, secrets.token_hex(20), now)
        with connected(server, LIMIT_S) as smtp:
            smtp.send_message(made)
    except (OSError, smtplib.SMTPException, ValueError, StorageError):
        raise StorageError(Message("The code could not be sent: try again, or call.")) from None
    finally:
        PLACES.release()
