"""The proposal that parties are asked about, and the addresses at which they answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import Column, ColumnElement, Integer, select

from arshjul.office.store.tables import declared
from arshjul.office.store.validity import Validity
from arshjul.serving.sql.columns import Default, Id, Name, Sha256
from arshjul.serving.sql.database import Transaction, asked_once
from arshjul.serving.sql.rows import Packed, TableRows


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """An option as JSON without sites. `offered`: slots that parties may choose from instead, by operation, as JSON."""

    option: Id
    scenario: Packed
    plan: Packed
    deadline: datetime
    offered: Annotated[str, Default("{}")] = "{}"


@dataclass(frozen=True, slots=True)
class AnswerAddress:
    """A way to answer for a party: `digest` is the SHA-256 of its token."""

    digest: Sha256
    party: Name
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


_ID = Column("id", Integer, primary_key=True, autoincrement=False)

PROPOSALS = TableRows(declared("proposal", StoredProposal, first=(_ID,)), StoredProposal)
ADDRESSES = TableRows(declared("answer_address", AnswerAddress, "digest"), AnswerAddress)


_MARK = select(PROPOSALS.c.option, PROPOSALS.c.deadline, PROPOSALS.c.offered)


@asked_once
def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change with the proposal; empty if there is none."""
    row = db.execute(_MARK).first()
    return () if row is None else tuple(row)


def write(db: Transaction, new: StoredProposal) -> None:
    forget(db)
    PROPOSALS.add(db, new, id=1)


def forget(db: Transaction) -> None:
    """Ends the proposal: nobody is owed its questions any more."""
    PROPOSALS.remove(db)


def add_address(db: Transaction, made: AnswerAddress) -> None:
    """Adds an address to those of the party; expired ones are removed."""
    ADDRESSES.where(ADDRESSES.c.expires_at < made.created_at).remove(db)
    ADDRESSES.add(db, made)


def close(db: Transaction, at: datetime, *which: ColumnElement[bool], **equal: str) -> None:
    """Closes the addresses that are so, of that digest or party; or all."""
    ADDRESSES.where(*which, revoked_at=None, **equal).set(db, revoked_at=at)


def validities(db: Transaction) -> dict[str, Validity]:
    return {
        address.digest: Validity(address.expires_at if address.revoked_at is None else None)
        for address in ADDRESSES.all(db)
    }


def close_again(db: Transaction, known: Mapping[str, Validity], at: datetime) -> None:
    for digest in validities(db).keys() & known.keys():
        until = known[digest].open_until
        if until is None:
            close(db, at, digest=digest)
        else:
            ADDRESSES.where(ADDRESSES.c.expires_at > until, digest=digest).set(db, expires_at=until)


def open_addresses(now: datetime) -> TableRows[AnswerAddress]:
    """The addresses that admit somebody."""
    return ADDRESSES.where(ADDRESSES.c.expires_at >= now, revoked_at=None)


def open_parties(db: Transaction, now: datetime) -> frozenset[str]:
    return frozenset(address.party for address in open_addresses(now).all(db))
