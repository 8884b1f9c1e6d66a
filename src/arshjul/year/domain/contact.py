"""Rights of a party's contact at the portal, calls for offers, and the mail to a party in its parts.

On the telephone only the body of a mail is read out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from annotated_types import Interval

from arshjul.errors import Message
from arshjul.year.domain.calendar import FROM_TO, Span
from arshjul.year.domain.declaration import (
    Day,
    Email,
    FieldRefusal,
    Flat,
    Line,
    Omissible,
    OwnId,
    PartyId,
    Phone,
    Told,
    Unit,
    Unstated,
)
from arshjul.year.domain.feature import rights_used
from arshjul.year.domain.parties import Agency, PoliceUnit

MAY = {
    "offer": Message("offer teams and officers"),
    "report": Message("call off teams and officers"),
    "answer": Message("answer questions"),
    "nominate": Message("nominate operations and objects"),
    "sheet": Message("write and read information sheets"),
    "evaluate": Message("evaluate operations"),
    "picture": Message("enter the situation picture"),
    "card": Message("write what the party may do"),
}
"""In words, by the name that commands and the database have for it. Without any, a contact reads alone."""

READS = Message("see its party's operations and calendars")

BUNDLES: Mapping[str, Collection[str]] = {
    "read": (),
    "take-part": ("offer", "report", "answer", "evaluate"),
    "plan": tuple(MAY),
}
"""Bundles of rights on pages: each has all of the one before it."""

_NAMED = {"read": Message("To read"), "take-part": Message("To take part"), "plan": Message("To plan")}


def bundle_of(may: Collection[str]) -> tuple[str, ...]:
    """The bundle of just these rights, if they are a whole one."""
    return tuple(bundle for bundle, words in BUNDLES.items() if {*words} == {*may})


def bundle_said(bundle: str, uses: Collection[str]) -> Message:
    """A bundle in words, with those of its rights that the year uses and the one before it has not."""
    before = {word for earlier in list(BUNDLES)[: list(BUNDLES).index(bundle)] for word in BUNDLES[earlier]}
    own = [MAY[word] for word in rights_used(BUNDLES[bundle], uses) if word not in before]
    return Message("{bundle}: {rights}", {"bundle": _NAMED[bundle], "rights": own or [READS]})


def may_said(may: Collection[str], uses: Collection[str]) -> list[Message]:
    """A contact's rights: its bundle; where it has no whole one, each right that the year uses."""
    whole = [bundle_said(bundle, uses) for bundle in bundle_of(may)]
    return whole or [MAY[word] for word in rights_used(MAY, uses) if word in may] or [READS]


def may_in(given: Sequence[str]) -> list[str]:
    """The rights that are given by bundles, or by names of their own."""
    return [word for right in given for word in BUNDLES.get(right, [right])]


MOST_CALENDARS = 5
"""Of one contact at a time."""

QUESTIONS, TO_EVALUATE, TO_OFFER, TO_SHEETS = "questions", "evaluations", "offers", "sheets"
"""The pages for which an address may be alone: those of mails that ask."""


MOST_REMIND_DAYS = 366  # assumption: nobody is reminded a year ahead
RemindDays = Annotated[int, Interval(ge=0, le=MOST_REMIND_DAYS), Unit("days")]


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class OfferCall:
    """A call for offers on the dates of `span`, to be answered by `due`; `parties` None: all.

    An offer after `changes_until` is a wish. `remind_days`: so many days before `due`, those are reminded who have not
    answered.
    """

    span: Annotated[Span, Flat, FROM_TO] = field(kw_only=True)
    id: OwnId
    due: Annotated[Day, Told(Message("Answer by"), Message("Last day to answer; later offers are marked late."))]
    changes_until: Annotated[Day | None, Told(Message("Changes until"), Message("Last day to change offers; later ones are wishes. Empty: Answer by."))] = None
    remind_days: Annotated[tuple[RemindDays, ...], Omissible, Unstated, Told(Message("Remind days before"), Message("Days before Answer by with a reminder to those who have not answered: 14, 3, 0. Empty: never."))] = ()
    parties: Annotated[tuple[PartyId, ...] | None, Told(Message("Parties"), Message("Agencies and units to ask. Empty: all."), prompt=Message("Parties (none ticked: all)"))] = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "remind_days", self.remind_days or ())

    def refusals(self) -> Iterator[FieldRefusal]:
        if self.changes_until is not None and self.changes_until < self.due:
            values = {"until": str(self.changes_until), "due": str(self.due)}
            text = Message("The last day for changes, {until}, is before the last day to answer, {due}.", values)
            yield FieldRefusal("bad-value", text, ("changes_until",))

    @property
    def taken_until(self) -> date:
        """The last date on which an offer is more than a wish."""
        return self.changes_until or self.due

    def asks(self, party: Agency | PoliceUnit) -> bool:
        """True if the party is asked; of all those that may have something to offer."""
        if self.parties is None:
            return not isinstance(party, Agency) or party.sends_teams
        return party.id in self.parties


# fmt: on


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
        for mail in (self, *others):
            lists.setdefault((mail.about, mail.todo), {})[mail.said] = None
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
