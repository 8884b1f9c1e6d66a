"""A party's hidden sections: saved, given and shown after a code, and known to nobody but it and their readers."""

import secrets
from dataclasses import replace
from datetime import datetime

from arshjul.actions.parties.sheet_slots import slots_of, stir
from arshjul.actions.parties.sheets import (
    SALT_BYTES,
    SheetOffice,
    Writer,
    at_desk,
    given_as,
    refusals,
    refuse_over,
    sealed,
)
from arshjul.domain.information_sheet.hidden import Hidden, HiddenSlot
from arshjul.domain.information_sheet.sections import Section
from arshjul.errors import InputError, Message, Refused, StorageError
from arshjul.store.database import Database, Transaction
from arshjul.store.portal import sheets as rows


def hidden_of(portal: Database, office: SheetOffice, writer: Writer) -> HiddenSlot:
    """What the party hides of the operation. Refused without a code; StorageError if it does not open."""
    _refuse_without_code(writer)
    with portal.reading() as db:
        return _slot(db, office, writer)


def put_hidden(
    portal: Database, office: SheetOffice, who: Writer, section: Section, seen: str, now: datetime, *, is_given: bool
) -> bool:
    """Saves a hidden section as a draft, or gives it; what is there already is left as it is.

    `seen`: the seal of the version that the writer was shown, "" for none: False where another has been saved since.
    Refused without a code, or where the contact is locked, which reads nothing; InputError if it cannot be given as it
    is, the operation is long over, or the party has not begun the ordinary section beside which it stands.
    """
    with at_desk(portal, who, now) as (db, writer):
        _refuse_without_code(writer)
        refuse_over(writer, now)
        if is_given and any(True for _ in refusals(section, writer, office.grounds)):
            raise InputError(Message("A section cannot be given as it is: open it again, and fill it in."))
        slot, state = _slot(db, office, writer), given_as(db, writer, now) if is_given else "draft"
        if not any((one.party, one.section) == (writer.party, section.id) for one in _rows(db, writer)):
            text = Message("Write the ordinary section first, as if there were nothing to hide.")
            raise InputError(text)
        last, made = slot.last(section.id), replace(section, version=slot.next_version(section.id), state=state)
        if last is not None and replace(last.section, version=made.version, salt="") == made:
            return True
        if seen != ("" if last is None else last.seal):
            return False
        made = replace(made, salt=secrets.token_hex(SALT_BYTES))
        kept = Hidden(made, now, sealed(made, made.salt)[1])
        stir(db, office.keys, writer.sheet.operation, {writer.party: slot.saved(kept)})
    return True


def _rows(db: Transaction, writer: Writer) -> list[rows.SectionRow]:
    return rows.of_operation(db, writer.sheet.operation)


def _slot(db: Transaction, office: SheetOffice, writer: Writer) -> HiddenSlot:
    slot = slots_of(db, office.keys, writer.sheet.operation).get(writer.party, HiddenSlot())
    if slot is None:
        raise StorageError(Message("What was written here does not open: its key is gone. Call the coordinator."))
    return slot


def _refuse_without_code(writer: Writer) -> None:
    if not writer.is_raised:
        raise Refused(Message("To read needs a code."))
