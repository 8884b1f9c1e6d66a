"""Contacts: the functions of parties that take part at the portal, and their addresses.

Of an address only the SHA-256 of its token is stored. This is the list that `carry` goes by, whatever the portal says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from arshjul.office.store.tables import declared
from arshjul.office.store.validity import Lasting, LastingRows, Validity
from arshjul.serving.sql.columns import Default, Id, Name, Of, Sha256, Transient, Word
from arshjul.serving.sql.database import Transaction

PORTAL = "portal"
"""Audit-log actor of what nobody in the office did."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A function of a party. `may`: what it may do at the portal. `email`: who was sent the address, if mailed.

    `code_to`: where codes are mailed; empty: it can read nothing that needs one. `ended_at`: it was revoked then.
    `locked_at`: since then, what it sends is put aside. `with_plan`: it has no end of its own, and lasts with the plan.
    """

    id: Id
    party: Name
    function: str
    may: tuple[str, ...]
    email: str
    code_to: str
    created_at: datetime
    expires_at: Lasting
    ended_at: datetime | None = None
    locked_at: datetime | None = None
    came_in_at: datetime | None = None
    """When it was last seen to come in at the portal, to the hour."""

    with_plan: Annotated[bool, Transient] = False

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and self.expires_at > now

    def can_act(self, now: datetime) -> bool:
        """True if what it sends counts."""
        return self.is_open(now) and self.locked_at is None


@dataclass(frozen=True, slots=True)
class ContactAddress:
    """`with_plan`: open as long as its contact. `page`: the only page that it opens; empty: all of them."""

    digest: Sha256
    contact: Annotated[Id, Of("contact.id")]
    created_at: datetime
    expires_at: Lasting
    revoked_at: datetime | None = None
    page: Annotated[Word, Default("")] = ""
    with_plan: Annotated[bool, Transient] = False


CONTACTS = LastingRows(declared("contact", Contact, "id"), Contact, "party", "created_at", "id")
"""All contacts, by party and age; ended ones stay, without mail addresses."""

ADDRESSES = LastingRows(declared("contact_address", ContactAddress, "digest"), ContactAddress, "created_at", "digest")


def that_may(db: Transaction, right: str, now: datetime) -> list[Contact]:
    """The contacts that may do that now."""
    return [contact for contact in CONTACTS.all(db) if right in contact.may and contact.can_act(now)]


def change(db: Transaction, new: Contact) -> None:
    CONTACTS.where(id=new.id).set(db, **CONTACTS.row(new))


def addresses(db: Transaction) -> list[ContactAddress]:
    """All addresses, the oldest first; none is open longer than its contact."""
    ends = {contact.id: contact.expires_at for contact in CONTACTS.all(db)}
    found = ((address, ends[address.contact]) for address in ADDRESSES.all(db))
    return [replace(one, expires_at=end if one.with_plan else min(one.expires_at, end)) for one, end in found]


def close(db: Transaction, at: datetime, **which: str) -> None:
    """Closes the addresses of that digest or contact; or all."""
    ADDRESSES.where(revoked_at=None, **which).set(db, revoked_at=at)


def validities(db: Transaction) -> dict[str, Validity]:
    """Every address by its digest; those of a contact that has ended are closed."""
    ended = {contact.id for contact in CONTACTS.all(db) if contact.ended_at is not None}
    return {
        address.digest: Validity(
            None if address.revoked_at is not None or address.contact in ended else address.expires_at,
            address.with_plan,
        )
        for address in addresses(db)
    }


def close_again(db: Transaction, known: Mapping[str, Validity], at: datetime) -> None:
    """Closes addresses that `known` says are closed, and shortens those that close earlier there."""
    here = validities(db)
    for digest in here.keys() & known.keys():
        until, now_until = known[digest].open_until, here[digest].open_until
        if until is None:
            close(db, at, digest=digest)
        elif not known[digest].with_plan and now_until is not None and now_until > until:
            ADDRESSES.where(digest=digest).set(db, expires_at=until)
