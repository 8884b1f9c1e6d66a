"""One open database: reading transactions, and writing transactions, one at a time."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select

from arshjul.errors import InputError, Message, StorageError
from arshjul.files import AT_ONCE, CLOSED_IN_CHILDREN, set_mode
from arshjul.store import versions
from arshjul.store.engine import Place, engine, place, plain
from arshjul.store.faults import as_storage_error
from arshjul.store.schema import OF_SITES, state
from arshjul.store.site_key import OPTION, key_in
from arshjul.store.site_key import is_needed as is_needed_in
from arshjul.texts.system import why

_PRIVATE = 0o600

Transaction = Connection
"""The type that the functions of this room work in; others only pass it on."""


@dataclass(frozen=True, slots=True)
class Store:
    """A database of this program's version. Every failure of it is a StorageError."""

    place: Place
    engine: Engine

    @property
    def name(self) -> str:
        """Its name in messages, without a password."""
        return self.place.name

    def engine_version(self) -> str:
        """The kind of database, and its version."""
        with self.reading() as connection:
            sqlite = connection.dialect.name == "sqlite"
            query = "SELECT sqlite_version()" if sqlite else "SHOW server_version"
            version = connection.exec_driver_sql(query).scalar()
        return f"{'SQLite' if sqlite else 'PostgreSQL'} {version}"

    def with_key(self, file: Path | None) -> "Store":
        """The same store with its sites under the key in that file; None: unchanged."""
        if file is None:
            return self
        with self.reading() as db:
            is_needed = is_needed_in(db)
        return replace(self, engine=self.engine.execution_options(**{OPTION: key_in(file, make=not is_needed)}))

    def with_key_there(self, file: Path | None) -> "tuple[Store, Message | None]":
        """The same store with the key in that file, which is not made; else the problem with the file."""
        if file is None:
            return self, None
        try:
            key = key_in(file, make=False)
        except (InputError, StorageError) as error:
            return self, error.message
        return replace(self, engine=self.engine.execution_options(**{OPTION: key})), None

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
                connection.execute(select(state.c.id)).all()
            yield

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the database, whatever is written meanwhile."""
        with as_storage_error(self.name), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that writes: exclusive from its start, and all or nothing."""
        with as_storage_error(self.name), _alone(self.engine) as connection:
            connection.execute(select(state.c.id).with_for_update())
            yield connection

    def forget_what_was_removed(self) -> bool:
        """Removes deleted sites from the database's files too; returns whether none is left there.

        SQLite keeps them in its log, PostgreSQL in the table's file, until they are overwritten. A reader may prevent
        the removal, which must then be tried again.
        """
        if self.engine.dialect.name == "sqlite":
            return self.empty_log()
        try:
            with self.rewriting_sites():
                return True
        except StorageError:
            return False

    def empty_log(self) -> bool:
        """Moves the contents of SQLite's log into its file; False if a reader prevents it."""
        if self.engine.dialect.name != "sqlite":
            return True
        with as_storage_error(self.name), self.engine.connect().execution_options(plain=True) as connection:
            is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not is_busy

    @contextmanager
    def rewriting_sites(self) -> Iterator[Transaction]:
        """A writing transaction after which PostgreSQL's files hold only the remaining sites.

        They are written into new files: VACUUM FULL would copy rows that an old snapshot may still see.
        """
        with self.writing() as db:
            tables = OF_SITES if db.dialect.name == "postgresql" else ()
            for table in tables:
                db.exec_driver_sql(f"LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE")
            yield db
            for table in tables:
                left = [dict(row) for row in db.execute(select(table)).mappings()]
                db.exec_driver_sql(f"TRUNCATE TABLE {table.name}")
                if left:
                    db.execute(insert(table), left)


def is_there(given: str) -> bool:
    """True if there is a database at that address; assumed for PostgreSQL."""
    path = place(given).path
    return path is None or path.exists()


def place_of_year(given: str) -> Place:
    """The place of a database. InputError if there is none; for PostgreSQL it is assumed."""
    where = place(given)
    if where.path is not None and not where.path.is_file():
        raise InputError(Message("There is no database {name}: `arshjul publish` makes it.", {"name": where.name}))
    return where


def open_store(given: str, *, bring_up_to_date: bool = False, also_older: bool = False) -> Store:
    """The database at that address. InputError if there is none yet.

    One of an older version is brought up to date, or accepted as it is (`also_older`), or refused.
    """
    where = place_of_year(given)
    opened = Store(where, engine(where))
    with opened.reading() as connection:
        versions.require(connection, where.name, also_older=bring_up_to_date or also_older)
        is_older = versions.version(connection) != versions.HEAD
    if is_older and bring_up_to_date:
        with as_storage_error(where.name), _alone(opened.engine) as connection:
            versions.bring_up_to_date(connection, where.name)
    return opened


def make_store(given: str, *, wal: bool = True) -> Store:
    """The database at that address, made or brought up to date if necessary.

    `wal`: a new file can be read while it is written.
    """
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
        if number != versions.HEAD:
            with _alone(made) as connection:
                versions.bring_up_to_date(connection, where.name)
    return Store(where, engine(where))


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
def _alone(made: Engine) -> Iterator[Connection]:
    options: dict[str, object] = {"writes": True}
    if made.dialect.name == "postgresql":
        options["isolation_level"] = "READ COMMITTED"  # reads after the lock see the last writer's changes
    with made.connect().execution_options(**options) as connection, connection.begin():
        yield connection
