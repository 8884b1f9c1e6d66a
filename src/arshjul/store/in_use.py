"""Servers and the restoring of a backup keep out of each other's way: each says that it is there, then looks round.

Beside a SQLite file each server holds a file of its own, and a restore another one. PostgreSQL has
locks for that, which it lets go when a connection ends, so each server keeps one open.
"""

import contextlib
import secrets
import threading
from collections.abc import Iterator
from glob import escape
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from arshjul.errors import Message, Refused, StorageError
from arshjul.locks import HeldByAnother, held, is_held
from arshjul.store.engine import engine, place
from arshjul.store.faults import told
from arshjul.store.store import Store
from arshjul.texts.system import why

_KEY = 4272027
"""The number of the lock in PostgreSQL: shared by servers, a restore's alone."""

LOOKED_AFTER_S = 5.0
"""So often a server looks whether PostgreSQL still knows of it."""


@contextlib.contextmanager
def in_use(store: Store) -> Iterator[None]:
    """Tells that a server uses the database. Refused while a backup is being put there."""
    with _file_of_ours(store, store.place.path) if store.place.path is not None else _shared_lock(store):
        yield


@contextlib.contextmanager
def alone(given: str) -> Iterator[None]:
    """Keeps servers out of the database at that address. Refused where one uses it, or another restore."""
    where = place(given)
    store = Store(where, engine(where))
    with _file_of_all(store, store.place.path) if store.place.path is not None else _lock_alone(store):
        yield


@contextlib.contextmanager
def _file_of_ours(store: Store, database: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(held(_beside(database, f"in-use-{secrets.token_hex(8)}")))
            is_restoring = is_held(_beside(database, "restore"))
        except HeldByAnother:  # only a restore looks at a file of ours
            raise _restoring(store) from None
        except OSError as error:
            raise _not_made(store, error) from None
        if is_restoring:
            raise _restoring(store)
        yield


@contextlib.contextmanager
def _file_of_all(store: Store, database: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(held(_beside(database, "restore")))
            is_used = any(map(is_held, _servers(database)))
        except HeldByAnother:
            raise _restoring(store) from None
        except OSError as error:
            raise _not_made(store, error) from None
        if is_used:
            raise _used(store)
        yield


def _servers(database: Path) -> list[Path]:
    real = database.resolve()
    return sorted(real.parent.glob(f"{escape(real.name)}.in-use-*.lock"))


def _beside(database: Path, end: str) -> Path:
    """A name beside the file itself, whatever link somebody came by."""
    real = database.resolve()
    return real.with_name(f"{real.name}.{end}.lock")


def _not_made(store: Store, error: OSError) -> StorageError:
    return StorageError(Message("{name} cannot be made: {reason}.", {"name": store.name, "reason": why(error)}))


def _restoring(store: Store) -> Refused:
    return Refused(Message("A backup is being put into {name}: start again when that is done.", {"name": store.name}))


def _used(store: Store) -> Refused:
    return Refused(
        Message(
            "A server or a console uses {name}: stop them all (systemctl stop arshjul arshjul-console), or restore "
            "into another database with --db, and let them use that.",
            {"name": store.name},
        )
    )


@contextlib.contextmanager
def _lock_alone(store: Store) -> Iterator[None]:
    with told(store.name):
        connection = _connected(store)
        is_alone = _asked(connection, "pg_try_advisory_lock")
    with contextlib.closing(connection):
        if not is_alone:
            raise _used(store)
        yield


@contextlib.contextmanager
def _shared_lock(store: Store) -> Iterator[None]:
    with told(store.name):
        connection = _shared(store)
    if connection is None:
        raise _restoring(store)
    over = threading.Event()
    thread = threading.Thread(target=_look_after, args=(store, connection, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _look_after(store: Store, connection: Connection | None, over: threading.Event) -> None:
    """Takes the lock anew where PostgreSQL was started anew, or the line broke; after a restore, if one has it."""
    while not over.wait(LOOKED_AFTER_S):
        try:
            if connection is None:
                connection = _shared(store)
            else:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            if connection is not None:
                connection.invalidate()
                connection.close()
            connection = None
    if connection is not None:
        connection.close()


def _shared(store: Store) -> Connection | None:
    """A connection that holds the servers' lock; None while a restore has its own."""
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(_connected(store))
        if not _asked(connection, "pg_try_advisory_lock_shared"):
            return None
        stack.pop_all()
        return connection


def _connected(store: Store) -> Connection:
    return store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _asked(connection: Connection, function: str) -> object:
    return connection.exec_driver_sql(f"SELECT {function}({_KEY})").scalar()
