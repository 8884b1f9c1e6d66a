"""purge-sheets: destroys the key of an operation's sections, by a decision that is kept.

What stands in copies of the database opens nowhere after that, but where a copy of the file of keys is left. Of an
operation that lies ahead the parties give all anew, under a new key.

Drafts end some time after their operation, by the portal's clock, which knows only the dates that parties are told. Of
an operation that none is told of any more, the days are counted from when a draft was last saved of it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from arshjul.errors import InputError, Message, Refused
from arshjul.portal.actions.entries import today
from arshjul.portal.store import sheets as rows
from arshjul.portal.store import views
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.serving.sql.database import Database, Transaction
from arshjul.year.domain.party_view import PartyView
from arshjul.year.formats.feeds.view_json import from_text

DRAFTS_KEPT = timedelta(days=30)
"""The time after an operation's last date for which sections that were not given are kept."""


def views_in(db: Transaction) -> list[PartyView]:
    return [from_text(views.body(db, party)[1]) for party in views.marks(db)]


def days_of(view: PartyView, operation: str) -> list[date]:
    """The dates of an operation, as the party is told of them."""
    sheets = [sheet.first for sheet in view.sheets if sheet.operation == operation]
    return [*sheets, *(event.first for event in view.events if event.operation == operation)]


def last_day(told: Iterable[PartyView], operation: str) -> date | None:
    """The last date of an operation, as those parties are told of it; None if none of them is."""
    return max((day for view in told for day in days_of(view, operation)), default=None)


def are_drafts_over(view: PartyView, operation: str, now: datetime) -> bool:
    day = last_day([view], operation)
    return day is not None and today(view, now) > day + DRAFTS_KEPT


class PurgedSheet(InputError):
    def __init__(self, found: rows.Purge) -> None:
        self.found = found
        super().__init__(self.said())

    def said(self, zone: tzinfo | None = None) -> Message:
        """With the date in that zone (this machine's, if None)."""
        values = {"operation": self.found.operation, "decision": self.found.decision}
        day = self.found.at.astimezone(zone).date()
        return Message("The sheet of {operation} was purged on {day}. Decision: {decision}", {**values, "day": day})


def refuse_purged(db: Transaction, operation: str) -> None:
    """PurgedSheet, with the decision, if what was written of the operation was purged, and nothing since."""
    if (purge := rows.purges(db).get(operation)) is not None:
        raise PurgedSheet(purge)


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
        opens = any(
            keys.decrypted(section_row.place, section_row.body) is not None
            for section_row in rows.of_operation(db, operation)
        )
        is_begun = rows.PURGES.get(db, operation) is not None and not keys.opens(operation)
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
