"""Published revisions, immutable and linked in a chain; which is served, and which were told but are lost."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import Annotated, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)

from arshjul.office.store import audit, tables
from arshjul.office.store.events import OF_REVISION
from arshjul.office.store.site_key import locked, opened
from arshjul.office.store.tables import declared
from arshjul.serving.sql.columns import Default, Name, Of, Sha256, Word
from arshjul.serving.sql.database import Transaction, asked_once
from arshjul.serving.sql.errors import Damaged
from arshjul.serving.sql.hashes import FIRST, counted, digest_of, hash_of, packed, site_seal, unpacked
from arshjul.serving.sql.rows import TableRows


@dataclass(frozen=True, slots=True)
class Revision:
    """One published revision. `scenario` and `plan` name blobs; `plan_revision` is the plan's own number.

    `kind` is `publish` or `refresh`; `as_of` is the moment from which its feeds are seen. What lasts with its plan does
    so until `ends_at`.
    """

    number: int
    kind: Word
    reason: str
    actor: str
    published_at: datetime
    as_of: datetime
    plan_revision: int
    scenario: Annotated[Sha256, Of("blob.digest")]
    plan: Annotated[Sha256, Of("blob.digest")]
    previous: Sha256
    hash: Sha256
    ends_at: datetime | None = None


class FeedKey(NamedTuple):
    party: str
    level: str
    content: str


@dataclass(frozen=True, slots=True)
class Feed:
    """`ics`, `said`: names of blobs. `departed`: the party left the plan, and its feed shows what was called off."""

    party: Name
    level: Annotated[str, String(8)]
    content: Annotated[str, String(10), Default("all")]
    ics: Annotated[Sha256, Of("blob.digest")]
    said: Annotated[Sha256, Of("blob.digest")]
    last_modified: datetime
    departed: bool

    @property
    def key(self) -> FeedKey:
        return FeedKey(self.party, self.level, self.content)


@dataclass(frozen=True, slots=True)
class NewFeed:
    key: FeedKey
    ics: bytes
    said: bytes
    last_modified: datetime
    departed: bool


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site to be stored apart. `body` and `salt` can be purged, while their seal stays."""

    operation: str
    position: int
    salt: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class NewRevision:
    """`scenario`, `plan`: bytes, without sites. `causes`: its new withdrawals, by id."""

    kind: str
    reason: str
    actor: str
    published_at: datetime
    as_of: datetime
    plan_revision: int
    scenario: bytes
    plan: bytes
    feeds: tuple[NewFeed, ...]
    causes: Mapping[str, str]
    sites: tuple[NewSite, ...] = ()
    ends_at: datetime | None = None


REVISIONS = TableRows(declared("revision", Revision, "number"), Revision)
FEEDS = TableRows(declared("feed", Feed, "party", "level", "content", first=(tables.of_revision(),)), Feed)
SITES = TableRows(tables.site, NewSite)

PUBLISH = "publish"
"""The kind of a revision that published a plan; others show the same plan from another day."""


def _published(number: ColumnElement[int]) -> ScalarSelect[int]:
    """The publishing revision of the year that the one of that number shows."""
    made = REVISIONS.c
    return select(func.max(made.number)).where(made.number <= number, made.kind == PUBLISH).scalar_subquery()


_SHOWN = _published(bindparam("shown", type_=Integer))
_PUBLISHED = REVISIONS.where(REVISIONS.c.number == _SHOWN)
_PUBLISHED_SITES = SITES.where(SITES.c.revision == _SHOWN)

_POINTER = select(tables.state.c.revision)
_RESTORED_AT = select(tables.state.c.floor)
_UID_KEY = select(tables.uid_key.c.key)
_BLOB = select(tables.blob.c.gzipped).where(tables.blob.c.digest == bindparam("named"))


class Overtaken(Exception):
    """Somebody else has written since the version that was seen."""


@asked_once
def pointer(db: Transaction) -> int | None:
    """The number of the revision that is served; None before the first."""
    number = db.execute(_POINTER).scalar()
    return None if number is None else int(number)


