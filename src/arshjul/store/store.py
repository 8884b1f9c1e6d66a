"""One database, opened: transactions that read, and transactions that write, one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from arshjul.errors import InputError, Message
from arshjul.store import versions
from arshjul.store.engine import Place, engine, place
from arshjul.store.faults import told
from arshjul.store.schema import state

Transaction = Connection
"""What the functions of this room work in; others hand it on and know no more of it."""


@dataclass(frozen=True, slots=True)
class Store:
    """A database of this program's version. Every failure of it is a StorageError."""

    place: Place
    engine: Engine

    @property
    def name(self) -> str:
        """What it may be called in a message: no password is in it."""
        return self.place.name

    def engine_version(self) -> str:
        """Which database it is, and of which version."""
        with self.reading() as connection:
            sqlite = connection.dialect.name == "sqlite"
            query = "SELECT sqlite_version()" if sqlite else "SHOW server_version"
            found = connection.exec_driver_sql(query).scalar()
        return f"{'SQLite' if sqlite else 'PostgreSQL'} {found}"

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the database, whatever is written meanwhile."""
        with told(self.name), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that writes: alone from its start, all of it or nothing."""
        with told(self.name), _alone(self.engine) as connection:
            connection.execute(select(state.c.id).with_for_update())
            yield connection


def open_store(given: str) -> Store:
    """The database at that address. InputError where there is none yet."""
    where = place(given)
    if where.path is not None and not where.path.is_file():
        raise InputError(Message("There is no database {name}: `arshjul publish` makes it.", {"name": where.name}))
    opened = Store(where, engine(where))
    with opened.reading() as connection:
        versions.require(connection, where.name)
    return opened


def make_store(given: str, *, wal: bool = True) -> Store:
    """The database at that address, made or brought up to date where it has to be.

    `wal`: a new file can be read while it is written.
    """
    where = place(given)
    made = engine(where, create=True)
    with told(where.name):
        with made.connect().execution_options(isolation_level="AUTOCOMMIT", plain=True) as connection:
            found = versions.version(connection)
            if wal and made.dialect.name == "sqlite" and found is None:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        if found != versions.HEAD:
            with _alone(made) as connection:
                versions.bring_up_to_date(connection, where.name)
    return Store(where, engine(where))


@contextmanager
def _alone(made: Engine) -> Iterator[Connection]:
    options: dict[str, object] = {"writes": True}
    if made.dialect.name == "postgresql":
        options["isolation_level"] = "READ COMMITTED"  # what is read after the lock is what the last one wrote
    with made.connect().execution_options(**options) as connection, connection.begin():
        yield connection
