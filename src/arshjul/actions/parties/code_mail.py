"""The mail with a code, sent by the portal itself, at once."""

import secrets
import smtplib
import threading
from datetime import datetime

from arshjul.actions.mail.mail_server import MailServer, connected, enveloped
from arshjul.domain.party_mail import PartyMail
from arshjul.domain.party_view import PartyView
from arshjul.errors import Message, StorageError
from arshjul.texts import Words

LIMIT_S = 8.0
PLACES = threading.BoundedSemaphore(2)
"""So many wait for the mail server at a time: its being slow is to keep nobody from the pages."""


def mail_code(server: MailServer, to: str, code: str, view: PartyView, words: Words, now: datetime) -> None:
    """It has no address, nor what the party is asked or takes part in. StorageError if not taken, or others wait."""
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
