"""as-time-passes: rewrites waiting messages when the moment at which they are read changes their words.

What starts soon by then is to be told on the telephone, and notice is counted from the present day.
"""

from contextlib import suppress
from datetime import datetime

from arshjul.actions.publishing.revision_messages import RevisionMessages
from arshjul.actions.publishing.served_revision import served_revision
from arshjul.actions.publishing.stale_revision import seen_from
from arshjul.errors import InputError
from arshjul.formats.catalogues import words
from arshjul.store import outbox
from arshjul.store.store import Store, Transaction


def write_anew(store: Store, now: datetime, moment: datetime) -> None:
    """As of now, or a rehearsal's clock. They stay as they are if a revision known to their party cannot be read."""
    with store.reading() as db:
        if not _is_stale(db, now, moment):
            return
    with suppress(InputError), store.writing() as db:
        served = served_revision(db)
        if served is None or not _is_stale(db, now, moment):
            return
        plan, say = seen_from(served.plan, served, moment), words(served.scenario.language)
        RevisionMessages(db, served.scenario, plan, served, say, "", now, moment).renew()


def _is_stale(db: Transaction, now: datetime, moment: datetime) -> bool:
    """True if any words no longer hold; messages being handed over stay as they are."""
    return not all(one.holds(moment) or one.is_going(now) for one in outbox.UNSENT.all(db))
