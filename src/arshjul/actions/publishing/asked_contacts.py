"""Who answers a party's questions: its contact at the portal, as long as that can, or whoever has its mailbox."""

from dataclasses import replace
from datetime import datetime

from arshjul.actions.publishing.contacts import contacts as parties_reached
from arshjul.actions.publishing.contacts import mailbox
from arshjul.actions.publishing.served_revision import served_scenario
from arshjul.formats.catalogues import words
from arshjul.planning.letters.party_mail import answer_by
from arshjul.store import contacts, outbox, proposals
from arshjul.store.contacts import Contact
from arshjul.store.store import Transaction


def asked_contact(db: Transaction, party: str, now: datetime) -> Contact | None:
    """The contact that answers for the party of that feed's name; None if none can."""
    return next((one for one in contacts.contacts(db) if one.party == party and _can_answer(db, one, now)), None)


def _can_answer(db: Transaction, one: Contact, now: datetime) -> bool:
    """True if its answers count, and it has an address, or is to be sent one."""
    if not one.is_open(now) or one.locked_at is not None or "answer" not in one.may:
        return False
    own = (known for known in contacts.addresses(db) if known.contact == one.id and not known.page)
    return any(known.revoked_at is None and known.expires_at > now for known in own) or any(
        waits.opens and waits.contact == one.id for waits in outbox.unsent(db)
    )


def ask_parties_instead(db: Transaction, now: datetime) -> None:
    """Puts the waiting questions to contacts that can no longer answer to their parties, by mail or telephone."""
    proposal, asked = proposals.read(db), [one for one in outbox.unsent(db) if one.asks and one.contact]
    for one in asked if proposal is not None else ():
        contact = contacts.contact(db, one.contact)
        if proposal is not None and (contact is None or not _can_answer(db, contact, now)):
            scenario = served_scenario(db)
            todo = answer_by(proposal.deadline.astimezone(scenario.zone), words(scenario.language))
            to_party = replace(one, contact="", mail=replace(one.mail, todo=todo))
            outbox.readdress(db, to_party, mailbox(parties_reached(db), one.party), now)
