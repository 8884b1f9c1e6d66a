"""Reminders: mails to the contacts of parties that have not answered a call, or owe sections of information sheets."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from arshjul.errors import InputError
from arshjul.office.contacts.offers import CallAnswers, answers_in
from arshjul.office.contacts.telling import Owing, owing_now, sender_of
from arshjul.office.draft.draft import present_year
from arshjul.office.publishing.contacts import mailbox_of, parties_reached
from arshjul.office.publishing.kept import kept, mark_of_year
from arshjul.office.store import audit, contacts, outbox
from arshjul.office.store.contacts import Contact
from arshjul.office.store.events import LogEvent, PartyReminded, SheetPurged, SheetReminded
from arshjul.office.store.outbox import Owed, ToldLine
from arshjul.office.store.store import Transaction
from arshjul.year.agenda.party import party_named
from arshjul.year.domain.contact import TO_OFFER, TO_SHEETS, OfferCall, PartyMail
from arshjul.year.domain.feature import OF_OFFERS
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.party_mail import mail_of_call, mail_of_sheets

ACTOR = "portal"
DAY = timedelta(days=1)


def reminders_owed(db: Transaction, now: datetime) -> list[Owed]:
    """None in a rehearsal. Of several contacts with one mailbox one is written to."""
    if audit.is_rehearsal(db):
        return []
    found: dict[tuple[str, PartyMail], Owed] = {}
    for one in (*_of_calls(db, now), *_of_sheets(db, now)):
        found.setdefault((one.address, one.mail), one)
    return [*found.values()]


def _may(db: Transaction, word: str, now: datetime) -> list[Contact]:
    return [one for one in contacts.CONTACTS.all(db) if word in one.may and one.can_act(now)]


class _Calls(NamedTuple):
    """The calls to remind of, each since a date."""

    scenario: Scenario
    answers: Sequence[tuple[CallAnswers, date]]


def _calls(db: Transaction, now: datetime) -> tuple[_Calls | None, datetime]:
    try:
        scenario = present_year(db)
    except InputError:
        return None, now + DAY
    today = now.astimezone(scenario.zone).date()
    midnight = datetime.combine(today + DAY, time(), scenario.zone)
    if OF_OFFERS not in scenario.uses or not any(_last_call_date(call, today) for call in scenario.calls):
        return None, midnight
    since = [(answers, _last_call_date(answers.call, today)) for answers in answers_in(db, scenario)]
    return _Calls(scenario, [(answers, day) for answers, day in since if day is not None]), midnight


def _last_call_date(call: OfferCall, today: date) -> date | None:
    """The last date to remind on that has come; None if none has, or the answers were due."""
    come = [day for day in (call.due - days * DAY for days in call.remind_days) if day <= today <= call.due]
    return max(come, default=None)


def _of_calls(db: Transaction, now: datetime) -> Iterator[Owed]:
    may = _may(db, "offer", now)
    there = kept(db, (TO_OFFER, mark_of_year(db)), now, lambda: _calls(db, now)) if may else None
    if there is None:
        return
    scenario, reached, lines = there.scenario, parties_reached(db), outbox.lines_told(db, page=TO_OFFER)
    for answers, day in there.answers:
        call, since = answers.call, datetime.combine(day, time(), scenario.zone)
        silent = {answer.party.id for answer in answers.answers if answer.entry is None}
        for contact in may:
            id, to = party_named(contact.party).id, mailbox_of(contact, reached)
            is_told = any(
                line.about == (call.id,) and line.party == id and line.at >= since
                and (contact.id == line.contact or to == line.address or line.at <= contact.created_at)
                for line in lines
            )  # fmt: skip
            sender = sender_of(scenario, contact)
            if sender is not None and id in silent and to and not is_told:
                mail = mail_of_call(scenario, sender, call, words(scenario.language))
                dates, event = (since, _end(call.taken_until, scenario)), PartyReminded(contact.party, call.id)
                yield _reminder(contact, to, mail, dates, TO_OFFER, (call.id,), (event,))


def _of_sheets(db: Transaction, now: datetime) -> Iterator[Owed]:
    """One mail to a contact about all sheets that its party owes sections of, and that are due within the week or late.

    It is owed once one of them has come to a date to remind on since the contact was last told of it, by a reminder or
    with its address.
    """
    may = _may(db, "sheet", now)
    key = (TO_SHEETS, mark_of_year(db), len(audit.lines(db, SheetPurged)))
    owing = kept(db, key, now, lambda: _owing(db, now)) if may else None
    if owing is None:
        return
    scenario, reached = owing.scenario, parties_reached(db)
    said: list[ToldLine | Owed] = [*outbox.lines_told(db, page=TO_SHEETS), *outbox.lines_told(db, page="", tells="")]
    said += outbox.queued(db)
    for contact in may:
        owed, to = owing.of(contact.party), mailbox_of(contact, reached)
        party = party_named(contact.party).id
        own = [one for one in said if one.party == party and (one.contact == contact.id or one.address == to)]
        known = [
            any(sheet.operation in one.about and one.at >= max(sheet.since, contact.created_at) for one in own)
            for sheet in owed
        ]
        sender = sender_of(scenario, contact)
        if sender is not None and to and not all(known):
            due = [sheet.due for sheet in owed]
            mail = mail_of_sheets(scenario, sender, due, owing.today, words(scenario.language))
            about = tuple(sheet.operation for sheet in owed)
            events = tuple(SheetReminded(contact.party, id) for id in about)
            since, until = max(sheet.since for sheet in owed), max(sheet.until for sheet in owed)
            yield _reminder(contact, to, mail, (since, _end(until, scenario)), TO_SHEETS, about, events)


def _owing(db: Transaction, now: datetime) -> tuple[Owing | None, datetime]:
    owing = owing_now(db, now)
    return owing, now + DAY if owing is None else owing.until


def _end(last: date, scenario: Scenario) -> datetime:
    return datetime.combine(last, time(23, 59), scenario.zone)


def _reminder(
    contact: Contact,
    to: str,
    mail: PartyMail,
    dates: tuple[datetime, datetime],
    page: str,
    about: tuple[str, ...],
    events: tuple[LogEvent, ...],
) -> Owed:
    """`dates`: since when it is due, and until when its page opens."""
    since, until = dates
    return Owed(
        outbox.number_of(page, contact.id, to, about, since.astimezone(UTC).isoformat()),
        party_named(contact.party).id,
        to,
        mail,
        asks=False,
        actor=ACTOR,
        at=max(since, contact.created_at),
        contact=contact.id,
        page=page,
        page_until=until,
        about=about,
        events=events,
    )
