"""All that waits for a party at one address: it goes as one mail, or is told in one call, and ticked by hand.

A first mail brings its part of the plan as a workbook, and the way to its calendar. Both show what its calendar does,
and nothing else. The address of the calendar is a secret, so it is made when the mail is sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from arshjul.errors import Message, Refused
from arshjul.office.contacts.owed import owed
from arshjul.office.draft.draft import GONE, AlreadyDone
from arshjul.office.publishing.contacts import asked_contacts
from arshjul.office.publishing.served_revision import ServedRevision, published_year, served_views
from arshjul.office.store import audit, outbox
from arshjul.office.store.events import Called, EventKind, OfMessage, Posted, SentByHand, TickTakenBack
from arshjul.office.store.outbox import How, Owed, ToldLine
from arshjul.office.store.store import Store, Transaction
from arshjul.office.subscribers.subscribe import Handed, Wanted, hand_out_by_mail
from arshjul.year.agenda.channel import Channel, Uids, contents
from arshjul.year.agenda.party import Party, parties
from arshjul.year.agenda.view import last_day
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.party_mail import calendar_said
from arshjul.year.render.workbook import party_workbook

Addressee = tuple[str, str, str, bool, str]
"""Party, address, contact, whether it opens all pages, and the page that it opens alone."""

_EVENTS: Mapping[How, EventKind[[str, int], OfMessage]] = {"mail": Posted, "hand": SentByHand, "phone": Called}

KEPT = timedelta(days=30)
"""The time for which the words of what was ticked are kept."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """The messages to a party, at least one: a question first, so that it is not overlooked; else the oldest."""

    messages: tuple[Owed, ...]

    @property
    def first(self) -> Owed:
        return self.messages[0]

    @property
    def party(self) -> str:
        return self.first.party

    @property
    def address(self) -> str:
        """Its mail address; empty if it is to be called."""
        return next((message.address for message in self.messages if message.address), "")

    @property
    def subject(self) -> str:
        return self.first.mail.subject

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(message.number for message in self.messages))

    @property
    def page_until(self) -> datetime | None:
        """Until when that is asked: the latest moment of its messages."""
        return max((message.page_until for message in self.messages if message.page_until is not None), default=None)

    @property
    def is_to_portal(self) -> bool:
        return bool(self.first.contact) and (self.first.opens or bool(self.first.page))

    @property
    def is_first(self) -> bool:
        return any(message.mail.is_first for message in self.messages)

    @property
    def fault(self) -> str:
        return next((message.fault for message in self.messages if message.fault), "")

    @property
    def urgent(self) -> bool:
        return any(message.urgent for message in self.messages)

    @property
    def soon(self) -> Sequence[str]:
        return _lines((message.mail.body.splitlines()[: message.soon]) for message in self.messages)

    @property
    def passed(self) -> Sequence[str]:
        """The lines on what has begun, or was to."""
        return _lines(
            message.mail.body.splitlines()[message.soon : message.soon + message.passed] for message in self.messages
        )

    @property
    def besides(self) -> Sequence[str]:
        known = {*self.soon, *self.passed}
        return [
            line for line in _lines(message.mail.body.splitlines() for message in self.messages) if line not in known
        ]

    def text(self, link: str = "", enclosed: str = "") -> str:
        return self.first.mail.text(link, [message.mail for message in self.messages[1:]], enclosed)

    def in_short(self) -> "Mailing":
        """The mailing without the whole list of the party's year."""
        return Mailing(tuple(replace(message, mail=replace(message.mail, details="")) for message in self.messages))

    def after(self, at: datetime, fault: str = "") -> "Mailing":
        return Mailing(tuple(replace(message, tried_at=at, fault=fault) for message in self.messages))

    @property
    def lettered(self) -> Sequence[Owed]:
        """One message of each number: a first one and its news go as one."""
        return [*{message.number: message for message in self.messages}.values()]


def mailings(messages: Iterable[Owed]) -> list[Mailing]:
    """The messages by whom they are for; those to contacts first, then each where its oldest stands."""
    found: dict[Addressee, list[Owed]] = {}
    for message in sorted(messages, key=lambda message: not message.contact):
        found.setdefault(is_for(message), []).append(message)
    return [mailing(own) for own in found.values()]


def is_for(message: Owed) -> Addressee:
    """What messages have in common that go as one mail: one that opens a contact's page brings that address alone."""
    return message.party, message.address, message.contact, message.opens, "" if message.asks else message.page


def mailing(messages: Iterable[Owed]) -> Mailing:
    return Mailing(tuple(sorted(messages, key=lambda message: not message.asks)))


def _lines(several: Iterable[Iterable[str]]) -> Sequence[str]:
    return list(dict.fromkeys(line for lines in several for line in lines))


class PartBook(NamedTuple):
    data: bytes
    name: str


class Enclosed(NamedTuple):
    """The part that is attached, sentences about it and the calendar, and the calendar's new subscriber, if any."""

    book: PartBook
    text: str
    handed: Handed | None


