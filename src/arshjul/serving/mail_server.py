"""The mail server, connected anew for each message; over a network only with encryption and a checked certificate.

A connection always ends, however slowly, or however much, the other side talks.
"""

import contextlib
import io
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from arshjul.errors import InputError, Message, StorageError
from arshjul.system.files import opened_regular
from arshjul.year.agenda.entry import clean, one_line
from arshjul.year.domain.contact import PartyMail
from arshjul.year.texts.system import why

WAIT_S = 30.0
"""The most seconds to wait for each answer."""

LIMIT_S = 120.0
"""The most seconds for one message, from beginning to end."""

MOST_SAID = 100_000
"""The most bytes from a mail server about one message."""

GO_ON = 354
"""The code with which a mail server asks for the text."""

TAKEN = 250
"""The code with which a mail server accepts a text; `smtplib` knows no other."""


class SmtpLine(smtplib.SMTP):
    """A connection for one message. `has_begun`: its text was asked for, and perhaps sent, acknowledged or not."""

    def __init__(self, host: str, port: int, limit_s: float) -> None:
        self.has_begun = False
        self._ends = time.monotonic() + limit_s
        super().__init__(host, port, timeout=min(WAIT_S, limit_s))

    def getreply(self) -> tuple[int, bytes]:
        """The next answer. SMTPServerDisconnected if it does not come within the limits."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Said(self.sock, self._ends))
        code, said = super().getreply()
        self.has_begun |= code == GO_ON
        return code, said

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Sends the text. Any 2xx code means that it was accepted, and is returned as the usual one."""
        code, said = super().data(msg)
        return (TAKEN if code // 100 == TAKEN // 100 else code), said


class _Said(io.RawIOBase):
    """The other side's data, up to a moment and a number of bytes."""

    def __init__(self, line: socket.socket, ends: float) -> None:
        super().__init__()
        self._line, self._ends, self._left = line, ends, MOST_SAID

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads what is there. TimeoutError if nothing comes in time, or the limit is exceeded."""
        wait_s = min(WAIT_S, self._ends - time.monotonic())
        if wait_s <= 0 or self._left <= 0:
            raise TimeoutError
        self._line.settimeout(wait_s)
        n = self._line.recv_into(buffer, min(len(buffer), self._left))
        self._left -= n
        self._line.settimeout(WAIT_S)
        return n


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server, and the sender's address. `base_url`: the address at which others reach the console.

    `feeds_url`: that of the feeds, without a slash at its end; empty: no calendars are handed out by mail.
    `portal_url`: that of the portal likewise; empty: no addresses of contacts.
    `authority` is a file with the certificates that the server's is checked against, in place of the system's. `plain`:
    mail may be sent over a network without encryption if the server offers none.
    """

    host: str
    port: int
    sender: str
    base_url: str
    authority: Path | None = None
    plain: bool = False
    feeds_url: str = ""
    portal_url: str = ""

    def checks(self) -> ssl.SSLContext | None:
        """None for a server on this computer, which uses no network. InputError if the file of certificates is none."""
        if self.authority is None and self._is_here():
            return None
        try:
            if self.authority is not None:
                with opened_regular(self.authority):  # the library would wait for a pipe
                    pass
            return ssl.create_default_context(cafile=self.authority)
        except ssl.SSLError:
            reason: object = Message("not a certificate in PEM format")
        except OSError as error:
            reason = why(error)
        values = {"file": str(self.authority), "why": reason}
        raise InputError(Message("{file} has no usable certificates: {why}.", values))

    def _is_here(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"


@contextlib.contextmanager
def connected(server: MailServer, limit_s: float | None = None) -> Iterator[SmtpLine]:
    """For one message and at most so long. StorageError if it is missing, another than its name says, or not secret."""
    checks = server.checks()
    values: dict[str, object] = {"host": server.host, "port": server.port}
    with contextlib.ExitStack() as line:
        try:
            smtp = SmtpLine(server.host, server.port, limit_s or LIMIT_S)
            line.callback(smtp.close)
            is_secret = _is_secret(smtp, checks)
        except ssl.SSLCertVerificationError as error:
            text = Message(
                "The mail server {host}:{port} has an invalid certificate ({why}): name its issuer's "
                "certificate with --smtp-ca.",
                {**values, "why": error.verify_message},
            )
            raise StorageError(text) from None
        except (OSError, smtplib.SMTPException) as error:
            text = Message(
                "The mail server {host}:{port} failed ({kind}): unsent messages wait.",
                {**values, "kind": type(error).__name__},
            )
            raise StorageError(text) from None
        if checks is not None and not is_secret and not server.plain:
            text = Message(
                "The mail server {host}:{port} offers no encryption (STARTTLS). Give --smtp-plain to "
                "send answer addresses in plain text.",
                values,
            )
            raise StorageError(text)
        yield smtp
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _is_secret(smtp: SmtpLine, checks: ssl.SSLContext | None) -> bool:
    smtp.ehlo_or_helo_if_needed()
    if checks is None or not smtp.has_extn("starttls"):
        return False
    smtp.starttls(context=checks)
    return True


def enveloped(server: MailServer, to: str, mail: PartyMail, text: str, id: str, at: datetime) -> EmailMessage:
    """A mail of that text, Message-ID and moment. ValueError for an address that is none, or more than one."""
    made = EmailMessage()
    try:
        made["From"], made["To"], made["Subject"] = server.sender, to, one_line(mail.subject)
        (sender,) = made["From"].addresses
        if name := one_line(mail.from_name):
            made.replace_header("From", Address(name, sender.username, sender.domain))
        made["Reply-To"] = mail.reply_to or sender.addr_spec
    except IndexError:  # `a@` ends its text too early for Python's own library
        raise ValueError from None
    if not _is_one(made["To"]) or not _is_one(made["Reply-To"]):
        raise ValueError
    made["Date"] = at
    made["Message-ID"] = f"<{id}@{sender.domain}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: so that nobody's absence is answered
    made.set_content(f"{clean(text)}\n", cte="quoted-printable")
    return made


def _is_one(head: Any) -> bool:
    return len(head.addresses) == 1 and all((address.username and address.domain) for address in head.addresses)
