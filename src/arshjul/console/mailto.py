"""Addresses that open a message in a person's mail program, to be sent by hand."""

from urllib.parse import quote

from arshjul.domain.party_mail import PartyMail


def mailto(address: str, mail: PartyMail, link: str = "") -> str:
    """The mailto address of the message; `link` is where its reader answers."""
    said, text = (quote(part, safe="", errors="replace") for part in (mail.subject, mail.text(link)))
    return f"mailto:{quote(address, safe='@', errors='replace')}?subject={said}&body={text}"
