"""The draft: the coordinator's present state of the year, with every entry made in the console.

Writers name the version that they have seen: of two people at once, the later one is told, and nothing is lost.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, literal, select, union_all, update

from arshjul.domain.entries.learnt import LEARNT
from arshjul.store import schema
from arshjul.store.audit import AuditLine
from arshjul.store.chain import inflated, packed
from arshjul.store.revisions import Overtaken
from arshjul.store.site_key import locked, unlocked
from arshjul.store.store import Transaction

Sites = Mapping[tuple[str, int], bytes]
"""The body of each site, by operation and position."""


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """The draft as bytes: JSON without sites. `base` is the number of the served revision that it began from."""

    version: int
    base: int | None
    scenario: bytes
    plan: bytes
    given: bytes | None
    clock: datetime | None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry made by a person: one item of the list of that name, as JSON.

    `revision` is that of the plan that answered it; None while it waits. If it was taken back, its fields say when and
    by whom.
    """

    number: int
    list: str
    body: str
    actor: str
    at: datetime
    revision: int | None = None
    taken_back_at: datetime | None = None
    taken_back_by: str | None = None

    @property
    def waits(self) -> bool:
        """True if no plan has answered it yet that has to."""
        return self.revision is None and self.taken_back_at is None and self.list not in LEARNT


def read(db: Transaction) -> StoredDraft | None:
    """The draft; None if nothing has been entered since the last publishing."""
    row = db.execute(select(schema.draft)).mappings().first()
    if row is None:
        return None
    given = None if row["given"] is None else inflated(row["given"])
    texts = {name: inflated(row[name]) for name in ("scenario", "plan")}
    return StoredDraft(version=row["version"], base=row["base"], given=given, clock=row["clock"], **texts)


def clock(db: Transaction) -> datetime | None:
    """The moment of a rehearsal that the draft is set to; None without a draft, or if it is not set."""
    moment: datetime | None = db.execute(select(schema.draft.c.clock)).scalar()
    return moment


def write(db: Transaction, new: StoredDraft, seen: int) -> None:
    """Writes the draft with the version after the one that was `seen`; 0 if there was none.

    Overtaken if the present version is another one.
    """
    table = schema.draft
    values = {
        "base": new.base,
        "clock": new.clock,
        "scenario": packed(new.scenario),
        "plan": packed(new.plan),
        "given": None if new.given is None else packed(new.given),
    }
    version = db.execute(select(table.c.version)).scalar()
    if (version or 0) != seen or new.version <= seen:
        raise Overtaken
    if version is None:
        db.execute(insert(table), [{"id": 1, "version": new.version, **values}])
    else:
        db.execute(update(table).where(table.c.version == seen).values(version=new.version, **values))


def renumber(db: Transaction, version: int, seen: int) -> None:
    """Gives the draft another version, and leaves it as it is. Overtaken if it is no longer the one that was `seen`."""
    table = schema.draft
    if db.execute(update(table).where(table.c.version == seen).values(version=version)).rowcount != 1:
        raise Overtaken


def mark(db: Transaction) -> tuple[object, ...]:
    """Values that change whenever the draft, or the set of waiting entries, does."""
    table = schema.entry.c
    waiting = (table.revision.is_(None), table.taken_back_at.is_(None))
    waits = db.execute(select(func.count(), func.max(table.number)).where(*waiting)).one()
    return (db.execute(select(schema.draft.c.version)).scalar(), *waits)


def forget(db: Transaction) -> None:
    """Removes the draft, with its sites, since it is published; its entries stay."""
    db.execute(delete(schema.draft_site))
    db.execute(delete(schema.draft_edit))
    db.execute(delete(schema.draft))


def last_version(db: Transaction) -> int:
    """The highest version that any draft had: versions are never reused, even after a publishing."""
    jobs = db.execute(select(func.max(func.abs(schema.job.c.version)))).scalar() or 0
    return max(jobs, db.execute(select(func.max(schema.draft.c.version))).scalar() or 0)


def sites(db: Transaction, part: str) -> dict[tuple[str, int], bytes]:
    """The sites of the draft's scenario, or of the `given` one."""
    table = schema.draft_site
    rows = db.execute(select(table).where(table.c.part == part))
    return {(row.operation, row.position): unlocked(db, bytes(row.body)) for row in rows}


def write_sites(db: Transaction, part: str, bodies: Sites) -> None:
    """Replaces the present sites by these."""
    table, kept = schema.draft_site, locked(db, bodies.values())
    db.execute(delete(table).where(table.c.part == part))
    rows = [
        {"part": part, "operation": operation, "position": position, "body": body}
        for (operation, position), body in zip(bodies, kept, strict=True)
    ]
    if rows:
        db.execute(insert(table), rows)


