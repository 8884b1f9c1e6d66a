"""The parties with their present contacts: as last corrected, published or not.

A mailbox is corrected because the former one was wrong, so waiting messages go to the new one.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.formats.plan.plan_folder import bare_scenario
from arshjul.store import contacts as stored_contacts
from arshjul.store import drafts, outbox, revisions
from arshjul.store.outbox import OutboxMessage
from arshjul.store.revisions import Revision
from arshjul.store.store import Transaction

Contacts = Mapping[str, Agency | PoliceUnit]


def contacts(db: Transaction) -> Contacts:
    """The served ones, with the draft's corrections. No site is opened: they may be encrypted with another's key."""
    served, draft = revisions.current(db), drafts.DRAFTS.first(db)
    known: Contacts = {} if served is None else _parties(db, served)
    if draft is None:
        return known
    began = None if draft.base is None else revisions.REVISIONS.get(db, draft.base)
    states = [{} if began is None else _parties(db, began), bare_scenario(draft.scenario).parties]
    if draft.given is not None:
        states.append(bare_scenario(draft.given).parties)
    for before, after in pairwise(states):
        known = {**known, **{id: one for id, one in after.items() if _reached(one) != _reached(before.get(id))}}
    return known


def _parties(db: Transaction, revision: Revision) -> Contacts:
    return bare_scenario(revisions.blob(db, revision.scenario)).parties


def _reached(one: Agency | PoliceUnit | None) -> tuple[str | None, ...] | None:
    return None if one is None else (one.contact, one.phone, one.email)


def mailbox(known: Contacts, party: str) -> str:
    contact = known.get(party)
    return "" if contact is None else contact.email or ""


def readdress(db: Transaction, now: datetime) -> None:
    """Readdresses waiting mail to the parties' present mailboxes, or to the telephone if there is none.

    A question that was sent to the former mailbox, or may have been, can be answered there until it is sent to the new
    one. A contact's own mailbox is not the party's: what goes there stays.
    """
    waits = [one for one in outbox.UNSENT.all(db) if one.address and not _is_own(db, one)]
    known = contacts(db) if waits else {}
    for one in waits:
        if one.party in known and mailbox(known, one.party) != one.address:
            outbox.readdress(db, one, mailbox(known, one.party), now)


def _is_own(db: Transaction, one: OutboxMessage) -> bool:
    contact = stored_contacts.CONTACTS.get(db, one.contact) if one.contact else None
    return contact is not None and contact.email == one.address
