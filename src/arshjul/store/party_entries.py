"""What contacts have sent, as it was carried in, and the rows that were not taken in."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from arshjul.store import schema
from arshjul.store.database import rows_with
from arshjul.store.store import Transaction

EntryState = Literal[
    "waits",
    "taken",
    "aside",
    "counts",
    "refused",
    "accepted",
    "declined",
    "merged",
    "withdrawn",
    "handed",
]

MOST_FAULTS = 10_000
"""The most faults that are kept at a time: what fills the portal's inbox is not to fill this database too."""


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """An entry of a contact. `body`: JSON. `digest`: of the whole row as the portal had it.

    `reported`: by the portal's clock, which may be wrong; `received`: by ours. `seen`: the view that it was
    written on. `item`: the id under which it stands in the year's entries, once it is taken; of a nomination that of
    the operation or object that it becomes, or with which it is merged. `reason`: why so, as its contact is told.
    """

    id: str
    contact: str
    key: str
    party: str
    kind: str
    body: str
    corrects: str
    seen: str
    reported: datetime
    received: datetime
    digest: str
    state: EntryState = "waits"
    item: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""
    told: str = ""
    """What became of it, as its contact was last mailed."""

    reason: str = ""


class Settled(NamedTuple):
    """What was done with an entry, and when: if it waits, when it came. The others are as of the entry."""

    id: str
    state: EntryState
    item: str
    told: str
    reason: str
    at: datetime


SETTLED: tuple[EntryState, ...] = tuple(state for state in get_args(EntryState) if state != "waits")
"""The states of entries that wait no more."""


@dataclass(frozen=True, slots=True)
class PartyFault:
    """A row of the portal's inbox that was not taken in. `party`: as the row says; empty if it is none of the year."""

    row_digest: str
    kind: str
    party: str
    at: datetime


def every(db: Transaction) -> list[PartyEntry]:
    """All entries, in order of arrival."""
    return _in_order(db)


def entry(db: Transaction, id: str) -> PartyEntry | None:
    """The entry of that id."""
    row = db.execute(select(schema.party_entry).where(schema.party_entry.c.id == id)).mappings().first()
    return None if row is None else PartyEntry(**row)


def settled(db: Transaction, ids: Collection[str], since: datetime | None) -> list[Settled]:
    """What was done with these entries; and with all that wait or were settled after `since`, if that is given."""
    table = schema.party_entry.c
    at = func.coalesce(table.settled_at, table.received)
    columns = select(table.id, table.state, table.item, table.told, table.reason, at)
    which: list[ColumnElement[bool]] = [table.id.in_(ids)]
    if since is not None:
        which += [table.state.in_(("waits", "handed")), and_(table.state.in_(SETTLED), table.settled_at > since)]
    found = {row.id: Settled(*row) for one in which for row in db.execute(columns.where(one))}
    return list(found.values())


