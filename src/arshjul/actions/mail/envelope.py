"""A mail with its headers: every mail of the program is made here."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from arshjul.actions.mail.mail_server import MailServer
from arshjul.agenda.entry import clean, one_line
from arshjul.domain.party_mail import PartyMail


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
    """True if a header has exactly one address, with a local part and a domain."""
    return len(head.addresses) == 1 and all((one.username and one.domain) for one in head.addresses)
