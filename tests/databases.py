"""A database of each kind for a test: a SQLite file, and a PostgreSQL that is started for the session.

What many tests begin with is made once for each kind, and copied: `databases.filled`.

PostgreSQL comes from Debian's packages. Without it those tests are skipped, and say so; with
ARSHJUL_REQUIRE_ALL=1 they fail instead.
"""

import os
import pwd
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from arshjul.office.store import schema
from arshjul.office.store import tables as year_tables
from arshjul.office.store.store import Store, open_store
from arshjul.portal.store.schema import PORTAL
from arshjul.serving.sql import engine, versions
from arshjul.serving.sql.database import make_database
from arshjul.serving.sql.versions import Lineage

KINDS = ("sqlite", "postgresql")
FILE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""For a test of what does not differ from one database to the other: a file does."""
SLOW_POSTGRESQL = pytest.mark.parametrize(
    "databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
"""For a test that sends PostgreSQL nothing but what others send it too, and lets no two meet there."""


_COMPILED = LRUCache[Any, Any](2000)
"""The statements of all databases, made once: each test has engines of its own, which would make them all again."""


def _engine_of(*given: Any, made: Callable[..., Engine] = create_engine, **more: Any) -> Engine:
    there = made(*given, **more)
    there._compiled_cache = _COMPILED
    return there


mock.patch.object(engine, "create_engine", _engine_of).start()
for _dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    mock.patch.object(_dialect, "__hash__", lambda one: hash(type(one))).start()
    mock.patch.object(_dialect, "__eq__", lambda one, other: type(one) is type(other)).start()


class Cluster:
    """A PostgreSQL of its own, on a socket in its own folder; it can be stopped and started again."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._user = _unprivileged()
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "-D", str(folder / "data"), "-U", "arshjul", "--auth=trust", "--no-sync", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        settings = f"-k {self._folder} -c listen_addresses='' -c max_connections=40 -c log_min_messages=fatal"
        settings += " -c fsync=off -c full_page_writes=off"  # no test pulls the plug
        settings += " -c dynamic_shared_memory_type=mmap"  # in its folder, and gone with it
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self._folder / "log"), "-o", settings, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def new_database(self, like: str | None = None) -> str:
        """The address of an empty database, or of a copy of the one at that address."""
        import psycopg  # noqa: PLC0415 - only where there is a PostgreSQL

        name = f"t{uuid.uuid4().hex}"
        template = "template1" if like is None else like.split("/")[3].partition("?")[0]
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return self._address(name)

    def drop(self, address: str) -> None:
        """Removes the database at that address, which nobody may use any more."""
        import psycopg  # noqa: PLC0415 - only where there is a PostgreSQL

        name = address.split("/")[3].partition("?")[0]
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _address(self, name: str) -> str:
        return f"postgresql://arshjul@/{name}?host={self._folder}"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            user=self._user,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL for all tests of this process."""
    binaries = _binaries()
    if binaries is None:
        reason = "no PostgreSQL here: apt-get install postgresql"
        if os.environ.get("ARSHJUL_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    there = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="arshjul-pg-", dir=there if len(there) < 20 else "/tmp"))  # for its socket
    cluster = Cluster(binaries, folder)
    yield cluster
    cluster.stop("immediate")
    shutil.rmtree(folder)


class Databases:
    """Databases of one kind: a new one, empty or as another one is."""

    def __init__(self, new: Callable[[str | None], str], kept: Callable[[], str], filled: dict[str, str]) -> None:
        self._new, self._kept, self._filled = new, kept, filled

    def empty(self) -> str:
        """The address of a new one."""
        return self._new(None)

    def filled(self, name: str, fill: Callable[[str], object]) -> str:
        """The address of a new one with what `fill` wrote where it was first asked for under that name."""
        if name not in self._filled:
            fill(kept := self._kept())
            self._filled[name] = kept
        return self._new(self._filled[name])


@pytest.fixture(scope="session")
def filled_databases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, str]]]:
    """Where files that were filled lie; and the addresses of all that were filled, by kind and name."""
    return tmp_path_factory.mktemp("filled"), {kind: {} for kind in KINDS}


@pytest.fixture(params=KINDS)
def databases(
    request: pytest.FixtureRequest, tmp_path: Path, filled_databases: tuple[Path, dict[str, dict[str, str]]]
) -> Databases:
    """SQLite files, then databases in PostgreSQL."""
    folder, filled = filled_databases
    if request.param == "sqlite":
        return files(tmp_path, folder, filled["sqlite"])
    cluster: Cluster = request.getfixturevalue("postgresql")
    return Databases(cluster.new_database, cluster.new_database, filled["postgresql"])


@pytest.fixture
def url(databases: Databases) -> str:
    """The address of an empty database: a SQLite file, then one in PostgreSQL."""
    return databases.empty()


@pytest.fixture(autouse=True)
def made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty file gets its tables as they were made once, in a tenth of the time that Alembic takes.

    Whose subject the steps are has them. Each database has a key of its own all the same.
    """
    made = {one.head: _statements(one.head) for one in (schema.YEAR, PORTAL)}
    by_steps = versions.upgrade

    def make(connection: Connection, lineage: Lineage) -> None:
        if connection.dialect.name != "sqlite" or lineage.head not in made:
            by_steps(connection, lineage)
            return
        for one in made[lineage.head]:
            connection.exec_driver_sql(one)
        if lineage is schema.YEAR:
            connection.execute(year_tables.uid_key.update().values(key=secrets.token_bytes(32)))

    monkeypatch.setattr(versions, "upgrade", make)


@cache
def _statements(head: str) -> tuple[str, ...]:
    """What makes the tables of an empty file, and what stands in them, within a transaction."""
    lineage = schema.YEAR if head == schema.YEAR.head else PORTAL
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "arshjul.db"
        make_database(str(file), lineage)
        with closing(sqlite3.connect(file)) as connection:
            return tuple(connection.iterdump())[1:-1]


def whole(file: Path) -> bytes:
    """A SQLite file with what may lie beside it yet."""
    with closing(engine.sqlite_module().connect(str(file))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes()


def copied(held: bytes, file: Path) -> Store:
    """A file with what was `whole` in another."""
    file.touch(0o600, exist_ok=False)
    file.write_bytes(held)
    return open_store(str(file))


def files(folder: Path, kept: Path, filled: dict[str, str]) -> Databases:
    """Files in a folder; those that are copied lie in another one."""

    def new(like: str | None) -> str:
        file = folder / "arshjul.db"
        return str(file if like is None else shutil.copy(like, file))

    return Databases(new, lambda: str(kept / f"{uuid.uuid4().hex}.db"), filled)


def _binaries() -> Path | None:
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = [path for path in there if (path / "initdb").exists()]
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).parent


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: as whom then. None: as we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"
