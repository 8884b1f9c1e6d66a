"""Sections of information sheets as the portal keeps them: encrypted, but for where each stands."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from sqlalchemy import String, delete, func, insert, literal, or_, select, type_coerce, update

from arshjul.store.columns import moment_text
from arshjul.store.database import Transaction, readable
from arshjul.store.portal import schema
from arshjul.store.portal.bounds import MOST_ROWS, bounded, emptied, size

MOST_OF_ORDER, MOST_OF_MOMENT = 500, 40
"""The most bytes of an order, and of a moment, that are read."""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A version of a section. `party`: its owner; `session`: that which saved it; `seal`: the salted SHA-256 of it."""

    operation: str
    party: str
    section: str
    version: int
    state: str
    session: str
    saved_at: datetime
    seal: str
    body: bytes
    without: tuple[str, ...] = ()
    """The readers that the coordinator has taken from it; of a draft, from any version of the section."""

    @property
    def place(self) -> tuple[str, str, str, int]:
        """Where it stands, to which its body is bound."""
        return self.operation, self.party, self.section, self.version

    @property
    def seen_as(self) -> str:
        """What changes with each saving, and when the coordinator takes a reader away."""
        return ",".join((self.seal, *self.without))


@dataclass(frozen=True, slots=True)
class Reading:
    """That a contact of a party has read a version of a section; "": it was printed for that party.

    `pdf`: the SHA-256 of the PDF that was made of it, "" if it was read as a page.
    """

    operation: str
    party: str
    section: str
    version: int
    reader: str
    contact: str
    at: datetime
    pdf: str = ""


MOST_VERSION = 9999


@dataclass(frozen=True, slots=True, order=True)
class SheetOrder:
    """What the coordinator said: the reader is taken from what the party had given of the section by then.

    Without a party, the sheet is frozen from then on, for the date in `section`. `version`: that of what the party took
    itself, which is put back with a copy of the portal's database that knows nothing of it; else the last one given.
    """

    operation: str
    party: str
    section: str
    reader: str
    at: datetime
    version: int = field(default=MOST_VERSION, compare=False)

    @property
    def is_lock(self) -> bool:
        """True if it freezes the sheet."""
        return not self.party


def orders(db: Transaction, operation: str = "") -> dict[SheetOrder, int]:
    """All orders, or those of an operation, each with the last version that it holds for."""
    table = schema.sheet_order
    query = select(table) if not operation else select(table).where(table.c.operation == operation)
    rows = [dict(row) for row in db.execute(query).mappings()]
    return {SheetOrder(**{name: row[name] for name in SheetOrder.__dataclass_fields__}): row["version"] for row in rows}


def orders_there(db: Transaction, wanted: Collection[SheetOrder]) -> set[SheetOrder]:
    """Those of these orders that are there; what else stands in the table, and whether it can be read, is no matter."""
    table = schema.sheet_order.c
    names = (table.operation, table.party, table.section, table.reader, type_coerce(table.at, String))
    is_ours = size(db, table.operation, table.party, table.section, table.reader, table.at) <= MOST_OF_ORDER
    there = set(map(tuple, db.execute(select(*names).where(is_ours).limit(MOST_ROWS)))) if wanted else set()
    return {one for one in wanted if (one.operation, one.party, one.section, one.reader, moment_text(one.at)) in there}


def put_orders(db: Transaction, made: Iterable[SheetOrder]) -> None:
    """Adds orders, which hold for what is given now: whoever is giving holds the same row, and is waited for."""
    table = schema.sheet_section.c
    db.execute(select(schema.portal_writer).with_for_update())
    for one in made:
        where = (table.operation == one.operation, table.party == one.party, table.section == one.section)
        last = db.execute(select(func.max(table.version)).where(*where, table.state != "draft")).scalar()
        key = (schema.sheet_order.c[name] == value for name, value in asdict(one).items() if name != "version")
        db.execute(delete(schema.sheet_order).where(*key))
        db.execute(insert(schema.sheet_order), [{**asdict(one), "version": min(last or 0, one.version)}])


