"""Connections that ask for nothing, or take nothing, are let go, and hold nobody else up."""

import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.office.store.store import make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.serving.connections import Connections, Limits
from tests import years
from tests.examples import each
from tests.serving import Server, get, is_let_go

HALF = b"GET /feeds/x.ics HTTP/1.1\r\nHost: x"


class One:
    """A connection, as far as it is seen by those who count."""

    def __init__(self, is_answering: bool = False) -> None:
        self.is_answering = is_answering
        self.is_open = True

    def drop(self) -> None:
        self.is_open = False


def test_each_has_its_time_for_a_request_and_for_an_answer() -> None:
    open_ones = Connections(Limits(request_s=10, answer_s=30))
    silent, answered, reading = (One(), One(), One(is_answering=True))
    for one in (silent, answered, reading):
        open_ones.opened(one, "192.0.2.1", 100)
    open_ones.answered(answered, 105)
    for now, are_open in ((109.9, (1, 1, 1)), (110, (0, 1, 1)), (115, (0, 0, 1)), (130, (0, 0, 0))):
        open_ones.sweep(now)
        assert tuple(one.is_open for one in (silent, answered, reading)) == are_open, now


@each(
    [
        (["192.0.2.1"] * 4, Limits(of_one_address=3)),
        ([f"2001:db8::{i}" for i in range(4)], Limits(of_one_address=3)),
        ([f"192.0.2.{i}" for i in range(4)], Limits(in_all=3)),
    ],
)
def test_the_newest_takes_the_place_of_the_one_answered_longest_ago(given: tuple[list[str], Limits]) -> None:
    addresses, limits = given
    open_ones = Connections(limits)
    other = One()
    if limits.of_one_address == 3:
        open_ones.opened(other, "198.51.100.1", 0)
    lines = [One() for _ in addresses]
    for now, (one, address) in enumerate(zip(lines[:3], addresses, strict=False), 1):
        open_ones.opened(one, address, now)
    open_ones.answered(lines[0], 4)
    open_ones.opened(lines[3], addresses[3], 5)
    assert [one.is_open for one in lines] == [True, False, True, True]
    assert other.is_open


def test_a_proxy_is_each_of_those_it_asks_for_while_it_asks() -> None:
    open_ones = Connections(Limits(of_one_address=2))
    lines = [One() for _ in range(5)]
    for line in lines:
        open_ones.opened(line, None, 0)
    for line in lines[:3]:
        open_ones.speaks_for(line, "192.0.2.1")
    open_ones.speaks_for(lines[3], "192.0.2.2")
    assert [line.is_open for line in lines] == [False, True, True, True, True]
    open_ones.speaks_for(lines[1], None)
    open_ones.speaks_for(lines[4], "192.0.2.1")
    assert all(line.is_open for line in lines[1:])


class Crowd:
    """Sockets that are all open at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.lines: list[socket.socket] = []

    def come(self, n: int, saying: bytes, takes_bytes: int | None = None, source: str = "127.0.0.1") -> None:
        for _ in range(n):
            line = socket.socket()
            self.lines.append(line)
            if takes_bytes is not None:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes_bytes)
            line.settimeout(30)
            line.bind((source, 0))
            line.connect(("127.0.0.1", self._port))
            line.sendall(saying)

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_: object) -> None:
        for line in self.lines:
            line.close()


class Served:
    """A database with one revision; the token is that of a long feed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = str(folder / "arshjul.db")
        year = years.scenario(n=60)
        store = make_store(self.url)
        years.published(store, years.write(folder / "1", year, years.plan(year)))
        self.token = subscribe(store, Wanted("coordinator", "full"), "Någon", 400, "test", years.NOW).token

    def server(self, limits: str = "", first: tuple[str, ...] = (), holds_little: bool = False) -> Server:
        """With limits of its own, so that no test has to wait for ten seconds."""
        main = [*first, sys.executable, "-c", LIMITED.format(limits=limits, holds_little=holds_little)]
        return Server(self.url, self.folder, "--proxy", PROXY, main=main, anew=bool(first))

    @property
    def asking(self) -> bytes:
        return f"GET /feeds/{self.token}.ics HTTP/1.1\r\nHost: x\r\n\r\n".encode()


