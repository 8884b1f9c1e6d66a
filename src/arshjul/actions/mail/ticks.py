"""Messages of the outbox that are to be told by hand, ticks of those that were, and taking a tick back."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.actions.draft.draft import AlreadyDone
from arshjul.actions.mail.mailing import Mailing, mailing, mailings
from arshjul.actions.publishing.contacts import asked_contacts
from arshjul.actions.publishing.revision_messages import write_anew
from arshjul.errors import Message, Refused, StorageError
from arshjul.store import audit, outbox
from arshjul.store.audit import AuditLine
from arshjul.store.events import Called, Posted, SentByHand, TickTakenBack
from arshjul.store.outbox import OutboxMessage
from arshjul.store.store import Store, Transaction

KEPT = timedelta(days=30)
"""The time for which the words of what was ticked are kept."""


@dataclass(frozen=True, slots=True)
class Tick:
    """What somebody ticked of one party at one moment. `is_called`: told on the telephone, rather than by mail."""

    party: str
    subjects: tuple[str, ...]
    numbers: tuple[int, ...]
    actor: str
    at: datetime
    is_called: bool


def tick(store: Store, numbers: Iterable[int], actor: str, now: datetime) -> None:
    """Those without an address count as told now. Refused if one is being sent, or was replaced meanwhile."""
    with store.writing() as db:
        last = _last_lines(db)
        outbox.forget_ticked(db, _old(db, last, now))
        for number in dict.fromkeys(numbers):
            if outbox.is_going(db, number, now):
                raise Refused(Message("The message is being sent: look again in some minutes."))
            one = outbox.tick(db, number, now)
            if one is not None:
                audit.add(db, now, actor, (SentByHand if one.address else Called)(one.party, number))
            elif number not in last or last[number].action == TickTakenBack.action:
                raise Refused(Message("The message has changed, and nothing was noted. Read it and tick it again."))


def forget_old(store: Store, now: datetime) -> None:
    """Removes the words of what was ticked longer ago than they are kept."""
    with store.reading() as db:
        old = _old(db, _last_lines(db), now)
    if old:
        with store.writing() as db:
            outbox.forget_ticked(db, old)


def _old(db: Transaction, last: Mapping[int, AuditLine], now: datetime) -> list[int]:
    there = (one.number for one in outbox.TICKED.all(db))
    return [number for number in there if number not in last or last[number].at < now - KEPT]


def ticks(store: Store, now: datetime) -> list[Tick]:
    """What was ticked within the time for which its words are kept, the latest first."""
    with store.reading() as db:
        last = _last_lines(db)
        found: dict[tuple[str, datetime, str], list[OutboxMessage]] = {}
        for one in outbox.TICKED.all(db):
            line = last.get(one.number)
            if line is not None and line.at >= now - KEPT:
                found.setdefault((one.party, line.at, line.actor), []).append(one)
    return [_tick(last, messages) for _, messages in sorted(found.items(), key=lambda pair: pair[0][1], reverse=True)]


def _tick(last: Mapping[int, AuditLine], messages: list[OutboxMessage]) -> Tick:
    line, subjects = last[messages[0].number], dict.fromkeys(one.mail.subject for one in messages)
    numbers, is_called = tuple(one.number for one in messages), line.action == Called.action
    return Tick(messages[0].party, tuple(subjects), numbers, line.actor, line.at, is_called)


def take_back(store: Store, numbers: Iterable[int], actor: str, now: datetime) -> None:
    """Lets what was ticked wait again, as it holds by now. AlreadyDone if none of it can be put back."""
    with store.writing() as db:
        there = {one.number: one for one in outbox.TICKED.all(db)}
        again = [there[number] for number in dict.fromkeys(numbers) if number in there]
        for one in again:
            outbox.put_back(db, one)
            audit.add(db, now, actor, TickTakenBack(one.party, one.number))
        if not again:
            raise AlreadyDone(Message("The item is gone: open the page again."))


def _last_lines(db: Transaction) -> dict[int, AuditLine]:
    """The last line of the log about each message that was sent, ticked or put back."""
    lines = audit.lines(db, Posted, Called, SentByHand, TickTakenBack)
    return {event.fields.message: line for line in lines if (event := line.event) is not None}


@dataclass(frozen=True, slots=True)
class ToTell:
    """`calls`: most urgent first; `mails`: oldest first. `at_contacts`: mailboxes of contacts that answer, by party."""

    calls: Sequence[Mailing]
    mails: Sequence[Mailing]
    at_contacts: Mapping[str, str]


def to_tell(store: Store, now: datetime, moment: datetime) -> ToTell:
    with suppress(StorageError):  # it is told as it was written, where nothing can be written now
        write_anew(store, now, moment)
    calls: dict[str, list[OutboxMessage]] = {}
    with store.reading() as db:
        for one in outbox.to_call(db):
            calls.setdefault(one.party, []).append(one)
        mails = mailings(one for one in outbox.waiting(db) if not one.fault or not one.party)
        at_contacts = {party: one.email for party, one in asked_contacts(db, now).items() if one.email}
        return ToTell([mailing(own) for own in calls.values()], mails, at_contacts)
