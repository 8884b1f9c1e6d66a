"""Entries of contacts as they were synced, and the rows that were refused."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NamedTuple, get_args

from sqlalchemy import Index, String, UniqueConstraint, bindparam, func, or_, select

from arshjul.office.store.tables import declared
from arshjul.serving.sql.columns import Default, Id, Name, Of, Sha256, Word
from arshjul.serving.sql.database import Transaction, asked_once, rows_with
from arshjul.serving.sql.rows import TableRows

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

    id: Id
    contact: Annotated[Id, Of("contact.id")]
    key: Annotated[str, String(64)]
    party: Name
    kind: Word
    body: str
    corrects: Id
    seen: Sha256
    reported: datetime
    received: datetime
    digest: Sha256
    state: Annotated[EntryState, String(16)] = "waits"
    item: Annotated[str, String(80), Default("")] = ""
    settled_at: datetime | None = None
    settled_by: Annotated[str, Default("")] = ""
    told: Annotated[Word, Default("")] = ""
    """The outcome, as its contact was last mailed."""

    reason: Annotated[str, Default("")] = ""


class Settled(NamedTuple):
    """An entry's outcome and its time: if it waits, the time of arrival. The other fields are as of the entry."""

    id: str
    state: EntryState
    item: str
    told: str
    reason: str
    reported: datetime
    at: datetime


SETTLED: tuple[EntryState, ...] = tuple(state for state in get_args(EntryState) if state != "waits")


@dataclass(frozen=True, slots=True)
class PartyFault:
    """A row of the portal's inbox that was not taken in. `party`: as the row says; empty if it is none of the year."""

    row_digest: Sha256
    kind: Id
    party: Name
    at: datetime


ENTRIES = TableRows(
    declared(
        "party_entry",
        PartyEntry,
        "id",
        last=(
            UniqueConstraint("contact", "key"),
            Index("ix_party_entry_state", "state", "settled_at"),
            Index("ix_party_entry_received", "received", "contact"),
        ),
    ),
    PartyEntry,
    "received",
    "reported",
    "id",
)
FAULTS = TableRows(declared("party_fault", PartyFault, "row_digest"), PartyFault)
"""By a digest of the row, so that each is told once."""


_AT = func.coalesce(ENTRIES.c.settled_at, ENTRIES.c.received)
_SETTLED = select(*(ENTRIES.c[name] for name in Settled._fields[:-1]), _AT)
_SETTLED_OF = _SETTLED.where(ENTRIES.c.id.in_(bindparam("ids", expanding=True)))
_WAITING = _SETTLED.where(ENTRIES.c.state.in_(("waits", "handed")))
_SETTLED_SINCE = _SETTLED.where(ENTRIES.c.state.in_(SETTLED), ENTRIES.c.settled_at > bindparam("since"))
_MARK = select(func.count(), func.max(ENTRIES.c.settled_at))
_N_WAITING = ENTRIES.where(state="waits")
_SINCE = (
    select(ENTRIES.c.contact, func.count()).where(ENTRIES.c.received >= bindparam("since")).group_by(ENTRIES.c.contact)
)


def settled(db: Transaction, ids: Collection[str], since: datetime | None) -> list[Settled]:
    """The outcomes of these entries; and of all that wait or were settled after `since`, if that is given."""
    rows = [*db.execute(_SETTLED_OF, {"ids": list(ids)})] if ids else []
    if since is not None:
        rows += [*db.execute(_WAITING), *db.execute(_SETTLED_SINCE, {"since": since})]
    return list({row.id: Settled(*row) for row in rows}.values())


@asked_once
def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever an entry comes or is settled."""
    return (*db.execute(_MARK).one(), _N_WAITING.n(db))


def waiting(db: Transaction, kinds: Collection[str]) -> list[PartyEntry]:
    return ENTRIES.where(ENTRIES.c.kind.in_(kinds), state="waits").all(db)


def of_kinds(db: Transaction, kinds: Collection[str], since: datetime | None = None) -> list[PartyEntry]:
    """The entries of those kinds in order of arrival; with `since`, those that wait, or were settled since then."""
    here = ENTRIES.c
    late = () if since is None else (or_(here.state == "waits", here.settled_at > since),)
    return ENTRIES.where(here.kind.in_(kinds), *late).all(db)


def digests(db: Transaction, ids: Collection[str]) -> dict[str, str]:
    table = ENTRIES.c
    return {row.id: row.digest for row in rows_with(db, select(table.id, table.digest), table.id, ids)}


def received(db: Transaction, ids: Collection[str]) -> list[datetime]:
    table = ENTRIES.c
    return [row.received for row in rows_with(db, select(table.id, table.received), table.id, ids)]


def keys(db: Transaction, contacts: Collection[str]) -> frozenset[tuple[str, str]]:
    table = ENTRIES.c
    rows = rows_with(db, select(table.contact, table.key), table.contact, contacts)
    return frozenset((row.contact, row.key) for row in rows)


def n_since(db: Transaction, moment: datetime) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(_SINCE, {"since": moment})}


_GONE: tuple[EntryState, ...] = ("declined", "withdrawn", "aside")
"""The states of a nomination that comes to nothing."""


def settle(
    db: Transaction, id: str, state: EntryState, actor: str, at: datetime, item: str = "", reason: str = ""
) -> bool:
    """Settles an entry that waits; False if it does not. What was merged with one that comes to nothing waits again."""
    values = {"state": state, "item": item, "reason": reason, "settled_at": at, "settled_by": actor}
    is_done = ENTRIES.where(id=id, state="waits").set(db, **values) == 1
    if is_done and state in _GONE:
        wait_again(db, state="merged", item=id)
    return is_done


def open_again(db: Transaction, kind: str, item: str) -> None:
    """Lets the nominations wait again that became the operation or object of that id, or were merged with it."""
    wait_again(db, kind=kind, state="accepted", item=item)
    wait_again(db, state="merged", item=item)


def wait_again(db: Transaction, **which: str) -> None:
    ENTRIES.where(**which).set(db, state="waits", item="", reason="", settled_at=None, settled_by="")


def faults(db: Transaction) -> dict[tuple[str, str], int]:
    """The number of faults that nobody has put away yet, by kind and party."""
    table = FAULTS.c
    rows = db.execute(select(table.kind, table.party, func.count()).group_by(table.kind, table.party))
    return {(kind, party): n for kind, party, n in sorted(map(tuple, rows))}


def add_faults(db: Transaction, found: Iterable[PartyFault]) -> None:
    """Adds faults that are not known yet, as far as there is room."""
    new = {fault.row_digest: fault for fault in found}
    known = FAULTS.where(FAULTS.c.row_digest.in_(list(new))).values(db, FAULTS.c.row_digest)
    room = MOST_FAULTS - FAULTS.n(db)
    FAULTS.add(db, *[one for digest, one in new.items() if digest not in known][:room])
