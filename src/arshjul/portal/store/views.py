"""Each party's view and what became of each entry, as the portal shows them; written by `carry` alone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, bindparam, delete, func, insert, select, type_coerce, update

from arshjul.portal.store import inbox, tables
from arshjul.portal.store.bounds import bounded, emptied, size
from arshjul.serving.sql.database import Transaction, asked_once, batched

MOST_STATES, MOST_OF_OUTCOME = 100, 100
"""The most states that are counted, and the most bytes of one and its moment."""

_BODY = select(tables.view.c.mark, tables.view.c.body).where(tables.view.c.party == bindparam("of"))
_MARKS = select(tables.view.c.party, tables.view.c.mark)
_OUTCOMES = select(tables.outcome).where(tables.outcome.c.number.in_(bindparam("numbers", expanding=True)))
_STATES = (
    select(tables.outcome.c.state, func.count(), func.max(type_coerce(tables.outcome.c.at, String)))
    .where(size(tables.outcome.c.state, tables.outcome.c.at) <= MOST_OF_OUTCOME)
    .group_by(tables.outcome.c.state)
    .order_by(tables.outcome.c.state)
    .limit(MOST_STATES)
)
_STATE = select(tables.state)


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """`about`: the version that answers it, or why it was refused; of a nomination what it becomes, or why not."""

    state: str
    about: str
    at: datetime


def body(db: Transaction, party: str) -> tuple[str, str]:
    """The mark and the body of a party's view; empty if it has none."""
    row = db.execute(_BODY, {"of": party}).first()
    return ("", "") if row is None else (row.mark, row.body)


def marks(db: Transaction) -> dict[str, str]:
    return dict(_marks(db) or ())


def _marks(db: Transaction) -> list[tuple[str, str]] | None:
    return bounded(db, _MARKS, lambda row: (row["party"], row["mark"]))


def put(db: Transaction, bodies: Mapping[str, tuple[str, str]]) -> None:
    if bodies:
        take_away(db, bodies)
        rows = [{"party": party, "mark": mark, "body": text} for party, (mark, text) in bodies.items()]
        db.execute(insert(tables.view), rows)


def take_away(db: Transaction, parties: Iterable[str]) -> None:
    """Removes the views of these parties; all where their marks cannot be read."""
    emptied(db, tables.view, _marks(db))
    db.execute(delete(tables.view).where(tables.view.c.party.in_(tuple(parties))))


CROOKED = EntryOutcome("", "", datetime.min.replace(tzinfo=UTC))
"""Stands for what cannot be read: something else is to be written there."""


def outcomes(db: Transaction, numbers: Collection[int]) -> dict[int, EntryOutcome]:
    found = dict[int, EntryOutcome]()
    for some in batched(numbers):
        known = bounded(db, _OUTCOMES, _numbered, numbers=some)
        found |= dict.fromkeys(some, CROOKED) if known is None else dict(known)
    return found


def _numbered(row: Any) -> tuple[int, EntryOutcome]:
    return row["number"], EntryOutcome(row["state"], row["about"], row["at"])


def outcomes_of(db: Transaction, ids: Collection[str]) -> dict[str, EntryOutcome]:
    numbers = inbox.numbers(db, ids)
    known = outcomes(db, numbers.values())
    return {id: known[number] for id, number in numbers.items() if known.get(number, CROOKED) != CROOKED}


def put_outcomes(db: Transaction, found: Mapping[int, EntryOutcome]) -> None:
    if found:
        old = delete(tables.outcome).where(tables.outcome.c.number == bindparam("old"))
        db.execute(old, [{"old": number} for number in found])
        db.execute(insert(tables.outcome), [{"number": number, **asdict(one)} for number, one in found.items()])


def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever outcomes do, or others are put in their place."""
    return (epoch(db), *map(tuple, db.execute(_STATES)))


def epoch(db: Transaction) -> str:
    """The year's database whose outcomes these are."""
    return _state(db)[0]


def year(db: Transaction) -> str:
    """The year's database whose operations these are; empty if none has been carried."""
    return _state(db)[1]


@asked_once
def _state(db: Transaction) -> tuple[str, str]:
    """Both, empty unless there is one such row."""
    found = bounded(db, _STATE, lambda row: (str(row["epoch"]), str(row["year"]))) or ()
    return found[0] if len(found) == 1 else ("", "")


def put_year(db: Transaction, year: str) -> None:
    if db.execute(update(tables.state).values(year=year)).rowcount != 1:
        db.execute(delete(tables.state))
        db.execute(insert(tables.state), [{"id": 1, "epoch": "", "year": year}])


def begin_epoch(db: Transaction, epoch: str) -> None:
    """Forgets all outcomes: they are of a database that was lost, or of one that was put back since."""
    db.execute(delete(tables.outcome))
    db.execute(update(tables.state).values(epoch=epoch))
