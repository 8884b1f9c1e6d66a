"""Mutual exclusion of servers and restores: each announces itself, then looks for others.

Beside a SQLite file each server holds a file of its own, and a restore another one. PostgreSQL has locks, which end
with a connection, so each server keeps one open. Consoles recognise each other in the same way: jobs of a live console
are not ended. Only one process sends mail at a time.
"""

import contextlib
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from arshjul.errors import Message, Refused, StorageError
from arshjul.office.store.store import Store, Transaction, place_of_year
from arshjul.serving.sql.engine import engine, place
from arshjul.serving.sql.errors import as_storage_error
from arshjul.system.files import HeldByAnother, held, is_held
from arshjul.year.texts.system import why

_KEY = 4272027
"""The number of the lock in PostgreSQL: shared by servers, exclusive for a restore."""

_CONSOLES_KEY = 4272028

_EACH_CONSOLE_KEY = 4272030
"""The first number of each console's own lock; the second is made from its name."""

_POST_KEY = 4272029

_SERVER, _CONSOLE = "in-use", "in-use-console"

_IS_LOCKED = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = :class "
    "AND objid = :object AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)

LOOKED_AFTER_S = 5.0
"""The seconds between a server's checks that PostgreSQL still holds its lock."""


@dataclass(frozen=True, slots=True)
class UsingConsole:
    """A console that uses a database: its name for others, and whether it was the only one when it began."""

    name: str
    is_only: bool


def in_use(given: str, *, is_console: bool = False) -> AbstractContextManager[UsingConsole]:
    """Announces a server before it opens the database. Refused during a restore; InputError if there is none yet."""
    where = place_of_year(given)
    return _using(Store(where, engine(where)), is_console=is_console)


def console_lives(store: Store, db: Transaction, name: str) -> bool:
    """True while the console of that name uses the database, however long it is silent."""
    if store.place.path is not None:
        return is_held(_beside(store.place.path, f"{_CONSOLE}-{name}"))
    return bool(db.execute(_IS_LOCKED, {"class": _EACH_CONSOLE_KEY, "object": _number(name)}).scalar())


@contextlib.contextmanager
def posting(store: Store) -> Iterator[None]:
    """Announces the only process that sends mail from a database. Refused if there is one, or during a restore."""
    text = Message("Another `arshjul post` is sending from {name}: nothing was sent now.", {"name": store.name})
    with _using(store, is_console=False), _alone(store, "post", _POST_KEY, Refused(text)):
        yield


@contextlib.contextmanager
def alone(given: str) -> Iterator[None]:
    """Keeps servers out of the database at that address. Refused if one uses it, or during another restore."""
    where = place(given)
    store = Store(where, engine(where))
    with _alone(store, "restore", _KEY, _used(store) if where.path is None else _restoring(store)):
        if where.path is not None and _is_any_held(store, _holders(where.path, _SERVER)):
            raise _used(store)
        yield


def _using(store: Store, *, is_console: bool) -> AbstractContextManager[UsingConsole]:
    path = store.place.path
    return _shared_lock(store, is_console) if path is None else _file_of_ours(store, path, is_console)


@contextlib.contextmanager
def _alone(store: Store, end: str, key: int, otherwise: Refused) -> Iterator[None]:
    """Holds a file or a lock of PostgreSQL exclusively; raises `otherwise` if it is taken."""
    with contextlib.ExitStack() as stack:
        try:
            if store.place.path is not None:
                stack.enter_context(held(_beside(store.place.path, end)))
            elif not _has_lock(store, stack, key):
                raise otherwise
        except HeldByAnother:
            raise otherwise from None
        except OSError as error:
            raise _not_made(store, error) from None
        yield


def _has_lock(store: Store, stack: contextlib.ExitStack, key: int) -> bool:
    with as_storage_error(store.name):
        connection = stack.enter_context(_connected(store))
        has = bool(_asked(connection, "pg_try_advisory_lock", key))
    if has:
        stack.callback(_let_go, connection, key)
    return has


def _let_go(connection: Connection, key: int) -> None:
    """At once: a server notices a little later that a connection is closed, and whoever comes next would be refused."""
    with contextlib.suppress(SQLAlchemyError):  # what was done under the lock is done
        _asked(connection, "pg_advisory_unlock", key)


def _is_any_held(store: Store, files: Iterable[Path]) -> bool:
    try:
        return any(map(is_held, files))
    except OSError as error:
        raise _not_made(store, error) from None


