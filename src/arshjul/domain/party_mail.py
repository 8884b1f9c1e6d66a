"""A message to a party in its parts, of which the body alone is said on the telephone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartyMail:
    """`body` has a line for each change or question.

    In the mail alone: `opening`, the greeting, who writes and for whom; `details`, more lines under a heading;
    `todo`, what is asked of the reader, and right after it the address to answer at; `ending`, whom to call, and the
    closing. `from_name` and `reply_to` are of its head; empty: as the mail server's settings have it.
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
        parts = (self.opening, body, self.details, self.todo, link, self.ending)
        return "\n\n".join(part for part in parts if part)

    def forgotten(self) -> "PartyMail":
        """Its subject alone, once it has gone."""
        return PartyMail(self.subject, "")
