"""Revisions that parties were told of: those of the chain, and former ones that a restore has removed from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Annotated

from arshjul.store import revisions
from arshjul.store.columns import Of, Sha256
from arshjul.store.database import Transaction
from arshjul.store.rows import TableRows
from arshjul.store.tables import declared


@dataclass(frozen=True, slots=True)
class ToldRevision:
    """A revision that parties may know; `scenario` and `plan` name blobs."""

    hash: Sha256
    published_at: datetime
    scenario: Annotated[Sha256, Of("blob.digest")]
    plan: Annotated[Sha256, Of("blob.digest")]


@dataclass(frozen=True, slots=True)
class YearBytes:
    """The bytes of a scenario and of its plan."""

    scenario: bytes
    plan: bytes


FORMER = TableRows(declared("told_revision", ToldRevision, "hash"), ToldRevision, "published_at", "hash")


def timeline(db: Transaction, last: int) -> list[ToldRevision]:
    """The revisions of the chain up to that number, with the former ones, in the order in which they were told.

    The chain keeps its own order, whatever the clock said.
    """
    chain = [_of(revision) for revision in revisions.REVISIONS.all(db) if revision.number <= last]
    moments = accumulate((one.published_at for one in chain), max)
    placed = [(at, one) for at, one in zip(moments, chain, strict=True)]
    placed += [(one.published_at, one) for one in FORMER.all(db)]
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def named(db: Transaction, hashes: Iterable[str]) -> dict[ToldRevision, YearBytes]:
    """The revisions with these hashes, and their contents. Damaged if those have changed."""
    wanted = frozenset(hashes)
    known = {one.hash: one for one in _all(db) if one.hash in wanted}.values()
    return {one: YearBytes(revisions.blob(db, one.scenario), revisions.blob(db, one.plan)) for one in known}


def keep(db: Transaction, told: Mapping[ToldRevision, YearBytes]) -> None:
    """Stores the ones that the database does not know."""
    known = {one.hash for one in _all(db)}
    new = {one: year for one, year in told.items() if one.hash not in known}
    revisions.add_blobs(db, [data for year in new.values() for data in (year.scenario, year.plan)])
    FORMER.add(db, *new)


def _all(db: Transaction) -> list[ToldRevision]:
    return [*map(_of, revisions.REVISIONS.all(db)), *FORMER.all(db)]


def _of(one: revisions.Revision) -> ToldRevision:
    return ToldRevision(one.hash, one.published_at, one.scenario, one.plan)
