"""An open database of any kind of ours: reading transactions, and writing transactions, one at a time."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, TableClause, column, select, table
from sqlalchemy.exc import SQLAlchemyError

from arshjul.errors import InputError, Message, StorageError
from arshjul.serving.sql import versions
from arshjul.serving.sql.engine import Place, engine, place, plain
from arshjul.serving.sql.errors import UNREADABLE, as_storage_error
from arshjul.serving.sql.versions import Lineage
from arshjul.system.files import AT_ONCE, CLOSED_IN_CHILDREN, set_mode
from arshjul.year.texts.system import why

_PRIVATE = 0o600

STATE = table("state", column("id"))
"""The table of one row that every kind of database has: a writer holds it."""

Transaction = Connection
"""The type that the functions of this room work in; others only pass it on."""

MOST_VALUES = 10_000
"""The most values that are asked for at once: PostgreSQL takes 65,535 in a statement."""

T = TypeVar("T")

_KNOWN = "known"
"""The name under which a reading transaction keeps what was read in it."""


class _Seen:
    """A state that is seen over several readings: the first begins its transaction."""

    def __init__(self) -> None:
        self._begun = ExitStack()
        self._db: Transaction | None = None

    def by(self, engine: Engine) -> Transaction:
        if self._db is None:
            self._db = self._begun.enter_context(_reading(engine))
        return self._db

    def end(self) -> None:
        self._db = None
        with suppress(SQLAlchemyError):  # nothing was written
            self._begun.close()


@dataclass(frozen=True, slots=True)
class Database:
    """A database of this program's version. Every failure of it is a StorageError."""

    place: Place
    engine: Engine
    held: TableClause = STATE
    """The table of one row that its writers hold: a role needs the right to update that."""

    seen: _Seen | None = field(default=None, compare=False, repr=False)
    """The state that is read; None: each reading sees a new one."""

    @property
    def name(self) -> str:
        """Its name in messages, without a password."""
        return self.place.name

    def engine_version(self) -> str:
        with self.reading() as connection:
            sqlite = connection.dialect.name == "sqlite"
            query = "SELECT sqlite_version()" if sqlite else "SHOW server_version"
            version = connection.exec_driver_sql(query).scalar()
        return f"{'SQLite' if sqlite else 'PostgreSQL'} {version}"

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keeps SQLite's auxiliary files for reading, which could not be made again on a full disk."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        with as_storage_error(self.name):
            connection = plain(self.engine)
        with closing(connection):
            with as_storage_error(self.name):
                connection.execute(select(STATE.c.id)).all()
            yield

    @contextmanager
    def at_once(self) -> Iterator[Self]:
        """The same database for one thread, of which all is read in one state, until something is written through it.

        What is read then sees that.
        """
        seen = _Seen()
        try:
            yield replace(self, seen=seen)
        finally:
            seen.end()

    def see_anew(self) -> None:
        """Lets what is read from now on be seen as it is by then."""
        if self.seen is not None:
            self.seen.end()

    @property
    def apart(self) -> Self:
        """The same for another thread."""
        return replace(self, seen=None)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the database, whatever is written meanwhile."""
        if self.seen is None:
            with as_storage_error(self.name), _reading(self.engine) as connection:
                yield connection
            return
        try:
            with as_storage_error(self.name):
                yield self.seen.by(self.engine)
        except StorageError:
            self.seen.end()  # PostgreSQL takes no more questions after an error
            raise

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that writes: exclusive from its start, and all or nothing."""
        self.see_anew()
        with as_storage_error(self.name), _alone(self.engine) as connection:
            connection.execute(select(self.held.c.id).with_for_update())
            yield connection

    def empty_log(self) -> bool:
        """Moves the contents of SQLite's log into its file; False if a reader prevents it."""
        if self.engine.dialect.name != "sqlite":
            return True
        self.see_anew()
        with as_storage_error(self.name), self.engine.connect().execution_options(plain=True) as connection:
            is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not is_busy


