"""purge-sheets: destroys the key of an operation's sections, by a decision that is kept.

What stands in copies of the database opens nowhere after that, but where a copy of the file of keys is left.
"""

from datetime import datetime

from arshjul.actions.parties.changing_keys import opens_any
from arshjul.actions.parties.entries import today
from arshjul.actions.parties.sheet_dates import last_day, views_in
from arshjul.actions.parties.sheet_slots import PurgedSheet
from arshjul.errors import InputError, Message, Refused
from arshjul.store.database import Database, Transaction
from arshjul.store.portal import sheets as rows
from arshjul.store.portal.sheet_keys import SheetKeys


def purge_sheets(
    portal: Database, keys: SheetKeys, operation: str, decision: str, now: datetime, *, is_sure: bool = False
) -> int:
    """Overwrites the keys of an operation, and empties its sections; how many keys these were.

    The decision is kept first: broken off after that, the next call goes on. InputError where nothing is written of the
    operation, nothing was decided, or (unless `is_sure`) no key of the file opens any of it; PurgedSheet if nothing is
    left; Refused, unless `is_sure`, if it lies ahead. A key that opens nothing of it stays: it is another database's.
    """
    if not 0 < len(decision.strip()) <= rows.MOST_OF_DECISION:
        text = Message("Say in at most {n} characters by which decision it is purged.", {"n": rows.MOST_OF_DECISION})
        raise InputError(text)
    with portal.writing() as db:
        purged, opens = rows.purges(db).get(operation), opens_any(db, keys, operation)
        if purged is None:
            _refuse(db, keys, operation, now, opens=opens, is_sure=is_sure)
            rows.keep_purge(db, rows.Purge(operation, decision.strip(), now))
        elif not rows.holds_any(db, operation):
            raise PurgedSheet(purged)
    n = keys.forget(operation) if opens else 0
    with portal.writing() as db:
        rows.empty(db, operation)
    portal.empty_log()
    return n


def _refuse(db: Transaction, keys: SheetKeys, operation: str, now: datetime, *, opens: bool, is_sure: bool) -> None:
    values = {"operation": operation, "file": str(keys.file)}
    if not rows.are_any(db, operation):
        raise InputError(
            Message("Nothing is written of {operation}: its number is that of the parties' pages.", values)
        )
    if not opens and not is_sure:
        raise InputError(
            Message(
                "{file} opens nothing of {operation}: name the portal's files; if its key is lost, say --sure.", values
            )
        )
    told = views_in(db)
    day = last_day(told, operation)
    if day is not None and day >= today(told[0], now) and not is_sure:
        values["day"] = str(day)
        raise Refused(
            Message(
                "{operation} lies ahead, on {day}: its parties still need what is written. Say --sure to purge it.",
                values,
            )
        )