MOST_OF_DECISION = 500
"""The most characters of a decision to purge."""


@dataclass(frozen=True, slots=True)
class Purge:
    """That what was written of an operation was purged, and by which decision."""

    operation: str
    decision: str
    at: datetime

    @property
    def is_sound(self) -> bool:
        """True if it is such as our command writes: another might be somebody else's who has the portal's machine."""
        return isinstance(self.decision, str) and 0 < len(self.decision) <= MOST_OF_DECISION


def purges(db: Transaction) -> dict[str, Purge]:
    """What was purged, by operation, where nothing was written since."""
    section = schema.sheet_section.c
    held = select(section.operation).where(section.body != b"")
    found = db.execute(select(schema.sheet_purge).where(schema.sheet_purge.c.operation.not_in(held))).mappings()
    return {row["operation"]: Purge(**row) for row in found}


def has_decision(db: Transaction, operation: str) -> bool:
    """True if it was decided at any time to purge the operation."""
    table = schema.sheet_purge.c
    return db.execute(select(table.operation).where(table.operation == operation)).first() is not None


def purges_there(db: Transaction, operations: Collection[str]) -> list[Purge]:
    """What was purged of these operations, as far as it can be read and is such as our command writes."""
    table = schema.sheet_purge
    query = select(table).where(size(db, table.c.decision, table.c.at) <= 4 * MOST_OF_DECISION + MOST_OF_MOMENT)
    found = [Purge(**row._mapping) for row in readable(db, query, table.c.operation, operations)]
    return sorted((one for one in found if one.is_sound), key=lambda one: one.operation)


def keep_purge(db: Transaction, made: Purge) -> None:
    """Keeps the decision, in place of a former one."""
    table = schema.sheet_purge
    values = {"decision": made.decision, "at": made.at}
    if not db.execute(update(table).where(table.c.operation == made.operation).values(values)).rowcount:
        db.execute(insert(table), [asdict(made)])


def empty(db: Transaction, operation: str) -> None:
    """Empties all that was written of an operation."""
    table = schema.sheet_section
    db.execute(update(table).where(table.c.operation == operation).values(body=b""))


def holds_any(db: Transaction, operation: str = "") -> bool:
    """True if something is written for the operation that is not empty; for "": for any."""
    table = schema.sheet_section.c
    query = select(literal(1)).where(or_(literal(operation) == "", table.operation == operation), table.body != b"")
    return db.execute(query.limit(1)).first() is not None


def drafts_saved(db: Transaction) -> dict[str, datetime]:
    """When a draft was last saved, of each operation that has some."""
    table = schema.sheet_section.c
    query = select(table.operation, func.max(table.saved_at).label("at")).where(table.state == "draft")
    return {row.operation: row.at for row in db.execute(query.group_by(table.operation))}


def remove_drafts(db: Transaction, operation: str) -> None:
    """Removes what was not given of an operation."""
    table = schema.sheet_section
    db.execute(delete(table).where(table.c.operation == operation, table.c.state == "draft"))


def note_readings(db: Transaction, made: Iterable[Reading]) -> None:
    """Adds readings."""
    if found := [asdict(one) for one in made]:
        db.execute(insert(schema.sheet_reading), found)


def readings(db: Transaction, operation: str, party: str, most: int) -> list[Reading]:
    """The last readings of a party's sections by others."""
    table = schema.sheet_reading
    columns = [table.c[name] for name in Reading.__dataclass_fields__]
    query = select(*columns).where(table.c.operation == operation, table.c.party == party, table.c.reader != party)
    return [Reading(**row) for row in db.execute(query.order_by(table.c.number.desc()).limit(most)).mappings()]


def readings_by(db: Transaction, operation: str, party: str, reader: str) -> list[Reading]:
    """What a party has read of another's sections, in order."""
    table = schema.sheet_reading
    columns = [table.c[name] for name in Reading.__dataclass_fields__]
    which = (table.c.operation == operation, table.c.party == party, table.c.reader == reader)
    return [Reading(**row) for row in db.execute(select(*columns).where(*which).order_by(table.c.number)).mappings()]


