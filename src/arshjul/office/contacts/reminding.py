"""Reminders: mails to the contacts of parties that have not answered a call, or owe sections of information sheets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from arshjul.errors import InputError
from arshjul.office.contacts.offers import answers_in
from arshjul.office.contacts.telling import owing_now
from arshjul.office.draft.draft import present_year
from arshjul.office.publishing.contacts import mailbox_of, parties_reached
from arshjul.office.store import audit, contacts, outbox
from arshjul.office.store.contacts import Contact
from arshjul.office.store.events import LogEvent, PartyReminded, SheetReminded
from arshjul.office.store.outbox import Queued
from arshjul.office.store.store import Store, Transaction
from arshjul.year.agenda.party import parties, party_named
from arshjul.year.domain.contact import TO_OFFER, TO_SHEETS, OfferCall, PartyMail
from arshjul.year.domain.feature import OF_OFFERS
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.party_mail import Sender, mail_of_call, mail_of_sheets

ACTOR = "portal"
DAY = timedelta(days=1)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reminder:
    """`page`: what the address in it opens, until `page_until`; empty: it has none."""

    contact: Contact
    party: str
    to: str
    mail: PartyMail
    events: tuple[LogEvent, ...]
    page: str = ""
    page_until: datetime | None = None


def remind(store: Store, now: datetime) -> int:
    """Puts the reminders that are due into the outbox, each once; returns how many. None before there is a year."""
    with store.reading() as db:
        if not _due(db, now):
            return 0
    with store.writing() as db:
        due = _due(db, now)
        for reminder in due:
            to = (reminder.party, reminder.to, reminder.mail)
            outbox.put(
                db,
                Queued(
                    0, *to, asks=False, actor=ACTOR, at=now, contact=reminder.contact.id,
                    page=reminder.page, page_until=reminder.page_until,
                ),
            )  # fmt: skip
            for event in reminder.events:
                audit.add(db, now, ACTOR, event)
        return len(due)


def _due(db: Transaction, now: datetime) -> list[Reminder]:
    """None in a rehearsal. Of several contacts with one mailbox one is written to."""
    reminders = [] if audit.is_rehearsal(db) else [*_due_of_calls(db, now), *_due_of_sheets(db, now)]
    return [
        one for n, one in enumerate(reminders) if not any((one.to, one.mail) == (o.to, o.mail) for o in reminders[:n])
    ]


def _due_of_calls(db: Transaction, now: datetime) -> list[Reminder]:
    try:
        scenario = present_year(db)
    except InputError:
        return []
    today = now.astimezone(scenario.zone).date()
    if OF_OFFERS not in scenario.uses or not any(_last_call_date(call, today) for call in scenario.calls):
        return []
    return list(_of_calls(db, scenario, today, now))


def _last_call_date(call: OfferCall, today: date) -> date | None:
    """The last date to remind on that has come; None if none has, or the answers were due."""
    come = [day for day in (call.due - days * DAY for days in call.remind_days) if day <= today <= call.due]
    return max(come, default=None)


def _may(db: Transaction, word: str, now: datetime) -> list[Contact]:
    return [
        contact
        for contact in contacts.CONTACTS.all(db)
        if word in contact.may and contact.is_open(now) and contact.locked_at is None
    ]


def _of_calls(db: Transaction, scenario: Scenario, today: date, now: datetime) -> Iterator[Reminder]:
    reached = parties_reached(db)
    told = {(one.party, one.call): at.astimezone(scenario.zone).date() for one, at in audit.told(db, PartyReminded)}
    may = _may(db, "offer", now)
    for answers in answers_in(db, scenario):
        since = _last_call_date(answers.call, today)
        silent = {answer.party.id for answer in answers.answers if answer.entry is None} if since is not None else set()
        for contact in may:
            id, key = party_named(contact.party).id, (contact.party, answers.call.id)
            to = mailbox_of(contact, reached)
            if id in silent and to and (key not in told or (since is not None and told[key] < since)):
                sender = _sender(scenario, contact)
                mail = mail_of_call(scenario, sender, answers.call, words(scenario.language))
                until = datetime.combine(answers.call.taken_until, time(23, 59), scenario.zone)
                reminded = (PartyReminded(contact.party, answers.call.id),)
                yield Reminder(contact, id, to, mail, reminded, TO_OFFER, until)


def _due_of_sheets(db: Transaction, now: datetime) -> Iterator[Reminder]:
    """One mail to a contact about all sheets that its party owes sections of, and that are due within the week or late.

    It goes out when one of them has come to a date to remind on since the party was last reminded of it, and to whoever
    was invited since then.
    """
    owing = owing_now(db, now) if _may(db, "sheet", now) else None
    if owing is None:
        return
    scenario, reached = owing.scenario, parties_reached(db)
    told = {(one.party, one.operation): at for one, at in audit.told(db, SheetReminded)}
    for contact in _may(db, "sheet", now):
        owed = owing.of(contact.party)
        is_news = any(
            told.get((contact.party, sheet.operation), NEVER) < max(sheet.since, contact.created_at) for sheet in owed
        )
        to = mailbox_of(contact, reached)
        if is_news and to:
            sender = _sender(scenario, contact)
            mail = mail_of_sheets(
                scenario, sender, [sheet.due for sheet in owed], owing.today, words(scenario.language)
            )
            events = tuple(SheetReminded(contact.party, sheet.operation) for sheet in owed)
            until = datetime.combine(max(sheet.until for sheet in owed), time(23, 59), scenario.zone)
            yield Reminder(contact, sender.party.id, to, mail, events, TO_SHEETS, until)


def _sender(scenario: Scenario, one: Contact) -> Sender:
    party = next(party for party in parties(scenario) if str(party) == one.party)
    return Sender(party, scenario.parties[party.id].name, one.function)
