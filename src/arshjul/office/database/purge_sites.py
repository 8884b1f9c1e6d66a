"""Sites in the database, which are personal data: those of old revisions are removed, those in clear encrypted.

The chain of revisions stays intact: it holds salted hashes, whose salt goes with the sites.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from arshjul.office.store import audit, revisions, site_key
from arshjul.office.store.events import SitesEncrypted, SitesForgotten, SitesPurged
from arshjul.office.store.store import Store
from arshjul.year.domain.calendar import plausible


class Removed(NamedTuple):
    """The number of sites removed or encrypted, and whether the database's files have no plain remains (`Store`)."""

    n: int
    is_forgotten: bool


def purge_sites(store: Store, older_than_days: int, actor: str, now: datetime) -> Removed:
    """Of revisions published more than that many days ago, but never those of the served year, or the draft's."""
    with store.writing() as db:
        n = revisions.purge_sites(db, plausible(now) - timedelta(days=older_than_days))
        audit.add(db, now, actor, SitesPurged(n))
    return Removed(n, store.forget_what_was_removed())


def encrypt_sites(store: Store, actor: str, now: datetime) -> Removed:
    """Encrypts plain sites under the store's key; without a key nothing."""
    with store.reading() as db:
        if not site_key.has_key(db):
            return Removed(0, True)
        site_key.refuse_other_key(db)
        n, _ = site_key.count(db)
        is_owed = audit.last_of(db, SitesEncrypted, SitesForgotten) is SitesEncrypted
    if n:
        with store.writing() as db:
            n = site_key.encrypt_all(db)
            audit.add(db, now, actor, SitesEncrypted(n))
    if not n and not is_owed:
        return Removed(0, True)
    is_forgotten = store.forget_what_was_removed()
    if is_forgotten:
        with store.writing() as db:
            audit.add(db, now, actor, SitesForgotten())
    return Removed(n, is_forgotten)
