"""Removing what is known of sites once it is no longer needed: it is personal data.

The chain of revisions stays whole: it holds salted hashes, and the salt goes with the sites.
"""

from datetime import datetime, timedelta

from arshjul.store import audit, revisions
from arshjul.store.store import Store


def purge_sites(store: Store, older_than_days: int, actor: str, now: datetime) -> int:
    """Removes the sites of the revisions published before that many days ago; how many they were."""
    with store.writing() as db:
        n = revisions.purge_sites(db, now - timedelta(days=older_than_days))
        audit.add(db, now, actor, "purge-sites", f"{n} sites")
    return n
