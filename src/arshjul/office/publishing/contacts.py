"""Who is reached for a party: its present contact, as last corrected, or the one that answers at the portal.

A mailbox is corrected because the former one was wrong, so what is owed goes to the new one.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import pairwise

from arshjul.errors import InputError
from arshjul.office.publishing.kept import kept_for_good
from arshjul.office.store import contacts, drafts, outbox, proposals, revisions
from arshjul.office.store.contacts import Contact, ContactAddress
from arshjul.office.store.store import Transaction
from arshjul.serving.sql.database import asked_once
from arshjul.year.agenda.party import party_named
from arshjul.year.domain.contact import QUESTIONS
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.formats.plan.plan_folder import bare_scenario

Contacts = Mapping[str, Agency | PoliceUnit]


@asked_once
def parties_reached(db: Transaction) -> Contacts:
    """The parties of the served year, with the draft's corrections, and those that were told of an earlier year.

    No site is opened: they may be encrypted with another's key.
    """
    served, draft = revisions.current(db), drafts.DRAFTS.first(db)
    known: Contacts = {} if served is None else _parties(db, served.scenario)
    known = {**_parties_gone(db, outbox.parties_told(db) - known.keys()), **known}
    if draft is None:
        return known
    began = None if draft.base is None else revisions.REVISIONS.get(db, draft.base)
    states = [{} if began is None else _parties(db, began.scenario), bare_scenario(draft.scenario).parties]
    if draft.given is not None:
        states.append(bare_scenario(draft.given).parties)
    for before, after in pairwise(states):
        known = {**known, **{id: one for id, one in after.items() if _reached(one) != _reached(before.get(id))}}
    return known


def _parties_gone(db: Transaction, gone: Collection[str]) -> Contacts:
    """These parties, which have left the year, as they were when they were last in it."""
    if not gone:
        return {}
    mark = (revisions.pointer(db), revisions.restored_at(db), *sorted(gone))
    return kept_for_good(db, "former parties", mark, lambda: _last_known(db, gone))


def _last_known(db: Transaction, gone: Collection[str]) -> Contacts:
    found: dict[str, Agency | PoliceUnit] = {}
    for scenario in dict.fromkeys(revision.scenario for revision in reversed(revisions.told_timeline(db))):
        if found.keys() >= set(gone):
            break
        with suppress(InputError):  # what cannot be read any more tells nothing of them
            found = {**{id: one for id, one in _parties(db, scenario).items() if id in gone}, **found}
    return found


def _parties(db: Transaction, scenario: str) -> Contacts:
    return bare_scenario(revisions.blob(db, scenario)).parties


def _reached(one: Agency | PoliceUnit | None) -> tuple[str | None, ...] | None:
    return None if one is None else (one.contact, one.phone, one.email)


def mailbox(known: Contacts, party: str) -> str:
    contact = known.get(party)
    return "" if contact is None else contact.email or ""


def mailbox_of(contact: Contact, known: Contacts) -> str:
    """A contact's own mailbox, or else its party's."""
    return contact.email or mailbox(known, party_named(contact.party).id)


def asked_contacts(db: Transaction, now: datetime) -> dict[str, Contact]:
    """The contact that answers for each party, by its id: the first that can."""
    return {party_named(contact.party).id: contact for contact in reversed(contacts.that_may(db, "answer", now))}


def parties_at_portal(db: Transaction, now: datetime) -> frozenset[str]:
    """The parties with a contact that answers at the portal, and has an address there that opens its questions."""
    asked = asked_contacts(db, now)
    opened = {
        address.contact
        for address in contacts.addresses(db)
        if address.revoked_at is None and address.expires_at > now and address.page in ("", QUESTIONS)
    }
    return frozenset(party for party, one in asked.items() if one.id in opened)


def passed_on(db: Transaction, now: datetime) -> Iterator[ContactAddress]:
    """What parties had before a contact of theirs answered, as the contact's own: they open the questions alone."""
    by_party = asked_contacts(db, now)
    for address in proposals.open_addresses(now).all(db) if by_party else ():
        if contact := by_party.get(address.party):
            yield ContactAddress(address.digest, contact.id, address.created_at, address.expires_at, page=QUESTIONS)


def close_forwarded(db: Transaction, before: Contact, now: datetime) -> None:
    """Closes its party's addresses to answer at, if that contact could answer: they were passed on as its own."""
    if before.can_act(now) and "answer" in before.may:
        proposals.close(db, now, party=party_named(before.party).id)
