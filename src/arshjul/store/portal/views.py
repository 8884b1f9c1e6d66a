"""Each party's view and what became of each entry, as the portal shows them; written by `carry` alone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from arshjul.store.database import Transaction, rows_with
from arshjul.store.portal import inbox, schema


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """What became of an entry. `about`: the version of the plan that answers it, or why it was not taken in.

    Of a nomination: the number of what it becomes, or the reason that its contact is told.
    """

    state: str
    about: str
    at: datetime


def body(db: Transaction, party: str) -> tuple[str, str]:
    """The mark and the body of a party's view; empty if it has none."""
    row = db.execute(select(schema.view.c.mark, schema.view.c.body).where(schema.view.c.party == party)).first()
    return ("", "") if row is None else (row.mark, row.body)


def marks(db: Transaction) -> dict[str, str]:
    """The marks of all views, by party."""
    return {row.party: row.mark for row in db.execute(select(schema.view.c.party, schema.view.c.mark))}


def put(db: Transaction, bodies: Mapping[str, tuple[str, str]]) -> None:
    """Writes views, each with its mark, by party."""
    if bodies:
        take_away(db, bodies)
        rows = [{"party": party, "mark": mark, "body": text} for party, (mark, text) in bodies.items()]
        db.execute(insert(schema.view), rows)


def take_away(db: Transaction, parties: Iterable[str]) -> None:
    """Removes the views of these parties."""
    db.execute(delete(schema.view).where(schema.view.c.party.in_(tuple(parties))))


def outcomes(db: Transaction, numbers: Collection[int]) -> dict[int, EntryOutcome]:
    """What became of the rows of the inbox with these numbers, as far as it is known."""
    table = schema.outcome.c
    query = select(table.number, table.state, table.about, table.at)
    rows = rows_with(db, query, table.number, numbers)
    return {row.number: EntryOutcome(row.state, row.about, row.at) for row in rows}


def outcomes_of(db: Transaction, ids: Collection[str]) -> dict[str, EntryOutcome]:
    """What became of these entries, by id, as far as it is known."""
    numbers = inbox.numbers(db, ids)
    known = outcomes(db, numbers.values())
    return {id: known[number] for id, number in numbers.items() if number in known}


def put_outcomes(db: Transaction, found: Mapping[int, EntryOutcome]) -> None:
    """Writes what became of the rows of the inbox with these numbers, in place of what was said of them before."""
    if found:
        old = delete(schema.outcome).where(schema.outcome.c.number == bindparam("old"))
        db.execute(old, [{"old": number} for number in found])
        db.execute(insert(schema.outcome), [{"number": number, **asdict(one)} for number, one in found.items()])


def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever outcomes do, or others are put in their place."""
    table = schema.outcome.c
    latest = select(table.state, func.count(), func.max(table.at)).group_by(table.state).order_by(table.state)
    return (epoch(db), *map(tuple, db.execute(latest)))


def epoch(db: Transaction) -> str:
    """The year's database whose outcomes these are."""
    return str(db.execute(select(schema.state.c.epoch)).scalar() or "")


def year(db: Transaction) -> str:
    """The year's database whose operations these are; empty if none has been carried."""
    return str(db.execute(select(schema.state.c.year)).scalar() or "")


def put_year(db: Transaction, year: str) -> None:
    """Notes which it is."""
    db.execute(update(schema.state).values(year=year))


def begin_epoch(db: Transaction, epoch: str) -> None:
    """Forgets all outcomes: they are of a database that was lost, or of one that was put back since."""
    db.execute(delete(schema.outcome))
    db.execute(update(schema.state).values(epoch=epoch))
