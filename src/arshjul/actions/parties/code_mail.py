"""The mail with a code, sent by the portal itself, at once."""

import smtplib
from email.message import EmailMessage

from arshjul.actions.mail.mail_server import MailServer, connected
from arshjul.agenda.entry import one_line
from arshjul.domain.party_view import PartyView
from arshjul.errors import Message, StorageError
from arshjul.texts import Words


def mail_code(server: MailServer, to: str, code: str, view: PartyView, words: Words) -> None:
    """Hands the code to the mail server. StorageError if that does not take it.

    It holds neither an address nor what the party is asked, nor what it takes part in.
    """
    made = EmailMessage()
    made["From"], made["To"] = server.sender, to
    made["Subject"] = one_line(words("{name}: a code", name=view.year))
    call = words("Questions: call {phone}.", phone=view.phone) if view.phone else ""
    text = (
        words("The code is {code}.", code=f"{code[:4]} {code[4:]}"),
        words("Enter it within 30 minutes, in the window where it was asked for. It works nowhere else."),
        words("If nobody of you asked for it, somebody has your address of the portal: call the coordinator."),
        call,
    )
    made.set_content("\n\n".join(part for part in text if part) + "\n", cte="quoted-printable")
    try:
        with connected(server) as smtp:
            smtp.send_message(made)
    except (OSError, smtplib.SMTPException, ValueError, StorageError):
        raise StorageError(Message("The mail with the code could not be sent: try again, or call.")) from None
