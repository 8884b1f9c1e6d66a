"""What the coordinator says of a sheet: a reader is taken from a section that was given, or the sheet is frozen early.

Its lines of the log are what `carry` brings to the portal. She widens nothing: no line gives a reader back.
"""

from datetime import datetime

from arshjul.actions.contacts.sheets import sheet_of_operation
from arshjul.actions.draft.draft import Draft
from arshjul.errors import InputError, Message
from arshjul.formats.schema.party_entry import SHEET, read_body, read_given
from arshjul.store import audit, party_entries
from arshjul.store.events import SheetLocked, SheetNarrowed
from arshjul.store.portal.sheets import Reading, SheetOrder, readings_by
from arshjul.store.store import Store, Transaction


def narrow_sheet(
    store: Store, draft: Draft, operation: str, what: tuple[str, str], reader: str, actor: str, now: datetime
) -> None:
    """Takes a reader from what is given of a section. `what`: its owner, and the section.

    InputError unless it is given, and the reader another party of the operation.
    """
    sheet = sheet_of_operation(store, draft, operation, now)
    parts = {} if sheet is None else {str(one.party): one for one in sheet.parts}
    owner, section = what
    if owner not in parts or section not in parts[owner].readable or reader not in parts.keys() - {owner}:
        raise InputError(Message("Choose a given section, and another party of the operation."))
    with store.writing() as db:
        audit.add(db, now, actor, SheetNarrowed(owner, operation, section, reader))


def lock_sheet(store: Store, draft: Draft, operation: str, actor: str, now: datetime) -> None:
    """Freezes a sheet for its date: what is given from now on is an addendum. Once; InputError if there is none."""
    if sheet_of_operation(store, draft, operation, now) is None:
        raise InputError(Message("{operation} has no information sheet.", {"operation": operation}))
    with store.writing() as db:
        if frozen_since(db, draft, operation) is None:
            audit.add(db, now, actor, SheetLocked(operation, _day(draft, operation)))


def already_read(portal: Transaction, operation: str, what: tuple[str, str], reader: str) -> list[Reading]:
    """What the reader has read of the section, as the portal knows it."""
    return [one for one in readings_by(portal, operation, what[0], reader) if one.section == what[1]]


def taken_at(db: Transaction, operation: str, what: tuple[str, str], reader: str) -> datetime | None:
    """When the reader was last taken from the section; None if it was not."""
    wanted = (operation, *what, reader)
    found = (one for one in sheet_orders(db) if (one.operation, one.party, one.section, one.reader) == wanted)
    return max((one.at for one in found if not one.is_lock), default=None)


def frozen_since(db: Transaction, draft: Draft, operation: str) -> datetime | None:
    """When the coordinator has frozen the sheet for the date that it has now; None if she has not."""
    on = (operation, _day(draft, operation))
    return min((one.at for one in sheet_orders(db) if one.is_lock and (one.operation, one.section) == on), default=None)


def _day(draft: Draft, operation: str) -> str:
    """The operation's date, as the portal shows it."""
    plan = draft.plan if draft.served is None else draft.served.plan
    place = None if plan is None else plan.placed.get(operation)
    return "" if place is None else place.slot.day.isoformat()


def takings(db: Transaction) -> dict[str, list[SheetOrder]]:
    """Parties' own takings from readers, as orders, by the id of their entry."""
    found = dict[str, list[SheetOrder]]()
    for entry in party_entries.of_kinds(db, [SHEET]):
        said = read_given(read_body(entry.body))
        if said.taken_from:
            found[entry.id] = [
                SheetOrder(said.operation, entry.party, one.section, said.taken_from, entry.reported, one.version)
                for one in said.sections
            ]
    return found


def sheet_orders(db: Transaction) -> frozenset[SheetOrder]:
    """All that was said so."""
    narrowed = (
        SheetOrder(one.operation, one.party, one.section, one.reader, at) for one, at in audit.told(db, SheetNarrowed)
    )
    locked = (SheetOrder(one.operation, "", one.day, "", at) for one, at in audit.told(db, SheetLocked))
    return frozenset((*narrowed, *locked))
