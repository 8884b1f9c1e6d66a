"""Mails that ask how an operation went, the day after it; and a reminder to those alone that have not answered."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from arshjul.office.contacts.telling import PageOpened, owed_to_contact, sender_of
from arshjul.office.publishing.contacts import mailbox_of, parties_reached
from arshjul.office.publishing.kept import kept_a_minute, mark_of_year
from arshjul.office.publishing.ledger_entries import with_learnt
from arshjul.office.publishing.served_revision import published_year
from arshjul.office.store import audit, contacts, drafts, outbox, revisions
from arshjul.office.store.contacts import Contact
from arshjul.office.store.events import PartyAskedToEvaluate
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import Transaction
from arshjul.year.agenda.evaluations import AskedEvaluation, ToEvaluate, asked_evaluations, given_evaluations
from arshjul.year.agenda.party import party_named
from arshjul.year.domain.contact import TO_EVALUATE
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.party_mail import Sender, mail_of_evaluation

REMIND = timedelta(days=7)
"""How long before it closes those are reminded who have not answered."""
LEAST = timedelta(days=3)
"""A contact that was invited after the operation is asked of it only so long before it closes."""


class _Asked(NamedTuple):
    """`n_that_day`: with how many operations the party has that day."""

    evaluation: AskedEvaluation
    n_that_day: int


class _Due(NamedTuple):
    """`again`: it reminds."""

    contact: Contact
    sender: Sender
    address: str
    asked: _Asked
    again: bool


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


class _Silent(NamedTuple):
    """What is open and each party has not answered, by its id, of what is published."""

    scenario: Scenario
    by_party: Mapping[str, list[_Asked]]


def evaluations_owed(db: Transaction, now: datetime) -> list[Owed]:
    """The mails to contacts that may evaluate; none before anything is published, and none of a rehearsal."""
    may = contacts.that_may(db, "evaluate", now)
    if not may or revisions.pointer(db) is None or audit.is_rehearsal(db):
        return []
    silent = kept_a_minute(db, TO_EVALUATE, mark_of_year(db), now, lambda: _silent(db, now))
    due = list(_due(db, silent, may, now)) if silent.by_party else []
    n_all = Counter(mail.contact.id for mail in due)
    return [_message(silent.scenario, mail, n_all[mail.contact.id]) for mail in due]


def _silent(db: Transaction, now: datetime) -> _Silent:
    served = published_year(db)
    scenario, silent = served.scenario, defaultdict[str, list[_Asked]](list)
    plan = with_learnt(served.plan, scenario, tuple(drafts.of_lists(db, LEARNT)))
    today, every = now.astimezone(scenario.zone).date(), asked_evaluations(scenario, plan)
    said, asked = given_evaluations(plan, every).keys(), every.values()
    of_day = Counter((id, evaluation.first) for evaluation in asked for id in evaluation.parties)
    for evaluation in asked:
        for id in evaluation.parties if evaluation.is_open(today) else ():
            if (evaluation.operation, id) not in said:
                silent[id].append(_Asked(evaluation, of_day[id, evaluation.first]))
    return _Silent(scenario, silent)


def _due(db: Transaction, silent: _Silent, may: list[Contact], now: datetime) -> Iterator[_Due]:
    reached, zone = parties_reached(db), silent.scenario.zone
    today = now.astimezone(zone).date()
    told = {
        (line.contact, operation): line.at.astimezone(zone).date()
        for line in outbox.lines_told(db, page=TO_EVALUATE)
        for operation in line.about
    }
    for contact in may:
        sender, to = sender_of(silent.scenario, contact), mailbox_of(contact, reached)
        if sender is None or not to:
            continue
        for asked in silent.by_party.get(sender.party.id, ()):
            evaluation = asked.evaluation
            before, reminded_on = told.get((contact.id, evaluation.operation)), evaluation.closes - REMIND
            was_there = contact.created_at.astimezone(zone).date() <= evaluation.first
            is_new = before is None and (was_there or evaluation.closes - today >= LEAST)
            if is_new or (before is not None and before < reminded_on <= today):
                yield _Due(contact, sender, to, asked, again=before is not None)


def _message(scenario: Scenario, due: _Due, n_all: int) -> Owed:
    asked, contact = due.asked.evaluation, due.contact
    days, say = (asked.first, asked.closes), words(scenario.language)
    mail = mail_of_evaluation(scenario, due.sender, days, due.asked.n_that_day, say, again=due.again, n_all=n_all)
    since = datetime.combine(asked.closes - REMIND if due.again else asked.opens, time(), scenario.zone)
    event = PartyAskedToEvaluate(contact.party, asked.operation, contact.id)
    opens = PageOpened(TO_EVALUATE, since, asked.closes)
    return owed_to_contact(contact, due.address, mail, opens, (asked.operation,), (event,))
