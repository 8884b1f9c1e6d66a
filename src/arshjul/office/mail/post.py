"""post: mails the messages that wait in the outbox, in one mail to each party. No server does this by itself.

One process sends at a time. Messages are claimed and read again right before they are handed over, and recorded before
the connection to the mail server ends: a message removed meanwhile is not sent. A process that is killed in between
leaves a claim: its mail is sent once more, with the same Message-ID, and the addresses in both mails are valid.

The address at which a party answers is secret: it is made when its question is sent, and is only in that mail. If
sending fails, it is closed again. A party that was sent several, to one mailbox, can answer at each, since all show the
present questions. The first to another mailbox closes those sent to the former. The address of its calendar, which a
party's first mail brings, is made and closed in the same way; each attempt gives it to the same subscriber, and the
log has a line of it as soon as it is made.
"""

import hashlib
import hmac
import smtplib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import NamedTuple

from arshjul.errors import ArshjulError, InputError, Message, Refused, StorageError
from arshjul.office.contacts.contacts import address_to_page, live_contact, new_address_of
from arshjul.office.contacts.owed import owed
from arshjul.office.draft.answers import new_address
from arshjul.office.mail.mailing import KEPT, Enclosed, Mailing, enclosed, is_for, mailing, mailings, told
from arshjul.office.store import audit, contacts, locks, outbox, proposals, readers, revisions
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import Store, Transaction
from arshjul.office.subscribers.read_feed import digest_of_token
from arshjul.office.subscribers.subscribe import Handed
from arshjul.serving.mail_server import MailServer, SmtpLine, connected, enveloped
from arshjul.year.agenda.entry import clean, one_line
from arshjul.year.domain.contact import PartyMail

LONGEST_FAULT = 200
WORKBOOK = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")

PIECE = 6
"""The number of consecutive characters of an address that count as a quotation of it; fewer may be chance."""
PATHS = ("/answers/", "/feeds/", "/k/")
"""The paths of addresses that are secret."""
LEFT_OUT = "…"
"""Replaces an address that a mail server quoted."""

REFUSED = range(400, 600)
"""The codes with which a mail server refuses a text."""

NO_PORTAL, AWAY = "no portal", "portal"
"""The faults of a message with an address of a contact: nobody said where the portal is, or it does not answer."""

NO_ADDRESS = "address"
"""The fault of a message with an invalid address; other faults are in the mail server's words."""

_FAULTS: Mapping[str, Message] = {
    NO_PORTAL: Message("its portal address needs `arshjul post` with --portal-db and --portal-url"),
    AWAY: Message("the portal's database does not answer"),
    NO_ADDRESS: Message("its address is not valid"),
    "SMTPServerDisconnected": Message("the mail server broke off"),
    "SMTPNotSupportedError": Message("the mail server rejects the address"),
}


def post(
    store: Store,
    server: MailServer,
    actor: str,
    clock: Callable[[], datetime],
    carry: Callable[[], object] | None = None,
    *,
    dry_run: bool = False,
) -> list[Mailing]:
    """Tries to send everything that waits, recording each at once: sent, or the `fault`.

    `carry`: brings a contact's new address to the portal, which knows it before the mail is handed over.
    With `dry_run`: returns what would be tried. StorageError if the mail server is missing; Refused for a rehearsal, or
    if another process is sending.
    """
    if dry_run:
        return _waiting(store, clock())[0]
    _refuse_sender(server)
    with locks.posting(store):
        if carry is not None:
            with suppress(ArshjulError, OSError):  # who has answered at the portal is not reminded
                carry()
        waits, is_rehearsal = _waiting(store, clock())
        if is_rehearsal:
            raise Refused(Message("A rehearsal sends no mail: list it with --dry-run."))
        with store.writing() as db:
            audit.refuse_jump(db, clock())
            outbox.forget_ticked(db, clock() - KEPT)
        tried = [_tried(store, wait, server, actor, clock, carry) for wait in waits]
    return [mailing for mailing in tried if mailing is not None]


