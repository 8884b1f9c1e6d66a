"""Withdrawals in the draft: the last report of each, and the ids that the next ones get."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from arshjul.actions.draft.draft import PREFIXES, Draft
from arshjul.domain.entries.entries import Entries
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import InputError, Message
from arshjul.planning.replan.entering import all_entered


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """The last report of a withdrawal. `until`: its last date, known or assumed; `waits`: for a plan."""

    withdrawal: Withdrawal
    until: date
    waits: bool


def entries_known(draft: Draft, now: datetime) -> Entries:
    """All entries so far, waiting ones included."""
    waiting, moment = draft.usable(now)[0], draft.moment(now)
    return waiting if draft.plan is None else all_entered(draft.named, draft.plan, waiting, moment)


def reported(draft: Draft, entries: Entries) -> list[WithdrawalRow]:
    """The last report of each, by first date."""
    revision = 0 if draft.plan is None else draft.plan.revision
    rows = [
        WithdrawalRow(one, one.last or one.until or one.first, one.revision is None or one.revision > revision)
        for one in entries.in_force()
    ]
    return sorted(rows, key=lambda row: (row.withdrawal.first, row.withdrawal.id))


def reported_one(draft: Draft, entries: Entries, id: str) -> WithdrawalRow:
    """The last report of the withdrawal of that id. InputError where there is none."""
    for row in reported(draft, entries):
        if row.withdrawal.id == id:
            return row
    raise InputError(Message("The item is gone: open the page again."))


def next_id(draft: Draft, now: datetime, name: str) -> str:
    """The first id of ours that no entry of the list has, nor one that waits, be it of use or not."""
    known = {json.loads(one.body).get("id") for one in draft.waiting}
    known |= {getattr(one, "id", None) for one in entries_known(draft, now)}
    return next(id for id in (f"{PREFIXES[name]}{number}" for number in count(1)) if id not in known)