@asked_once
def restored_at(db: Transaction) -> datetime:
    """The moment at which a backup was last restored: earlier revision numbers may have been reused since."""
    moment: datetime | None = db.execute(_RESTORED_AT).scalar()
    if moment is None:
        raise Damaged("the state is missing")
    return moment


@asked_once
def current(db: Transaction) -> Revision | None:
    number = pointer(db)
    return None if number is None else REVISIONS.get(db, number)


def published(db: Transaction, number: int) -> Revision | None:
    """The publishing revision of the year that the one of that number shows: itself, unless a refresh."""
    return _PUBLISHED.given(shown=number).first(db)


def feeds(db: Transaction, number: int) -> list[Feed]:
    return FEEDS.where(revision=number).all(db)


def causes(db: Transaction, number: int) -> dict[str, str]:
    table = tables.cause.c
    query = select(table.withdrawal, table.body).where(table.revision == number).order_by(table.withdrawal)
    return {row.withdrawal: row.body for row in db.execute(query)}


def blob(db: Transaction, digest: str) -> bytes:
    """The bytes of that blob. Damaged if they changed or are missing."""
    gzipped = db.execute(_BLOB, {"named": digest}).scalar()
    if gzipped is None:
        raise Damaged("a blob is missing")
    return unpacked(gzipped, digest)


@asked_once
def uid_key(db: Transaction) -> bytes:
    """The key that hides the events' identities from restricted readers; it never changes."""
    key = db.execute(_UID_KEY).scalar()
    if key is None:
        raise Damaged("the key of the UIDs is missing")
    return bytes(key)


def add(db: Transaction, new: NewRevision, seen: str | None) -> Revision:
    """Writes the revision, and last the pointer. Overtaken if that of the hash `seen` is no longer served."""
    before = current(db)
    if (None if before is None else before.hash) != seen:
        raise Overtaken
    scenario, plan, *texts = add_blobs(
        db, [new.scenario, new.plan, *(data for feed in new.feeds for data in (feed.ics, feed.said))]
    )
    made = Revision(
        number=1 if before is None else before.number + 1,
        **{name: getattr(new, name) for name in ("kind", "reason", "actor", "published_at", "as_of", "ends_at")},
        plan_revision=new.plan_revision,
        scenario=scenario,
        plan=plan,
        previous=FIRST if before is None else before.hash,
        hash="",
    )
    feed_rows = [
        Feed(*feed.key, ics, said, feed.last_modified, feed.departed)
        for feed, ics, said in zip(new.feeds, texts[::2], texts[1::2], strict=True)
    ]
    kept = locked(db, (site.body for site in new.sites))
    sites = [replace(site, body=body) for site, body in zip(new.sites, kept, strict=True)]
    seals = [(site, site_seal(site.salt, site.body)) for site in sites]
    sealed = {(site.operation, site.position): seal for site, seal in seals}
    made = Revision(**{**asdict(made), "hash": link(made, feed_rows, new.causes, sealed)})
    REVISIONS.add(db, made)
    number = {"revision": made.number}
    FEEDS.add(db, *feed_rows, revision=made.number)
    _add(db, tables.cause, [{**number, "withdrawal": id, "body": body} for id, body in new.causes.items()])
    _add(db, tables.site_seal, [{**number, **_place(site), "seal": seal} for site, seal in seals])
    SITES.add(db, *sites, revision=made.number)
    audit.add(db, new.published_at, new.actor, OF_REVISION[new.kind](made.number, made.hash))
    moved = db.execute(
        update(tables.state)
        .where(tables.state.c.revision.is_not_distinct_from(None if before is None else before.number))
        .values(revision=made.number, generation=tables.state.c.generation + 1)
    )
    if moved.rowcount != 1:
        raise Overtaken
    return made


def link(made: Revision, rows: Iterable[Feed], causes: Mapping[str, str], sites: Mapping[tuple[str, int], str]) -> str:
    """The hash of a revision: over all its rows, and the hash of the one before."""
    values = {
        **asdict(made),
        "feeds": [counted(asdict(row)) for row in sorted(rows, key=lambda row: row.key)],
        "causes": dict(causes),
        "sites": [[*place, seal] for place, seal in sorted(sites.items())],
    }
    return hash_of(values, made.previous)


