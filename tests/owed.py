"""What parties are owed in a database, and the lines that are noted when something of it is told."""

from datetime import datetime

from arshjul.office.contacts.owed import owed
from arshjul.office.store import audit, outbox
from arshjul.office.store.outbox import How, Owed
from arshjul.office.store.store import Store
from arshjul.serving.sql.database import Transaction

BEGIN = datetime.fromisoformat("2027-01-01T00:00Z")


def all_of(db: Transaction, now: datetime | None = None) -> list[Owed]:
    """All that is owed, by default at the moment of the last line of the log."""
    return owed(db, now or audit.latest(db) or BEGIN)


def to_mail(db: Transaction, now: datetime | None = None) -> list[Owed]:
    return [one for one in all_of(db, now) if one.is_mailed]


def to_call(db: Transaction, now: datetime | None = None) -> list[Owed]:
    """Urgent ones first."""
    return sorted((one for one in all_of(db, now) if one.is_called), key=lambda one: not one.urgent)


def waits(store: Store, now: datetime | None = None) -> list[Owed]:
    with store.reading() as db:
        return all_of(db, now)


def note(db: Transaction, one: Owed, how: How, at: datetime, fault: str = "") -> None:
    """Notes what became of a message: somebody is `trying` to hand it over, or the result."""
    if how in ("mail", "hand", "phone"):
        outbox.told(db, one, how, "test", at)
    else:
        outbox.note(db, one.line(how, "test", at, fault))


def noted(store: Store, one: Owed, how: How, at: datetime, fault: str = "") -> None:
    with store.writing() as db:
        note(db, one, how, at, fault)
