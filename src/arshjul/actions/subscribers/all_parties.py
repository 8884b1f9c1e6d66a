"""Addresses of calendars for all parties at once: to each that has none, in a workbook, or by mail.

A mail brings what a party's first mail does: its part as a workbook, and an address that is made when it is sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from arshjul.actions.publishing.contacts import mailbox, parties_reached
from arshjul.actions.publishing.owed import owed
from arshjul.actions.publishing.served_revision import served_scenario
from arshjul.actions.subscribers.subscribe import Handed, Wanted, subscribe_in
from arshjul.agenda.party import Party, parties
from arshjul.formats.catalogues import words
from arshjul.planning.letters.party_mail import mail_of_calendar
from arshjul.store import audit, outbox, readers, revisions
from arshjul.store.events import CalendarToMail
from arshjul.store.store import Store, Transaction


def without_address(store: Store, content: str, now: datetime) -> list[Party]:
    with store.reading() as db:
        return _without_address(db, content, now)


def without_mail(store: Store, now: datetime) -> tuple[list[Party], list[Party]]:
    """Whom a mail can bring an address to their operations, and who have no mailbox; not whose first mail waits."""
    with store.reading() as db:
        return _without_mail(db, now)


@contextmanager
def hand_out_to_all(store: Store, content: str, actor: str, now: datetime) -> Iterator[list[Handed]]:
    """An address for each of `without_address`; they take effect when the block ends, and not if it fails."""
    with store.writing() as db:
        handed = []
        for party in _without_address(db, content, now):
            known = served_scenario(db).parties[party.id]
            wanted, label = Wanted(str(party), "full", content), known.contact or known.name
            handed.append(subscribe_in(db, wanted, label, None, actor, now))
        yield handed


def mail_to_all(store: Store, actor: str, now: datetime) -> int:
    """Puts a mail into the outbox for each party that one can bring an address; their number."""
    with store.writing() as db:
        reached, _ = _without_mail(db, now)
        for party in reached:
            scenario = served_scenario(db)
            mail = mail_of_calendar(scenario, party, words(scenario.language))
            outbox.add(db, party.id, mailbox(parties_reached(db), party.id), mail, actor, now)
            audit.add(db, now, actor, CalendarToMail(party.id))
    return len(reached)


def _without_mail(db: Transaction, now: datetime) -> tuple[list[Party], list[Party]]:
    waits = {one.party for one in owed(db, now) if one.address and not one.contact and one.mail.is_first}
    found = [one for one in _without_address(db, "operations", now) if one.id not in waits]
    known = parties_reached(db)
    reached = [one for one in found if mailbox(known, one.id)]
    return reached, [one for one in found if one not in reached]


def _without_address(db: Transaction, content: str, now: datetime) -> list[Party]:
    number = revisions.pointer(db)
    if number is None:
        return []
    served = {feed.party for feed in revisions.feeds(db, number) if feed.content == content and not feed.departed}
    open_ones = {one.subscriber for one in readers.ADDRESSES.all(db) if one.expires_at > now and one.is_sound}
    have = {
        one.party
        for one in readers.SUBSCRIBERS.all(db)
        if one.revoked_at is None and one.id in open_ones and one.content in (content, "all")
    }
    there = parties(served_scenario(db))
    return [one for one in there if one.id and str(one) in served and str(one) not in have]
