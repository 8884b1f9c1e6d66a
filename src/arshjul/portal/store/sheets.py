"""Sections of information sheets as the portal keeps them: encrypted, but for where each stands."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import Column, Integer, Select, String, delete, func, insert, literal, or_, select, type_coerce

from arshjul.portal.store import tables
from arshjul.portal.store.bounds import MOST_ROWS, bounded, emptied, size
from arshjul.portal.store.tables import declared
from arshjul.serving.sql.columns import Default, Id, Name, Sha256, Transient, Word, moment_text
from arshjul.serving.sql.database import Transaction, readable
from arshjul.serving.sql.rows import TableRows

MOST_OF_ORDER, MOST_OF_MOMENT = 500, 40
"""The most bytes of an order, and of a moment, that are read."""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A version of a section. `party`: its owner; `session`: that which saved it; `seal`: the salted SHA-256 of it."""

    operation: Name
    party: Name
    section: Word
    version: int
    state: Word
    session: Sha256
    saved_at: datetime
    seal: Sha256
    body: bytes
    without: Annotated[tuple[str, ...], Transient] = ()
    """The readers that the coordinator has taken from it; of a draft, from any version of the section."""

    @property
    def place(self) -> tuple[str, str, str, int]:
        """Where it stands, to which its body is bound."""
        return self.operation, self.party, self.section, self.version

    @property
    def seen_as(self) -> str:
        """A mark that changes with each saving, and when the coordinator takes a reader away."""
        return ",".join((self.seal, *self.without))


@dataclass(frozen=True, slots=True)
class Reading:
    """A contact has read a version; "": it was printed for the party. `pdf`: its SHA-256, "" if read as a page."""

    operation: Name
    party: Name
    section: Word
    version: int
    reader: Name
    contact: Id
    at: datetime
    pdf: Annotated[Sha256, Default("")] = ""


MOST_VERSION = 9999


@dataclass(frozen=True, slots=True, order=True)
class SheetOrder:
    """The coordinator's order: the reader is taken from what the party had given of the section by then.

    Without a party, the sheet is frozen from then on, for the date in `section`. `version`: that of what the party took
    itself, which is put back with a copy of the portal's database that knows nothing of it; else the last one given.
    """

    operation: Name
    party: Name
    section: Word
    reader: Name
    at: datetime
    version: int = field(default=MOST_VERSION, compare=False)

    @property
    def is_lock(self) -> bool:
        return not self.party


_NUMBER = Column("number", Integer, primary_key=True, autoincrement=True)

SECTIONS = TableRows(declared("sheet_section", SectionRow, "operation", "party", "section", "version"), SectionRow)
"""Written by the portal alone. What has been given is never changed: only a draft's row is replaced."""

READINGS = TableRows(declared("sheet_reading", Reading, first=(_NUMBER,)), Reading)

ORDERS = TableRows(declared("sheet_order", SheetOrder, "operation", "party", "section", "reader", "at"), SheetOrder)
"""Written by `carry`, and never taken back."""


def orders(db: Transaction, operation: str = "") -> dict[SheetOrder, int]:
    """All orders, or those of an operation, each with the last version that it holds for."""
    rows = ORDERS.where(operation=operation) if operation else ORDERS
    return {order: order.version for order in rows.all(db)}


def _orders_there() -> Select[Any]:
    table = ORDERS.c
    names = (table.operation, table.party, table.section, table.reader, type_coerce(table.at, String))
    is_ours = size(table.operation, table.party, table.section, table.reader, table.at) <= MOST_OF_ORDER
    return select(*names).where(is_ours).limit(MOST_ROWS)


_ORDERS_THERE = _orders_there()


def orders_there(db: Transaction, wanted: Collection[SheetOrder]) -> set[SheetOrder]:
    """The given orders that are stored; other rows, readable or not, are ignored."""
    there = set(map(tuple, db.execute(_ORDERS_THERE))) if wanted else set()
    return {
        order
        for order in wanted
        if (order.operation, order.party, order.section, order.reader, moment_text(order.at)) in there
    }


def put_orders(db: Transaction, made: Iterable[SheetOrder]) -> None:
    """Adds orders, which hold for what is given now: whoever is giving holds the same row, and is waited for."""
    db.execute(select(tables.portal_writer).with_for_update())
    for order in made:
        given = SECTIONS.where(SECTIONS.c.state != "draft", operation=order.operation, party=order.party)
        last = given.where(section=order.section).highest(db, SECTIONS.c.version)
        ORDERS.put(db, replace(order, version=min(last, order.version)))


MOST_OF_DECISION = 500


@dataclass(frozen=True, slots=True)
class Purge:
    operation: Name
    decision: str
    at: datetime

    @property
    def is_sound(self) -> bool:
        """True if it is such as our command writes: another might be somebody else's who has the portal's machine."""
        return isinstance(self.decision, str) and 0 < len(self.decision) <= MOST_OF_DECISION


