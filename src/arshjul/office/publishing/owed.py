"""All that parties are owed: what follows from what they were told of the plan, and what waits as it was written.

The page, the telephone list, `post`, `restore` and `doctor` all ask here.
"""

from datetime import datetime
from typing import NamedTuple
from weakref import WeakKeyDictionary

from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.publishing.served_revision import read_back
from arshjul.office.publishing.stale_revision import seen_from
from arshjul.office.store import audit, drafts, outbox, revisions
from arshjul.office.store.outbox import Owed
from arshjul.office.store.revisions import Revision
from arshjul.office.store.store import Transaction

MOST_KEPT = 8
"""The number of states of a database of which it is kept what is owed."""


def owed(db: Transaction, now: datetime, moment: datetime | None = None, only: str | None = None) -> list[Owed]:
    """All that parties are owed, or one of them is, the oldest first: of the plan, and what waits as it was written.

    `moment`: a rehearsal's, or by default that of its last revision.
    """
    served = revisions.current(db)
    of_plan: list[Owed] = []
    if served is not None:
        seen = moment or (served.as_of if audit.is_rehearsal(db) else now)
        of_plan = _of_plan(db, served, now, seen, only)
    there = [*of_plan, *(one for one in outbox.queued(db) if only in (None, one.party))]
    return outbox.with_attempts(db, sorted(there, key=lambda one: one.at), now)


def parties_owed(db: Transaction, now: datetime) -> frozenset[str]:
    """The parties that are owed something other than questions."""
    return frozenset(one.party for one in owed(db, now) if not one.asks)


class _Kept(NamedTuple):
    """Messages worked out at the moment `seen`, whose words hold until another."""

    messages: list[Owed]
    seen: datetime
    until: datetime


_kept: WeakKeyDictionary[object, dict[tuple[object, ...], _Kept]] = WeakKeyDictionary()
"""By the engine of the opened database: another one may lie where it lay, and have got as far."""


def _of_plan(db: Transaction, current: Revision, now: datetime, moment: datetime, only: str | None) -> list[Owed]:
    """Worked out anew when something was published, told or corrected since, or the words hold no more."""
    line, draft = outbox.last_of_plan(db), drafts.DRAFTS.value(db, drafts.DRAFTS.c.version)
    key, kept = (current.hash, line, draft, only), _kept.setdefault(db.engine, {})
    known = kept.get(key)
    if known is None or not known.seen <= moment < known.until:
        served = read_back(db, current)
        plan = seen_from(served.plan, served, moment)
        made = RevisionMessages(db, served.scenario, plan, served, "", now, moment, only=only)
        messages = made.owed()
        known = _Kept(messages, moment, min((message.until or moment for message in messages), default=made.midnight))
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = known
    return known.messages
