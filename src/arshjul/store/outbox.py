"""The outbox: messages that wait to be sent by mail, or to be said on the telephone.

What has been sent is kept without its text.

No secret stands in it: where a message leads to a page of answers, its address is made when it is sent.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from arshjul.store import schema
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message to one party. `asks`: it is sent with an address at which that party answers.

    Without an `address` it is said on the telephone, by whoever takes it out then.
    `fault` is why it could not be sent when it was last tried; it waits all the same.
    """

    number: int
    party: str
    address: str
    subject: str
    body: str
    asks: bool
    actor: str
    at: datetime
    sent_at: datetime | None = None
    tried_at: datetime | None = None
    fault: str = ""


def add(
    db: Transaction, party: str, address: str, text: tuple[str, str], actor: str, at: datetime, *, asks: bool = False
) -> None:
    """Puts a message there: its subject and its body."""
    last = db.execute(select(func.max(schema.outbox.c.number))).scalar() or 0
    made = OutboxMessage(last + 1, party, address, *text, asks=asks, actor=actor, at=at)
    db.execute(insert(schema.outbox), [asdict(made)])


def waiting(db: Transaction) -> list[OutboxMessage]:
    """Those that are to be mailed and have not been, the first first."""
    return [one for one in _unsent(db) if one.address]


def to_call(db: Transaction) -> list[OutboxMessage]:
    """Those that somebody has to say on the telephone: there is no address, or the mail did not go."""
    return [one for one in _unsent(db) if not one.address or one.fault]


def _unsent(db: Transaction) -> list[OutboxMessage]:
    table = schema.outbox
    rows = db.execute(select(table).where(table.c.sent_at.is_(None)).order_by(table.c.number)).mappings()
    return [OutboxMessage(**row) for row in rows]


def n_to_call(db: Transaction) -> int:
    """The number of those."""
    table = schema.outbox.c
    counted = select(func.count()).where(table.sent_at.is_(None), (table.fault != "") | (table.address == ""))
    return int(db.execute(counted).scalar() or 0)


def sent(db: Transaction, number: int, at: datetime) -> None:
    """Notes that a message is on its way, and forgets its text."""
    table = schema.outbox
    done = {"sent_at": at, "tried_at": at, "fault": "", "body": ""}
    db.execute(update(table).where(table.c.number == number).values(done))


def not_sent(db: Transaction, number: int, at: datetime, fault: str) -> None:
    """Notes why a message could not be sent; it waits, to be tried again."""
    table = schema.outbox
    db.execute(update(table).where(table.c.number == number).values(tried_at=at, fault=fault))


def take_out(db: Transaction, number: int) -> OutboxMessage | None:
    """Takes a message out that waits, unsent; None where it waits no more."""
    found = next((one for one in _unsent(db) if one.number == number), None)
    if found is not None:
        db.execute(delete(schema.outbox).where(schema.outbox.c.number == number))
    return found
