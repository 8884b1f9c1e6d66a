"""change-sheet-keys: the sections of operations are encrypted anew under new keys, and the old keys are destroyed.

Killed at any step, all that opened opens still, and the next call goes on: an old key goes when what was under it has
been written under the new one, and that is there to stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from arshjul.actions.parties.sheet_slots import SLOT_BYTES, refuse_purged, slot_place
from arshjul.errors import InputError, Message
from arshjul.store.database import Database, Transaction
from arshjul.store.portal import sheets as rows
from arshjul.store.portal.sheet_keys import Place, SheetKeys


@dataclass(frozen=True, slots=True)
class ChangedKeys:
    """The operations whose keys were changed, and how many sections, or slots of what is hidden, no key opens."""

    operations: tuple[str, ...]
    n_closed: int


def change_keys(portal: Database, keys: SheetKeys, operation: str = "") -> ChangedKeys:
    """Changes the keys of an operation, or of all of which something opens.

    What no key opens is left as it is. InputError where nothing opens at all: database and file do not belong together,
    and the keys, which open another's, stay. PurgedSheet if the operation was purged.
    """
    with portal.reading() as db:
        if operation:
            refuse_purged(db, operation)
        found = [one for one in keys.operations() if operation in ("", one) and one not in rows.purges(db)]
        wanted = [one for one in found if opens_any(db, keys, one)]
        n_closed = sum(_n_closed(db, keys, one) for one in found if one not in wanted)
    if not wanted:
        values = {"file": str(keys.file), "portal": portal.name}
        raise InputError(
            Message("{file} opens nothing of what is written in {portal}: name the files that the portal has.", values)
        )
    return ChangedKeys(tuple(wanted), n_closed + sum(_go_over(portal, keys, one) for one in wanted))


def opens_any(db: Transaction, keys: SheetKeys, operation: str) -> bool:
    """True if a key of the file opens something of the operation: they belong together."""
    return any(keys.decrypted(place, body) is not None for place, body in _bodies(db, operation).items())


def _go_over(portal: Database, keys: SheetKeys, operation: str) -> int:
    """Goes over to a new key; how many bodies no key opens."""
    with portal.writing() as db:
        refuse_purged(db, operation)
        keys.add(operation)
    while True:
        with portal.writing() as db:
            there = _bodies(db, operation)
            under_older = {place: plain for place, body in there.items() if (plain := _under_older(keys, place, body))}
            if not under_older:
                keys.forget(operation, but_last=True)
                n_closed = _n_closed(db, keys, operation)
                break
            _write_anew(db, keys, operation, under_older)
    portal.empty_log()
    return n_closed


def _n_closed(db: Transaction, keys: SheetKeys, operation: str) -> int:
    return sum(keys.decrypted(place, body) is None for place, body in _bodies(db, operation).items())


def _bodies(db: Transaction, operation: str) -> dict[Place, bytes]:
    """All that is encrypted of an operation, by where it is bound to."""
    sections = {one.place: one.body for one in rows.of_operation(db, operation)}
    return sections | {slot_place(operation, party): body for party, body in rows.slots(db, operation).items()}


def _under_older(keys: SheetKeys, place: Place, body: bytes) -> bytes | None:
    """What it says, if an older key opens it, and not that which encrypts now."""
    return keys.decrypted(place, body) if keys.decrypted(place, body, by_last=True) is None else None


def _write_anew(db: Transaction, keys: SheetKeys, operation: str, plain_by_place: Mapping[Place, bytes]) -> None:
    sections, slots = dict[Place, bytes](), dict[str, bytes]()
    for place, plain in plain_by_place.items():
        if place == slot_place(operation, place[1]):
            slots[place[1]] = keys.encrypted(place, plain, is_first=False, size=SLOT_BYTES)
        else:
            sections[place] = keys.encrypted(place, plain, is_first=False)
    rows.put_bodies(db, sections)
    rows.put_slots(db, operation, slots)
