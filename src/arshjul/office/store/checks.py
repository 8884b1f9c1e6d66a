"""The checks of a database: each reports what is not as it was written."""

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import LargeBinary, func, select

from arshjul.errors import InputError, Message
from arshjul.office.store import audit, readers, revisions, site_key, tables
from arshjul.serving.sql.database import Transaction
from arshjul.serving.sql.errors import Damaged
from arshjul.serving.sql.hashes import FIRST, SIZE_BYTES, digest_of, judge_blob, said_size, site_seal

_LEAST_UNPACKED, _MOST_RATIO = 100_000_000, 60
"""The most that all blobs unpack to: bytes, or a ratio to the database's size, four times that of a usual year."""

Check = Callable[[Transaction], Iterator[Message]]


def _file(db: Transaction) -> Iterator[Message]:
    """SQLite's own check; it covers the file's structure, not the contents."""
    if db.dialect.name != "sqlite":
        return
    for (line,) in db.exec_driver_sql("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield Message("The file is damaged: {line}", {"line": line})
    n_orphans = len(list(db.exec_driver_sql("PRAGMA foreign_key_check")))
    if n_orphans:
        yield Message("{n} orphaned rows", {"n": n_orphans})


def _blobs(db: Transaction) -> Iterator[Message]:
    size, said = 0, 0
    gzipped = tables.blob.c.gzipped
    length = func.length(gzipped)
    end = func.substr(gzipped, length - (SIZE_BYTES - 1), SIZE_BYTES, type_=LargeBinary)
    for one, its_end in db.execute(select(length, end)):
        size, said = size + one, said + said_size(its_end)
    if said > _LEAST_UNPACKED + _MOST_RATIO * size:
        values = {"size": size // 1_000_000, "unpacked": said // 1_000_000}
        yield Message("{size} MB unpack to {unpacked} MB, more than any plan has: nothing is unpacked", values)
        return
    for row in db.execute(select(tables.blob), execution_options={"yield_per": 1}):
        try:
            if digest_of(row.gzipped) != row.seal:
                raise Damaged
            judge_blob(row.gzipped, row.digest)
        except Damaged:
            yield Message("The content of {digest} is damaged", {"digest": row.digest[:12]})


def _chain(db: Transaction) -> Iterator[Message]:
    previous = FIRST
    for position, revision in enumerate(revisions.REVISIONS.all(db), 1):
        hash = revisions.link(
            revision,
            revisions.feeds(db, revision.number),
            revisions.causes(db, revision.number),
            revisions.site_seals(db, revision.number),
        )
        if (revision.number, revision.previous, revision.hash) != (position, previous, hash):
            yield Message("Revision {number} has changed since its publishing", {"number": revision.number})
        previous = revision.hash


def _pointer(db: Transaction) -> Iterator[Message]:
    last = db.execute(select(func.max(revisions.REVISIONS.c.number))).scalar()
    if revisions.pointer(db) != last:
        values = {"served": revisions.pointer(db) or 0, "last": last or 0}
        yield Message("Revision {served} is served, {last} is the last one", values)


def _sites(db: Transaction) -> Iterator[Message]:
    """The sites, and their key: a key that does not open all of them is reported once, not each site."""
    if fault := site_key.fault(db):
        yield fault
    for number in db.execute(select(tables.site.c.revision).distinct()).scalars():
        seals = revisions.site_seals(db, number)
        for row in db.execute(select(tables.site).where(tables.site.c.revision == number)):
            if fault and site_key.is_closed(db, bytes(row.body)):
                continue
            if not row.salt and not site_key.has_key(db):  # sealed before it was encrypted
                continue
            try:
                hash = site_seal(*site_key.sealed(db, bytes(row.salt), bytes(row.body)))
            except InputError:
                hash = None
            if hash is None or seals.get((row.operation, row.position)) != hash:
                values = {"operation": row.operation, "number": number}
                yield Message("An object of {operation} in revision {number} is damaged", values)


def _readers(db: Transaction) -> Iterator[Message]:
    everyone = readers.SUBSCRIBERS.all(db)
    for subscriber in everyone:
        if not subscriber.is_sound:
            yield Message("Subscriber {id} is damaged, and not served", {"id": subscriber.id})
    for address in readers.ADDRESSES.all(db):
        if not address.is_sound:
            yield Message("An address of subscriber {id} is damaged, and not served", {"id": address.subscriber})
    for note in readers.NOTES.all(db):
        if not note.is_sound:
            yield Message("A calendar's notice of its address's end is damaged, and not served")


def _audit(db: Transaction) -> Iterator[Message]:
    for number in audit.broken(audit.lines(db)):
        yield Message("Line {number} of the log is damaged", {"number": number})


CHECKS: Mapping[str, Check] = {
    "file": _file,
    "blobs": _blobs,
    "chain": _chain,
    "pointer": _pointer,
    "sites": _sites,
    "subscribers": _readers,
    "log": _audit,
}