def site_seals(db: Transaction, number: int) -> dict[tuple[str, int], str]:
    query = select(tables.site_seal).where(tables.site_seal.c.revision == number)
    return {(row.operation, row.position): row.seal for row in db.execute(query)}


def sites(db: Transaction, number: int) -> list[NewSite]:
    """The sites of the year that a revision shows, unless purged: those of the revision that published the plan."""
    kept = _PUBLISHED_SITES.given(shown=number).all(db)
    return [NewSite(site.operation, site.position, *opened(db, site.salt, site.body)) for site in kept]


def purge_sites(db: Transaction, before: datetime) -> int:
    """Removes the sites of revisions published before that, but the served year's; returns their number."""
    table, served = tables.site, pointer(db)
    if served is None:
        return 0
    old = select(REVISIONS.c.number).where(REVISIONS.c.published_at < before)
    return db.execute(
        table.delete().where(table.c.revision.in_(old), table.c.revision != _published(literal(served)))
    ).rowcount


def add_blobs(db: Transaction, contents: Iterable[bytes]) -> list[str]:
    """Adds the blobs that are new; returns the names of all, in order."""
    names = [(digest_of(data), data) for data in contents]
    new = dict(names)
    known = select(tables.blob.c.digest).where(tables.blob.c.digest.in_(new))
    for digest in db.execute(known).scalars():
        del new[digest]
    rows = [{"digest": digest, "gzipped": gzipped} for digest, gzipped in ((d, packed(new[d])) for d in new)]
    _add(db, tables.blob, [{**row, "seal": digest_of(row["gzipped"])} for row in rows])  # type: ignore[arg-type]
    return [digest for digest, _ in names]


def _add(db: Transaction, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        db.execute(insert(table), rows)


def _place(site: NewSite) -> dict[str, object]:
    return {"operation": site.operation, "position": site.position}


@dataclass(frozen=True, slots=True)
class ToldRevision:
    """A revision that parties may know; `scenario` and `plan` name blobs."""

    hash: Sha256
    published_at: datetime
    scenario: Annotated[Sha256, Of("blob.digest")]
    plan: Annotated[Sha256, Of("blob.digest")]


@dataclass(frozen=True, slots=True)
class YearBytes:
    scenario: bytes
    plan: bytes


FORMER = TableRows(declared("told_revision", ToldRevision, "hash"), ToldRevision, "published_at", "hash")
"""Revisions that no longer exist since an older backup was restored."""


def told_timeline(db: Transaction, last: int | None = None) -> list[ToldRevision]:
    """The chain up to that number with the former ones, as told; the chain keeps its order, whatever the clock said."""
    chain = [_as_told(revision) for revision in REVISIONS.all(db) if last is None or revision.number <= last]
    moments = accumulate((revision.published_at for revision in chain), max)
    placed = [(at, one) for at, one in zip(moments, chain, strict=True)]
    placed += [(revision.published_at, revision) for revision in FORMER.all(db)]
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def told_named(db: Transaction, hashes: Iterable[str]) -> dict[ToldRevision, YearBytes]:
    """The revisions with these hashes, and their contents. Damaged if those have changed."""
    wanted = frozenset(hashes)
    known = {revision.hash: revision for revision in _told(db) if revision.hash in wanted}.values()
    return {revision: YearBytes(blob(db, revision.scenario), blob(db, revision.plan)) for revision in known}


def keep_told(db: Transaction, told: Mapping[ToldRevision, YearBytes]) -> None:
    """Stores the ones that the database does not know."""
    known = {revision.hash for revision in _told(db)}
    new = {one: year for one, year in told.items() if one.hash not in known}
    add_blobs(db, [data for year in new.values() for data in (year.scenario, year.plan)])
    FORMER.add(db, *new)


def _told(db: Transaction) -> list[ToldRevision]:
    return [*map(_as_told, REVISIONS.all(db)), *FORMER.all(db)]


def _as_told(one: Revision) -> ToldRevision:
    return ToldRevision(one.hash, one.published_at, one.scenario, one.plan)
