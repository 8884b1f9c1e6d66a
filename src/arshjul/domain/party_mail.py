"""A message to a party in its parts. On the telephone only the body is read out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from arshjul.domain.declaration import Email, Line, Phone, Told
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class PartyMail:
    """A mail whose `body` has a line for each change or question.

    In the mail alone: `opening`, the greeting, who writes and for whom, and what it is about; `details`, in place of
    the body, which only a mail that brings the calendar's address has: the whole list, in the first one; `todo`, what
    the reader is asked to do, followed by the address to answer at; `ending`, whom to call, and the closing.
    `from_name` and `reply_to` are headers; empty: as in the mail server's settings.
    """

    subject: str
    body: str
    opening: str = ""
    details: str = ""
    todo: str = ""
    ending: str = ""
    from_name: str = ""
    reply_to: str = ""

    @property
    def is_first(self) -> bool:
        """True if it is sent with the party's part as a workbook and its calendar's address, as the first one is."""
        return bool(self.details)

    @property
    def about(self) -> str:
        """The last paragraph of the opening, which says what the mail is about."""
        return self.opening.rpartition("\n\n")[2]

    @property
    def said(self) -> str:
        """The whole list, or a list of the body's lines."""
        return self.details or "\n".join(f"- {line}" for line in self.body.splitlines())

    def text(self, link: str = "", others: Sequence["PartyMail"] = (), enclosed: str = "") -> str:
        """The mail's text, with the address at which its reader answers.

        `others`: said in the same mail: what is about the same is one list, said once; the rest comes after it.
        `enclosed`: about what is attached, and the way to the calendar.
        """
        lists: dict[tuple[str, str], dict[str, None]] = {}
        for one in (self, *others):
            lists.setdefault((one.about, one.todo), {})[one.said] = None
        (_, own), *rest = lists.items()
        besides = (part for (about, todo), said in rest for part in (about, "\n".join(said), todo))
        parts = (self.opening, "\n".join(own), self.todo, link, *besides, enclosed, self.ending)
        return "\n\n".join(part for part in parts if part)

    def forgotten(self) -> "PartyMail":
        """Its subject alone, kept once the mail is sent."""
        return PartyMail(self.subject, "")


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class MailWords:
    """Each may be left out. `from_name`: who writes. `phone`: to call with questions. `reply_to`: who reads answers."""

    from_name: Annotated[Line | None, Told(Message("Mail to parties: sender, a function"))] = None
    greeting: Annotated[Line | None, Told(Message("Mail to parties: greeting"))] = None
    closing: Annotated[Line | None, Told(Message("Mail to parties: closing"))] = None
    phone: Annotated[Phone | None, Told(Message("Mail to parties: the function's telephone"))] = None
    reply_to: Annotated[Email | None, Told(Message("Mail to parties: the function's address, for answers"))] = None


# fmt: on
