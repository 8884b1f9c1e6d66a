"""Sections of information sheets as the portal keeps them: encrypted, but for where each stands."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from arshjul.store.database import Transaction
from arshjul.store.portal import schema


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

    @property
    def place(self) -> tuple[str, str, str, int]:
        """Where it stands, to which its body is bound."""
        return self.operation, self.party, self.section, self.version


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


def note_readings(db: Transaction, made: Iterable[Reading]) -> None:
    """Adds readings."""
    if found := [asdict(one) for one in made]:
        db.execute(insert(schema.sheet_reading), found)


def readings(db: Transaction, operation: str, party: str, most: int) -> list[Reading]:
    """The last readings of a party's sections."""
    table = schema.sheet_reading
    columns = [table.c[name] for name in Reading.__dataclass_fields__]
    query = select(*columns).where(table.c.operation == operation, table.c.party == party)
    return [Reading(**row) for row in db.execute(query.order_by(table.c.number.desc()).limit(most)).mappings()]


def of_operation(db: Transaction, operation: str) -> list[SectionRow]:
    """All versions of all sections of an operation, the oldest first."""
    table = schema.sheet_section
    order = (table.c.party, table.c.section, table.c.version)
    rows = db.execute(select(table).where(table.c.operation == operation).order_by(*order)).mappings()
    return [SectionRow(**{**row, "body": bytes(row["body"])}) for row in rows]


def given_by(db: Transaction, party: str) -> set[tuple[str, str]]:
    """The sections that a party has given, each with its operation before it."""
    table = schema.sheet_section.c
    rows = db.execute(select(table.operation, table.section).where(table.party == party, table.state != "draft"))
    return {(row.operation, row.section) for row in rows}


def are_any(db: Transaction, operation: str) -> bool:
    """True if something is written for the operation; for "": for any."""
    query = select(schema.sheet_section.c.version).limit(1)
    if operation:
        query = query.where(schema.sheet_section.c.operation == operation)
    return db.execute(query).first() is not None


def last_of_session(db: Transaction, party: str, section: str, session: str) -> SectionRow | None:
    """What a session has last saved in that section of its party, of whatever operation."""
    table = schema.sheet_section
    which = (table.c.party == party, table.c.section == section, table.c.session == session)
    query = select(table).where(*which).order_by(table.c.saved_at.desc(), table.c.version.desc()).limit(1)
    row = db.execute(query).mappings().first()
    return None if row is None else SectionRow(**{**row, "body": bytes(row["body"])})


def put(db: Transaction, row: SectionRow) -> None:
    """Writes a version, in place of the draft of that number."""
    table = schema.sheet_section.c
    which = (table.operation == row.operation, table.party == row.party, table.section == row.section)
    db.execute(delete(schema.sheet_section).where(*which, table.version == row.version, table.state == "draft"))
    db.execute(insert(schema.sheet_section), [asdict(row)])


def writers(db: Transaction, operation: str) -> list[str]:
    """The parties that have written of an operation."""
    table = schema.sheet_section.c
    return list(db.execute(select(table.party).where(table.operation == operation).distinct()).scalars())


def slots(db: Transaction, operation: str) -> dict[str, bytes]:
    """What each party hides of an operation, encrypted, by party."""
    table = schema.sheet_slot.c
    found = db.execute(select(table.party, table.body).where(table.operation == operation))
    return {row.party: bytes(row.body) for row in found}


def put_slots(db: Transaction, operation: str, bodies: Mapping[str, bytes]) -> None:
    """Writes them, by party."""
    table, there = schema.sheet_slot, slots(db, operation)
    new = [
        {"operation": operation, "party": party, "body": body} for party, body in bodies.items() if party not in there
    ]
    if new:
        db.execute(insert(table), new)
    if old := [{"its_party": party, "its_body": body} for party, body in bodies.items() if party in there]:
        which = (table.c.operation == operation, table.c.party == bindparam("its_party"))
        db.execute(update(table).where(*which).values(body=bindparam("its_body")), old)
