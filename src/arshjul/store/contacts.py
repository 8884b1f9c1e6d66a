"""Contacts: the functions of parties that take part at the portal, and their addresses.

Of an address only the SHA-256 of its token is stored. This is the list that `carry` goes by, whatever the portal says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, update

from arshjul.store import schema
from arshjul.store.door import Door
from arshjul.store.store import Transaction
from arshjul.store.term import lasting, stored, with_end


@dataclass(frozen=True, slots=True)
class Contact:
    """A function of a party. `may`: what it may do at the portal. `email`: who was sent the address, if mailed.

    `code_to`: where codes are mailed; empty: it can read nothing that needs one. `ended_at`: it was revoked then.
    `locked_at`: since then, what it sends is put aside. `with_plan`: it has no end of its own, and lasts with the plan.
    """

    id: str
    party: str
    function: str
    may: tuple[str, ...]
    email: str
    code_to: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    locked_at: datetime | None = None
    came_in_at: datetime | None = None
    """When it was last seen to come in at the portal, to the hour."""

    with_plan: bool = False

    def is_open(self, now: datetime) -> bool:
        """True if it may take part."""
        return self.ended_at is None and self.expires_at > now


@dataclass(frozen=True, slots=True)
class ContactAddress:
    """An address of a contact, no longer open than that. `with_plan`: as long as that.

    `page`: the only page that it opens; empty: all that the contact may use.
    """

    digest: str
    contact: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    page: str = ""
    with_plan: bool = False


def contacts(db: Transaction) -> list[Contact]:
    """All contacts, ended ones included, by party and age."""
    table = schema.contact.c
    return _read(db, select(schema.contact).order_by(table.party, table.created_at, table.id))


def contact(db: Transaction, id: str) -> Contact | None:
    """The contact of that id."""
    return next(iter(_read(db, select(schema.contact).where(schema.contact.c.id == id))), None)


def _read(db: Transaction, query: Select[Any]) -> list[Contact]:
    rows, ends = db.execute(query).mappings(), lasting(db)
    may = "may"
    return [Contact(**{**with_end(row, ends(row["created_at"])), may: tuple(json.loads(row[may]))}) for row in rows]


def add(db: Transaction, made: Contact) -> None:
    """Adds a contact."""
    db.execute(insert(schema.contact), [{**stored(made), "may": json.dumps(made.may)}])


def change(db: Transaction, new: Contact) -> None:
    """Replaces a contact by one of the same id."""
    values = {**stored(new), "may": json.dumps(new.may)}
    db.execute(update(schema.contact).where(schema.contact.c.id == new.id).values(values))


def came_in(db: Transaction, moments: Mapping[str, datetime]) -> None:
    """Notes when contacts, by id, were last seen to come in."""
    for id, moment in moments.items():
        db.execute(update(schema.contact).where(schema.contact.c.id == id).values(came_in_at=moment))


def addresses(db: Transaction) -> list[ContactAddress]:
    """All addresses, the oldest first."""
    table = schema.contact_address
    rows = db.execute(select(table).order_by(table.c.created_at, table.c.digest)).mappings()
    ends = {one.id: one.expires_at for one in contacts(db)}
    found = (ContactAddress(**with_end(row, ends[row["contact"]])) for row in rows)
    return [replace(one, expires_at=min(one.expires_at, ends[one.contact])) for one in found]


def add_address(db: Transaction, made: ContactAddress) -> None:
    """Adds an address."""
    db.execute(insert(schema.contact_address), [stored(made)])


def close_of(db: Transaction, contact: str, at: datetime) -> None:
    """Closes all addresses of a contact."""
    _close(db, at, schema.contact_address.c.contact == contact)


def close(db: Transaction, digest: str, at: datetime) -> None:
    """Closes an address."""
    _close(db, at, schema.contact_address.c.digest == digest)


def close_all(db: Transaction, at: datetime) -> None:
    """Closes all addresses of all contacts."""
    _close(db, at)


def _close(db: Transaction, at: datetime, *which: ColumnElement[bool]) -> None:
    table = schema.contact_address
    db.execute(update(table).where(*which, table.c.revoked_at.is_(None)).values(revoked_at=at))


def doors(db: Transaction) -> dict[str, Door]:
    """Every address by its digest; those of a contact that has ended are closed."""
    ended = {one.id for one in contacts(db) if one.ended_at is not None}
    return {
        one.digest: Door(None if one.revoked_at is not None or one.contact in ended else one.expires_at, one.with_plan)
        for one in addresses(db)
    }


def close_again(db: Transaction, known: Mapping[str, Door], at: datetime) -> None:
    """Closes addresses that `known` says are closed, and shortens those that close earlier there."""
    table, here = schema.contact_address, doors(db)
    for digest in here.keys() & known.keys():
        until, now_until = known[digest].open_until, here[digest].open_until
        if until is None:
            _close(db, at, table.c.digest == digest)
        elif not known[digest].with_plan and now_until is not None and now_until > until:
            db.execute(update(table).where(table.c.digest == digest).values(expires_at=until))
