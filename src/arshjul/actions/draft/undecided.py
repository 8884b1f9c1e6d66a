"""The questions that a plan was chosen without an answer to: their parties are told that they are asked no more."""

import json
from collections.abc import Iterable
from datetime import date, datetime

from arshjul.actions.draft.draft import ANSWERS, Draft
from arshjul.domain.calendar import Slot
from arshjul.domain.entries.answer import Answered
from arshjul.planning.letters.asking import withdrawn
from arshjul.planning.letters.notices import Letter
from arshjul.store import audit, drafts, outbox
from arshjul.store.audit import AuditLine
from arshjul.store.events import AnswerAddressMade
from arshjul.store.store import Transaction

Unanswered = tuple[tuple[Answered, datetime], ...]
"""Questions without an answer, each with the moment at which it was asked."""


def unanswered(db: Transaction, draft: Draft) -> Unanswered:
    """Those that the draft's plan has decided since what is served."""
    if draft.plan is None or draft.served is None:
        return ()
    since = draft.plan.last_shared(draft.served.plan)
    last: dict[tuple[str, str], tuple[dict[str, str], datetime]] = {}
    for entry in drafts.entries(db):
        if entry.list == ANSWERS and entry.taken_back_at is None and since < (entry.revision or 0):
            body = json.loads(entry.body)
            last[body["operation"], body["party"]] = (body, entry.at)
    return tuple((_asked(body), at) for body, at in last.values() if body["answer"] == "asked")


def _asked(body: dict[str, str]) -> Answered:
    day = body.get("date")
    slot = None if day is None else Slot(date.fromisoformat(day), body["shift"])
    return Answered(body["operation"], body["party"], "asked", slot, body.get("police"))


def letters(db: Transaction, draft: Draft, asked: Iterable[tuple[Answered, datetime]]) -> tuple[Letter, ...]:
    """The messages to those whom the question may have reached: by mail, or at an address that was handed out since."""
    handed = {(event.party, line.at) for line in audit.lines(db, AnswerAddressMade) if (event := _handed(line))}

    def is_reached(party: str, at: datetime) -> bool:
        by_hand = any(to == party and at <= moment for to, moment in handed)
        return by_hand or not outbox.is_unasked(db, party, at)

    return withdrawn(draft.scenario, [one for one, at in asked if is_reached(one.party, at)])


def _handed(line: AuditLine) -> AnswerAddressMade | None:
    event = line.event
    return event if isinstance(event, AnswerAddressMade) else None
