"""What is worked out of a database, kept as long as it holds: pages ask it again each time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from arshjul.office.store import audit, contacts, drafts, party_entries, revisions
from arshjul.office.store.events import SheetPurged
from arshjul.office.store.store import Transaction
from arshjul.serving.sql.database import asked_once, only_reads

T = TypeVar("T")
Mark = tuple[object, ...]

MINUTE = timedelta(minutes=1)
MOST_KEPT = 64
"""The number of results that are kept of a database."""


class _Kept(NamedTuple):
    """A result, worked out at the moment `seen`, which holds until another, as long as the mark is the same."""

    mark: Mark
    result: Any
    seen: datetime
    until: datetime


_kept: WeakKeyDictionary[object, dict[object, _Kept]] = WeakKeyDictionary()
"""By the engine of the opened database: another one may lie where it lay, and have got as far."""


def kept(db: Transaction, name: object, mark: Mark, moment: datetime, work: Callable[[], tuple[T, datetime]]) -> T:
    """The result of `work`, with the moment until which it holds unless the mark is another.

    The last one of that name is kept, unless a transaction that writes worked it out, which may come to nothing.
    """
    there = _kept.setdefault(db.engine, {})
    known = there.get(name)
    if known is None or known.mark != mark or not known.seen <= moment < known.until:
        worked_out, until = work()
        known = _Kept(mark, worked_out, moment, until)
        if only_reads(db):
            if len(there) >= MOST_KEPT:
                there.clear()
            there[name] = known
    result: T = known.result
    return result


def kept_a_minute(db: Transaction, name: object, mark: Mark, now: datetime, work: Callable[[], T]) -> T:
    """The same of what may be another at any full minute; a transaction that writes works it out for its own moment."""
    if not only_reads(db):
        return work()
    return kept(db, name, mark, now, lambda: (work(), now.replace(second=0, microsecond=0) + MINUTE))


def kept_for_good(db: Transaction, name: object, mark: Mark, work: Callable[[], T]) -> T:
    """The same of what no clock changes."""
    return kept(db, name, mark, _ANY_TIME, lambda: (work(), _NEVER))


_ANY_TIME, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@asked_once
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
