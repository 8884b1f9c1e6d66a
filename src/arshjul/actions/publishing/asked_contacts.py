"""Who answers a party's questions: its contact at the portal, as long as that can, or whoever has its mailbox."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from arshjul.actions.publishing.contacts import contacts as parties_reached
from arshjul.actions.publishing.contacts import mailbox
from arshjul.actions.publishing.served_revision import served_scenario
from arshjul.domain.contact import QUESTIONS
from arshjul.formats.catalogues import words
from arshjul.planning.letters.party_mail import answer_by
from arshjul.store import contacts, outbox, proposals
from arshjul.store.contacts import Contact, ContactAddress
from arshjul.store.store import Transaction


def asked_contact(db: Transaction, party: str, now: datetime) -> Contact | None:
    """The contact that answers for the party of that feed's name; None if none can."""
    return next((one for one in contacts.CONTACTS.all(db) if one.party == party and _can_answer(one, now)), None)


def asked_contacts(db: Transaction, now: datetime) -> dict[str, Contact]:
    found = [one for one in contacts.CONTACTS.all(db) if _can_answer(one, now)]
    return {one.party.partition("-")[2]: one for one in reversed(found)}  # the first one, as `asked_contact`


def parties_at_portal(db: Transaction, now: datetime) -> frozenset[str]:
    """The parties with a contact that answers at the portal, and has an address there that opens its questions."""
    asked = asked_contacts(db, now)
    opened = {
        one.contact
        for one in contacts.addresses(db)
        if one.revoked_at is None and one.expires_at > now and one.page in ("", QUESTIONS)
    }
    return frozenset(party for party, one in asked.items() if one.id in opened)


def passed_on(db: Transaction, now: datetime) -> Iterator[ContactAddress]:
    """What parties had before a contact of theirs answered, as the contact's own: they open the questions alone."""
    by_party = asked_contacts(db, now)
    for one in proposals.open_addresses(now).all(db) if by_party else ():
        if contact := by_party.get(one.party):
            yield ContactAddress(one.digest, contact.id, one.created_at, one.expires_at, page=QUESTIONS)


def close_passed_on(db: Transaction, before: Contact, now: datetime) -> None:
    """Closes its party's addresses to answer at, if that contact could answer: they were passed on as its own."""
    if _can_answer(before, now):
        proposals.close(db, now, party=before.party.partition("-")[2])


def _can_answer(one: Contact, now: datetime) -> bool:
    """True if its answers count: the mail that asks brings it an address."""
    return one.is_open(now) and one.locked_at is None and "answer" in one.may


def ask_parties_instead(db: Transaction, now: datetime) -> None:
    """Puts the waiting questions to contacts that can no longer answer to their parties, by mail or telephone."""
    proposal, asked = proposals.PROPOSALS.first(db), [one for one in outbox.UNSENT.all(db) if one.asks and one.contact]
    for one in asked if proposal is not None else ():
        contact = contacts.CONTACTS.get(db, one.contact)
        if proposal is not None and (contact is None or not _can_answer(contact, now)):
            scenario = served_scenario(db)
            todo = answer_by(proposal.deadline.astimezone(scenario.zone), words(scenario.language))
            to_party = replace(one, contact="", mail=replace(one.mail, todo=todo))
            outbox.readdress(db, to_party, mailbox(parties_reached(db), one.party), now)
