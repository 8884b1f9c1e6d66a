"""purge-sheets: destroys the key of an operation's sections, by a decision that is kept.

What stands in copies of the database opens nowhere after that, but where a copy of the file of keys is left. Of an
operation that lies ahead the parties give all anew, under a new key.
"""

from datetime import datetime, tzinfo

from arshjul.actions.parties.entries import today
from arshjul.actions.parties.sheet_dates import last_day, views_in
from arshjul.errors import InputError, Message, Refused
from arshjul.store.database import Database, Transaction
from arshjul.store.portal import sheets as rows
from arshjul.store.portal.sheet_keys import SheetKeys


class PurgedSheet(InputError):
    """What was written of an operation was purged."""

    def __init__(self, found: rows.Purge) -> None:
        self.found = found
        super().__init__(self.said())

    def said(self, zone: tzinfo | None = None) -> Message:
        """That it was purged, with the date in that zone (this machine's, if None)."""
        values = {"operation": self.found.operation, "decision": self.found.decision}
        day = self.found.at.astimezone(zone).date()
        return Message("The sheet of {operation} was purged on {day}. Decision: {decision}", {**values, "day": day})


def refuse_purged(db: Transaction, operation: str) -> None:
    """PurgedSheet, with the decision, if what was written of the operation was purged, and nothing since."""
    if (found := rows.purges(db).get(operation)) is not None:
        raise PurgedSheet(found)


def purge_sheets(
    portal: Database, keys: SheetKeys, operation: str, decision: str, now: datetime, *, is_sure: bool = False
) -> int:
    """Overwrites the keys of an operation, and empties its sections; how many keys these were.

    The decision is kept first: broken off after that, the next call goes on. InputError where nothing is written of the
    operation, nothing was decided, or (unless `is_sure`) no key of the file opens any of it; PurgedSheet if nothing was
    written since; Refused, unless `is_sure`, if it lies ahead. A key that opens nothing of it stays: it is another
    database's.
    """
    if not 0 < len(decision.strip()) <= rows.MOST_OF_DECISION:
        text = Message("Give the decision, in at most {n} characters.", {"n": rows.MOST_OF_DECISION})
        raise InputError(text)
    with portal.writing() as db:
        refuse_purged(db, operation)
        opens = any(keys.decrypted(one.place, one.body) is not None for one in rows.of_operation(db, operation))
        is_begun = rows.has_decision(db, operation) and not keys.opens(operation)
        _refuse(db, keys, operation, now, opens=opens or is_begun, is_sure=is_sure)
        rows.keep_purge(db, rows.Purge(operation, decision.strip(), now))
    n = keys.forget(operation) if opens else 0
    with portal.writing() as db:
        rows.empty(db, operation)
    portal.empty_log()
    return n


def _refuse(db: Transaction, keys: SheetKeys, operation: str, now: datetime, *, opens: bool, is_sure: bool) -> None:
    values = {"operation": operation, "file": str(keys.file)}
    if not rows.holds_any(db, operation):
        raise InputError(Message("{operation} has no sheet: give the number of the parties' pages.", values))
    if not opens and not is_sure:
        raise InputError(
            Message(
                "{file} has no key for {operation}: name the portal's file; if the key is lost, give --sure.", values
            )
        )
    told = views_in(db)
    day = last_day(told, operation)
    if day is not None and day >= today(told[0], now) and not is_sure:
        values["day"] = str(day)
        raise Refused(
            Message(
                "{operation} lies ahead, on {day}: give --sure to purge its sheet all the same.",
                values,
            )
        )
