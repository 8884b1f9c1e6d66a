"""The outbox: messages that wait to be sent by mail. What has been sent is kept without its text."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from arshjul.store import schema
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message to one party. `path`: a secret page of the console that it leads to; empty where there is none."""

    number: int
    party: str
    address: str
    subject: str
    body: str
    path: str
    actor: str
    at: datetime
    sent_at: datetime | None = None


def add(db: Transaction, party: str, address: str, text: tuple[str, str, str], actor: str, at: datetime) -> None:
    """Puts a message there: its subject, its body, and the path that it leads to."""
    last = db.execute(select(func.max(schema.outbox.c.number))).scalar() or 0
    db.execute(insert(schema.outbox), [asdict(OutboxMessage(last + 1, party, address, *text, actor, at))])


def waiting(db: Transaction) -> list[OutboxMessage]:
    """Those that have not been sent, the first first."""
    table = schema.outbox
    rows = db.execute(select(table).where(table.c.sent_at.is_(None)).order_by(table.c.number)).mappings()
    return [OutboxMessage(**row) for row in rows]


def sent(db: Transaction, number: int, at: datetime) -> None:
    """Notes that a message is on its way, and forgets its text: a secret address may stand in it."""
    table = schema.outbox
    db.execute(update(table).where(table.c.number == number).values(sent_at=at, body="", path=""))
