"""post: sends what waits in the outbox by mail. The servers themselves call nobody.

The address at which a party answers is a secret: it is made when its question is sent, and stands in
that mail alone. One that could not be sent closes it again.
"""

import smtplib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage

from arshjul.actions.mail_server import MailServer, connected
from arshjul.actions.propose import new_address
from arshjul.actions.read_feed import digest_of_token
from arshjul.agenda.entry import clean, one_line
from arshjul.errors import InputError, Message, Refused
from arshjul.store import audit, outbox, proposals
from arshjul.store.outbox import OutboxMessage
from arshjul.store.store import Store

LONGEST_FAULT = 200

NO_ADDRESS = "address"
"""The fault of a message whose address cannot be one; others are told in the mail server's words."""

_FAULTS: Mapping[str, Message] = {
    NO_ADDRESS: Message("its address is none"),
    "SMTPServerDisconnected": Message("the mail server broke off"),
    "SMTPNotSupportedError": Message("the mail server takes no such address"),
}


def post(store: Store, server: MailServer, actor: str, now: datetime, *, dry_run: bool = False) -> list[OutboxMessage]:
    """Tries everything that waits, each noted at once: what was sent, and with its `fault` what was not.

    With `dry_run`: what would be tried. StorageError where the mail server is not there; Refused where
    the year is only tried out.
    """
    with store.reading() as db:
        waits, is_rehearsal = outbox.waiting(db), audit.is_rehearsal(db)
    if dry_run:
        return waits
    if is_rehearsal and waits:
        raise Refused(Message("A rehearsal sends nothing to anybody: --dry-run says what it would have sent."))
    return [_tried(store, one, server, actor, now) for one in waits]


def _tried(store: Store, one: OutboxMessage, server: MailServer, actor: str, now: datetime) -> OutboxMessage:
    """The message as it is after it was handed over, or not."""
    with connected(server) as smtp:
        token = ""
        if one.asks:
            with store.writing() as db:
                token = new_address(db, one.party, actor, now)
        fault = _fault_of(smtp, one, server, token)
    digest = digest_of_token(token).hex()
    with store.writing() as db:
        if fault:
            outbox.not_sent(db, one.number, now, fault)
            proposals.close(db, digest, now)
            return replace(one, tried_at=now, fault=fault)
        outbox.sent(db, one.number, now)
        if token:
            proposals.close_others(db, one.party, digest, now)
        audit.add(db, now, actor, "post", f"message {one.number} to {one.party}")
    return replace(one, tried_at=now, sent_at=now, fault="")


def take_out(store: Store, number: int, actor: str, now: datetime) -> None:
    """Takes a message out that waits, and without an address has been said now; nothing where it waits no more."""
    with store.writing() as db:
        if (one := outbox.take_out(db, number)) is not None:
            audit.add(db, now, actor, "take-out" if one.address else "call", f"message {number} to {one.party}")


def fault_said(fault: str) -> Message:
    """The reason why a message was not sent, in a sentence's middle."""
    return _FAULTS.get(fault, Message("{text}", {"text": fault}))


def _fault_of(smtp: smtplib.SMTP, one: OutboxMessage, server: MailServer, token: str) -> str:
    """Hands a message over; the reason where that could not be, empty where it was."""
    try:
        smtp.send_message(letter(one, server, token))
    except InputError:
        return NO_ADDRESS
    except smtplib.SMTPRecipientsRefused as error:
        return next((_answered(*answer) for answer in error.recipients.values()), type(error).__name__)
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return type(error).__name__
    return ""


def _answered(code: int, text: bytes | str) -> str:
    said = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return " ".join(clean(f"{code} {said}").split())[:LONGEST_FAULT]


def letter(one: OutboxMessage, server: MailServer, token: str = "") -> EmailMessage:
    """The message as a mail, with the address that the token is of.

    InputError where a line break in its head would make another head of it.
    """
    made = EmailMessage()
    try:
        made["From"], made["To"], made["Subject"] = server.sender, one.address, one_line(one.subject)
    except ValueError:
        raise InputError(Message("The address of {party} is none: {address}.", _shown(one))) from None
    if "@" not in one.address or not made["To"].addresses:
        raise InputError(Message("The address of {party} is none: {address}.", _shown(one)))
    link = f"\n\n{server.base_url.rstrip('/')}/answers/{token}" if token else ""
    made.set_content(f"{clean(one.body)}{link}\n")
    return made


def _shown(one: OutboxMessage) -> dict[str, object]:
    return {"party": one.party, "address": " ".join(one.address.split())}
