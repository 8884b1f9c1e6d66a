"""All credentials: addresses of calendars, for answers and of contacts, links into the console, and sessions.

Closing all of them, and carrying over closed ones, is done here; a new kind is added here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.office.store import contacts, proposals, readers, sessions
from arshjul.office.store.validity import Validity
from arshjul.serving.sql.database import Transaction


@dataclass(frozen=True, slots=True)
class Credentials:
    """The validities of all addresses, by their digests. Links and sessions are in no copy, so not in here."""

    calendars: Mapping[str, Validity]
    answers: Mapping[str, Validity]
    contacts: Mapping[str, Validity]


def validities(db: Transaction) -> Credentials:
    return Credentials(readers.validities(db), proposals.validities(db), contacts.validities(db))


def open_now(db: Transaction, now: datetime) -> dict[str, set[str]]:
    known = validities(db)
    return {
        readers.ADDRESSES.table.name: _open(known.calendars, now),
        proposals.ADDRESSES.table.name: _open(known.answers, now),
        contacts.ADDRESSES.table.name: _open(known.contacts, now),
        **sessions.open_now(db, now),
    }


def _open(known: Mapping[str, Validity], now: datetime) -> set[str]:
    return {
        digest for digest, validity in known.items() if validity.open_until is not None and validity.open_until > now
    }


def close_again(db: Transaction, known: Credentials, now: datetime) -> None:
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
