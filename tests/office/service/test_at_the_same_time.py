"""At the same time: feeds are read while revisions are published, each whole; of two who publish one is refused."""

import hashlib
import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.publishing.stale_revision import StaleRevision
from arshjul.office.store import revisions
from arshjul.office.store.store import Store, make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.year.domain.plan import Plan
from tests import years
from tests.examples import often
from tests.kills import watched
from tests.serving import Server

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


YEAR = years.scenario(n=2, n_agencies=2, n_police=1)


def publish_at_once(store: Store, tmp_path: Path, made: Plan, turn: int) -> Plan:
    """Both have read the same revision before either writes. The plan of who was first."""
    both = threading.Barrier(2)
    plans = [years.plan(YEAR, {"OP-000": day, "OP-001": other}, before=made) for day, other in moves(turn)]
    reads = [years.write(tmp_path / str(i), YEAR, plan) for i, plan in enumerate(plans)]

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
    made = years.plan(YEAR)
    years.published(store, years.write(tmp_path / "first", YEAR, made))
    for turn in turns:
        made = publish_at_once(store, tmp_path, made, turn)
    with store.reading() as db:
        reasons = [revision.reason for revision in revisions.REVISIONS.all(db)]
    assert len(reasons) == len(turns) + 1
    assert all(f"gång {turn}" in reason for turn, reason in zip(turns, reasons[1:], strict=True))


def test_two_coordinators_at_once(url: str, tmp_path: Path) -> None:
    race(url, tmp_path, range(4))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))  # a year of its own for every fifty: a plan keeps what was changed before
def test_two_coordinators_at_once_a_thousand_times(url: str, tmp_path: Path, part: int) -> None:
    race(url, tmp_path, range(50 * part, 50 * part + 50))