PURGES = TableRows(declared("sheet_purge", Purge, "operation"), Purge)
"""The last of each operation, whose sections are empty since."""

_SHORT_PURGES = PURGES.where(size(PURGES.c.decision, PURGES.c.at) <= 4 * MOST_OF_DECISION + MOST_OF_MOMENT)


def purges(db: Transaction) -> dict[str, Purge]:
    """The purges, by operation, where nothing was written since."""
    section = SECTIONS.c
    held = select(section.operation).where(section.body != b"")
    return {purge.operation: purge for purge in PURGES.where(PURGES.c.operation.not_in(held)).all(db)}


def purges_there(db: Transaction, operations: Collection[str]) -> list[Purge]:
    """The purges of these operations that can be read and are valid."""
    query, operation = _SHORT_PURGES.query, PURGES.c.operation
    found = [PURGES.made(row._mapping) for row in readable(db, query, operation, operations)]
    return sorted((purge for purge in found if purge.is_sound), key=lambda one: one.operation)


def keep_purge(db: Transaction, made: Purge) -> None:
    if not PURGES.where(operation=made.operation).set(db, decision=made.decision, at=made.at):
        PURGES.add(db, made)


def empty(db: Transaction, operation: str) -> None:
    """Empties all that was written of an operation."""
    SECTIONS.where(operation=operation).set(db, body=b"")


def holds_any(db: Transaction, operation: str = "") -> bool:
    """True if something is written for the operation that is not empty; for "": for any."""
    table = SECTIONS.c
    query = select(literal(1)).where(or_(literal(operation) == "", table.operation == operation), table.body != b"")
    return db.execute(query.limit(1)).first() is not None


def drafts_saved(db: Transaction) -> dict[str, datetime]:
    """When a draft was last saved, of each operation that has some."""
    table = SECTIONS.c
    query = select(table.operation, func.max(table.saved_at).label("at")).where(table.state == "draft")
    return {row.operation: row.at for row in db.execute(query.group_by(table.operation))}


def readings(db: Transaction, operation: str, party: str, most: int) -> list[Reading]:
    """The last readings of a party's sections by others."""
    by_others = READINGS.where(READINGS.c.reader != party, operation=operation, party=party)
    return by_others.by(READINGS.c.number.desc()).all(db, most)


def of_operation(db: Transaction, operation: str) -> list[SectionRow]:
    """All versions of all sections of an operation that were not purged, the oldest first."""
    taken = orders(db, operation)
    return [_with_orders(row, taken) for row in SECTIONS.where(SECTIONS.c.body != b"", operation=operation).all(db)]


def _with_orders(row: SectionRow, taken: Mapping[SheetOrder, int]) -> SectionRow:
    own = {one: last for one, last in taken.items() if (one.party, one.section) == (row.party, row.section)}
    readers = {one.reader for one, last in own.items() if row.state == "draft" or row.version <= last}
    return replace(row, without=tuple(sorted(readers)))


def given_by(db: Transaction, party: str) -> set[tuple[str, str]]:
    """The sections that a party has given and that were not purged, each with its operation before it."""
    table = SECTIONS.c
    which = (table.party == party, table.state != "draft", table.body != b"")
    rows = db.execute(select(table.operation, table.section).where(*which))
    return {(row.operation, row.section) for row in rows}


_PARTS = select(tables.sheet_part.c.operation, tables.sheet_part.c.party)


def put_parts(db: Transaction, parts: Collection[tuple[str, str]], now: datetime) -> None:
    """Notes which parties take part in which operations: who is new does so from now on."""
    table = tables.sheet_part
    there = set(emptied(db, table, bounded(db, _PARTS, lambda row: (row["operation"], row["party"]))))
    for operation, party in there - set(parts):
        db.execute(delete(table).where(table.c.operation == operation, table.c.party == party))
    if new := sorted(set(parts) - there):
        db.execute(insert(table), [{"operation": part[0], "party": part[1], "since": now} for part in new])


def parts_since(db: Transaction, operation: str) -> dict[str, datetime]:
    table = tables.sheet_part.c
    result = db.execute(select(table.party, table.since).where(table.operation == operation))
    return {row.party: row.since for row in result}


def last_given(
    db: Transaction, party: str, section: str, most: int, of: Collection[str] | None = None
) -> list[SectionRow]:
    """The party's last given, unpurged versions of that section, the last first; `of`: of these operations."""
    here = SECTIONS.c
    found_in = () if of is None else (here.operation.in_(of),)
    given = SECTIONS.where(here.state != "draft", here.body != b"", *found_in, party=party, section=section)
    latest = given.by(here.saved_at.desc(), here.version.desc()).all(db, most)
    return [_with_orders(row, orders(db, row.operation)) for row in latest]


def put(db: Transaction, row: SectionRow) -> None:
    """Writes a version, in place of the draft of that number."""
    operation, party, section, version = row.place
    drafts = SECTIONS.where(operation=operation, party=party, section=section, state="draft")
    drafts.where(version=version).remove(db)
    SECTIONS.add(db, row)
