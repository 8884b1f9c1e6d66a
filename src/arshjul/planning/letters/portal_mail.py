"""Mails about what happens at the portal: a contact's address, and what became of what it sent.

No place, title or operation stands in them, nor a note or a cause: whoever reads the mailbox reads no more than the
function knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from arshjul.agenda.party import COORDINATOR, Party
from arshjul.agenda.party_entry import STATES, TITLES, reference
from arshjul.domain.contact import MAY, READS, OfferCall, PartyMail
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.letters.notices import Letter
from arshjul.planning.letters.party_mail import mail_to
from arshjul.texts import Spelled, Words, counted

Dates = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Sender:
    """A contact as mails name it: its party, and its function."""

    party: Party
    name: str
    function: str

    def letter(self, *lines: Message) -> Letter:
        """A letter to it."""
        return Letter(self.party, self.name, self.function, lines)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """An entry as mails name it: its id, its kind, and its keys and values."""

    id: str
    kind: str
    body: Mapping[str, object]

    @property
    def said(self) -> Message:
        """Its number, what it is, and from when to when."""
        values = {"number": reference(self.id), "what": TITLES.get(self.kind, self.kind), **self.body}
        if "from" not in self.body:
            return Message("{number}: {what}", values)
        if "to" in self.body:
            return Message("{number}: {what}, {from} – {to}", values)
        return Message("{number}: {what}, from {from} until further notice", values)


def mail_of_address(
    scenario: Scenario, to: Sender, may: Sequence[str], words: Words, due: Sequence[date], today: date
) -> PartyMail:
    """The mail that brings a contact its address, which is filled in when it is sent.

    `due`: when the information sheets that its party owes sections of are due, those alone that are near or late.
    """
    todo_there = [MAY[word] for word in may] or [READS]
    lines = [Message("For {function}: {may}.", {"function": to.function, "may": todo_there})]
    lines += [_of_sheets(due, today)] if due else []
    about = Message("Your own page, without an account:")
    todo = words(
        "Open this address, and press Continue. It signs in {function}: share it with nobody. Keep it as a bookmark.",
        function=to.function,
    )
    return mail_to(scenario, to.letter(*lines), words, Message("your page"), about, todo)


def mail_of_call(scenario: Scenario, to: Sender, call: OfferCall, words: Words) -> PartyMail:
    """The mail that reminds a contact of a call that its party has not answered."""
    dates = {"first": call.span.first, "last": call.span.last, "day": call.due}
    line = Message("Your offer from {first} to {last}: answer by {day}.", dates)
    about = Message("A call for your offer:")
    todo = words("Open this address, press Continue, and fill in the table. Nothing to offer is an answer too.")
    subject = Message("what can you offer? Answer by {day}", dates)
    return mail_to(scenario, to.letter(line), words, subject, about, todo)


def _of_sheets(due: Sequence[date], today: date) -> Message:
    """How many sheets are owed, and by when, the first of them. `due`: by date."""
    if due[0] < today:
        return counted(
            len(due),
            "Your sections of one information sheet were due {first}: give them now.",
            "Your sections of {n} information sheets, the first due {first}: give them now.",
            first=due[0],
        )
    return counted(
        len(due),
        "Your sections of one information sheet: give them by {first}.",
        "Your sections of {n} information sheets: give the first by {first}.",
        first=due[0],
    )


def mail_of_sheets(scenario: Scenario, to: Sender, due: Sequence[date], today: date, words: Words) -> PartyMail:
    """The mail that reminds a contact of the information sheets that its party owes sections of, due on these days."""
    about = Message("Sections left to give:")
    todo = words(
        "Open this address, and press Continue to see the sections left. Not known, or may not be given, are "
        "answers too."
    )
    subject = Message("information sheet, by {day}", {"day": due[0]})
    if due[0] < today:
        subject = Message("information sheet, was due {day}", {"day": due[0]})
    return mail_to(scenario, to.letter(_of_sheets(due, today)), words, subject, about, todo)


def mail_of_evaluation(
    scenario: Scenario, to: Sender, days: Dates, n_that_day: int, words: Words, *, again: bool, n_all: int = 1
) -> PartyMail:
    """The mail that asks a contact how an operation of its party went, or reminds it. `days`: its date, and the last.

    `n_that_day`: the party's operations of that date, whose mails are the same, and stand once where they go together.
    `n_all`: all that is asked of the contact at once.

    The address of its page for that is filled in when it is sent.
    """
    values = {"day": days[0], "closes": days[1]}
    line = counted(
        n_that_day,
        "The operation of {day}: answer by {closes}.",
        "Your {number} operations of {day}: answer by {closes}.",
        number=Spelled(n_that_day),
        **values,
    )
    about = Message("Evaluations that close soon:") if again else Message("How did it go?")
    todo = words(
        "Open this address, and press Continue. Eight questions take two or three minutes. The address is for "
        "{function} only.",
        function=to.function,
    )
    subject = Message("how did it go on {day}?", values)
    if n_all > 1:  # not how many: some may be answered before it goes
        subject = Message("how did your operations go?")
    return mail_to(scenario, to.letter(line), words, subject, about, todo)


def mail_of_outcome(scenario: Scenario, to: Sender, entry: TakenIn, state: str, words: Words) -> PartyMail:
    """The mail to a contact's function on what became of what was sent in its name.

    The subject names no entry: several go as one mail.
    """
    line = Message("{entry}: {state}", {"entry": entry.said, "state": STATES.get(state, state)})
    about = Message("Sent from your page, and its state:")
    todo = words("If you did not send it, call the coordinator at once.")
    return mail_to(scenario, to.letter(line), words, Message("the state of what you sent"), about, todo)


def mail_of_device(scenario: Scenario, to: Sender, moment: datetime, words: Words) -> PartyMail:
    """The mail to a contact's function that its page was opened on a device where it was not open."""
    line = Message("{moment}: your page, {function}", {"moment": moment, "function": to.function})
    about = Message("New sign-in on your page:")
    todo = words("If it was not you, call the coordinator at once. All devices are listed under More, Signed in.")
    return mail_to(scenario, to.letter(line), words, Message("new sign-in on your page"), about, todo)


def mail_of_report(scenario: Scenario, sender: Sender, entry: TakenIn, words: Words) -> PartyMail:
    """The mail to the coordinator's own function that a report waits."""
    line = Message(
        "{party}, {function}: {entry}", {"party": sender.name, "function": sender.function, "entry": entry.said}
    )
    letter = Letter(COORDINATOR, words("the coordinator"), "", (line,))
    about = Message("Withdrawal from the portal:")
    subject = Message("{party} has reported", {"party": sender.name})
    return mail_to(scenario, letter, words, subject, about, words("It waits under Today."))
