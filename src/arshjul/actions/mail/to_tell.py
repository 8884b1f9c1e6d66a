"""to-tell: the waiting messages of the outbox: one call to each party, and one mail."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from arshjul.actions.mail.mailing import Mailing, mailing, mailings
from arshjul.actions.publishing.as_time_passes import write_anew
from arshjul.actions.publishing.asked_contacts import asked_contacts
from arshjul.errors import StorageError
from arshjul.store import outbox
from arshjul.store.outbox import OutboxMessage
from arshjul.store.store import Store


@dataclass(frozen=True, slots=True)
class ToTell:
    """The waiting messages. `calls`: most urgent first; `mails`: oldest first.

    `at_contacts`: the mailboxes of the contacts that answer for their parties, by party.
    """

    calls: Sequence[Mailing]
    mails: Sequence[Mailing]
    at_contacts: Mapping[str, str]


def to_tell(store: Store, now: datetime, moment: datetime) -> ToTell:
    """The waiting messages, in words for that moment of the plan."""
    with suppress(StorageError):  # it is told as it was written, where nothing can be written now
        write_anew(store, now, moment)
    calls: dict[str, list[OutboxMessage]] = {}
    with store.reading() as db:
        for one in outbox.to_call(db):
            calls.setdefault(one.party, []).append(one)
        mails = mailings(one for one in outbox.waiting(db) if not one.fault or not one.party)
        at_contacts = {party: one.email for party, one in asked_contacts(db, now).items() if one.email}
        return ToTell([mailing(own) for own in calls.values()], mails, at_contacts)