def enclosed(db: Transaction, party: str, feeds_url: str, actor: str, now: datetime) -> Enclosed | None:
    """None if it has no part in what is served. Without `feeds_url`, the mail says how to get to the calendar."""
    served = published_year(db)
    to = _party(served.scenario, party)
    if to is None:
        return None
    say, handed, address = words(served.scenario.language), None, ""
    if feeds_url:
        known = served.scenario.parties[party]
        label = say("{party} (mailed)", party=known.contact or known.name)
        handed = hand_out_by_mail(db, Wanted(str(to)), label, actor, now)
        address = f"{feeds_url}/feeds/{handed.token}.ics"
    until = None if handed is None else last_day(handed.expires_at, served.scenario.zone)
    return Enclosed(_book(db, served, to), calendar_said(say, address, until, is_attached=True), handed)


def part_book(store: Store, party: str) -> PartBook | None:
    with store.reading() as db:
        served = published_year(db)
        to = _party(served.scenario, party)
        return None if to is None else _book(db, served, to)


def _party(scenario: Scenario, id: str) -> Party | None:
    return next((party for party in parties(scenario) if id and party.id == id), None)


def _book(db: Transaction, served: ServedRevision, party: Party) -> PartBook:
    channels = [Channel(party, "full", content) for content in contents(served.scenario, party) if content != "all"]
    say, plan = words(served.scenario.language), Uids.of(served.scenario.name).host.removesuffix(".arshjul")
    return PartBook(party_workbook(served_views(db, served, channels), say), f"{plan}-{party.id}.xlsx")


def told(db: Transaction, message: Owed, how: How, actor: str, now: datetime) -> None:
    """Notes that a message was told, in the log too."""
    outbox.told(db, message, how, actor, now)
    for event in (_EVENTS[how](message.party, message.number), *message.events):
        audit.add(db, now, actor, event)


class Tick(NamedTuple):
    """What somebody ticked of one party at one moment. `is_called`: told on the telephone, rather than by mail."""

    party: str
    subjects: tuple[str, ...]
    numbers: tuple[int, ...]
    actor: str
    at: datetime
    is_called: bool


def tick(store: Store, numbers: Iterable[int], actor: str, now: datetime, moment: datetime | None = None) -> None:
    """Notes that messages were told: those of the telephone list by a call, others by somebody's own mail.

    Refused if one is being sent, or has changed meanwhile.
    """
    with store.writing() as db:
        outbox.forget_ticked(db, now - KEPT)
        there = {message.number: message for message in owed(db, now, moment)}
        for number in dict.fromkeys(numbers):
            message = there.get(number)
            if message is None and not outbox.lines_told(db, letter=number):
                raise Refused(Message("The message has changed, and nothing was noted. Read it and tick it again."))
            if message is not None and message.is_going(now):
                raise Refused(Message("The message is being sent: look again in some minutes."))
            if message is not None:
                told(db, message, "phone" if message.is_called else "hand", actor, now)


def ticks(store: Store, now: datetime) -> list[Tick]:
    """What was ticked within the time for which its words are kept, the latest first."""
    found: dict[tuple[str, datetime, str], list[ToldLine]] = {}
    with store.reading() as db:
        for line in outbox.ticked(db, now - KEPT):
            found.setdefault((line.party, line.at, line.by), []).append(line)
    return [_tick(lines) for _, lines in sorted(found.items(), key=lambda pair: pair[0][1], reverse=True)]


def _tick(lines: list[ToldLine]) -> Tick:
    first, subjects = lines[0], dict.fromkeys(line.subject for line in lines)
    numbers = tuple(line.letter for line in lines)
    return Tick(first.party, tuple(subjects), numbers, first.by, first.at, first.how == "phone")


def take_back(store: Store, numbers: Iterable[int], actor: str, now: datetime) -> None:
    """Lets what was ticked be owed again, as it holds by now. AlreadyDone if none of it can be.

    What was told after a tick builds on it: where that tick is taken back, it is owed again with the rest.
    """
    with store.writing() as db:
        again = [line for line in outbox.ticked(db, now - KEPT) if line.letter in {*numbers}]
        for line in again:
            outbox.put_back(db, line, actor, now)
            audit.add(db, now, actor, TickTakenBack(line.party, line.letter))
        if not again:
            raise AlreadyDone(GONE)


class ToTell(NamedTuple):
    """`calls`: most urgent first; `mails`: oldest first. `at_contacts`: mailboxes of contacts that answer, by party."""

    calls: Sequence[Mailing]
    mails: Sequence[Mailing]
    at_contacts: Mapping[str, str]


def to_tell(store: Store, now: datetime, moment: datetime) -> ToTell:
    calls: dict[str, list[Owed]] = {}
    with store.reading() as db:
        there = owed(db, now, moment)
        for message in sorted(there, key=lambda message: not message.urgent):
            if message.is_called:
                calls.setdefault(message.party, []).append(message)
        mails = mailings(message for message in there if message.is_mailed and (not message.fault or not message.party))
        at_contacts = {party: contact.email for party, contact in asked_contacts(db, now).items() if contact.email}
        return ToTell([mailing(own) for own in calls.values()], mails, at_contacts)
