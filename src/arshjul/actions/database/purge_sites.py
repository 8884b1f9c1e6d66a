"""purge-sites: removes the sites of old revisions, which are personal data, when they are no longer needed.

The chain of revisions stays intact: it holds salted hashes, whose salt goes with the sites.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.domain.calendar import plausible
from arshjul.store import audit, revisions
from arshjul.store.events import SitesPurged
from arshjul.store.store import Store


@dataclass(frozen=True, slots=True)
class Purged:
    """The number of sites removed, and whether none is left in the database's files (see `Store`)."""

    n: int
    is_forgotten: bool


def purge_sites(store: Store, older_than_days: int, actor: str, now: datetime) -> Purged:
    """Removes the sites of revisions published more than that many days ago, but never those of the served year.

    The draft's own sites stay too.
    """
    with store.writing() as db:
        n = revisions.purge_sites(db, plausible(now) - timedelta(days=older_than_days))
        audit.add(db, now, actor, SitesPurged(n))
    return Purged(n, store.forget_what_was_removed())
