"""All that parties are owed: it follows from what they were told, but for what waits as it was written.

The page, the telephone list, `post`, `restore` and `doctor` all ask here.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from arshjul.office.contacts.asking_to_evaluate import evaluations_owed
from arshjul.office.contacts.reminding import reminders_owed
from arshjul.office.draft.options import questions_owed
from arshjul.office.draft.stored_draft import year_scenario
from arshjul.office.publishing.contacts import mailbox, mailbox_of, parties_reached
from arshjul.office.publishing.kept import kept_a_minute, mark_of_year
from arshjul.office.publishing.owed import owed_of_plan
from arshjul.office.store import contacts, outbox, proposals
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import Transaction


def owed(db: Transaction, now: datetime, moment: datetime | None = None, only: str | None = None) -> list[Owed]:
    """All that parties are owed, or one of them is, the oldest first. `moment`: as of `owed_of_plan`."""
    mark = (mark_of_year(db), proposals.mark(db), outbox.mark(db))
    besides = kept_a_minute(db, "owed", mark, now, lambda: [*_besides(db, now)])
    there = [*owed_of_plan(db, now, moment, only), *besides]
    own = [message for message in there if only in (None, message.party)]
    return outbox.with_attempts(db, sorted(own, key=lambda message: message.at), now)


def parties_owed(db: Transaction, now: datetime) -> frozenset[str]:
    """The parties that are owed something other than questions."""
    return frozenset(message.party for message in owed(db, now) if not message.asks)


def _besides(db: Transaction, now: datetime) -> Iterator[Owed]:
    """What is owed beside the plan."""
    yield from questions_owed(db, now)
    yield from reminders_owed(db, now)
    yield from evaluations_owed(db, now)
    yield from _queued(db, now)


def _queued(db: Transaction, now: datetime) -> Iterator[Owed]:
    """What waits, to the mailboxes as they are now; none with the address of a contact that cannot come in."""
    waiting = [*outbox.queued(db)]
    known = parties_reached(db) if waiting else {}
    there = {contact.id: contact for contact in contacts.CONTACTS.all(db)}
    for message in waiting:
        contact, address = there.get(message.contact), message.address
        if not message.party:
            address = year_scenario(db).mail.reply_to or address
        elif contact is None:
            address = mailbox(known, message.party) if message.party in known and address else address
        elif address not in (contact.email, contact.code_to):
            address = mailbox_of(contact, known)
        if not message.opens or (contact is not None and contact.can_act(now)):
            yield replace(message, address=address)
