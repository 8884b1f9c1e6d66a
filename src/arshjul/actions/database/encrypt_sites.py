"""Encryption of a database's plain sites when it is opened with a key.

It is one transaction: however it ends, every site is there, and the next start continues. Afterwards remains of plain
sites are removed from the database's files; the log shows whether that is still to be done.
"""

from dataclasses import dataclass
from datetime import datetime

from arshjul.store import audit, site_key
from arshjul.store.events import SitesEncrypted, SitesForgotten
from arshjul.store.store import Store


@dataclass(frozen=True, slots=True)
class Encrypted:
    """The number of sites encrypted, and whether the database's files have no plain remains (see `Store`)."""

    n: int
    is_forgotten: bool


def encrypt_sites(store: Store, actor: str, now: datetime) -> Encrypted:
    """Encrypts plain sites under the store's key; without a key nothing."""
    with store.reading() as db:
        if not site_key.has_key(db):
            return Encrypted(0, True)
        site_key.refuse_other_key(db)
        n, _ = site_key.count(db)
        is_owed = audit.last_of(db, SitesEncrypted, SitesForgotten) is SitesEncrypted
    if n:
        with store.writing() as db:
            n = site_key.encrypt_all(db)
            audit.add(db, now, actor, SitesEncrypted(n))
    if not n and not is_owed:
        return Encrypted(0, True)
    is_forgotten = store.forget_what_was_removed()
    if is_forgotten:
        with store.writing() as db:
            audit.add(db, now, actor, SitesForgotten())
    return Encrypted(n, is_forgotten)
