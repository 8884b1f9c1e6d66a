"""The contacts and their addresses, as the portal knows them; written by `carry` alone."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import RowMapping, Table, delete, insert, select

from arshjul.store.database import Transaction
from arshjul.store.portal import schema
from arshjul.store.portal.bounds import bounded, emptied


@dataclass(frozen=True, slots=True)
class PortalContact:
    """A function of a party. `may`: what it may do here; `code_to`: where its codes are mailed."""

    id: str
    party: str
    function: str
    may: tuple[str, ...]
    code_to: str
    expires_at: datetime
    is_locked: bool


@dataclass(frozen=True, slots=True)
class PortalAddress:
    """An address of a contact: the SHA-256 of its token. `page`: the only page that it opens; empty: all."""

    digest: str
    contact: str
    expires_at: datetime
    page: str


def contacts(db: Transaction) -> dict[str, PortalContact]:
    """All contacts, by id."""
    return {one.id: one for one in bounded(db, select(schema.contact), _contact) or ()}


def contact(db: Transaction, id: str) -> PortalContact | None:
    """The contact of that id."""
    row = db.execute(select(schema.contact).where(schema.contact.c.id == id)).mappings().first()
    return None if row is None else _contact(row)


def _contact(row: RowMapping) -> PortalContact:
    return PortalContact(**{**row, "may": tuple(json.loads(row["may"]))})


def addresses(db: Transaction) -> dict[str, PortalAddress]:
    """All addresses, by digest."""
    return {one.digest: one for one in bounded(db, select(schema.address), _address) or ()}


def _address(row: RowMapping) -> PortalAddress:
    return PortalAddress(**row)


def address(db: Transaction, digest: str) -> PortalAddress | None:
    """The address of that digest."""
    row = db.execute(select(schema.address).where(schema.address.c.digest == digest)).mappings().first()
    return None if row is None else PortalAddress(**row)


def put(db: Transaction, made: Iterable[PortalContact], opened: Iterable[PortalAddress]) -> None:
    """Writes contacts and addresses, in place of those of the same names."""
    _replace(db, schema.contact, "id", [{**asdict(one), "may": json.dumps(one.may)} for one in made])
    _replace(db, schema.address, "digest", [asdict(one) for one in opened])


def take_away(db: Transaction, ended: Iterable[str], closed: Iterable[str]) -> None:
    """Removes contacts by id, and addresses by digest; all where they cannot be read."""
    emptied(db, schema.contact, bounded(db, select(schema.contact), _contact))
    emptied(db, schema.address, bounded(db, select(schema.address), _address))
    db.execute(delete(schema.contact).where(schema.contact.c.id.in_(tuple(ended))))
    db.execute(delete(schema.address).where(schema.address.c.digest.in_(tuple(closed))))


def _replace(db: Transaction, table: Table, key: str, rows: list[dict[str, object]]) -> None:
    if rows:
        db.execute(delete(table).where(table.c[key].in_([row[key] for row in rows])))
        db.execute(insert(table), rows)
