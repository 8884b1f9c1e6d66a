"""The draft: the coordinator's present state of the year, with its edits and every entry made in the console.

Writers name the version that they have seen: of two people at once, the later one is told, and nothing is lost.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import Column, Index, Integer, bindparam, delete, func, insert, literal, select, union_all

from arshjul.office.store import tables
from arshjul.office.store.audit import LINES, AuditLine
from arshjul.office.store.jobs import JOBS
from arshjul.office.store.revisions import Overtaken
from arshjul.office.store.site_key import locked, unlocked
from arshjul.office.store.tables import declared
from arshjul.serving.sql.columns import Id, Of
from arshjul.serving.sql.database import Transaction, asked_once
from arshjul.serving.sql.rows import Packed, TableRows
from arshjul.year.domain.entries.learnt import LEARNT

Sites = Mapping[tuple[str, int], bytes]
"""The body of each site, by operation and position."""


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """JSON without sites. `base`: the revision it began from; `given`: the edited year; `clock`: of a rehearsal."""

    version: int
    base: Annotated[int | None, Of("revision.number")]
    scenario: Packed
    plan: Packed
    given: Packed | None
    clock: datetime | None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One item, as JSON, of the list of that name. `revision`: of the plan that answered it; None while it waits."""

    number: int
    list: Id
    body: str
    actor: str
    at: datetime
    revision: int | None = None
    taken_back_at: datetime | None = None
    taken_back_by: str | None = None

    @property
    def item(self) -> Mapping[str, Any]:
        """The body as it was written. ValueError if it is damaged."""
        item: Mapping[str, Any] = json.loads(self.body)
        return item

    @property
    def waits(self) -> bool:
        """True if no plan has answered it yet that has to."""
        return self.revision is None and self.taken_back_at is None and self.list not in LEARNT


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """An edit. `action` and `about` are its event, as in the log; `before` and `after` are JSON without sites."""

    number: int
    at: datetime
    actor: str
    action: Id
    about: str
    before: Packed
    after: Packed


_ID = Column("id", Integer, primary_key=True, autoincrement=False)
_BY_REVISION = Index("ix_entry_revision", "revision", "taken_back_at", "number")

DRAFTS = TableRows(declared("draft", StoredDraft, first=(_ID,)), StoredDraft)
"""At most one: none if nothing has been entered since the last publishing."""

ENTRIES = TableRows(declared("entry", StoredEntry, "number", last=(_BY_REVISION,)), StoredEntry)

EDITS = TableRows(declared("draft_edit", StoredEdit, "number"), StoredEdit)

_WAITING = (ENTRIES.c.revision.is_(None), ENTRIES.c.taken_back_at.is_(None))

_VERSION = select(DRAFTS.c.version)
_WAITING_MARK = select(func.count(), func.max(ENTRIES.c.number)).where(*_WAITING)
_ENTRIES_MARK = select(
    func.count(), func.max(ENTRIES.c.number), func.max(ENTRIES.c.at), func.count(ENTRIES.c.taken_back_at)
)
_JOBS_VERSION = select(func.max(func.abs(JOBS.c.version)))
_SITES = select(tables.draft_site).where(tables.draft_site.c.part == bindparam("of"))


def clock(db: Transaction) -> datetime | None:
    """The moment of a rehearsal that the draft is set to; None without a draft, or if it is not set."""
    moment: datetime | None = DRAFTS.value(db, DRAFTS.c.clock)
    return moment


def write(db: Transaction, new: StoredDraft, seen: int) -> None:
    """Writes the draft with the version after the one `seen` (0: there was none). Overtaken if there is another."""
    if DRAFTS.highest(db, DRAFTS.c.version) != seen or new.version <= seen:
        raise Overtaken
    if not DRAFTS.set(db, **DRAFTS.row(new)):
        DRAFTS.add(db, new, id=1)


def renumber(db: Transaction, version: int, seen: int) -> None:
    """Gives the draft another version, and leaves it as it is. Overtaken if it is no longer the one that was `seen`."""
    if DRAFTS.where(version=seen).set(db, version=version) != 1:
        raise Overtaken


@asked_once
def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever the draft, or the set of waiting entries, does."""
    return (db.execute(_VERSION).scalar(), *db.execute(_WAITING_MARK).one())


@asked_once
def mark_of_entries(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever an entry is added, written again or taken back."""
    return tuple(db.execute(_ENTRIES_MARK).one())


def forget(db: Transaction) -> None:
    """Removes the draft, with its sites, since it is published; its entries stay."""
    db.execute(delete(tables.draft_site))
    EDITS.remove(db)
    DRAFTS.remove(db)


