"""Reminders of calls: mails to the contacts of parties that have not answered, on the dates that each call says."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from arshjul.actions.contacts.offers import answers_in
from arshjul.actions.draft.draft import edit_that_waits, year_scenario
from arshjul.actions.publishing.contacts import contacts as parties_reached
from arshjul.actions.publishing.contacts import mailbox
from arshjul.agenda.party import parties
from arshjul.domain.offer_call import OfferCall
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError
from arshjul.formats.catalogues import words
from arshjul.planning.letters.portal_mail import Sender, mail_of_call
from arshjul.store import audit, contacts, outbox
from arshjul.store.contacts import Contact
from arshjul.store.events import PartyReminded
from arshjul.store.outbox import OutboxMessage
from arshjul.store.store import Store, Transaction

ACTOR = "portal"
DAY = timedelta(days=1)


def remind(store: Store, now: datetime) -> int:
    """Puts the reminders that are due into the outbox, each once; returns how many. None before there is a year."""
    with store.reading() as db:
        if not _due(db, now):
            return 0
    with store.writing() as db:
        due = _due(db, now)
        for scenario, call, contact, to in due:
            sender = _sender(scenario, contact)
            mail = mail_of_call(scenario, sender, call, words(scenario.language))
            message = OutboxMessage(0, sender.party.id, to, mail, asks=False, actor=ACTOR, at=now, contact=contact.id)
            outbox.put(db, message)
            audit.add(db, now, ACTOR, PartyReminded(contact.party, call.id))
        return len(due)


def _due(db: Transaction, now: datetime) -> list[tuple[Scenario, OfferCall, Contact, str]]:
    try:
        scenario = edit_that_waits(db) or year_scenario(db)
    except InputError:
        return []
    today = now.astimezone(scenario.zone).date()
    if audit.is_rehearsal(db) or not any(_last_date(one, today) for one in scenario.calls):
        return []
    return list(_of_calls(db, scenario, today, now))


def _last_date(call: OfferCall, today: date) -> date | None:
    """The last date to remind on that has come; None if none has, or the answers were due."""
    come = [day for day in (call.due - days * DAY for days in call.remind_days) if day <= today <= call.due]
    return max(come, default=None)


def _of_calls(
    db: Transaction, scenario: Scenario, today: date, now: datetime
) -> Iterator[tuple[Scenario, OfferCall, Contact, str]]:
    reached = parties_reached(db)
    told = {
        (line.event.party, line.event.call): line.at.astimezone(scenario.zone).date()
        for line in audit.lines(db, PartyReminded)
        if isinstance(line.event, PartyReminded)
    }
    may = [one for one in contacts.contacts(db) if "offer" in one.may and one.is_open(now) and one.locked_at is None]
    for found in answers_in(db, scenario):
        since = _last_date(found.call, today)
        silent = {one.party.id for one in found.answers if one.entry is None} if since is not None else set()
        for contact in may:
            id, key = contact.party.partition("-")[2], (contact.party, found.call.id)
            to = contact.email or mailbox(reached, id)
            if id in silent and to and (key not in told or (since is not None and told[key] < since)):
                yield scenario, found.call, contact, to


def _sender(scenario: Scenario, one: Contact) -> Sender:
    party = next(party for party in parties(scenario) if str(party) == one.party)
    return Sender(party, scenario.parties[party.id].name, one.function)
