"""All ways to be admitted: addresses of calendars, for answers and of contacts, links into the console, and sessions.

Closing all of them, and carrying over closed ones, is done here; a new kind is added here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.office.store import contacts, proposals, readers, sessions
from arshjul.office.store.term import Door
from arshjul.serving.sql.database import Transaction


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors of a database by the digests of their addresses. Links and sessions are in no copy, so not in here."""

    calendars: Mapping[str, Door]
    answers: Mapping[str, Door]
    contacts: Mapping[str, Door]


def doors(db: Transaction) -> Doors:
    return Doors(readers.doors(db), proposals.doors(db), contacts.doors(db))


def open_now(db: Transaction, now: datetime) -> dict[str, set[str]]:
    known = doors(db)
    return {
        readers.ADDRESSES.table.name: _open(known.calendars, now),
        proposals.ADDRESSES.table.name: _open(known.answers, now),
        contacts.ADDRESSES.table.name: _open(known.contacts, now),
        **sessions.open_now(db, now),
    }


def _open(known: Mapping[str, Door], now: datetime) -> set[str]:
    return {digest for digest, door in known.items() if door.open_until is not None and door.open_until > now}


def close_again(db: Transaction, known: Doors, now: datetime) -> None:
    """Closes what `known` says is closed, and shortens what closes earlier there."""
    readers.close_again(db, known.calendars, now)
    proposals.close_again(db, known.answers, now)
    contacts.close_again(db, known.contacts, now)


def close_all(db: Transaction, now: datetime) -> dict[int, bool]:
    """Ends every way to be admitted; returns the revoked subscribers, each with whether it had an open address."""
    sessions.SESSIONS.remove(db)
    sessions.SIGN_INS.remove(db)
    proposals.close(db, now)
    contacts.close(db, now)
    return readers.revoke_all(db, now)
