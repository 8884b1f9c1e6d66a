"""A message to a party in its parts. On the telephone only the body is read out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartyMail:
    """A mail whose `body` has a line for each change or question.

    In the mail alone: `opening`, the greeting, who writes and for whom, and what it is about; `details`, in place of
    the body the whole list, which only a party's first mail has; `todo`, what the reader is asked to do, followed by
    the address to answer at; `ending`, whom to call, and the closing. `from_name` and `reply_to` are headers; empty: as
    in the mail server's settings.
    """

    subject: str
    body: str
    opening: str = ""
    details: str = ""
    todo: str = ""
    ending: str = ""
    from_name: str = ""
    reply_to: str = ""

    def text(self, link: str = "") -> str:
        """The mail's text, with the address at which its reader answers."""
        body = "\n".join(f"- {line}" for line in self.body.splitlines())
        parts = (self.opening, self.details or body, self.todo, link, self.ending)
        return "\n\n".join(part for part in parts if part)

    def forgotten(self) -> "PartyMail":
        """Its subject alone, kept once the mail is sent."""
        return PartyMail(self.subject, "")


@dataclass(frozen=True, slots=True)
class MailWords:
    """Each may be left out. `from_name`: who writes. `phone`: to call with questions. `reply_to`: who reads answers."""

    from_name: str | None = None
    greeting: str | None = None
    closing: str | None = None
    phone: str | None = None
    reply_to: str | None = None