def last_version(db: Transaction) -> int:
    """The highest version that any draft had: versions are never reused, even after a publishing."""
    return max(db.execute(_JOBS_VERSION).scalar() or 0, DRAFTS.highest(db, DRAFTS.c.version))


def sites(db: Transaction, part: str) -> dict[tuple[str, int], bytes]:
    rows = db.execute(_SITES, {"of": part})
    return {(row.operation, row.position): unlocked(db, bytes(row.body)) for row in rows}


def write_sites(db: Transaction, part: str, bodies: Sites) -> None:
    table, kept = tables.draft_site, locked(db, bodies.values())
    db.execute(delete(table).where(table.c.part == part))
    rows = [
        {"part": part, "operation": operation, "position": position, "body": body}
        for (operation, position), body in zip(bodies, kept, strict=True)
    ]
    if rows:
        db.execute(insert(table), rows)


def entries(db: Transaction, numbers: Iterable[int] | None = None) -> list[StoredEntry]:
    return (ENTRIES if numbers is None else numbered(numbers)).all(db)


def numbered(numbers: Iterable[int]) -> TableRows[StoredEntry]:
    return ENTRIES.where(ENTRIES.c.number.in_(list(numbers)))


def standing(db: Transaction, lists: Collection[str]) -> list[StoredEntry]:
    """The entries of those lists that nobody has taken back, in order."""
    return ENTRIES.where(ENTRIES.c.list.in_([*lists]), taken_back_at=None).all(db)


def of_lists(db: Transaction, lists: Collection[str]) -> list[StoredEntry]:
    """The entries of those lists, taken back or not, in order."""
    return ENTRIES.where(ENTRIES.c.list.in_([*lists])).all(db)


def logged(db: Transaction, first: int, most: int) -> list[StoredEntry | AuditLine]:
    """Entries and lines of the log together, the newest first: at most so many from that position on, from 0."""
    entry, line = ENTRIES.c, LINES.c
    both = union_all(
        select(entry.at, literal(0).label("is_line"), entry.number), select(line.at, literal(1), line.number)
    ).subquery()
    order = (both.c.at.desc(), both.c.is_line.desc(), both.c.number.desc())
    there = db.execute(select(both.c.is_line, both.c.number).order_by(*order).limit(most).offset(first)).all()
    of_lines = LINES.where(line.number.in_([number for is_line, number in there if is_line]))
    lines = {audit_line.number: audit_line for audit_line in of_lines.all(db)}
    made = {one.number: one for one in entries(db, [number for is_line, number in there if not is_line])}
    return [lines[number] if is_line else made[number] for is_line, number in there]


def add_entries(
    db: Transaction, items: Iterable[tuple[str, Mapping[str, object]]], actor: str, at: datetime
) -> list[int]:
    """Stores entries, each with the name of its list; returns their numbers."""
    last = ENTRIES.highest(db, ENTRIES.c.number)
    bodies = ((name, json.dumps(item, ensure_ascii=False)) for name, item in items)
    made = [StoredEntry(number, name, body, actor, at) for number, (name, body) in enumerate(bodies, last + 1)]
    ENTRIES.add(db, *made)
    return [entry.number for entry in made]


def answer(db: Transaction, revision: int) -> None:
    """Notes that the plan of that revision answers all waiting entries."""
    ENTRIES.where(*_WAITING, ENTRIES.c.list.not_in([*LEARNT])).set(db, revision=revision)


def let_wait(db: Transaction, after: int) -> None:
    """Lets entries wait again that were answered by plans with a higher revision number."""
    ENTRIES.where(ENTRIES.c.revision > after).set(db, revision=None)


def take_back(db: Transaction, number: int, actor: str, at: datetime) -> bool:
    """Takes a waiting entry back; False if it no longer waits. It stays in the log."""
    return ENTRIES.where(*_WAITING, number=number).set(db, taken_back_at=at, taken_back_by=actor) == 1


_SIDES = ("b", "a")


def add_edit(db: Transaction, edit: StoredEdit, sites: Mapping[str, Sites]) -> None:
    """Adds an edit. `sites`: those before it, and after it, by `before` and `after`."""
    EDITS.add(db, edit)
    for letter, side in zip(_SIDES, ("before", "after"), strict=True):
        write_sites(db, f"{letter}{edit.number}", sites[side])


def edit_sites(db: Transaction, number: int) -> tuple[Sites, Sites]:
    before, after = (sites(db, f"{letter}{number}") for letter in _SIDES)
    return before, after


def remove_edit(db: Transaction, number: int) -> None:
    EDITS.where(number=number).remove(db)
    for letter in _SIDES:
        write_sites(db, f"{letter}{number}", {})


def forget_edits(db: Transaction) -> None:
    for number in EDITS.values(db, EDITS.c.number):
        remove_edit(db, number)
