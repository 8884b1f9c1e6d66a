"""Publishing killed at every step, on disks that would not, and at the same time: the last revision is there, whole."""

import hashlib
import http.client
import os
import resource
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from shutil import copy

import pytest

from arshjul.errors import StorageError
from arshjul.office.database.doctor import damage
from arshjul.office.publishing.publish import Cause, Published, publish
from arshjul.office.publishing.stale_revision import StaleRevision
from arshjul.office.store import revisions
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.serving.sql import engine
from arshjul.year.domain.plan import Plan
from arshjul.year.formats.plan.plan_folder import PlanFolder
from tests import years
from tests.databases import SLOW_POSTGRESQL, Databases
from tests.examples import often
from tests.kills import killed_at, steps_of, watched
from tests.serving import Server

YEAR = years.scenario(n=2, n_agencies=1, n_police=1)
FIRST = years.plan(YEAR)


STEPS = ("read", "prepared", "begun", "blob", "revision", "feed", "site_seal", "site", "audit", "state", "committed")
"""Those of publishing, in order: where a crash can come between."""


def publishing(store: Store, read: PlanFolder) -> Published:
    return publish(store, read, Cause("dödad", "test", years.NOW))


def assert_whole(url: str, number: int) -> None:
    store = open_store(url)
    assert damage(store) == []
    with store.reading() as db:
        assert revisions.pointer(db) == number
        assert len(revisions.REVISIONS.all(db)) == number
        assert len(fill(db, FeedCache()).damaged) == 0


def kill_everywhere(url: str, tmp_path: Path, times: int, steps: Sequence[str] = STEPS) -> None:
    store = make_store(url)
    made, number = FIRST, 1
    years.published(store, years.write(tmp_path / "first", YEAR, made))
    for step in steps:
        for turn in range(times):
            new = years.plan(YEAR, {"OP-001": date(2027, 6, 1 + number % 5)}, before=made)
            read = years.write(tmp_path / "next", YEAR, new)
            killed_at(step, partial(publishing, store, read))
            is_published = step == "committed"
            assert_whole(url, number + is_published)
            if turn == 0 or is_published:
                done = years.published(open_store(url), read)
                assert done.is_new is not is_published, "who tries again must find it published already"
                made, number = new, number + 1
    assert_whole(url, number)


def test_these_are_all_steps(url: str, tmp_path: Path) -> None:
    store, read = make_store(url), years.write(tmp_path / "plan", YEAR, FIRST)
    assert tuple(steps_of(partial(publishing, store, read))) == STEPS


@SLOW_POSTGRESQL
def test_killed_before_and_after_the_last_step(url: str, tmp_path: Path) -> None:
    kill_everywhere(url, tmp_path, 1, ("site", "state", "committed"))


@pytest.mark.slow
def test_killed_at_each_step_twenty_times(url: str, tmp_path: Path) -> None:
    kill_everywhere(url, tmp_path, times=20)


def test_killed_while_the_database_is_made(databases: Databases, tmp_path: Path) -> None:
    url = databases.empty()
    read = years.write(tmp_path / "plan", YEAR, FIRST)

    killed_at("read", lambda: publishing(make_store(url), read))
    assert years.published(make_store(url), read).revision.number == 1


# -- a disk that would not: nothing is half-written, the old revision is served, and the message says what to do


