"""Mails that ask how an operation went, the day after it; and a reminder to those alone that have not answered."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from arshjul.office.publishing.contacts import mailbox_of, parties_reached
from arshjul.office.publishing.ledger_entries import with_learnt
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store import audit, contacts, drafts, outbox
from arshjul.office.store.contacts import Contact
from arshjul.office.store.events import PartyAskedToEvaluate, TakenOut
from arshjul.office.store.outbox import Queued
from arshjul.office.store.store import Store, Transaction
from arshjul.year.agenda.evaluations import AskedEvaluation, ToEvaluate, asked_evaluations, given_evaluations
from arshjul.year.agenda.party import Party, parties, party_named
from arshjul.year.domain.contact import TO_EVALUATE, PartyMail
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.party_mail import Sender, mail_of_evaluation

ACTOR = "portal"
REMIND = timedelta(days=7)
"""How long before it closes those are reminded who have not answered."""
LEAST = timedelta(days=3)
"""A contact that was invited after the operation is asked of it only so long before it closes."""
_Asked = tuple[AskedEvaluation, int]
"""With how many operations the party has that day."""


@dataclass(frozen=True, slots=True)
class _Due:
    """A mail that is to be sent. `again`: it reminds."""

    contact: Contact
    party: Party
    address: str
    asked: AskedEvaluation
    n_that_day: int
    again: bool
    n_all: int = 1


def ask_to_evaluate(store: Store, now: datetime) -> int:
    """Puts the mails that are due into the outbox, each once; returns how many. Of a rehearsal none."""
    with store.reading() as db:
        if not _due(db, now)[1]:
            return 0
    with store.writing() as db:
        scenario, due = _due(db, now)
        if scenario is not None:
            for one in due:
                outbox.put(db, _message(scenario, one, now))
                audit.add(db, now, ACTOR, PartyAskedToEvaluate(str(one.party), one.asked.operation, one.contact.id))
        return len(due)


def to_evaluate(db: Transaction, scenario: Scenario) -> ToEvaluate | None:
    """When parties have had contacts that may evaluate; None if none ever had, or the clock is a rehearsal's."""
    if audit.is_rehearsal(db):
        return None
    found = defaultdict[str, list[tuple[date, date]]](list)
    for contact in contacts.CONTACTS.all(db):
        if "evaluate" in contact.may:
            ends = min(contact.expires_at, contact.ended_at or contact.expires_at)
            days = (at.astimezone(scenario.zone).date() for at in (contact.created_at, ends))
            found[party_named(contact.party).id].append((next(days), next(days)))
    return found or None


def _message(scenario: Scenario, one: _Due, now: datetime) -> Queued:
    mail = _mail(scenario, one.party, one.contact, one.asked, one.n_that_day, again=one.again, n_all=one.n_all)
    until = datetime.combine(one.asked.closes, time(23, 59), scenario.zone)
    return Queued(
        0, one.party.id, one.address, mail, asks=False, actor=ACTOR, at=now, contact=one.contact.id,
        page=TO_EVALUATE, page_until=until,
    )  # fmt: skip


def _mail(
    scenario: Scenario,
    party: Party,
    contact: Contact,
    asked: AskedEvaluation,
    n_that_day: int,
    *,
    again: bool,
    n_all: int = 1,
) -> PartyMail:
    sender = Sender(party, scenario.parties[party.id].name, contact.function)
    return mail_of_evaluation(
        scenario, sender, (asked.first, asked.closes), n_that_day, words(scenario.language), again=again, n_all=n_all
    )


def _due(db: Transaction, now: datetime) -> tuple[Scenario | None, list[_Due]]:
    """The mails to contacts that may evaluate; none before anything is published."""
    may = [
        contact
        for contact in contacts.CONTACTS.all(db)
        if "evaluate" in contact.may and contact.is_open(now) and not contact.locked_at
    ]
    if not may or audit.is_rehearsal(db):
        return None, []
    scenario, silent = _silent(db, now)
    if scenario is None:
        return None, []
    due = list(_mails(db, scenario, may, silent, now.astimezone(scenario.zone).date()))
    of_contact = Counter(one.contact.id for one in due)
    return scenario, [replace(one, n_all=of_contact[one.contact.id]) for one in due]


def _silent(db: Transaction, now: datetime) -> tuple[Scenario | None, Mapping[str, list[_Asked]]]:
    """What is open and each party has not answered, of what is published."""
    served = served_revision(db)
    if served is None:
        return None, {}
    scenario, silent = served.scenario, defaultdict[str, list[_Asked]](list)
    plan = with_learnt(served.plan, scenario, tuple(drafts.of_lists(db, LEARNT)))
    today, every = now.astimezone(scenario.zone).date(), asked_evaluations(scenario, plan)
    said, asked = given_evaluations(plan, every).keys(), every.values()
    of_day = Counter((id, evaluation.first) for evaluation in asked for id in evaluation.parties)
    for evaluation in asked:
        for id in evaluation.parties if evaluation.is_open(today) else ():
            if (evaluation.operation, id) not in said:
                silent[id].append((evaluation, of_day[id, evaluation.first]))
    return scenario, silent


def _mails(
    db: Transaction,
    scenario: Scenario,
    may: list[Contact],
    silent: Mapping[str, list[_Asked]],
    today: date,
) -> Iterator[_Due]:
    reached, told = parties_reached(db), _told(db, scenario)
    by_name = {str(party): party for party in parties(scenario)}
    for contact, party in ((one, by_name[one.party]) for one in may if one.party in by_name):
        to = mailbox_of(contact, reached)
        for asked, n_that_day in silent.get(party.id, ()) if to else ():
            before, reminded_on = told.get((contact.id, asked.operation)), asked.closes - REMIND
            was_there = contact.created_at.astimezone(scenario.zone).date() <= asked.first
            is_new = before is None and (was_there or asked.closes - today >= LEAST)
            if is_new or (before is not None and before < reminded_on <= today):
                yield _Due(contact, party, to, asked, n_that_day, again=before is not None)


def _told(db: Transaction, scenario: Scenario) -> dict[tuple[str, str], date]:
    return {
        (one.contact, one.operation): at.astimezone(scenario.zone).date()
        for one, at in audit.told(db, PartyAskedToEvaluate)
    }


def forget_answered(db: Transaction, now: datetime) -> None:
    """Takes back mails that wait to ask what has been answered, or has closed."""
    there = [owed for owed in outbox.queued(db) if owed.page == TO_EVALUATE]
    waiting = [owed for owed in outbox.with_attempts(db, there, now) if not owed.is_going(now)]
    scenario, silent = _silent(db, now) if waiting else (None, {})
    for owed in waiting:
        contact, lines = contacts.CONTACTS.get(db, owed.contact), set[str]()
        if scenario is not None and contact is not None:
            asks, party = silent.get(owed.party, ()), party_named(contact.party)
            lines = {_mail(scenario, party, contact, *ask, again=False).body for ask in asks}
        if owed.mail.body not in lines:
            outbox.end(db, [owed.number])
            audit.add(db, now, ACTOR, TakenOut(owed.party, owed.number))
