"""What is worked out of a database, kept as long as it holds: pages ask it again each time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from arshjul.office.store import audit, contacts, drafts, party_entries, revisions
from arshjul.office.store.events import SheetPurged
from arshjul.office.store.store import Transaction

T = TypeVar("T")
Mark = tuple[object, ...]

MINUTE = timedelta(minutes=1)
MOST_KEPT = 64
"""The number of results that are kept of a database."""


class _Kept(NamedTuple):
    """A result, worked out at the moment `seen`, which holds until another."""

    result: Any
    seen: datetime
    until: datetime


_kept: WeakKeyDictionary[object, dict[object, _Kept]] = WeakKeyDictionary()
"""By the engine of the opened database: another one may lie where it lay, and have got as far."""


def kept(db: Transaction, key: object, moment: datetime, work: Callable[[], tuple[T, datetime]]) -> T:
    """The result of `work`, with the moment until which it holds unless the key is another."""
    there = _kept.setdefault(db.engine, {})
    known = there.get(key)
    if known is None or not known.seen <= moment < known.until:
        worked_out, until = work()
        known = _Kept(worked_out, moment, until)
        if len(there) >= MOST_KEPT:
            there.clear()
        there[key] = known
    result: T = known.result
    return result


def kept_a_minute(db: Transaction, key: object, now: datetime, work: Callable[[], T]) -> T:
    """The same of what may be another at any full minute."""
    return kept(db, key, now, lambda: (work(), now.replace(second=0, microsecond=0) + MINUTE))


def mark_of_year(db: Transaction) -> Mark:
    """Values that change whenever the year, an entry, a contact, or what one has sent or purged does."""
    served = revisions.current(db)
    return (
        None if served is None else served.hash,
        revisions.restored_at(db),
        *drafts.mark(db),
        *drafts.mark_of_entries(db),
        *party_entries.mark(db),
        audit.LINES.where(action=SheetPurged.action).n(db),
        *contacts.CONTACTS.all(db),
    )
