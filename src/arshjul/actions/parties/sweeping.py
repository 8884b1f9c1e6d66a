"""The drafts of information sheets end some time after their operation, by the portal's clock.

The portal does it by itself, now and then. Of an operation that no party is told of any more, the days are counted from
when a draft was last saved of it.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from arshjul.actions.parties.entries import today
from arshjul.actions.parties.sheet_dates import DRAFTS_KEPT, last_day, views_in
from arshjul.store.database import Database, Transaction
from arshjul.store.portal import sheets as rows


def sweep_drafts(portal: Database, now: datetime) -> list[str]:
    """Removes the drafts of operations that are long over; the operations that had some."""
    portal.empty_log()  # also of what a reader kept there the last time
    with portal.reading() as db:
        if not any(True for _ in _over(db, now)):
            return []
    with portal.writing() as db:
        over = list(_over(db, now))
        for operation in over:
            rows.SECTIONS.where(operation=operation, state="draft").remove(db)
    portal.empty_log()
    return over


def _over(db: Transaction, now: datetime) -> Iterator[str]:
    """The operations that have drafts, whose time is over."""
    told = views_in(db)
    if not told:
        return
    zone, day = ZoneInfo(told[0].timezone), today(told[0], now)
    for operation, saved in rows.drafts_saved(db).items():
        if day > (last_day(told, operation) or saved.astimezone(zone).date()) + DRAFTS_KEPT:
            yield operation
