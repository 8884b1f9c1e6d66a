"""Who did what, and when: a chain of its own, so that no line can be changed or left out unseen."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select

from arshjul.store import schema
from arshjul.store.chain import FIRST, hash_of
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log. `about` names a revision or a subscriber, never an address."""

    number: int
    at: datetime
    actor: str
    action: str
    about: str
    hash: str


def add(db: Transaction, at: datetime, actor: str, action: str, about: str) -> None:
    """Writes a line."""
    table = schema.audit
    last = db.execute(select(table).order_by(table.c.number.desc()).limit(1)).first()
    number, previous = (1, FIRST) if last is None else (last.number + 1, last.hash)
    row = {"number": number, "at": at, "actor": actor, "action": action, "about": about}
    db.execute(insert(table), [{**row, "hash": hash_of(row, previous)}])


def lines(db: Transaction) -> list[Line]:
    """All of them, the first first."""
    return [Line(**row) for row in db.execute(select(schema.audit).order_by(schema.audit.c.number)).mappings()]


def go_on(db: Transaction, other: list[Line]) -> None:
    """Writes after the log that is there, which is a copy, what another one has beyond it."""
    there = lines(db)
    pairs = zip(there, other, strict=False)
    n_same = next((i for i, (one, another) in enumerate(pairs) if one != another), min(len(there), len(other)))
    for line in other[n_same:]:
        add(db, line.at, line.actor, line.action, line.about)


def broken(found: list[Line]) -> list[int]:
    """The numbers of the lines that are not what was written, or do not follow the one before."""
    wrong, previous = [], FIRST
    for position, line in enumerate(found, 1):
        if line.number != position or line.hash != hash_of(asdict(line), previous):
            wrong.append(line.number)
        previous = line.hash
    return wrong