def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever an entry comes or is settled."""
    table = schema.party_entry.c
    waits = select(func.count()).where(table.state == "waits")
    return (db.execute(select(func.count(table.id))).scalar(), db.execute(waits).scalar())


def waiting(db: Transaction, kinds: Collection[str]) -> list[PartyEntry]:
    """The entries of those kinds that wait for the coordinator, in order of arrival."""
    return _in_order(db, schema.party_entry.c.state == "waits", schema.party_entry.c.kind.in_(kinds))


def of_kinds(db: Transaction, kinds: Collection[str], since: datetime | None = None) -> list[PartyEntry]:
    """The entries of those kinds in order of arrival; with `since`, those that wait, or were settled since then."""
    table = schema.party_entry.c
    late = () if since is None else (or_(table.state == "waits", table.settled_at > since),)
    return _in_order(db, table.kind.in_(kinds), *late)


def put_aside_since(db: Transaction, kinds: Collection[str], moment: datetime) -> list[PartyEntry]:
    """The entries of those kinds that somebody has put aside since then, in order of arrival."""
    table = schema.party_entry.c
    return _in_order(db, table.state == "aside", table.kind.in_(kinds), table.settled_at >= moment)


def that_count(db: Transaction, party: str, kind: str) -> list[PartyEntry]:
    """The entries of that kind of a party that count, in order of arrival."""
    table = schema.party_entry.c
    return _in_order(db, table.party == party, table.kind == kind, table.state == "counts")


def correcting(db: Transaction, one: PartyEntry, kind: str) -> list[PartyEntry]:
    """The entries of that kind by which the same contact corrects this one."""
    table = schema.party_entry.c
    return _in_order(db, table.contact == one.contact, table.kind == kind, table.corrects == one.id)


def _in_order(db: Transaction, *which: ColumnElement[bool]) -> list[PartyEntry]:
    table = schema.party_entry
    query = select(table).where(*which).order_by(table.c.received, table.c.reported, table.c.id)
    return [PartyEntry(**row) for row in db.execute(query).mappings()]


def digests(db: Transaction, ids: Collection[str]) -> dict[str, str]:
    """The digests of those of the entries that are known, by id."""
    table = schema.party_entry.c
    return {row.id: row.digest for row in db.execute(select(table.id, table.digest).where(table.id.in_(ids)))}


def received(db: Transaction, ids: Collection[str]) -> list[datetime]:
    """When these entries were received."""
    table = schema.party_entry.c
    return [row.received for row in rows_with(db, select(table.id, table.received), table.id, ids)]


def keys(db: Transaction, contacts: Collection[str]) -> frozenset[tuple[str, str]]:
    """The keys that entries of those contacts have, each with its contact."""
    table = schema.party_entry.c
    rows = db.execute(select(table.contact, table.key).where(table.contact.in_(contacts)))
    return frozenset((row.contact, row.key) for row in rows)


def n_since(db: Transaction, moment: datetime) -> dict[str, int]:
    """The number of entries received since then, by contact."""
    table = schema.party_entry.c
    query = select(table.contact, func.count()).where(table.received >= moment).group_by(table.contact)
    return {row[0]: row[1] for row in db.execute(query)}


def add(db: Transaction, made: Iterable[PartyEntry]) -> None:
    """Adds entries."""
    if rows := [asdict(one) for one in made]:
        db.execute(insert(schema.party_entry), rows)


_GONE: tuple[EntryState, ...] = ("declined", "withdrawn", "aside")
"""The states of a nomination that comes to nothing."""


def settle(
    db: Transaction, id: str, state: EntryState, actor: str, at: datetime, item: str = "", reason: str = ""
) -> bool:
    """Says what the coordinator did with an entry that waits; False if it no longer waits.

    What was merged with one that comes to nothing waits again.
    """
    table = schema.party_entry
    values = {"state": state, "item": item, "reason": reason, "settled_at": at, "settled_by": actor}
    is_done = db.execute(update(table).where(table.c.id == id, table.c.state == "waits").values(values)).rowcount == 1
    if is_done and state in _GONE:
        _wait_again(db, table.c.state == "merged", table.c.item == id)
    return is_done


def became_items(db: Transaction) -> set[str]:
    """The ids of the operations and objects that nominations became, or were merged with."""
    table = schema.party_entry.c
    rows = db.execute(select(table.item).where(table.state.in_(("accepted", "merged"))).distinct())
    return set(rows.scalars())


def open_again(db: Transaction, kind: str, item: str) -> None:
    """Lets the nominations wait again that became the operation or object of that id, or were merged with it."""
    table = schema.party_entry.c
    became = and_(table.kind == kind, table.state == "accepted")
    _wait_again(db, or_(became, table.state == "merged"), table.item == item)


def wait_again(db: Transaction, id: str) -> None:
    """Lets an entry wait again."""
    _wait_again(db, schema.party_entry.c.id == id)


def _wait_again(db: Transaction, *which: ColumnElement[bool]) -> None:
    values = {"state": "waits", "item": "", "reason": "", "settled_at": None, "settled_by": ""}
    db.execute(update(schema.party_entry).where(*which).values(values))


def items(db: Transaction, contact: str, kind: str, state: EntryState) -> list[str]:
    """What a contact's entries of that kind and state became."""
    table = schema.party_entry.c
    which = (table.contact == contact, table.kind == kind, table.state == state)
    return list(db.execute(select(table.item).where(*which).order_by(table.received, table.id)).scalars())


def tell(db: Transaction, id: str, told: str) -> None:
    """Notes what of an entry its contact is mailed."""
    db.execute(update(schema.party_entry).where(schema.party_entry.c.id == id).values(told=told))


def faults(db: Transaction) -> dict[tuple[str, str], int]:
    """The number of faults that nobody has put away yet, by kind and party."""
    table = schema.party_fault.c
    rows = db.execute(select(table.kind, table.party, func.count()).group_by(table.kind, table.party))
    return {(kind, party): n for kind, party, n in sorted(map(tuple, rows))}


def add_faults(db: Transaction, found: Iterable[PartyFault]) -> None:
    """Adds faults that are not known yet, as far as there is room."""
    table = schema.party_fault
    new = {one.row_digest: one for one in found}
    for digest in db.execute(select(table.c.row_digest).where(table.c.row_digest.in_(list(new)))).scalars().all():
        del new[digest]
    room = MOST_FAULTS - sum(faults(db).values())
    if rows := [asdict(one) for one in new.values()][:room]:
        db.execute(insert(table), rows)


def forget_faults(db: Transaction) -> None:
    """Puts all faults away, which somebody has seen."""
    db.execute(schema.party_fault.delete())