def _refuse_sender(server: MailServer) -> None:
    try:
        enveloped(server, server.sender, PartyMail("", ""), "", "x", datetime.fromtimestamp(0, UTC))
    except ValueError:
        text = Message("{given} is no address to send from: write one, name@example.se.", {"given": server.sender})
        raise InputError(text) from None


def _waiting(store: Store, now: datetime) -> tuple[list[Mailing], bool]:
    with store.reading() as db:
        return mailings(message for message in owed(db, now) if message.is_mailed), audit.is_rehearsal(db)


def _tried(
    store: Store,
    waits: Mailing,
    server: MailServer,
    actor: str,
    clock: Callable[[], datetime],
    carry: Callable[[], object] | None,
) -> Mailing | None:
    """The mailing after the attempt to send it; None if nothing waits any more when its turn comes."""
    with connected(server) as smtp:
        claimed = _claimed(store, waits, server, actor, clock())
        if claimed is None:
            return None
        fault = _portal_fault(claimed, server, carry) or _sending_fault(smtp, claimed, server)
        return _noted(store, claimed, fault, actor, clock())  # before the connection ends, which may take long


@dataclass(frozen=True, slots=True)
class _Claimed:
    """`token`: of the address of its answers, if it asks, or of its contact's pages; `at`: when it is handed over."""

    mailing: Mailing
    token: str
    id: str
    at: datetime
    enclosed: Enclosed | None

    @property
    def handed(self) -> Handed | None:
        return None if self.enclosed is None else self.enclosed.handed

    @property
    def tokens(self) -> tuple[str, ...]:
        return (self.token, *(() if self.handed is None else (self.handed.token,)))


class _Fault(NamedTuple):
    """Why a message was not sent. `perhaps`: it is unknown whether the mail server accepted it."""

    text: str
    perhaps: bool = False


def _claimed(store: Store, waits: Mailing, server: MailServer, actor: str, now: datetime) -> _Claimed | None:
    """All that waits for that party there, claimed by this process; None if nothing does, or some is being sent."""
    with store.writing() as db:
        there = owed(db, now, only=waits.party)
        present = [message for message in there if message.is_mailed and is_for(message) == is_for(waits.first)]
        if not present or any(message.is_going(now) for message in present):
            return None
        audit.refuse_jump(db, now)  # the mail could not be recorded, and would be sent again
        found = mailing(present)
        brings = enclosed(db, found.party, server.feeds_url, actor, now) if found.is_first else None
        outbox.note(db, *(message.line("trying", actor, now) for message in found.lettered))
        return _Claimed(found, _token(db, found, now), _id(found, revisions.uid_key(db)), now, brings)


def _token(db: Transaction, found: Mailing, now: datetime) -> str:
    """Of a new address at which its party answers, or of its contact's pages; empty if it brings none."""
    first = found.first
    if not found.is_to_portal:
        return new_address(db, found.party, now) if first.asks else ""
    contact = live_contact(db, first.contact, now)
    if found.page_until is None:
        return new_address_of(db, contact, now)
    return address_to_page(db, contact, first.page, found.page_until, now)


def _id(mailing: Mailing, key: bytes) -> str:
    """A Message-ID that is the same for every attempt, so that a reader who gets the mail twice sees it once."""
    name = ", ".join(f"mail {message.number} {message.at.isoformat()} {message.party}" for message in mailing.lettered)
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:40]


