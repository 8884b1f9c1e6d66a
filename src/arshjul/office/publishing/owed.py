"""What parties are owed of the plan: it follows from what they were told."""

from datetime import datetime

from arshjul.office.publishing.kept import kept
from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.publishing.served_revision import read_back
from arshjul.office.publishing.stale_revision import seen_from
from arshjul.office.store import audit, drafts, outbox, revisions
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import Transaction


def owed_of_plan(db: Transaction, now: datetime, moment: datetime | None = None, only: str | None = None) -> list[Owed]:
    """What all are owed, or one party is. `moment`: a rehearsal's, or by default that of its last revision.

    Worked out anew when something was published, told or corrected since, or the words hold no more.
    """
    current = revisions.current(db)
    if current is None:
        return []
    seen = moment or (current.as_of if audit.is_rehearsal(db) else now)

    def work() -> tuple[list[Owed], datetime]:
        served = read_back(db, current)
        plan = seen_from(served.plan, served, seen)
        made = RevisionMessages(db, served.scenario, plan, served, "", now, seen, only=only)
        messages = made.owed()
        return messages, min((message.until or seen for message in messages), default=made.midnight)

    draft = drafts.DRAFTS.value(db, drafts.DRAFTS.c.version)
    return kept(db, ("plan", only), (current.hash, outbox.last_of_plan(db), draft), seen, work)
