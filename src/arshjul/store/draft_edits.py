"""The edits of the draft's scenario that wait, each with what was shown and what was made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.store import drafts, schema
from arshjul.store.drafts import Sites
from arshjul.store.rows import PACKED, TableRows
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """An edit. `action` and `about` are its event, as in the log; `before` and `after` are JSON without sites."""

    number: int
    at: datetime
    actor: str
    action: str
    about: str
    before: bytes
    after: bytes


EDITS = TableRows(schema.draft_edit, StoredEdit, before=PACKED, after=PACKED)

_SIDES = ("b", "a")


def add(db: Transaction, edit: StoredEdit, sites: Mapping[str, Sites]) -> None:
    """Adds an edit. `sites`: those before it, and after it, by `before` and `after`."""
    EDITS.add(db, edit)
    for letter, side in zip(_SIDES, ("before", "after"), strict=True):
        drafts.write_sites(db, f"{letter}{edit.number}", sites[side])


def sites(db: Transaction, number: int) -> tuple[Sites, Sites]:
    """The sites before an edit, and after it."""
    before, after = (drafts.sites(db, f"{letter}{number}") for letter in _SIDES)
    return before, after


def remove(db: Transaction, number: int) -> None:
    """Removes an edit."""
    EDITS.where(number=number).remove(db)
    for letter in _SIDES:
        drafts.write_sites(db, f"{letter}{number}", {})


def forget(db: Transaction) -> None:
    """Removes all: none waits any more."""
    for number in EDITS.values(db, EDITS.c.number):
        remove(db, number)
