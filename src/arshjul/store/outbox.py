"""The outbox: messages that wait to be sent by mail, or to be said on the telephone.

What has been sent or taken out is kept without its text, so that its number means no other message.

No secret stands in it: where a message leads to a page of answers, its address is made when it is sent.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, or_, select, update

from arshjul.domain.party_mail import PartyMail
from arshjul.store import schema
from arshjul.store.faults import Damaged
from arshjul.store.store import Transaction

HAND_OVER = timedelta(minutes=3)
"""A claim further from now is of a process that has died: no hand-over takes so long."""

MOST_DOUBTS = 3
"""The number of attempts of unknown end after which a message is mailed no more: somebody calls."""

RESTORED = "restored"
"""The fault of what waited in a backup that was put back: nobody knows whether it went after the copy was made."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message to one party. `asks`: it is sent with an address at which that party answers.

    Without an `address` it is said on the telephone, by whoever takes it out then.
    `fault` is why it could not be sent when it was last tried; it waits all the same. `claimed_at`: since then it is
    being handed over. `doubtful_since`: the first attempt of which nobody knows whether the mail server took it.
    `knows` and `tells`: the hashes of the revision that the party knows, empty where it knows none, and of the one that
    the message tells of; of a question, and of one that says that it is asked no more, both are empty. `about`: only
    these operations, to be said on the telephone beside all that is told otherwise. The first `soon` lines of its body
    are to be said at once, since what they tell of starts soon, as are the `passed` next ones: that has begun, or was
    to. It is written as of the moment `seen`, and holds `until` another.
    """

    number: int
    party: str
    address: str
    mail: PartyMail
    asks: bool
    actor: str
    at: datetime
    sent_at: datetime | None = None
    tried_at: datetime | None = None
    fault: str = ""
    claimed_at: datetime | None = None
    doubtful_since: datetime | None = None
    taken_out: bool = False
    knows: str = ""
    tells: str = ""
    about: tuple[str, ...] = ()
    soon: int = 0
    passed: int = 0
    seen: datetime | None = None
    until: datetime | None = None
    doubts: int = 0
    """The number of attempts of which nobody knows that."""

    @property
    def urgent(self) -> bool:
        """True if something of it is to be said at once."""
        return self.soon + self.passed > 0

    def holds(self, moment: datetime) -> bool:
        """True if its words are true at that moment still."""
        if self.seen is None or self.until is None:
            return not self.tells
        return self.seen <= moment < self.until

    @property
    def is_doubted(self) -> bool:
        """True if it may have gone so often that it is mailed no more."""
        return self.doubts >= MOST_DOUBTS

    def is_going(self, now: datetime) -> bool:
        """True if somebody is handing it over."""
        return self.claimed_at is not None and abs(now - self.claimed_at) < HAND_OVER


def add(
    db: Transaction, party: str, address: str, mail: PartyMail, actor: str, at: datetime, *, asks: bool = False
) -> None:
    """Puts a message there."""
    put(db, OutboxMessage(0, party, address, mail, asks=asks, actor=actor, at=at))


def put(db: Transaction, message: OutboxMessage) -> None:
    """Puts a message there, with the next number."""
    last = db.execute(select(func.max(schema.outbox.c.number))).scalar() or 0
    _insert(db, replace(message, number=last + 1))


def _insert(db: Transaction, message: OutboxMessage) -> None:
    row = asdict(message) | {"about": json.dumps(message.about)}
    db.execute(insert(schema.outbox), [row | row.pop("mail")])


_PARTS = tuple(field.name for field in fields(PartyMail))


_TEXTS = (*_PARTS, "party", "address", "actor", "fault", "knows", "tells", "about")


def _read(row: RowMapping) -> OutboxMessage:
    """The message of a row. Damaged where it is none that was written."""
    if not all(isinstance(row[name], str) for name in _TEXTS):
        raise Damaged("a message without its text")
    mail = PartyMail(**{part: row[part] for part in _PARTS})
    rest = {key: value for key, value in row.items() if key not in (*_PARTS, "about")}
    return OutboxMessage(mail=mail, about=_ids(row["about"]), **rest)


def _ids(text: str) -> tuple[str, ...]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(id, str) for id in found):
        raise Damaged("operations that are none")
    return tuple(found)


def _without_text(one: OutboxMessage) -> dict[str, str]:
    """The columns of what is kept of its text."""
    return asdict(one.mail.forgotten())


def waiting(db: Transaction) -> list[OutboxMessage]:
    """The messages that are to be mailed and have not been, the first first."""
    return [one for one in unsent(db) if one.address and not one.is_doubted]


def to_call(db: Transaction) -> list[OutboxMessage]:
    """The messages that somebody has to say on the telephone: there is no address, or the mail did not go."""
    found = [one for one in unsent(db) if not one.address or one.fault or one.is_doubted]
    return sorted(found, key=lambda one: not one.urgent)


def every(db: Transaction) -> list[OutboxMessage]:
    """All of them, what has gone too, the first first."""
    return [_read(row) for row in db.execute(select(schema.outbox).order_by(schema.outbox.c.number)).mappings()]


def put_in_place(db: Transaction, messages: Sequence[OutboxMessage]) -> None:
    """Lets those be all that there are, under their numbers."""
    db.execute(delete(schema.outbox))
    for one in messages:
        _insert(db, one)


def doubt(db: Transaction, now: datetime) -> int:
    """Notes of all that waits that it may have gone, since a backup was put back: somebody calls; how many they are."""
    waits = unsent(db)
    for one in waits:
        since = one.doubtful_since or one.claimed_at or now
        _write(db, one.number, fault=RESTORED, doubts=MOST_DOUBTS, doubtful_since=since, claimed_at=None)
    return len(waits)


def parties_owed(db: Transaction) -> frozenset[str]:
    """The parties that have not been told all that holds for them; questions aside."""
    return frozenset(one.party for one in unsent(db) if not one.asks)


def _waits() -> tuple[ColumnElement[bool], ...]:
    return (schema.outbox.c.sent_at.is_(None), schema.outbox.c.taken_out.is_(False))


def unsent(db: Transaction, number: int | None = None) -> list[OutboxMessage]:
    """The messages that wait, the first first; or the one of that number, if it waits."""
    table = schema.outbox
    one = () if number is None else (table.c.number == number,)
    rows = db.execute(select(table).where(*_waits(), *one).order_by(table.c.number)).mappings()
    return [_read(row) for row in rows]


def told(db: Transaction) -> list[OutboxMessage]:
    """The messages that their parties may have had that tell of a revision, the first first.

    Of one that is being handed over, or was by whoever died of it, nobody knows.
    """
    table = schema.outbox.c
    is_told = or_(table.sent_at.is_not(None), table.claimed_at.is_not(None), table.doubtful_since.is_not(None))
    found = select(schema.outbox).where(table.tells != "", is_told)
    return [_read(row) for row in db.execute(found.order_by(table.at, table.number)).mappings()]


def asked_there_since(db: Transaction, one: OutboxMessage) -> datetime:
    """The moment from which the first question is that went to one address, up to this, with none to another between.

    What was taken out untried went nowhere.
    """
    table = schema.outbox.c
    tried = (table.sent_at.is_not(None), table.tried_at.is_not(None), table.claimed_at.is_not(None))
    before = select(table.address, table.at).where(
        table.party == one.party, table.asks, table.number < one.number, or_(*tried)
    )
    since = one.at
    for address, at in db.execute(before.order_by(table.number.desc())):
        if address != one.address:
            break
        since = at
    return since


def is_unasked(db: Transaction, party: str, since: datetime) -> bool:
    """True if questions to the party were put there since then, and none of them was ever handed over."""
    table = schema.outbox.c
    asked = select(table.tried_at, table.sent_at, table.claimed_at).where(
        table.party == party, table.asks, table.at >= since
    )
    rows = [tuple(row) for row in db.execute(asked)]
    return bool(rows) and not any(moment for row in rows for moment in row)


def rewrite(db: Transaction, number: int, new: OutboxMessage) -> None:
    """Gives a message that waits the words of another, which say the same as of another moment."""
    words = {part: getattr(new.mail, part) for part in _PARTS}
    when = {"seen": new.seen, "until": new.until, "tells": new.tells}
    _write(db, number, **words, **when, soon=new.soon, passed=new.passed)


def claim(db: Transaction, number: int, now: datetime) -> OutboxMessage | None:
    """The message as it is now, noted as being handed over; None where it waits no more, or somebody else has it."""
    found = next(iter(unsent(db, number)), None)
    if found is None or found.is_doubted or found.is_going(now):
        return None
    since = found.doubtful_since or found.claimed_at  # who claimed it last has died, and nobody knows how far it came
    doubts = found.doubts + (found.claimed_at is not None)
    claimed = replace(found, claimed_at=now, doubtful_since=since, doubts=doubts)
    if claimed.is_doubted:
        _write(db, number, claimed_at=None, doubtful_since=since, doubts=doubts)
        return None
    _write(db, number, claimed_at=now, doubtful_since=since, doubts=doubts)
    return claimed


def is_going(db: Transaction, number: int, now: datetime) -> bool:
    """True if somebody is handing that message over."""
    return any(one.is_going(now) for one in unsent(db, number))


def sent(db: Transaction, one: OutboxMessage, at: datetime) -> None:
    """Notes that a message is on its way, and forgets its text."""
    done = {"sent_at": at, "tried_at": at, "fault": "", "claimed_at": None, "doubtful_since": None}
    _write(db, one.number, **done, **_without_text(one))


def not_sent(db: Transaction, one: OutboxMessage, at: datetime, fault: str, *, perhaps: bool) -> None:
    """Notes why a claimed message could not be sent; it waits, to be tried again.

    `perhaps`: nobody knows whether the mail server took it.
    """
    since = (one.doubtful_since or one.claimed_at) if perhaps else one.doubtful_since
    doubts = one.doubts + perhaps
    _write(db, one.number, tried_at=at, fault=fault, claimed_at=None, doubtful_since=since, doubts=doubts)


def take_out(db: Transaction, number: int, told_at: datetime | None = None) -> OutboxMessage | None:
    """Takes a message out that waits, unsent; None where it waits no more.

    `told_at`: when somebody told it, on the telephone or by a mail of their own; of a question that is not kept, as its
    address went nowhere. One that is being handed over may reach its party yet.
    """
    found = next(iter(unsent(db, number)), None)
    if found is not None:
        _write(db, number, taken_out=True, sent_at=None if found.asks else told_at, **_without_text(found))
    return found


def readdress(db: Transaction, one: OutboxMessage, address: str, now: datetime) -> None:
    """Puts a message that waits anew, to another address, or for the telephone; of whether that has it nobody doubts.

    A question is then one of now: the addresses that the former mailbox was sent are older. What waited in a backup
    may have been told in any way.
    """
    take_out(db, one.number)
    moved = replace(one, address=address, at=now if one.asks else one.at)
    if one.fault != RESTORED:
        moved = replace(moved, fault="", tried_at=None, claimed_at=None, doubtful_since=None, doubts=0)
    put(db, moved)


def take_out_questions(db: Transaction) -> None:
    """Takes every question out that waits: what it asks about is proposed no more."""
    _take_out_all(db, asks=True)


def take_out_news(db: Transaction) -> None:
    """Takes out all else that waits: the plan that it tells of is no more."""
    _take_out_all(db, asks=False)


def _take_out_all(db: Transaction, *, asks: bool) -> None:
    for one in unsent(db):
        if one.asks is asks:
            take_out(db, one.number)


def _write(db: Transaction, number: int, **values: object) -> None:
    db.execute(update(schema.outbox).where(schema.outbox.c.number == number).values(values))
