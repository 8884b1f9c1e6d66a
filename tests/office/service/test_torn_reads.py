"""Feeds are read while revisions are published: each is one that was published, whole, and never an older one."""

import hashlib
import http.client
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from arshjul.office.store import revisions
from arshjul.office.store.store import make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from tests import years
from tests.serving import Server

YEAR = years.scenario(n=2, n_agencies=1)
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


def read_while_publishing(url: str, tmp_path: Path, n_publishes: int, n_reads: int) -> None:
    store = make_store(url)
    made = years.plan(YEAR)
    years.published(store, years.write(tmp_path / "1", YEAR, made))
    token = subscribe(store, Wanted("police-p1", "full"), "Någon", 400, "test", years.NOW).token
    is_over = threading.Event()
    with Server(url, tmp_path) as server:
        crowd = [Reader(server.port, token, n_reads // N_READERS, is_over) for _ in range(N_READERS)]
        for reader in crowd:
            reader.start()
        for turn in range(n_publishes):
            new = years.plan(YEAR, {"OP-001": date(2027, 3, 2) + timedelta(days=7 * (turn % 30))}, before=made)
            now = years.NOW + timedelta(minutes=turn)
            years.published(store, years.write(tmp_path / "2", YEAR, new), now)
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


def test_reads_while_publishing(url: str, tmp_path: Path) -> None:
    read_while_publishing(url, tmp_path, n_publishes=5, n_reads=200)


@pytest.mark.slow
def test_twenty_thousand_reads_over_two_hundred_publishes(url: str, tmp_path: Path) -> None:
    read_while_publishing(url, tmp_path, n_publishes=200, n_reads=20_000)
