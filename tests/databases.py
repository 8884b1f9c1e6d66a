"""A database of each kind for a test: a SQLite file, and a PostgreSQL that is started for the session.

PostgreSQL comes from Debian's packages. Without it those tests are skipped, and say so; with
ARSHJUL_REQUIRE_ALL=1 they fail instead.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

KINDS = ("sqlite", "postgresql")


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
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self._folder / "log"), "-o", settings, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def new_database(self) -> str:
        name = f"t{uuid.uuid4().hex}"
        self._run("createdb", "-h", str(self._folder), "-U", "arshjul", name)
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
    folder = Path(tempfile.mkdtemp(prefix="arshjul-pg-", dir="/tmp"))  # a socket's path must be short
    cluster = Cluster(binaries, folder)
    yield cluster
    cluster.stop("immediate")
    shutil.rmtree(folder)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: a SQLite file, then one in PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "arshjul.db")
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.new_database()


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
