"""The sites that lie in clear in a database, encrypted when it is opened with a key.

It is one transaction: whatever ends it, every site is there, and the next start goes on. The database's files are then
rid of what lay there in clear; the log knows whether that is owed still.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from arshjul.store import audit, site_key
from arshjul.store.events import SitesEncrypted, SitesForgotten
from arshjul.store.store import Store

STEPS = ("begun", "encrypted", "logged", "committed", "emptied", "noted")
"""The steps, in order: where a crash can come between."""


@dataclass(frozen=True, slots=True)
class Encrypted:
    """The number of sites encrypted, and whether none is left in clear in the database's files (see `Store`)."""

    n: int
    is_forgotten: bool


def encrypt_sites(store: Store, actor: str, now: datetime, at: Callable[[str], None] = lambda _: None) -> Encrypted:
    """Encrypts what lies in clear under the store's key; nothing without one.

    `at` is called with the name of each step when it is done.
    """
    with store.reading() as db:
        if not site_key.has_key(db):
            return Encrypted(0, True)
        site_key.refuse_other_key(db)
        n, _ = site_key.count(db)
        is_owed = audit.last_of(db, SitesEncrypted, SitesForgotten) is SitesEncrypted
    if n:
        with store.writing() as db:
            at("begun")
            n = site_key.encrypt_all(db)
            at("encrypted")
            audit.add(db, now, actor, SitesEncrypted(n))
            at("logged")
        at("committed")
    if not n and not is_owed:
        return Encrypted(0, True)
    is_forgotten = store.forget_what_was_removed()
    at("emptied")
    if is_forgotten:
        with store.writing() as db:
            audit.add(db, now, actor, SitesForgotten())
        at("noted")
    return Encrypted(n, is_forgotten)
