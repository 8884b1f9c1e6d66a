"""Taking back a nomination that waits, which its contact does itself: as soon as that is carried in."""

from datetime import datetime

from arshjul.formats.schema.party_entry import NOMINATIONS, RETRACTION
from arshjul.store import party_entries
from arshjul.store.party_entries import PartyEntry
from arshjul.store.store import Transaction


def retract(db: Transaction, came: PartyEntry, now: datetime) -> None:
    """Withdraws a nomination, in whatever order it and what takes it back came in.

    What has been decided stays so, and its contact is told that it came too late.
    """
    if came.kind in NOMINATIONS:
        if party_entries.ENTRIES.where(contact=came.contact, kind=RETRACTION, corrects=came.id).all(db):
            party_entries.settle(db, came.id, "withdrawn", came.contact, now)
        return
    wanted = party_entries.ENTRIES.get(db, came.corrects)
    is_done = wanted is None or (wanted.contact == came.contact and wanted.kind in NOMINATIONS)
    if wanted is not None and is_done and wanted.state != "withdrawn":
        is_done = party_entries.settle(db, wanted.id, "withdrawn", came.contact, now)
    party_entries.settle(db, came.id, "withdrawn" if is_done else "refused", came.contact, now)
    if is_done:
        party_entries.ENTRIES.where(id=came.id).set(db, told="withdrawn")  # the mail on the nomination says it
