"""Mails to contacts: their address, what became of what they sent, sheets that they still owe, a page to open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from arshjul.office.contacts.sheets import sheet_register
from arshjul.office.draft.stored_draft import present_year, year_scenario
from arshjul.office.publishing.contacts import mailbox, parties_reached
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store import audit, contacts, outbox, party_entries
from arshjul.office.store.contacts import Contact
from arshjul.office.store.events import LogEvent
from arshjul.office.store.outbox import Owed, Queued
from arshjul.office.store.store import Transaction
from arshjul.year.agenda.party import parties, party_named
from arshjul.year.agenda.sheet_completeness import OperationSheet, SheetRegister, operation_sheet
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.feature import is_kind_used, rights_used
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.schema.party_entry import CALENDAR, EVALUATING, OBSTACLE, URGENT, read_body
from arshjul.year.planning.letters.party_mail import (
    Sender,
    TakenIn,
    mail_of_address,
    mail_of_device,
    mail_of_outcome,
    mail_of_report,
)

DAY = timedelta(days=1)
SHEET_REMIND_DAYS = (7, 2)
"""So many days before a sheet is due, those are reminded who owe sections of it; and once the day after."""


@dataclass(frozen=True, slots=True)
class OwedSheet:
    """`since`: the last reminder that is due. `until`: the last date to give them, due or the operation's."""

    operation: str
    due: date
    since: datetime
    until: date


@dataclass(frozen=True, slots=True)
class Owing:
    scenario: Scenario
    today: date
    sheets: Sequence[tuple[OwedSheet, OperationSheet]]

    def of(self, party: str) -> list[OwedSheet]:
        """What a party owes, named as its feed is, by due date."""
        return [
            owed
            for owed, sheet in self.sheets
            if any(str(part.party) == party and part.missing and part.counts for part in sheet.parts)
        ]


def owing_now(db: Transaction, now: datetime) -> Owing | None:
    """What is owed of the published plan. None in a rehearsal, and where none is published or nobody may write."""
    served = None if audit.is_rehearsal(db) else served_revision(db)
    scenario = None if served is None else served.scenario.with_unplanned(present_year(db))
    register = None if served is None or scenario is None else sheet_register(db, scenario, served.plan)
    if served is None or scenario is None or register is None:
        return None
    placed = served.plan.placed
    near = sorted(
        (owed_sheet for id in register.due if (owed_sheet := _owed(scenario, placed[id], register, now)) is not None),
        key=lambda sheet: (sheet.due, sheet.operation),
    )
    sheets = [(sheet, operation_sheet(scenario, placed[sheet.operation], register, now)) for sheet in near]
    return Owing(scenario, now.astimezone(scenario.zone).date(), sheets)


def _owed(scenario: Scenario, place: Placement, register: SheetRegister, now: datetime) -> OwedSheet | None:
    """None before the first date to remind on, and of what has begun, for which it is too late."""
    due, today = register.due[place.operation], now.astimezone(scenario.zone).date()
    dates = [*(due - days * DAY for days in SHEET_REMIND_DAYS), due + DAY]
    since = max((day for day in dates if day <= today), default=None)
    if since is None or scenario.has_begun(place.slot, now.astimezone(scenario.zone)):
        return None
    until = due if due >= today else place.slot.day
    return OwedSheet(place.operation, due, datetime.combine(since, time.min, scenario.zone), until)


def mail_address(db: Transaction, contact: Contact, scenario: Scenario, actor: str, now: datetime) -> None:
    """Puts a mail with an address of the contact, which is made when it is sent, and says which sheets it owes."""
    sender = sender_of(scenario, contact)
    if sender is not None:
        owing = owing_now(db, now) if "sheet" in contact.may else None
        owed = [] if owing is None else owing.of(contact.party)
        due, today = [sheet.due for sheet in owed], now.astimezone(scenario.zone).date()
        may = rights_used(contact.may, present_year(db).uses)
        mail = mail_of_address(scenario, sender, may, words(scenario.language), due, today)
        to, about = sender.party.id, tuple(sheet.operation for sheet in owed)  # no reminder says the same beside it
        outbox.put(db, Queued(0, to, contact.email, mail, actor, now, contact=contact.id, opens=True, about=about))


def tell_outcomes(db: Transaction, states: Mapping[str, str], now: datetime) -> None:
    """To their contacts, or else their parties; of what waits and is urgent to the coordinator too. It is noted."""
    if not states:
        return
    scenario, uses = year_scenario(db), present_year(db).uses
    say, reached = words(scenario.language), parties_reached(db)
    for id, state in states.items():
        party_entries.ENTRIES.where(id=id).set(db, told=state)
        entry = party_entries.ENTRIES.get(db, id)
        contact = None if entry is None else contacts.CONTACTS.get(db, entry.contact)
        sender = None if contact is None else sender_of(scenario, contact)
        if entry is None or contact is None or sender is None or entry.kind in (EVALUATING, OBSTACLE):
            continue
        if not is_kind_used(entry.kind, uses):
            continue
        taken = TakenIn(id, entry.kind, read_body(entry.body))
        codes = contact.code_to if entry.kind == CALENDAR else ""
        to = contact.email or codes or mailbox(reached, sender.party.id)
        mails = [(sender.party.id, to, mail_of_outcome(scenario, sender, taken, state, say))]
        if state == "waits" and entry.kind in URGENT:
            mails.append(("", scenario.mail.reply_to or "", mail_of_report(scenario, sender, taken, say)))
        for party, address, mail in mails:
            if address:
                made = Queued(0, party, address, mail, actor=contacts.PORTAL, at=now, contact=contact.id)
                outbox.put(db, made)


def tell_devices(db: Transaction, came_in: Mapping[str, datetime], now: datetime) -> None:
    """Puts a mail to each of these contacts, by id, that has come in by another device; one waits at a time."""
    for id, moment in came_in.items():
        scenario, contact = year_scenario(db), contacts.CONTACTS.get(db, id)
        sender = None if contact is None else sender_of(scenario, contact)
        if contact is not None and sender is not None and (to := contact.email or contact.code_to):
            mail = mail_of_device(scenario, sender, moment.astimezone(scenario.zone), words(scenario.language))
            if all((owed.contact, owed.mail.subject) != (id, mail.subject) for owed in outbox.queued(db)):
                outbox.put(db, Queued(0, sender.party.id, to, mail, contacts.PORTAL, now, contact=id))


def sender_of(scenario: Scenario, contact: Contact) -> Sender | None:
    party = next((party for party in parties(scenario) if str(party) == contact.party), None)
    return None if party is None else Sender(party, scenario.parties[party.id].name, contact.function)


class PageOpened(NamedTuple):
    """The only page that an address in a mail opens; since when it is owed, and the last day on which it opens."""

    page: str
    since: datetime
    last: date


def owed_to_contact(
    contact: Contact, to: str, mail: PartyMail, opens: PageOpened, about: tuple[str, ...], events: tuple[LogEvent, ...]
) -> Owed:
    return Owed(
        outbox.number_of(opens.page, contact.id, to, about, opens.since.astimezone(UTC).isoformat()),
        party_named(contact.party).id,
        to,
        mail,
        actor=contacts.PORTAL,
        at=max(opens.since, contact.created_at),
        contact=contact.id,
        page=opens.page,
        page_until=datetime.combine(opens.last, time(23, 59), opens.since.tzinfo),
        about=about,
        events=events,
    )