LIMITED = """
import socket
from functools import partial
import arshjul.office.feeds.app as web
from arshjul.cli import main
from arshjul.serving.connections import Limits
listening = web.on_port

def little_is_held_by_the_system(host, port, backlog):
    made = listening(host, port, backlog)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return made

if {holds_little}:
    web.on_port = little_is_held_by_the_system
web.serve = partial(web.serve, limits=Limits({limits}))
main()
"""
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
FORWARDED = HEALTH[:-2] + b"X-Forwarded-For: 192.0.2.1\r\n\r\n"
PROXY = "127.0.0.2"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return Served(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def hasty(served: Served) -> Iterator[Server]:
    with served.server("0.3, 0.6, 20, 60", holds_little=True) as server:
        yield server


def test_nobody_is_waited_for_without_end(hasty: Server) -> None:
    with Crowd(hasty.port) as crowd:
        for saying in (b"", b"GET", HALF, HEALTH, HEALTH + b"GET"):
            crowd.come(1, saying)
        assert all(map(is_let_go, crowd.lines))


def test_reader_that_takes_nothing_is_let_go(served: Served, hasty: Server) -> None:
    before = n_files(hasty)
    with Crowd(hasty.port) as crowd:
        crowd.come(10, served.asking, takes_bytes=2048)
        crowd.come(10, served.asking[:-2] + b"Connection: close\r\n\r\n", takes_bytes=2048)
        for _ in range(300):
            if n_files(hasty) <= before:
                return
            time.sleep(0.1)
    raise AssertionError(f"{n_files(hasty) - before} of 20 are still open")


def test_who_asks_on_without_waiting_for_answers_is_let_go(served: Served) -> None:
    with served.server("30, 30, 20, 60") as server, Crowd(server.port) as crowd:
        crowd.come(1, served.asking * 40)
        assert is_let_go(crowd.lines[0])


def test_proxy_has_room_for_all_it_asks_for(served: Served) -> None:
    with served.server("30, 30, 5, 100") as server, Crowd(server.port) as proxied, Crowd(server.port) as bare:
        for _ in range(20):
            proxied.come(1, FORWARDED, source=PROXY)
            assert is_well(proxied.lines[-1])
        bare.come(20, HALF)
        assert all(is_let_go(line) for line in bare.lines[:15])
        for line in proxied.lines:
            line.sendall(HEALTH)
        assert all(is_well(line) for line in proxied.lines)


@pytest.mark.parametrize(
    ("n", "limits"), [(60, "10, 30, 20, 50"), pytest.param(2050, "", marks=pytest.mark.slow, id="full")]
)
def test_those_who_wait_shut_nobody_out(served: Served, n: int, limits: str) -> None:
    with served.server(limits) as server, Crowd(server.port) as crowd:
        crowd.come(n, HALF, source=PROXY)  # as many as one likes, so that the limit in all is reached
        crowd.come(n, HALF)
        assert server.get("/healthz").status == server.feed(served.token).status == 200
        figures = get(server.metrics_port, "/metrics").body.decode()
    let_go = re.search(r"^arshjul_connections_let_go_total ([\d.]+)$", figures, re.M)
    assert let_go is not None
    assert float(let_go[1]) >= n // 2


@pytest.mark.slow
def test_1500_slow_readers_stall_nobody(served: Served) -> None:
    with served.server() as server, Crowd(server.port) as crowd:
        crowd.come(1500, served.asking * 40, takes_bytes=2048)
        assert server.get("/healthz").status == server.feed(served.token).status == 200


def test_files_that_may_be_open_bound_the_connections(served: Served) -> None:
    few = ("sh", "-c", 'ulimit -n 128; exec "$@"', "sh")
    with served.server(first=few) as server, Crowd(server.port) as crowd:
        crowd.come(200, HALF)
        assert server.get("/healthz").status == 200


def is_well(line: socket.socket) -> bool:
    received = b""
    while not received.endswith(b"ok\n") and (more := line.recv(4096)):
        received += more
    return b" 200 " in received


def n_files(server: Server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))
