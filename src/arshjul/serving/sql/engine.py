"""Connections: a SQLite file that survives crashes, or PostgreSQL; with the same SQL for both.

SQLite 3.7.0 to 3.51.2 can lose commits when two connections race over a checkpoint in WAL mode (sqlite.org/changes,
3.51.3). Affected library versions are refused.
"""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from arshjul.errors import InputError, Message, StorageError

_MENDED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))  # the first fixed release, and two branches fixed later

_LIKE_AN_ADDRESS = re.compile(
    r"^file:|\?.*=|:.*@|\b(host|hostaddr|user|password|passfile|dbname|service|ssl\w+)\s*=", re.I | re.S
)
"""Matches a file's name that looks like file:…?key=…, user:password@host, or host=… password=…."""

_PORTS = range(1, 65_536)

BUSY_S = 10
"""The seconds that a writer waits for another one."""


@dataclass(frozen=True, slots=True)
class Place:
    """The address of a database. `name` can be shown: it holds no password."""

    name: str
    path: Path | None
    address: str | None


def place(given: str) -> Place:
    """A file, `sqlite:///file`, or `postgresql://…`. Anything else may hold a password, so it is never repeated."""
    if "://" not in given:
        return _file(given)
    if given.count("@") > 1:  # the end of the password is ambiguous
        raise _no_address()
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise _no_address() from None
    if url.port is not None and url.port not in _PORTS:
        raise _no_address()
    kind = url.get_backend_name()
    if kind == "sqlite" and not url.query and url.database not in (None, "", ":memory:"):
        return _file(url.database)
    if kind in ("postgresql", "postgres"):
        # Only parts that certainly hold no password: the query may have one too.
        name = url.set(password=None, query={}).render_as_string(hide_password=True)
        psycopg = url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return Place(name, None, psycopg)
    raise _no_address()


def _file(name: str) -> Place:
    if _LIKE_AN_ADDRESS.search(name):
        raise _no_address()
    return Place(name, Path(name), None)


def _no_address() -> InputError:
    return InputError(
        Message(
            "The address names no database: write a file's name, or postgresql://USER@HOST/NAME, "
            "with %40 for @ in a password."
        )
    )


def engine(where: Place, *, create: bool = False) -> Engine:
    """`create`: a missing file is made. With `execution_options(writes=True)` a transaction is exclusive at once."""
    if where.path is not None:
        return _sqlite(where.path, create)
    return _postgresql(where)


def sqlite_module() -> ModuleType:
    """The SQLite library that may open files; a process must never use two."""
    try:
        module = importlib.import_module("pysqlite3.dbapi2")
    except ModuleNotFoundError:
        module = importlib.import_module("sqlite3")
    if not is_sound(module.sqlite_version_info):
        raise StorageError(
            Message(
                "SQLite {version} can lose data: run `pip install .` in arshjul's source folder.",
                {"version": module.sqlite_version},
            )
        )
    return module


def is_sound(version: tuple[int, int, int]) -> bool:
    """True if that SQLite does not have the WAL-reset fault."""
    if version >= _MENDED[0]:
        return True
    return any(version[:2] == mended[:2] and version >= mended for mended in _MENDED)


def _sqlite(path: Path, create: bool) -> Engine:
    module = sqlite_module()
    address = f"file:{quote(str(path.absolute()))}?mode={'rwc' if create else 'rw'}"

    def connect() -> Any:
        connection = module.connect(address, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    made = create_engine("sqlite://", module=module, creator=connect, poolclass=NullPool)

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("plain"):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return made


def _postgresql(where: Place) -> Engine:
    settings = f"-c lock_timeout={BUSY_S * 1000} -c statement_timeout=60000 -c synchronous_commit=on"
    arguments: Mapping[str, object] = {
        "connect_timeout": 5,
        "tcp_user_timeout": 10_000,  # ms: notices a server that has vanished from the network
        "options": settings,
    }
    try:
        return create_engine(
            where.address or "", poolclass=NullPool, isolation_level="REPEATABLE READ", connect_args=dict(arguments)
        )
    except (ArgumentError, ValueError):  # for example a port in the query
        raise _no_address() from None
    except (ModuleNotFoundError, NoSuchModuleError):
        raise InputError(
            Message("PostgreSQL needs another library: run `pip install '.[postgres]'` in arshjul's source folder.")
        ) from None


def plain(engine: Engine) -> Connection:
    """A connection in no transaction, for short queries of the present state; it leaves checkpoints to writers."""
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT", plain=True)
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
    return connection
