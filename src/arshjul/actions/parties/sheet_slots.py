"""The slots of hidden sections: one for each party that writes of an operation, all of one size, whatever is in them.

All slots of an operation are written anew with each saving, giving and reading there: neither a row, nor its size, nor
when it changes says whether anything is hidden.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo

from arshjul.domain.information_sheet.hidden import HiddenSlot
from arshjul.errors import InputError, Message
from arshjul.formats.information_sheet.slot_json import from_text, to_text
from arshjul.store.database import Transaction
from arshjul.store.portal import sheets as rows
from arshjul.store.portal.sheet_keys import Place, SheetKeys

SLOT_BYTES = 32 * 1024
HIDDEN = "hidden"
"""In place of a section, in that to which a slot is bound."""


def slots_of(db: Transaction, keys: SheetKeys, operation: str) -> dict[str, HiddenSlot | None]:
    """The slots of an operation by party; None for one that no key opens."""
    return {
        party: _opened(keys, slot_place(operation, party), body) for party, body in rows.slots(db, operation).items()
    }


def stir(db: Transaction, keys: SheetKeys, operation: str, changed: Mapping[str, HiddenSlot] | None = None) -> None:
    """Writes all slots of the operation anew, with what has changed in them, and makes those that are missing.

    One that does not open is left as it is. InputError if a slot has no room for what it is to hold; PurgedSheet if all
    of the operation was purged, as somebody may have done since it was shown.
    """
    refuse_purged(db, operation)
    there = {
        **dict.fromkeys(rows.writers(db, operation), HiddenSlot()),
        **slots_of(db, keys, operation),
        **(changed or {}),
    }
    bodies = {
        party: keys.encrypted(slot_place(operation, party), _fitting(slot), is_first=False, size=SLOT_BYTES)
        for party, slot in there.items()
        if slot is not None
    }
    rows.put_slots(db, operation, bodies)


class PurgedSheet(InputError):
    """What was written of an operation was purged."""

    def __init__(self, found: rows.Purge) -> None:
        self.found = found
        super().__init__(self.said())

    def said(self, zone: tzinfo | None = None) -> Message:
        """That it was purged, with the date in that zone (this machine's, if None)."""
        values = {"operation": self.found.operation, "decision": self.found.decision}
        day = self.found.at.astimezone(zone).date()
        return Message(
            "What was written of {operation} was purged on {day}. The decision: {decision}", {**values, "day": day}
        )


def refuse_purged(db: Transaction, operation: str) -> None:
    """PurgedSheet, with the decision, if what was written of the operation was purged."""
    if (found := rows.purges(db).get(operation)) is not None:
        raise PurgedSheet(found)


def _opened(keys: SheetKeys, place: Place, body: bytes) -> HiddenSlot | None:
    plain = keys.decrypted(place, body)
    return None if plain is None else from_text(plain)


def _fitting(slot: HiddenSlot) -> bytes:
    """The text of a slot: a reading never fails for want of room, the oldest go first."""
    while len(text := to_text(slot)) > SLOT_BYTES:
        if not slot.readings:
            raise InputError(Message("There is no room for so much that is hidden of one operation: shorten it."))
        slot = replace(slot, readings=slot.readings[1:])
    return text


def slot_place(operation: str, party: str) -> Place:
    """That to which a party's slot is bound."""
    return operation, party, HIDDEN, 0
