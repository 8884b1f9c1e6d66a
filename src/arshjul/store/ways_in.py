"""The ways in of every kind: calendars' addresses, those at which parties answer, links into the console, and sessions.

Whoever closes all of them, or carries over what was closed, does so here; a new kind is added here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.store import proposals, readers, schema, sessions
from arshjul.store.door import Door
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors of a database by the digests of their addresses. Links and sessions are in no copy, so not in here."""

    calendars: Mapping[str, Door]
    answers: Mapping[str, Door]


def doors(db: Transaction) -> Doors:
    """Every door, as it is."""
    return Doors(readers.doors(db), proposals.doors(db))


def open_now(db: Transaction, now: datetime) -> dict[str, set[str]]:
    """The digests of what lets somebody in, by the table that knows them."""
    known = doors(db)
    return {
        schema.address.name: _open(known.calendars, now),
        schema.answer_address.name: _open(known.answers, now),
        **sessions.open_now(db, now),
    }


def _open(known: Mapping[str, Door], now: datetime) -> set[str]:
    return {digest for digest, door in known.items() if door.open_until is not None and door.open_until > now}


def close_again(db: Transaction, known: Doors, now: datetime) -> None:
    """Closes what is known to be closed, at the latest when it is known to close."""
    readers.close_again(db, known.calendars, now)
    proposals.close_again(db, known.answers, now)


def close_all(db: Transaction, now: datetime) -> dict[int, bool]:
    """Lets nobody in any more, by whatever way; the subscribers who are revoked, each with whether it was let in."""
    sessions.end_all(db)
    proposals.close_all(db, now)
    return readers.revoke_all(db, now)