@contextlib.contextmanager
def _file_of_ours(store: Store, database: Path, is_console: bool) -> Iterator[UsingConsole]:
    with contextlib.ExitStack() as stack:
        try:
            name, ours = _announced(stack, database, _CONSOLE if is_console else _SERVER)
            is_restoring = is_held(_beside(database, "restore"))
            is_only = not any(is_held(holder) for holder in _holders(database, _CONSOLE) if holder != ours)
        except OSError as error:
            raise _not_made(store, error) from None
        if is_restoring:
            raise _restoring(store)
        yield UsingConsole(name, is_only)


def _announced(stack: contextlib.ExitStack, database: Path, kind: str) -> tuple[str, Path]:
    """A new name, and its file, which is held from now on."""
    while True:
        name = _new_name()
        ours = _beside(database, f"{kind}-{name}")
        with contextlib.suppress(HeldByAnother):  # another process that looks around holds it for a moment
            stack.enter_context(held(ours))
            return name, ours


def _new_name() -> str:
    return secrets.token_hex(8)


def _number(name: str) -> int:
    """A number for a lock of PostgreSQL, made from a name; 0 for an empty one."""
    return int(name[:7] or "0", 16)


def _holders(database: Path, kind: str) -> list[Path]:
    """The files of that kind; those of consoles count as servers' too."""
    real = database.resolve()
    return sorted(real.parent.glob(f"{escape(real.name)}.{kind}-*.lock"))


def _beside(database: Path, end: str) -> Path:
    """A name beside the file itself, whatever link leads to it."""
    real = database.resolve()
    return real.with_name(f"{real.name}.{end}.lock")


def _not_made(store: Store, error: OSError) -> StorageError:
    return StorageError(Message("{name} cannot be made: {reason}.", {"name": store.name, "reason": why(error)}))


def _restoring(store: Store) -> Refused:
    return Refused(Message("A backup is being restored into {name}: start again afterwards.", {"name": store.name}))


def _used(store: Store) -> Refused:
    return Refused(
        Message(
            "A server or a console uses {name}: stop them (systemctl stop arshjul "
            "arshjul-console), or restore into another database with --db.",
            {"name": store.name},
        )
    )


@contextlib.contextmanager
def _shared_lock(store: Store, is_console: bool) -> Iterator[UsingConsole]:
    name = _new_name() if is_console else ""
    with as_storage_error(store.name):
        connection, is_only = _shared(store, name)
    if connection is None:
        raise _restoring(store)
    over = threading.Event()
    thread = threading.Thread(target=_look_after, args=(store, name, connection, over), daemon=True)
    thread.start()
    try:
        yield UsingConsole(name, is_only)
    finally:
        over.set()
        thread.join()


def _look_after(store: Store, name: str, connection: Connection | None, over: threading.Event) -> None:
    """Takes the lock again if PostgreSQL was restarted, or the connection broke; after a restore, if one has it."""
    while not over.wait(LOOKED_AFTER_S):
        try:
            if connection is None:
                connection, _ = _shared(store, name)
            else:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            if connection is not None:
                connection.invalidate()
                connection.close()
            connection = None
    if connection is not None:
        connection.close()


def _shared(store: Store, name: str) -> tuple[Connection | None, bool]:
    """The servers' lock, None during a restore; and whether it is the only console. `name`: "" for other servers."""
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(_connected(store))
        if not _asked(connection, "pg_try_advisory_lock_shared", _KEY):
            return None, False
        is_only = bool(name) and _among_consoles(connection, name)
        stack.pop_all()
        return connection, is_only


def _among_consoles(connection: Connection, name: str) -> bool:
    """Takes the lock that consoles share, and this console's own; returns whether no other console has the first."""
    connection.exec_driver_sql(f"SELECT pg_advisory_lock_shared({_EACH_CONSOLE_KEY}, {_number(name)})")
    is_only = bool(_asked(connection, "pg_try_advisory_lock", _CONSOLES_KEY))
    _asked(connection, "pg_advisory_lock_shared", _CONSOLES_KEY)
    if is_only:
        _asked(connection, "pg_advisory_unlock", _CONSOLES_KEY)
    return is_only


def _connected(store: Store) -> Connection:
    return store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _asked(connection: Connection, function: str, key: int) -> object:
    return connection.exec_driver_sql(f"SELECT {function}({key})").scalar()
