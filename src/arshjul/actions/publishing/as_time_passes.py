"""as-time-passes: the messages that wait, written anew where the moment at which they are looked at makes them others.

What starts soon by then is to be said on the telephone, and of nothing is the notice counted from a day that is over.
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
    """Lets what waits say what holds at that moment: now, or the one of a rehearsal's clock.

    It waits as it was written where a revision that its party knows is of a form that is read no more.
    """
    with store.reading() as db:
        if not _is_stale(db, now, moment):
            return
    with suppress(InputError), store.writing() as db:
        served = served_revision(db)
        if served is None or not _is_stale(db, now, moment):
            return
        plan, said = seen_from(served.plan, served, moment), words(served.scenario.language)
        RevisionMessages(db, served.scenario, plan, served, said, "", now, moment).renew()


def _is_stale(db: Transaction, now: datetime, moment: datetime) -> bool:
    """True if words are to be written anew; those of a message that is being handed over stay as they are."""
    return not all(one.holds(moment) or one.is_going(now) for one in outbox.unsent(db))
