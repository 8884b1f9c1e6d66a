"""Reminders: mails to the contacts of parties that have not answered a call, or owe sections of information sheets."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from arshjul.office.contacts.offers import answers_in
from arshjul.office.contacts.telling import PageOpened, owed_to_contact, owing_now, sender_of
from arshjul.office.draft.stored_draft import present_year
from arshjul.office.publishing.contacts import mailbox_of, parties_reached
from arshjul.office.publishing.kept import kept_a_minute, mark_of_year
from arshjul.office.store import audit, contacts, outbox
from arshjul.office.store.contacts import Contact
from arshjul.office.store.events import PartyReminded, SheetReminded
from arshjul.office.store.outbox import Owed, ToldLine
from arshjul.office.store.store import Transaction
from arshjul.year.agenda.party import party_named
from arshjul.year.domain.contact import TO_OFFER, TO_SHEETS, OfferCall, PartyMail
from arshjul.year.domain.feature import OF_OFFERS
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.party_mail import mail_of_call, mail_of_sheets

DAY = timedelta(days=1)


def reminders_owed(db: Transaction, now: datetime) -> list[Owed]:
    """None in a rehearsal. Of several contacts with one mailbox one is written to."""
    if audit.is_rehearsal(db):
        return []
    found: dict[tuple[str, PartyMail], Owed] = {}
    for reminder in (*_of_calls(db, now), *_of_sheets(db, now)):
        found.setdefault((reminder.address, reminder.mail), reminder)
    return [*found.values()]


def _last_call_date(call: OfferCall, today: date) -> date | None:
    """The last date to remind on that has come; None if none has, or the answers were due."""
    come = [day for day in (call.due - days * DAY for days in call.remind_days) if day <= today <= call.due]
    return max(come, default=None)


def _of_calls(db: Transaction, now: datetime) -> Iterator[Owed]:
    """A mail to each contact of a party that has not answered, unless it was told since the last date to remind on.

    Whoever was invited after its party was reminded waits for the next.
    """
    may = contacts.that_may(db, "offer", now)
    scenario = present_year(db) if may else None
    if scenario is None or OF_OFFERS not in scenario.uses:
        return
    today = now.astimezone(scenario.zone).date()
    days = {call.id: day for call in scenario.calls if (day := _last_call_date(call, today)) is not None}
    reached, lines = parties_reached(db), outbox.lines_told(db, page=TO_OFFER) if days else []
    for answers in answers_in(db, scenario) if days else ():
        call, silent = answers.call, {answer.party.id for answer in answers.answers if answer.entry is None}
        for contact in may if call.id in days else ():
            party, to = party_named(contact.party).id, mailbox_of(contact, reached)
            since, sender = datetime.combine(days[call.id], time(), scenario.zone), sender_of(scenario, contact)
            told = [line for line in lines if line.about == (call.id,) and line.party == party and line.at >= since]
            is_told = any(_knows(contact, to, line) or line.at <= contact.created_at for line in told)
            if sender is not None and party in silent and to and not is_told:
                mail = mail_of_call(scenario, sender, call, words(scenario.language))
                opens, event = PageOpened(TO_OFFER, since, call.taken_until), PartyReminded(contact.party, call.id)
                yield owed_to_contact(contact, to, mail, opens, (call.id,), (event,))


def _knows(contact: Contact, to: str, line: ToldLine | Owed) -> bool:
    """True if the contact has had it, or one of its party's with the same mailbox."""
    return line.party == party_named(contact.party).id and (line.contact == contact.id or line.address == to)


def _of_sheets(db: Transaction, now: datetime) -> Iterator[Owed]:
    """One mail to a contact about all sheets that its party owes sections of, and that are due within the week or late.

    It is owed once one of them has come to a date to remind on since the contact was last told of it, by a reminder or
    with its address.
    """
    may = contacts.that_may(db, "sheet", now)
    owing = kept_a_minute(db, TO_SHEETS, mark_of_year(db), now, lambda: owing_now(db, now)) if may else None
    if owing is None:
        return
    scenario, reached = owing.scenario, parties_reached(db)
    said: list[ToldLine | Owed] = [*outbox.lines_told(db, page=TO_SHEETS), *outbox.lines_told(db, page="", tells="")]
    said += outbox.queued(db)
    for contact in may:
        owed, to = owing.of(contact.party), mailbox_of(contact, reached)
        own = [message for message in said if _knows(contact, to, message)]
        known = [
            any(
                sheet.operation in message.about and message.at >= max(sheet.since, contact.created_at)
                for message in own
            )
            for sheet in owed
        ]
        sender = sender_of(scenario, contact)
        if sender is not None and to and not all(known):
            due = [sheet.due for sheet in owed]
            mail = mail_of_sheets(scenario, sender, due, owing.today, words(scenario.language))
            about = tuple(sheet.operation for sheet in owed)
            events = tuple(SheetReminded(contact.party, id) for id in about)
            opens = PageOpened(TO_SHEETS, max(sheet.since for sheet in owed), max(sheet.until for sheet in owed))
            yield owed_to_contact(contact, to, mail, opens, about, events)
