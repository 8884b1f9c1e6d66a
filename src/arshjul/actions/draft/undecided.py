"""Questions without an answer when a plan was chosen, whose parties are told that they need not answer."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from arshjul.actions.draft.draft import ANSWERS, Draft
from arshjul.actions.publishing.served_revision import served_revision
from arshjul.domain.calendar import Slot
from arshjul.domain.entries.answer import OPEN, Answered
from arshjul.domain.party_mail import PartyMail
from arshjul.domain.scenario import Scenario
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import year_of_json
from arshjul.planning.letters.asking import withdrawn
from arshjul.planning.letters.notices import Letter
from arshjul.planning.letters.party_mail import LOST, mail_of_withdrawn
from arshjul.store import audit, drafts, outbox, proposals
from arshjul.store.drafts import StoredEntry
from arshjul.store.events import AnswerAddressMade
from arshjul.store.faults import Damaged
from arshjul.store.store import Transaction

Unanswered = tuple[tuple[Answered, datetime], ...]
"""Questions without an answer, each with the moment at which it was asked."""


def unanswered(db: Transaction, draft: Draft) -> Unanswered:
    if draft.plan is None or draft.served is None:
        return ()
    since = draft.plan.last_shared(draft.served.plan)
    last: dict[tuple[str, str], tuple[dict[str, str], datetime]] = {}
    for entry, body in _answers(db):
        if since < (entry.revision or 0):
            last[body["operation"], body["party"]] = (body, entry.at)
    return tuple((_asked(body), at) for body, at in last.values() if body["answer"] in OPEN)


def asked_since(db: Transaction, copy: Transaction) -> dict[str, PartyMail]:
    """By party, of what a copy does not know; a published plan's decision is told by its own message."""
    draft, served, proposed = drafts.DRAFTS.first(db), served_revision(db), proposals.PROPOSALS.first(db)
    if draft is None or not draft.plan:
        return {}
    scenario, plan = year_of_json(draft.scenario, draft.plan)
    since = 0 if served is None else plan.last_shared(served.plan)
    if proposed is not None:
        scenario, _ = year_of_json(proposed.scenario, proposed.plan)
    known = {_asked(body) for _, body in _answers(copy)}
    new = {
        question: entry.at
        for entry, body in _answers(db)
        if (question := _asked(body)) not in known and (entry.waits or since < (entry.revision or 0))
        if question.operation in scenario.operations
    }
    say = words(scenario.language)
    withdrawn_letters = letters(db, scenario, new.items())
    return {one.to.id: mail_of_withdrawn(scenario, one, say, LOST) for one in withdrawn_letters}


def _answers(db: Transaction) -> Iterator[tuple[StoredEntry, dict[str, str]]]:
    """The entries with questions or answers that stand, each with its body. Damaged if that is invalid."""
    for entry in drafts.entries(db):
        if entry.list == ANSWERS and entry.taken_back_at is None:
            try:
                yield entry, json.loads(entry.body)
            except ValueError:
                raise Damaged("an answer that is none") from None


def _asked(body: dict[str, str]) -> Answered:
    day = body.get("date")
    slot = None if day is None else Slot(date.fromisoformat(day), body["shift"])
    return Answered(body["operation"], body["party"], "asked", slot, body.get("police"))


def letters(db: Transaction, scenario: Scenario, asked: Iterable[tuple[Answered, datetime]]) -> tuple[Letter, ...]:
    """The messages to parties that the question may have reached: by mail, or at an address handed out since."""
    handed = {(one.party, at) for one, at in audit.told(db, AnswerAddressMade)}

    def is_reached(party: str, at: datetime) -> bool:
        by_hand = any(to == party and at <= moment for to, moment in handed)
        return by_hand or not outbox.is_unasked(db, party, at)

    return withdrawn(scenario, [one for one, at in asked if is_reached(one.party, at)])
