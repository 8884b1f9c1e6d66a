"""Half requests to a console of its own process: it waits for nobody without end, and cuts no work short."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest import mock

import pytest

from arshjul.office.console import app as serving
from arshjul.office.console.pages import PAGES
from arshjul.office.console.visit import Visit
from arshjul.serving.connections import Connections, Limits
from arshjul.serving.forms import MOST_FILE_BYTES
from arshjul.serving.pages import Answer, Html
from tests.acceptance.command import arshjul
from tests.office.console.conftest import Desk
from tests.office.console.processes import HOST, Forked, asked
from tests.serving import is_let_go

HALF_A_FORM = b"POST /answers/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nanswer"
CHUNKED = b"POST /answers/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nans"
HALVES = [b"", b"GET", b"GET / HTTP/1.1\r\nHost: x", HALF_A_FORM, CHUNKED]


HASTY, PATIENT = Limits(1, 20, 40, 60), Limits(30, 60, 40, 60)
"""Who sends half a request is let go soon; who sends a whole one is waited for, however busy the machine is."""


def limited(limits: Limits) -> Callable[[], None]:
    """A console with those limits."""

    def before() -> None:
        mock.patch.object(serving, "serve", partial(serving.serve, limits=limits)).start()

    return before


def with_a_page_that_takes_long() -> None:
    """A patient console; while its page is made, the time for a request passes and is noticed."""
    limited(PATIENT)()
    sweep, asked, noticed = Connections.sweep, threading.Event(), threading.Event()

    def sweep_later(self: Connections, now: float) -> None:
        is_late = asked.is_set()
        sweep(self, now + PATIENT.request_s + 1 if is_late else now)
        if is_late:
            noticed.set()

    def slow(_: Visit) -> Answer:
        asked.set()
        assert noticed.wait(60)
        return Html("signed_out.html")

    pages = tuple(
        replace(page, handler=slow) if (page.path, page.method) == ("/out", "GET") else page for page in PAGES
    )
    mock.patch("arshjul.office.console.app.ConsoleServer.pages", pages).start()
    mock.patch.object(Connections, "sweep", sweep_later).start()


@pytest.fixture
def console(desk: Desk, tmp_path: Path) -> Iterator[Forked]:
    made = Forked(tmp_path / "log", ("console", "--db", desk.url), limited(HASTY))
    yield made
    made.close()


def line(port: int, saying: bytes) -> socket.socket:
    made = socket.create_connection((HOST, port), timeout=20)
    made.sendall(saying)
    return made


@pytest.fixture
def patient(desk: Desk, tmp_path: Path) -> Iterator[Forked]:
    made = Forked(tmp_path / "log", ("console", "--db", desk.url), limited(PATIENT))
    yield made
    made.close()


@pytest.mark.parametrize("saying", HALVES)
def test_half_a_request_is_let_go(console: Forked, saying: bytes) -> None:
    with line(console.port, saying) as half:
        assert is_let_go(half)


def test_a_page_that_takes_longer_than_a_request_may_is_answered(desk: Desk, tmp_path: Path) -> None:
    made = Forked(tmp_path / "log", ("console", "--db", desk.url), with_a_page_that_takes_long)
    try:
        assert asked(made.port, "GET", "/out", b"", {}).status == 200
    finally:
        made.close()


@pytest.mark.parametrize("hosts", ["", "Host: elsewhere.example\r\n", "Host: localhost\r\nHost: elsewhere.example\r\n"])
def test_none_or_two_or_another_host_is_refused(patient: Forked, hosts: str) -> None:
    with line(patient.port, f"GET /out HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode()) as asking:
        assert asking.recv(30).startswith((b"HTTP/1.1 421", b"HTTP/1.1 400"))


def test_who_comes_by_a_socket_has_room_for_many_and_is_waited_for_no_longer(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "s"
    more = ("--socket", str(path), "--trust-header", "Remote-User", "--role", "anna=viewer", "--host-name", "x.test")
    made = Forked(tmp_path / "log", ("console", "--db", desk.url, *more), limited(Limits(4, 20, 4, 60)), path)
    lines = []
    try:
        for _ in range(30):
            lines.append(socket.socket(socket.AF_UNIX))
            lines[-1].settimeout(20)
            lines[-1].connect(str(path))
            lines[-1].sendall(b"GET / HTTP/1.1\r\nHost: x.test\r\nRemote-User: an")
        for one in lines:
            one.sendall(b"na\r\n\r\n")
        assert {one.recv(20)[:12] for one in lines} == {b"HTTP/1.1 303"}
        half = socket.socket(socket.AF_UNIX)
        lines.append(half)
        half.settimeout(20)
        half.connect(str(path))
        assert is_let_go(half)
    finally:
        for one in lines:
            one.close()
        made.close()


def test_who_is_not_in_is_told_so_before_any_size_and_what_is_far_too_large_is_cut_off(patient: Forked) -> None:
    own = {"Origin": f"http://{HOST}:{patient.port}", "Content-Type": "multipart/form-data; boundary=b"}
    answer = asked(patient.port, "POST", "/import", b"x" * (MOST_FILE_BYTES + 1000), own)
    assert answer.status == 401
    with line(patient.port, b"POST /import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000000\r\n\r\n") as much:
        try:
            for _ in range(90):
                much.sendall(b"x" * 1_000_000)
        except OSError:
            return
    raise AssertionError("it takes all")


def test_headers_have_a_limit_of_their_own_however_large_a_form_may_be(patient: Forked) -> None:
    """Whoever sends headers without end would hold as much memory as the largest file takes."""
    begun = b"GET /out HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Much: "
    for size, status in ((20_000, b"HTTP/1.1 200"), (60_000, b"HTTP/1.1 431"), (2_000_000, b"HTTP/1.1 431")):
        with line(patient.port, begun) as asking:
            try:
                asking.sendall(b"x" * size + b"\r\n\r\n")
            except OSError:
                continue  # it was closed before all was sent
            try:
                assert asking.recv(12) == status, size
            except ConnectionResetError:
                assert size > 60_000


@pytest.mark.parametrize("name", ["Remote-User", ""])
def test_a_header_that_anybody_could_write_is_refused(desk: Desk, name: str) -> None:
    """Also one without a name, as an unset variable leaves it: nobody meant to have people sign in by links."""
    outcome = arshjul("console", "--db", desk.url, "--port", "0", "--trust-header", name)
    assert outcome.code == 2
    assert "--socket" in outcome.err
