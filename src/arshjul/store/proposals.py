"""The proposal that parties are asked about, and the addresses at which they answer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from arshjul.store import outbox, schema
from arshjul.store.chain import inflated, packed
from arshjul.store.door import Door
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A proposed option, JSON without sites, and the deadline for answers.

    `offered`: the slots that parties may choose from instead, by operation, as JSON.
    """

    option: str
    scenario: bytes
    plan: bytes
    deadline: datetime
    offered: str = "{}"


@dataclass(frozen=True, slots=True)
class AnswerAddress:
    """A way to answer for a party: `digest` is the SHA-256 of its token."""

    digest: str
    party: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


def read(db: Transaction) -> StoredProposal | None:
    """The present proposal; None if there is none."""
    row = db.execute(select(schema.proposal)).mappings().first()
    if row is None:
        return None
    return StoredProposal(
        row["option"], inflated(row["scenario"]), inflated(row["plan"]), row["deadline"], row["offered"]
    )


def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change with the proposal; empty if there is none."""
    row = db.execute(select(schema.proposal.c.option, schema.proposal.c.deadline, schema.proposal.c.offered)).first()
    return () if row is None else tuple(row)


def write(db: Transaction, new: StoredProposal) -> None:
    """Replaces the present proposal by this one."""
    forget(db)
    row = {"id": 1, **asdict(new), "scenario": packed(new.scenario), "plan": packed(new.plan)}
    db.execute(insert(schema.proposal), [row])


def offer(db: Transaction, offered: str) -> None:
    """Replaces the slots that parties may choose from instead."""
    db.execute(update(schema.proposal).values(offered=offered))


def forget(db: Transaction) -> None:
    """Ends the proposal; its questions waiting in the outbox are not sent."""
    db.execute(delete(schema.proposal))
    outbox.take_out_all(db, asks=True)


def add_address(db: Transaction, made: AnswerAddress) -> None:
    """Adds an address to those of the party; expired ones are removed."""
    table = schema.answer_address
    db.execute(delete(table).where(table.c.expires_at < made.created_at))
    db.execute(insert(schema.answer_address), [asdict(made)])


def close_of(db: Transaction, party: str, at: datetime) -> None:
    """Closes all addresses of a party."""
    _close(db, at, schema.answer_address.c.party == party)


def close_older(db: Transaction, party: str, since: datetime, at: datetime) -> None:
    """Closes the addresses of a party that were made before `since`."""
    _close(db, at, schema.answer_address.c.party == party, schema.answer_address.c.created_at < since)


def close(db: Transaction, digest: str, at: datetime) -> None:
    """Closes an open address."""
    _close(db, at, schema.answer_address.c.digest == digest)


def close_all(db: Transaction, at: datetime) -> None:
    """Closes all addresses."""
    _close(db, at)


def _close(db: Transaction, at: datetime, *which: ColumnElement[bool]) -> None:
    table = schema.answer_address
    db.execute(update(table).where(*which, table.c.revoked_at.is_(None)).values(revoked_at=at))


def doors(db: Transaction) -> dict[str, Door]:
    """Every address by its digest."""
    rows = [AnswerAddress(**row) for row in db.execute(select(schema.answer_address)).mappings()]
    return {one.digest: Door(one.expires_at if one.revoked_at is None else None) for one in rows}


def close_again(db: Transaction, known: Mapping[str, Door], at: datetime) -> None:
    """Closes addresses that `known` says are closed, and shortens those that close earlier there."""
    table = schema.answer_address
    for digest in doors(db).keys() & known.keys():
        until = known[digest].open_until
        if until is None:
            close(db, digest, at)
        else:
            earlier = (table.c.digest == digest, table.c.expires_at > until)
            db.execute(update(table).where(*earlier).values(expires_at=until))


def address(db: Transaction, digest: str, now: datetime) -> AnswerAddress | None:
    """The address of that digest; None if it admits nobody."""
    row = db.execute(select(schema.answer_address).where(schema.answer_address.c.digest == digest)).mappings().first()
    address = None if row is None else AnswerAddress(**row)
    return None if address is None or address.revoked_at is not None or address.expires_at < now else address


def open_addresses(db: Transaction, now: datetime) -> list[AnswerAddress]:
    """The addresses that admit somebody."""
    table = schema.answer_address
    query = select(table).where(table.c.revoked_at.is_(None), table.c.expires_at >= now).order_by(table.c.digest)
    return [AnswerAddress(**row) for row in db.execute(query).mappings()]


def open_parties(db: Transaction, now: datetime) -> frozenset[str]:
    """The parties with an open address for answers."""
    return frozenset(one.party for one in open_addresses(db, now))
