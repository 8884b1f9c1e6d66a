"""ticks: messages of the outbox that somebody told by hand, and taking that back where it was another party's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.actions.draft.draft import AlreadyDone
from arshjul.errors import Message, Refused
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
    """Removes waiting messages; those without an address count as told now. Sent messages are ignored.

    Refused, with none removed, if one is being sent, since it might not be prevented; also if one has been replaced by
    another meanwhile, since it might not be what was told.
    """
    with store.writing() as db:
        last = _last_lines(db)
        outbox.forget_ticked(db, _old(db, last, now))
        for number in dict.fromkeys(numbers):
            if outbox.is_going(db, number, now):
                raise Refused(Message("This message is being sent at this moment: look again in some minutes."))
            one = outbox.tick(db, number, now)
            if one is not None:
                audit.add(db, now, actor, (SentByHand if one.address else Called)(one.party, number))
            elif number not in last or last[number].action == TickTakenBack.action:
                raise Refused(
                    Message(
                        "What is to be told has changed since this page was opened, and nothing was noted: look at it "
                        "as it is now, and say there what you have told."
                    )
                )


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
            raise AlreadyDone(
                Message("This waits again already, or is asked and told no more: look at what waits in the outbox.")
            )


def _last_lines(db: Transaction) -> dict[int, AuditLine]:
    """The last line of the log about each message that was sent, ticked or put back."""
    lines = audit.lines(db, Posted, Called, SentByHand, TickTakenBack)
    return {event.fields.message: line for line in lines if (event := line.event) is not None}