def entries(db: Transaction, numbers: Iterable[int] | None = None) -> list[StoredEntry]:
    """All entries ever made, or those of these numbers, in order."""
    query = select(schema.entry).order_by(schema.entry.c.number)
    if numbers is not None:
        query = query.where(schema.entry.c.number.in_(list(numbers)))
    return [StoredEntry(**row) for row in db.execute(query).mappings()]


def standing(db: Transaction, lists: Collection[str]) -> list[StoredEntry]:
    """The entries of those lists that nobody has taken back, in order."""
    table = schema.entry.c
    which = (table.list.in_(lists), table.taken_back_at.is_(None))
    query = select(schema.entry).where(*which).order_by(table.number)
    return [StoredEntry(**row) for row in db.execute(query).mappings()]


def of_lists(db: Transaction, lists: Collection[str]) -> list[StoredEntry]:
    """The entries of those lists, taken back or not, in order."""
    query = select(schema.entry).where(schema.entry.c.list.in_(lists)).order_by(schema.entry.c.number)
    return [StoredEntry(**row) for row in db.execute(query).mappings()]


def n_logged(db: Transaction) -> int:
    """The number of entries and of lines of the log, together."""
    return sum(
        db.execute(select(func.count()).select_from(table)).scalar_one() for table in (schema.entry, schema.audit)
    )


def logged(db: Transaction, first: int, most: int) -> list[StoredEntry | AuditLine]:
    """Entries and lines of the log together, the newest first: at most so many from that position on, from 0."""
    entry, line = schema.entry.c, schema.audit.c
    both = union_all(
        select(entry.at, literal(0).label("is_line"), entry.number), select(line.at, literal(1), line.number)
    ).subquery()
    order = (both.c.at.desc(), both.c.is_line.desc(), both.c.number.desc())
    there = db.execute(select(both.c.is_line, both.c.number).order_by(*order).limit(most).offset(first)).all()
    of_lines = select(schema.audit).where(line.number.in_([number for is_line, number in there if is_line]))
    lines = {row["number"]: AuditLine(**row) for row in db.execute(of_lines).mappings()}
    made = {one.number: one for one in entries(db, [number for is_line, number in there if not is_line])}
    return [lines[number] if is_line else made[number] for is_line, number in there]


def add_entries(db: Transaction, bodies: Iterable[tuple[str, str]], actor: str, at: datetime) -> list[int]:
    """Stores entries, each with the name of its list; returns their numbers."""
    last = db.execute(select(func.max(schema.entry.c.number))).scalar() or 0
    rows = [asdict(StoredEntry(number, name, body, actor, at)) for number, (name, body) in enumerate(bodies, last + 1)]
    if rows:
        db.execute(insert(schema.entry), rows)
    return [row["number"] for row in rows]


def answer(db: Transaction, revision: int) -> None:
    """Notes that the plan of that revision answers all waiting entries."""
    table = schema.entry.c
    waiting = (table.revision.is_(None), table.taken_back_at.is_(None), table.list.not_in(LEARNT))
    db.execute(update(schema.entry).where(*waiting).values(revision=revision))


def answer_one(db: Transaction, number: int, revision: int | None) -> None:
    """Notes that the plan of that revision answers an entry."""
    _set(db, [number], revision=revision)


def wait_again(db: Transaction, numbers: Iterable[int]) -> None:
    """Lets answered entries wait again."""
    _set(db, numbers, revision=None)


def let_wait(db: Transaction, after: int) -> None:
    """Lets entries wait again that were answered by plans with a higher revision number."""
    db.execute(update(schema.entry).where(schema.entry.c.revision > after).values(revision=None))


def undo(db: Transaction, numbers: Iterable[int], actor: str, at: datetime) -> None:
    """Takes answered entries back, with the publishing of the plan that answered them."""
    _set(db, numbers, taken_back_at=at, taken_back_by=actor)


def hold_again(db: Transaction, numbers: Iterable[int]) -> None:
    """Lets entries that were taken back with a publishing hold again."""
    _set(db, numbers, taken_back_at=None, taken_back_by=None)


def _set(db: Transaction, numbers: Iterable[int], **values: object) -> None:
    db.execute(update(schema.entry).where(schema.entry.c.number.in_(list(numbers))).values(values))


def take_back(db: Transaction, number: int, actor: str, at: datetime) -> bool:
    """Takes a waiting entry back; False if it no longer waits. It stays in the log."""
    table = schema.entry.c
    waiting = (table.number == number, table.revision.is_(None), table.taken_back_at.is_(None))
    values = {"taken_back_at": at, "taken_back_by": actor}
    return db.execute(update(schema.entry).where(*waiting).values(values)).rowcount == 1