def _noted(store: Store, claimed: _Claimed, fault: _Fault | None, actor: str, now: datetime) -> Mailing:
    """Records the result. Earlier addresses sent to the same mailbox stay valid; older ones are closed."""
    sent, handed = claimed.mailing, claimed.handed
    with store.writing() as db:
        if handed is not None and fault is not None and not fault.perhaps:
            readers.remove_address(db, digest_of_token(handed.token).hex())
        if fault is not None:
            if fault.perhaps:
                outbox.note(db, *(message.line("perhaps", actor, now, fault.text) for message in sent.lettered))
            else:
                outbox.failed(db, sent.lettered, actor, now, fault.text)
                close = contacts.close if sent.is_to_portal else proposals.close
                close(db, now, digest=digest_of_token(claimed.token).hex())
            return sent.after(now, fault.text)
        for message in sent.lettered:
            told(db, message, "mail", actor, now)
        if sent.first.asks and not sent.is_to_portal:
            proposals.close(
                db, now, proposals.ADDRESSES.c.created_at < outbox.asked_there_since(db, sent.first), party=sent.party
            )
    return sent.after(now)


def doubt_said(message: Owed) -> Message:
    if message.fault == outbox.RESTORED:
        return Message("A backup was restored: the mail may have been sent, and is not sent again.")
    return Message("The mail may have arrived, and is not sent again.")


def fault_said(fault: str) -> Message:
    return _FAULTS.get(fault, Message("{text}", {"text": fault}))


def _portal_fault(claimed: _Claimed, server: MailServer, carry: Callable[[], object] | None) -> _Fault | None:
    if not claimed.mailing.is_to_portal:
        return None
    if carry is None or not server.portal_url:
        return _Fault(NO_PORTAL)
    try:
        carry()
    except (StorageError, OSError):
        return _Fault(AWAY)
    except ArshjulError as error:
        return _Fault(one_line(str(error))[:LONGEST_FAULT])
    return None


def _sending_fault(smtp: SmtpLine, claimed: _Claimed, server: MailServer) -> _Fault | None:
    try:
        smtp.send_message(letter(claimed.mailing, server, claimed.id, claimed.at, claimed.token, claimed.enclosed))
    except InputError:
        return _Fault(NO_ADDRESS)
    except smtplib.SMTPRecipientsRefused as error:
        answers = (_answered(*answer, claimed.tokens) for answer in error.recipients.values())
        return _Fault(next(answers, type(error).__name__))
    except smtplib.SMTPResponseException as error:
        is_answer = isinstance(error, smtplib.SMTPDataError) and error.smtp_code in REFUSED
        said = _answered(error.smtp_code, error.smtp_error, claimed.tokens)
        return _Fault(said, perhaps=smtp.has_begun and not is_answer)
    except (OSError, smtplib.SMTPException) as error:
        return _Fault(type(error).__name__, perhaps=smtp.has_begun)
    return None


def _answered(code: int, text: bytes | str, tokens: Iterable[str]) -> str:
    """The mail server's words, without any that quote an address in the mail, or a piece of its token."""
    said = text if isinstance(text, str) else text.decode("utf-8", "replace")
    pieces = {token[at : at + PIECE] for token in tokens for at in range(len(token) - PIECE + 1)}
    heard = clean(f"{code} {said}").split()
    shown = (
        LEFT_OUT if any(path in word for path in PATHS) or any(piece in word for piece in pieces) else word
        for word in heard
    )
    return " ".join(shown)[:LONGEST_FAULT]


def letter(
    mailing: Mailing, server: MailServer, id: str, at: datetime, token: str = "", brings: Enclosed | None = None
) -> EmailMessage:
    """The mail with the token's address. InputError if a line break in a header would make another one of it."""
    link = f"{server.base_url.rstrip('/')}/answers/{token}" if token else ""
    if mailing.is_to_portal:
        link = f"{server.portal_url}/k/{token}"
    text = mailing.text(link, "" if brings is None else brings.text)
    try:
        made = enveloped(server, mailing.address, mailing.first.mail, text, id, at)
    except ValueError:
        values = {"party": mailing.party, "address": " ".join(mailing.address.split())}
        raise InputError(Message("The address of {party} is not valid: {address}.", values)) from None
    if brings is not None:
        kind, form = WORKBOOK
        made.add_attachment(brings.book.data, kind, form, filename=brings.book.name)
    return made
