"""All that parties are owed: it follows from what they were told, but for what waits as it was written.

The page, the telephone list, `post`, `restore` and `doctor` all ask here.
"""

from datetime import datetime

from arshjul.office.contacts.asking_to_evaluate import evaluations_owed
from arshjul.office.contacts.reminding import reminders_owed
from arshjul.office.publishing.owed import owed_of_plan
from arshjul.office.store import outbox
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import Transaction


def owed(db: Transaction, now: datetime, moment: datetime | None = None, only: str | None = None) -> list[Owed]:
    """All that parties are owed, or one of them is, the oldest first. `moment`: as of `owed_of_plan`."""
    there = [*owed_of_plan(db, now, moment, only), *outbox.queued(db)]
    there += [*reminders_owed(db, now), *evaluations_owed(db, now)]
    own = [one for one in there if only in (None, one.party)]
    return outbox.with_attempts(db, sorted(own, key=lambda one: one.at), now)


def parties_owed(db: Transaction, now: datetime) -> frozenset[str]:
    """The parties that are owed something other than questions."""
    return frozenset(one.party for one in owed(db, now) if not one.asks)
