"""post: sends what waits in the outbox by mail. The servers themselves call nobody."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from arshjul.errors import InputError, Message, StorageError
from arshjul.store import audit, outbox
from arshjul.store.outbox import OutboxMessage
from arshjul.store.store import Store

WAIT_S = 30


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server, and the name that mail is sent in. `base_url`: where others reach the console."""

    host: str
    port: int
    sender: str
    base_url: str


def post(store: Store, server: MailServer, actor: str, now: datetime, *, dry_run: bool = False) -> list[OutboxMessage]:
    """Sends everything that waits, each noted as soon as it is handed over; what was sent, or would be.

    InputError where an address cannot be one; StorageError where the mail server would not.
    """
    with store.reading() as db:
        waits = outbox.waiting(db)
    letters = [(one, letter(one, server)) for one in waits]
    if dry_run or not letters:
        return waits
    with _connected(server) as smtp:
        for one, written in letters:
            smtp.send_message(written)
            with store.writing() as db:
                outbox.sent(db, one.number, now)
                audit.add(db, now, actor, "post", f"message {one.number} to {one.party}")
    return waits


def letter(one: OutboxMessage, server: MailServer) -> EmailMessage:
    """The message as a mail. InputError where a line break in its head would make another head of it."""
    made = EmailMessage()
    try:
        made["From"], made["To"], made["Subject"] = server.sender, one.address, one.subject
    except ValueError:
        raise InputError(Message("The address of {party} is none: {address}.", _shown(one))) from None
    if "@" not in one.address or not made["To"].addresses:
        raise InputError(Message("The address of {party} is none: {address}.", _shown(one)))
    link = f"\n\n{server.base_url.rstrip('/')}{one.path}" if one.path else ""
    made.set_content(f"{one.body}{link}\n")
    return made


def _shown(one: OutboxMessage) -> dict[str, object]:
    return {"party": one.party, "address": " ".join(one.address.split())}


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    try:
        with smtplib.SMTP(server.host, server.port, timeout=WAIT_S) as smtp:
            if smtp.has_extn("starttls") or (smtp.ehlo() and smtp.has_extn("starttls")):
                smtp.starttls()
            yield smtp
    except (OSError, smtplib.SMTPException) as error:
        values = {"host": server.host, "port": server.port, "kind": type(error).__name__}
        raise StorageError(
            Message("The mail server {host}:{port} would not ({kind}): what was not sent waits.", values)
        ) from None