LARGE = years.scenario(n=30)
PLANNED = years.plan(LARGE)
MOVED = years.plan(LARGE, {"OP-001": date(2027, 6, 1)}, before=PLANNED)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a revision, to be copied."""
    folder = tmp_path_factory.mktemp("published")
    years.published(make_store(str(folder / "arshjul.db")), years.write(folder / "1", LARGE, PLANNED))
    return folder / "arshjul.db"


def served(published: Path, folder: Path) -> Store:
    return open_store(str(copy(published, folder / "arshjul.db")))


def assert_as_before(store: Store) -> None:
    with store.reading() as db:
        assert revisions.pointer(db) == 1
        assert len(revisions.REVISIONS.all(db)) == 1
        assert not fill(db, FeedCache()).damaged
    assert damage(store) == []


def told_in_a_child(work: Callable[[], object]) -> str:
    """Runs it in a process of its own; the message of the StorageError that it must end with."""
    ears, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work()
        except StorageError as error:
            os.write(mouth, str(error).encode())
        finally:
            os._exit(0)
    os.close(mouth)
    os.waitpid(child, 0)
    with os.fdopen(ears) as heard:
        return heard.read()


@pytest.mark.parametrize("room", often([80_000], [0, 5_000, 40_000]))
def test_file_that_may_not_grow(published: Path, tmp_path: Path, room: int) -> None:
    store = served(published, tmp_path)
    read = years.write(tmp_path / "2", LARGE, MOVED)

    def publish() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        years.published(store, read)

    message = told_in_a_child(publish)
    assert ("nothing was changed" in message and "make room" in message) or "check the disk" in message
    assert_as_before(store)
    assert years.published(store, read).revision.number == 2


def test_database_that_may_not_grow(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = served(published, tmp_path)
    read = years.write(tmp_path / "2", LARGE, MOVED)
    module = engine.sqlite_module()
    connect = module.connect

    def cramped(*arguments: object, **more: object) -> object:
        connection = connect(*arguments, **more)
        connection.execute("PRAGMA max_page_count = 10")
        return connection

    monkeypatch.setattr(module, "connect", cramped)
    with pytest.raises(StorageError, match="The disk is full, and nothing was changed"):
        years.published(open_store(store.name), read)
    monkeypatch.undo()
    assert_as_before(store)


def test_read_only_database_is_read_and_not_written(published: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="arshjul-", dir="/tmp") as name:  # where any user gets to
        folder = Path(name)
        store = served(published, folder)
        read = years.write(tmp_path / "2", LARGE, MOVED)
        (folder / "arshjul.db").chmod(0o444)
        folder.chmod(0o555)

        def publish() -> None:
            if os.geteuid() == 0:
                os.seteuid(65534)
            with store.reading() as db:
                assert revisions.pointer(db) == 1
            years.published(store, read)

        message = told_in_a_child(publish)
        folder.chmod(0o755)
        assert "is write-protected: ask for the right" in message
        assert_as_before(store)


# -- feeds are read while revisions are published, each whole; of two who publish one is refused


READ_YEAR = years.scenario(n=2, n_agencies=1)
N_READERS = 4


class Reader(threading.Thread):
    """Reads one feed over and over on one connection; keeps the ETags that it met, each once, in order."""

    def __init__(self, port: int, token: str, times: int, is_over: threading.Event) -> None:
        super().__init__()
        self._port, self._path, self._times, self._is_over = port, f"/feeds/{token}.ics", times, is_over
        self.met: list[str] = []
        self.n_reads = self.n_torn = 0

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while self.n_reads < self._times or not self._is_over.wait(0.005):  # in haste, then at leisure
            self._read(line)
        self._read(line)  # begun after the last publish
        line.close()

    def _read(self, line: http.client.HTTPConnection) -> None:
        line.request("GET", self._path)
        answer = line.getresponse()
        body, etag = answer.read(), answer.headers["ETag"]
        self.n_reads += 1
        self.n_torn += answer.status != 200 or etag != f'"{hashlib.sha256(body).hexdigest()}"'
        if not self.met or self.met[-1] != etag:
            self.met.append(etag)


@pytest.mark.parametrize(("n_publishes", "n_reads"), often([(5, 200)], [(200, 20_000)]))
def test_reads_while_publishing(url: str, tmp_path: Path, n_publishes: int, n_reads: int) -> None:
    store = make_store(url)
    made = years.plan(READ_YEAR)
    years.published(store, years.write(tmp_path / "1", READ_YEAR, made))
    token = subscribe(store, Wanted("police-p1", "full"), "Någon", 400, "test", years.NOW).token
    is_over = threading.Event()
    with Server(url, tmp_path) as server:
        crowd = [Reader(server.port, token, n_reads // N_READERS, is_over) for _ in range(N_READERS)]
        for reader in crowd:
            reader.start()
        for turn in range(n_publishes):
            new = years.plan(READ_YEAR, {"OP-001": date(2027, 3, 2) + timedelta(days=7 * (turn % 30))}, before=made)
            now = years.NOW + timedelta(minutes=turn)
            years.published(store, years.write(tmp_path / "2", READ_YEAR, new), now)
            made = new
        is_over.set()
        for reader in crowd:
            reader.join()
    with store.reading() as db:
        published = [
            f'"{feed.ics}"'
            for revision in revisions.REVISIONS.all(db)
            for feed in revisions.feeds(db, revision.number)
            if feed.key == ("police-p1", "full", "operations")
        ]
    assert sum(reader.n_torn for reader in crowd) == 0
    assert sum(reader.n_reads for reader in crowd) >= n_reads
    for reader in crowd:
        rest = iter(published)
        assert all(etag in rest for etag in reader.met), "a reader went back, or met what was never published"
        assert reader.met[-1] == published[-1]


OF_TWO = years.scenario(n=2, n_agencies=2, n_police=1)


def publish_at_once(store: Store, tmp_path: Path, made: Plan, turn: int) -> Plan:
    """Both have read the same revision before either writes. The plan of who was first."""
    both = threading.Barrier(2)
    plans = [years.plan(OF_TWO, {"OP-000": day, "OP-001": other}, before=made) for day, other in moves(turn)]
    reads = [years.write(tmp_path / str(i), OF_TWO, plan) for i, plan in enumerate(plans)]

    def go(i: int) -> bool:
        def at(step: str) -> None:
            if step == "prepared":
                both.wait(60)

        cause = Cause(f"samordnare {i}, gång {turn}", "test", years.NOW)
        try:
            with watched(at):
                publish(store, reads[i], cause)
        except StaleRevision as refused:
            assert refused.differences, "who is refused is told what changed"
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        served = list(pool.map(go, (0, 1)))
    assert sorted(served) == [False, True]
    return plans[served.index(True)]


def moves(turn: int) -> list[tuple[date, date]]:
    first = date(2027, 3, 1) + timedelta(days=7 * (turn % 8))
    return [(first, first + timedelta(days=70)), (first, first + timedelta(days=140))]


def race(url: str, tmp_path: Path, turns: range) -> None:
    store = make_store(url)
    made = years.plan(OF_TWO)
    years.published(store, years.write(tmp_path / "first", OF_TWO, made))
    for turn in turns:
        made = publish_at_once(store, tmp_path, made, turn)
    with store.reading() as db:
        reasons = [revision.reason for revision in revisions.REVISIONS.all(db)]
    assert len(reasons) == len(turns) + 1
    assert all(f"gång {turn}" in reason for turn, reason in zip(turns, reasons[1:], strict=True))


def test_two_coordinators_at_once(url: str, tmp_path: Path) -> None:
    race(url, tmp_path, range(4))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))  # a year of its own for every fifty: a plan keeps what was changed before
def test_two_coordinators_at_once_two_hundred_and_fifty_times(url: str, tmp_path: Path, part: int) -> None:
    race(url, tmp_path, range(50 * part, 50 * part + 50))