def is_there(given: str) -> bool:
    """True if there is a database at that address; assumed for PostgreSQL."""
    path = place(given).path
    return path is None or path.exists()


def place_there(given: str, lineage: Lineage) -> Place:
    """The place of a database. InputError if there is none; for PostgreSQL it is assumed."""
    where = place(given)
    if where.path is not None and not where.path.is_file():
        raise InputError(lineage.missing(where.name))
    return where


def open_database(given: str, lineage: Lineage) -> Database:
    """The database at that address. InputError if there is none yet; StorageError if it is another version's."""
    where = place_there(given, lineage)
    opened = Database(where, engine(where))
    with opened.reading() as connection:
        versions.require(connection, where.name, lineage)
    return opened


def make_database(given: str, lineage: Lineage, *, wal: bool = True) -> Database:
    """The database, made if need be. StorageError if another version's. `wal`: a new file is read while written."""
    where = place(given)
    made = engine(where, create=True)
    if where.path is not None:
        try:
            _make_private(where.path)
        except OSError as error:
            values = {"name": where.name, "reason": why(error)}
            raise StorageError(Message("{name} cannot be made: {reason}.", values)) from None
    with as_storage_error(where.name):
        with made.connect().execution_options(isolation_level="AUTOCOMMIT", plain=True) as connection:
            number = versions.version(connection)
            if wal and made.dialect.name == "sqlite" and number is None:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        if number != lineage.head:
            with _alone(made) as connection:
                versions.make(connection, where.name, lineage)
    return Database(where, engine(where))


def _make_private(path: Path) -> None:
    """Makes the file, or takes an empty one, for its owner alone; SQLite's own files beside it get the same mode."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | CLOSED_IN_CHILDREN, _PRIVATE)
    except FileExistsError:
        if not path.is_file() or path.stat().st_size:
            return
        handle = os.open(path, os.O_RDWR | AT_ONCE | CLOSED_IN_CHILDREN)
    try:
        set_mode(handle, _PRIVATE)
    finally:
        os.close(handle)


@contextmanager
def _reading(made: Engine) -> Iterator[Connection]:
    with made.begin() as connection:
        connection.info[_KNOWN] = {}
        yield connection


def only_reads(db: Transaction) -> bool:
    return _KNOWN in db.info


def once(db: Transaction, key: object, read: Callable[[], T]) -> T:
    """What is read, once for that key in a transaction that only reads: it sees one state."""
    known: dict[object, T] | None = db.info.get(_KNOWN)
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    return known[key]


def asked_once(ask: Callable[[Transaction], T]) -> Callable[[Transaction], T]:
    """The same of a function of the state alone."""

    @wraps(ask)
    def asked(db: Transaction) -> T:
        return once(db, ask, partial(ask, db))

    return asked


@contextmanager
def _alone(made: Engine) -> Iterator[Connection]:
    options: dict[str, object] = {"writes": True}
    if made.dialect.name == "postgresql":
        options["isolation_level"] = "READ COMMITTED"  # reads after the lock see the last writer's changes
    with made.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def rows_with(
    db: Transaction, query: Select[Any], column: ColumnElement[Any], values: Iterable[Any]
) -> Iterator[Row[Any]]:
    """The rows of the query in which the column has one of the values, however many these are."""
    for some in batched(values):
        yield from db.execute(query.where(column.in_(some)))


def batched(values: Iterable[Any]) -> Iterator[list[Any]]:
    left = list(values)
    for start in range(0, len(left), MOST_VALUES):
        yield left[start : start + MOST_VALUES]


def readable(
    db: Transaction, query: Select[Any], column: ColumnElement[Any], values: Collection[Any]
) -> Iterator[Row[Any]]:
    """The same, of a table that somebody else writes: without the rows in which a value cannot even be read."""
    try:
        found = list(rows_with(db, query, column, values))
    except UNREADABLE:
        found = []
        for value in values:
            with suppress(*UNREADABLE):
                found += db.execute(query.where(column == value))
    yield from found
