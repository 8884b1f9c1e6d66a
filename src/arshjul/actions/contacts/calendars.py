"""Calendars of contacts: at most five each, at addresses that the portal has made, revoked with the contact."""

from datetime import datetime

from arshjul.actions.subscribers.subscribe import Wanted, subscribe_at
from arshjul.domain.contact import MOST_CALENDARS
from arshjul.errors import Message, Refused
from arshjul.formats.schema.party_entry import CALENDAR, read_body
from arshjul.store import audit, contacts, party_entries, readers, revisions
from arshjul.store.events import Unsubscribed
from arshjul.store.party_entries import PartyEntry
from arshjul.store.readers import Subscriber
from arshjul.store.store import Transaction
from arshjul.store.term import lasting


def hand_out(db: Transaction, asked: PartyEntry, now: datetime) -> str:
    """The new subscriber's id. Refused if the contact has as many as it may, or a backup was restored since."""
    if asked.reported <= revisions.restored_at(db):
        raise Refused(Message("A backup was restored since: ask again."))
    contact = contacts.CONTACTS.get(db, asked.contact)
    if contact is None or len(open_of(db, asked.contact)) >= MOST_CALENDARS:
        raise Refused(Message("The contact has {most} calendars already: revoke one first.", {"most": MOST_CALENDARS}))
    body = read_body(asked.body)
    wanted = Wanted(contact.party, "full", str(body["content"]))
    goes_on = contact.with_plan and lasting(db)(now) == contact.expires_at
    ends = None if goes_on else contact.expires_at
    made = subscribe_at(db, wanted, contact.function, str(body["digest"]), ends, contact.function, now)
    return str(made.id)


def open_of(db: Transaction, contact: str) -> list[Subscriber]:
    ids = party_entries.ENTRIES.where(contact=contact, kind=CALENDAR, state="handed").values(
        db, party_entries.ENTRIES.c.item
    )
    found = (readers.SUBSCRIBERS.get(db, int(id)) for id in ids)
    return [one for one in found if one is not None and one.revoked_at is None]


def revoke_of(db: Transaction, contact: str, actor: str, now: datetime) -> None:
    for one in open_of(db, contact):
        readers.revoke(db, one, now)
        audit.add(db, now, actor, Unsubscribed(one.id))
