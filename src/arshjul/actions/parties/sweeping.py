"""The drafts of information sheets end some time after their operation, by the portal's clock.

The portal does it by itself, now and then. Of an operation that no party is told of any more, the days are counted from
when something was last saved of it.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from arshjul.actions.parties.entries import today
from arshjul.actions.parties.sheet_dates import DRAFTS_KEPT, last_day, views_in
from arshjul.actions.parties.sheet_slots import PurgedSheet, slots_of, stir
from arshjul.store.database import Database, Transaction
from arshjul.store.portal import sheets as rows
from arshjul.store.portal.sheet_keys import SheetKeys


def sweep_drafts(portal: Database, keys: SheetKeys, now: datetime) -> list[str]:
    """Removes the drafts of operations that are long over, hidden ones too; the operations that were swept by it.

    The slots of each are written anew once after its end, whether anything was hidden there or not. Where there is no
    key of them they wait for it, and the other drafts go.
    """
    portal.empty_log()  # also of what a reader kept there the last time
    with portal.reading() as db:
        if not any(True for _ in _over(db, now)):
            return []
    with portal.writing() as db:
        swept = [operation for operation in list(_over(db, now)) if _swept(db, keys, operation, now)]
    portal.empty_log()
    return swept


def _over(db: Transaction, now: datetime) -> Iterator[str]:
    """The operations whose time for drafts is over, and that have not been swept since."""
    told, swept = views_in(db), rows.sweeps(db)
    if not told:
        return
    zone, day = ZoneInfo(told[0].timezone), today(told[0], now)
    for operation, saved in rows.last_saved(db).items():
        of, last = last_day(told, operation), swept.get(operation)
        if of is None and saved is not None:
            of = saved.astimezone(zone).date()
        if of is None:
            continue
        end = of + DRAFTS_KEPT
        if day > end and (last is None or today(told[0], last) <= end):
            yield operation


def _swept(db: Transaction, keys: SheetKeys, operation: str, now: datetime) -> bool:
    rows.remove_drafts(db, operation)
    if operation not in rows.purges(db):
        if not keys.opens(operation):
            return False
        slots = slots_of(db, keys, operation)
        stir(db, keys, operation, {party: slot.without_drafts() for party, slot in slots.items() if slot is not None})
    rows.note_sweep(db, operation, now)
    return True


def stir_all(portal: Database, keys: SheetKeys) -> None:
    """Writes the slots of all operations anew that are not swept: two copies a day apart differ in all of them.

    Where there is no key they stay as they are.
    """
    with portal.reading() as db:
        left = rows.last_saved(db).keys() - rows.sweeps(db).keys() - rows.purges(db).keys()
    for operation in sorted(left):
        if keys.opens(operation):
            with suppress(PurgedSheet), portal.writing() as db:
                stir(db, keys, operation)
