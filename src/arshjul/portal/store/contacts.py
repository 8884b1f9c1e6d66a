"""The contacts and their addresses, as the portal knows them; written by `carry` alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from arshjul.portal.store.bounds import bounded, emptied
from arshjul.portal.store.tables import declared
from arshjul.serving.sql.columns import Id, Name, Sha256, Word
from arshjul.serving.sql.database import Transaction
from arshjul.serving.sql.rows import TableRows


@dataclass(frozen=True, slots=True)
class PortalContact:
    """A function of a party. `may`: what it may do here; `code_to`: where its codes are mailed."""

    id: Id
    party: Name
    function: str
    may: tuple[str, ...]
    code_to: str
    expires_at: datetime
    is_locked: bool


@dataclass(frozen=True, slots=True)
class PortalAddress:
    """An address of a contact: the SHA-256 of its token. `page`: the only page that it opens; empty: all."""

    digest: Sha256
    contact: Id
    expires_at: datetime
    page: Word


CONTACTS = TableRows(declared("contact", PortalContact, "id"), PortalContact)
ADDRESSES = TableRows(declared("address", PortalAddress, "digest"), PortalAddress)


def contacts(db: Transaction) -> dict[str, PortalContact]:
    return {contact.id: contact for contact in bounded(db, CONTACTS.query, CONTACTS.made) or ()}


def addresses(db: Transaction) -> dict[str, PortalAddress]:
    return {address.digest: address for address in bounded(db, ADDRESSES.query, ADDRESSES.made) or ()}


def take_away(db: Transaction, ended: Iterable[str], closed: Iterable[str]) -> None:
    """Removes contacts by id, and addresses by digest; all where they cannot be read."""
    emptied(db, CONTACTS.table, bounded(db, CONTACTS.query, CONTACTS.made))
    emptied(db, ADDRESSES.table, bounded(db, ADDRESSES.query, ADDRESSES.made))
    CONTACTS.where(CONTACTS.c.id.in_(tuple(ended))).remove(db)
    ADDRESSES.where(ADDRESSES.c.digest.in_(tuple(closed))).remove(db)
