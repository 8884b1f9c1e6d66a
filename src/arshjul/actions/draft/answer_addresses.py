"""answer-addresses: addresses at which a party answers without an account. Of the token only the SHA-256 is stored."""

import secrets
from datetime import datetime, timedelta

from arshjul.actions.publishing.asked_contacts import passed_on
from arshjul.actions.subscribers.read_feed import digest_of_token
from arshjul.errors import InputError, Message
from arshjul.store import audit, proposals
from arshjul.store.events import AnswerAddressMade
from arshjul.store.proposals import AnswerAddress
from arshjul.store.store import Store, Transaction

TOKEN_BYTES = 32
ANSWER_DAYS = 7
"""The days for which a proposal can be answered, and an address is valid."""


def hand_out(store: Store, party: str, actor: str, now: datetime) -> str:
    """A new token at which that party answers; its former addresses are closed."""
    with store.writing() as db:
        proposals.close(db, now, party=party)
        token = new_address(db, party, now)
        audit.add(db, now, actor, AnswerAddressMade(party))
    return token


def new_address(db: Transaction, party: str, now: datetime) -> str:
    """A token at which that party answers, beside its present ones."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    digest = digest_of_token(token).hex()
    proposals.add_address(db, AnswerAddress(digest, party, now, now + timedelta(days=ANSWER_DAYS)))
    return token


def party_of(store: Store, token: str, now: datetime) -> str:
    """The party that answers at that address. InputError if it is not valid."""
    with store.reading() as db:
        return address_of(db, token, now).party


def address_of(db: Transaction, token: str, now: datetime) -> AnswerAddress:
    """The address of that token. InputError if it is not valid."""
    address = proposals.open_addresses(now).where(digest=digest_of_token(token).hex()).first(db)
    if address is None:
        raise no_address()
    return address


class NoAddress(InputError):
    """An address at which nobody answers, or not any more."""


def is_passed_on(store: Store, token: str, now: datetime) -> bool:
    """True if the address of that token opens the party's questions at the portal."""
    digest = digest_of_token(token).hex()
    with store.reading() as db:
        return any(one.digest == digest for one in passed_on(db, now))


def no_address() -> NoAddress:
    """The error of an invalid address."""
    return NoAddress(Message("This address is not valid any more: ask the coordinator for a new one."))
