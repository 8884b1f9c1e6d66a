"""The mail server, reached anew for each message; over a network only once its certificate is checked."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from arshjul.errors import InputError, Message, StorageError
from arshjul.texts.system import why

WAIT_S = 30


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server, and the name that mail is sent in. `base_url`: where others reach the console.

    `authority` is a file with the certificates that the server's is checked against, in place of the system's; where
    one is named, nothing is sent in the clear.
    """

    host: str
    port: int
    sender: str
    base_url: str
    authority: Path | None = None

    def checks(self) -> ssl.SSLContext | None:
        """What its certificate is checked by. None for a server on this computer, where nothing goes over a network.

        InputError where the file of certificates is none.
        """
        if self.authority is None and self._is_here():
            return None
        try:
            return ssl.create_default_context(cafile=self.authority)
        except ssl.SSLError:
            reason: object = Message("it is no certificate in the form PEM")
        except OSError as error:
            reason = why(error)
        values = {"file": str(self.authority), "why": reason}
        raise InputError(Message("{file} holds no certificates to check the mail server's against: {why}.", values))

    def _is_here(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"


@contextlib.contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection for one message, so that whatever it does to the line is over with it.

    StorageError where the server is not there, or is not the one that its name says.
    """
    checks = server.checks()
    values: dict[str, object] = {"host": server.host, "port": server.port}
    with contextlib.ExitStack() as line:
        try:
            smtp = smtplib.SMTP(server.host, server.port, timeout=WAIT_S)
            line.callback(smtp.close)
            smtp.ehlo_or_helo_if_needed()
            is_secret = checks is not None and smtp.has_extn("starttls")
            if is_secret:
                smtp.starttls(context=checks)
        except ssl.SSLCertVerificationError as error:
            text = Message(
                "The mail server {host}:{port} has a certificate that does not hold ({why}): what was not sent waits. "
                "Name the certificate of who signed it with --smtp-ca.",
                {**values, "why": error.verify_message},
            )
            raise StorageError(text) from None
        except (OSError, smtplib.SMTPException) as error:
            text = Message(
                "The mail server {host}:{port} would not ({kind}): what was not sent waits.",
                {**values, "kind": type(error).__name__},
            )
            raise StorageError(text) from None
        if server.authority is not None and not is_secret:
            text = Message(
                "The mail server {host}:{port} offers no encryption (STARTTLS), which --smtp-ca asks for: what was not "
                "sent waits.",
                values,
            )
            raise StorageError(text)
        yield smtp
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()