def of_operation(db: Transaction, operation: str) -> list[SectionRow]:
    """All versions of all sections of an operation that were not purged, the oldest first."""
    table = schema.sheet_section
    order = (table.c.party, table.c.section, table.c.version)
    which = (table.c.operation == operation, table.c.body != b"")
    rows = db.execute(select(table).where(*which).order_by(*order)).mappings()
    taken = orders(db, operation)
    return [_with_orders(SectionRow(**{**row, "body": bytes(row["body"])}), taken) for row in rows]


def _with_orders(row: SectionRow, taken: Mapping[SheetOrder, int]) -> SectionRow:
    own = {one: last for one, last in taken.items() if (one.party, one.section) == (row.party, row.section)}
    readers = {one.reader for one, last in own.items() if row.state == "draft" or row.version <= last}
    return replace(row, without=tuple(sorted(readers)))


def given_by(db: Transaction, party: str) -> set[tuple[str, str]]:
    """The sections that a party has given and that were not purged, each with its operation before it."""
    table = schema.sheet_section.c
    which = (table.party == party, table.state != "draft", table.body != b"")
    rows = db.execute(select(table.operation, table.section).where(*which))
    return {(row.operation, row.section) for row in rows}


def last_version(db: Transaction, operation: str, party: str, section: str) -> int:
    """The highest number that a version of the section has had, purged or not; 0 if there was none."""
    table = schema.sheet_section.c
    where = (table.operation == operation, table.party == party, table.section == section)
    return db.execute(select(func.max(table.version)).where(*where)).scalar() or 0


def put_parts(db: Transaction, parts: Collection[tuple[str, str]], now: datetime) -> None:
    """Notes which parties take part in which operations: who is new does so from now on."""
    table = schema.sheet_part
    query = select(table.c.operation, table.c.party)
    there = set(emptied(db, table, bounded(db, query, lambda row: (row["operation"], row["party"]))))
    for operation, party in there - set(parts):
        db.execute(delete(table).where(table.c.operation == operation, table.c.party == party))
    if new := sorted(set(parts) - there):
        db.execute(insert(table), [{"operation": one[0], "party": one[1], "since": now} for one in new])


def parts_since(db: Transaction, operation: str) -> dict[str, datetime]:
    """Since when each party of the operation has had its part."""
    table = schema.sheet_part.c
    found = db.execute(select(table.party, table.since).where(table.operation == operation))
    return {row.party: row.since for row in found}


def are_any(db: Transaction) -> bool:
    """True if there is a section, purged or not."""
    return db.execute(select(schema.sheet_section.c.version).limit(1)).first() is not None


def last_given(
    db: Transaction, party: str, section: str, most: int, of: Collection[str] | None = None
) -> list[SectionRow]:
    """What a party has last given in that section and is not purged, the last first; `of`: of these operations."""
    table = schema.sheet_section
    which = (table.c.party == party, table.c.section == section, table.c.state != "draft", table.c.body != b"")
    found_in = () if of is None else (table.c.operation.in_(of),)
    query = select(table).where(*which, *found_in).order_by(table.c.saved_at.desc(), table.c.version.desc()).limit(most)
    found = [SectionRow(**{**row, "body": bytes(row["body"])}) for row in db.execute(query).mappings()]
    return [_with_orders(row, orders(db, row.operation)) for row in found]


def put(db: Transaction, row: SectionRow) -> None:
    """Writes a version, in place of the draft of that number."""
    table = schema.sheet_section.c
    which = (table.operation == row.operation, table.party == row.party, table.section == row.section)
    db.execute(delete(schema.sheet_section).where(*which, table.version == row.version, table.state == "draft"))
    values = {name: value for name, value in asdict(row).items() if name != "without"}
    db.execute(insert(schema.sheet_section), [values])
