"""Half requests to a console of its own process: it waits for nobody without end, and cuts no work short."""

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from arshjul.office.console import app as serving
from arshjul.office.console.app import SCRIPT, STYLE, ConsoleServer, Trust
from arshjul.office.console.pages import PAGES
from arshjul.office.console.runner import Runner
from arshjul.office.console.sessions import let_in
from arshjul.office.console.visit import ROLES, Visit
from arshjul.office.store import audit, sessions
from arshjul.serving.connections import Connections, Limits
from arshjul.serving.forms import MOST_FILE_BYTES
from arshjul.serving.guards import form_token
from arshjul.serving.pages import Answer, Html
from tests.acceptance.command import arshjul
from tests.examples import each
from tests.office.console.browser import Browser
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


def line(port: int, saying: bytes) -> socket.socket:
    made = socket.create_connection((HOST, port), timeout=20)
    made.sendall(saying)
    return made


BESIDE = (
    *("/static", "/static/", "/static/htmx.LICENSE", "/static/htmx.min.js", "/static/console.css/", "/static/../log"),
    *("/static/..%2f..%2frunner.py", "/static/%2e%2e/static/console.css", "//static/console.css", "/console.css"),
    *("/static//console.css", "/static/console.css%00", "/static/console.css;x", "/STATIC/console.css"),
)


OPEN = (STYLE, SCRIPT)


def attacked(published: Path, folder: Path, limits: Limits) -> Iterator[Forked]:
    url = folder / "y.db"
    url.write_bytes(published.read_bytes())
    made = Forked(folder / "log", ("console", "--db", str(url)), limited(limits))
    yield made
    assert "Traceback" not in (folder / "log").read_text()
    made.close()


@pytest.fixture(scope="module")
def console(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forked]:
    yield from attacked(published, tmp_path_factory.mktemp("attacked"), PATIENT)


@pytest.fixture(scope="module")
def hasty(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forked]:
    yield from attacked(published, tmp_path_factory.mktemp("attacked"), HASTY)


@each(HALVES)
def test_half_a_request_is_let_go(saying: bytes, hasty: Forked) -> None:
    with line(hasty.port, saying) as half:
        assert is_let_go(half)


def test_a_page_that_takes_longer_than_a_request_may_is_answered(desk: Desk, tmp_path: Path) -> None:
    made = Forked(tmp_path / "log", ("console", "--db", desk.url), with_a_page_that_takes_long)
    try:
        assert asked(made.port, "GET", "/out", b"", {}).status == 200
    finally:
        made.close()


@each(["", "Host: elsewhere.example\r\n", "Host: localhost\r\nHost: elsewhere.example\r\n"])
def test_none_or_two_or_another_host_is_refused(hosts: str, console: Forked) -> None:
    with line(console.port, f"GET /out HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode()) as asking:
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


def test_who_is_not_in_is_told_so_before_any_size_and_what_is_far_too_large_is_cut_off(console: Forked) -> None:
    own = {"Origin": f"http://{HOST}:{console.port}", "Content-Type": "multipart/form-data; boundary=b"}
    answer = asked(console.port, "POST", "/import", b"x" * (MOST_FILE_BYTES + 1000), own)
    assert answer.status == 401
    with line(console.port, b"POST /import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000000\r\n\r\n") as much:
        try:
            for _ in range(90):
                much.sendall(b"x" * 1_000_000)
        except OSError:
            return
    raise AssertionError("it takes all")


def test_headers_have_a_limit_of_their_own_however_large_a_form_may_be(console: Forked) -> None:
    """Whoever sends headers without end would hold as much memory as the largest file takes."""
    begun = b"GET /out HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Much: "
    for size, status in ((20_000, b"HTTP/1.1 200"), (60_000, b"HTTP/1.1 431"), (2_000_000, b"HTTP/1.1 431")):
        with line(console.port, begun) as asking:
            try:
                asking.sendall(b"x" * size + b"\r\n\r\n")
            except OSError:
                continue  # it was closed before all was sent
            try:
                assert asking.recv(12) == status, size
            except ConnectionResetError:
                assert size > 60_000


@each(["Remote-User", ""])
def test_a_header_that_anybody_could_write_is_refused(name: str, desk: Desk) -> None:
    """Also one without a name, as an unset variable leaves it: nobody meant to have people sign in by links."""
    outcome = arshjul("console", "--db", desk.url, "--port", "0", "--trust-header", name)
    assert outcome.code == 2
    assert "--socket" in outcome.err


# -- what strangers try over the wire: nothing of it leads anywhere


@each(BESIDE)
def test_nothing_lies_beside_what_is_open(path: str, console: Forked) -> None:
    answer = asked(console.port, "GET", path, b"", {})
    assert answer.status in (400, 401, 404)
    assert "location" not in answer.headers


@each(product(("POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "BREW"), (*OPEN, "/answers/x", "/in/x")))
def test_no_other_method_is_known_there_and_none_echoes(sent: tuple[str, str], console: Forked) -> None:
    method, path = sent
    answer = asked(console.port, method, path, b"", {"X-Echo": "echo-of-a-header"})
    assert answer.status in (400, 403, 404, 405)
    assert b"echo-of-a-header" not in answer.body
    if answer.status != 400:  # what is no request is answered by the library, without a word
        assert answer.headers.items() >= ConsoleServer.headers_of(path).items()


@each([*OPEN, "/out", "/answers/x", "/in/x", "/nowhere", "/"])
def test_who_asks_for_the_head_gets_the_headers_of_the_page(path: str, console: Forked) -> None:
    head, whole = (asked(console.port, method, path, b"", {}) for method in ("HEAD", "GET"))
    assert (head.status, head.body) == (whole.status, b"")
    assert head.headers["referrer-policy"] == whole.headers["referrer-policy"]


@each(
    [
        {"X-HTTP-Method-Override": "POST"},
        {"X-Original-URL": "/log"},
        {"X-Rewrite-URL": "/log"},
        {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/x"},
        {"Forwarded": "host=elsewhere.example;proto=https"},
        {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"},
        {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAAQAAP__"},
        {"Range": "bytes=0-1", "If-None-Match": "*"},
    ]
)
def test_no_header_makes_another_page_of_a_page(headers: dict[str, str], console: Forked) -> None:
    plain, answer = asked(console.port, "GET", "/out", b"", {}), asked(console.port, "GET", "/out", b"", headers)
    assert (answer.status, answer.body) == (plain.status, plain.body)
    assert "elsewhere.example" not in str(answer.headers)


@each(["http://elsewhere.example/out", "http://localhost@elsewhere.example/out", "*", "//x/out"])
def test_a_whole_address_as_a_path_leads_nowhere_else(target: str, console: Forked) -> None:
    asked_for = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with line(console.port, asked_for.encode()) as asking:
        answer = b""
        while more := asking.recv(65536):
            answer += more
    assert b"location:" not in answer.lower().partition(b"\r\n\r\n")[0]
    assert b"elsewhere.example" not in answer


DRIPS = {
    "headers": (b"GET /out HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n"),
    "form": (b"POST /answers/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n", b"a"),
    "chunks": (b"POST /in/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "waits": (b"POST /in/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n", b""),
}


@each(DRIPS)
def test_who_drips_is_let_go_as_who_sends_nothing(kind: str, hasty: Forked) -> None:
    begun, drop = DRIPS[kind]
    with line(hasty.port, begun) as dripping:
        for _ in range(600):
            try:
                dripping.sendall(drop or b"")
                time.sleep(0.02)
                dripping.setblocking(False)
                if dripping.recv(1000) == b"":
                    return
            except BlockingIOError:
                dripping.setblocking(True)
            except ConnectionError:
                return
        assert drop == b""
        dripping.settimeout(20)
        assert is_let_go(dripping)


def rows(desk: Desk) -> tuple[int, int]:
    with desk.store.reading() as db:
        return len(db.execute(sessions.SESSIONS.table.select()).all()), len(audit.lines(db))


def test_what_is_open_makes_no_session_and_no_line_of_the_log(desk: Desk) -> None:
    desk.console = replace(desk.console, trust=Trust("Remote-User", {"anna": "coordinator"}))
    before = rows(desk)
    for path in OPEN:
        answer = Browser(desk.console.application()).get(path, {"remote-user": "anna"})
        assert answer.status == 200
        assert "set-cookie" not in answer.headers
    assert rows(desk) == before


def test_no_form_of_one_session_is_answered_to_another(desk: Desk) -> None:
    """The same words within the same moment, by two people: each is done, and each gets an answer of its own."""
    first, second = desk.browser(), desk.browser("deputy")
    for browser in (first, second):
        token = form_token(browser.cookies["arshjul"])
        assert browser.post("/language", {"token": token, "language": "en"}).status == 303
    assert first.post("/language", {"token": form_token(second.cookies["arshjul"]), "language": "sv"}).status == 403
    assert "Sign out" in first.get("/").text


def test_no_page_says_to_a_role_what_another_one_looked_at_just_before(desk: Desk) -> None:
    browsers = {role: desk.browser(role) for role in ROLES}
    alone = {role: browsers[role].get("/year").text for role in ROLES}
    for first in ROLES:
        for second in ROLES:
            browsers[first].get("/year")
            browsers[first].get("/year/wheel.svg")
            assert browsers[second].get("/year").text == alone[second], (first, second)
    assert "OP-0" not in browsers["viewer"].get("/year/wheel.svg").text


def test_a_child_is_told_no_password_where_others_look_and_holds_no_line_of_the_console(desk: Desk) -> None:
    begun: list[tuple[list[str], dict[str, Any]]] = []

    def note(command: list[str], **given: Any) -> "subprocess.Popen[bytes]":
        begun.append((command, given))
        raise OSError

    with mock.patch("subprocess.Popen", note):
        Runner("postgresql://anna:hemligt@localhost/x", 60).start(desk.store, 1)
    ((command, given),) = begun
    assert "hemligt" not in json.dumps(command)
    assert "hemligt" not in json.dumps({name: text for name, text in given["env"].items() if name not in os.environ})
    assert given.get("close_fds", True)
    assert "cwd" not in given
    listening = socket.create_server((HOST, 0))
    assert not listening.get_inheritable()
    listening.close()


def test_a_proxy_s_new_visitor_is_led_to_no_other_place(desk: Desk) -> None:
    trust = Trust("Remote-User", {"anna": "coordinator"})
    desk.console = replace(desk.console, trust=trust)
    for path in (
        "/operations/\\elsewhere.example",
        "/operations/a?next=//x",
        "/operations/a#b",
        "/operations/a\r\nX: y",
    ):
        answer = Browser(desk.console.application()).get(path, {"remote-user": "anna"})
        assert answer.status == 303
        where = answer.headers["location"]
        assert where.startswith("/operations/")
        assert not {"\r", "\n", "\\"} & set(where)


def test_a_cookie_of_a_role_that_was_taken_back_is_worth_nothing_behind_a_proxy(desk: Desk) -> None:
    token = let_in(desk.store, "anna", "coordinator", "sv", desk.now)
    desk.console = replace(desk.console, trust=Trust("Remote-User", {"anna": "viewer", "bo": "coordinator"}))
    for name in ("anna", "bo"):
        browser = Browser(desk.console.application(), {"__Host-arshjul": token})
        assert browser.get("/year", {"remote-user": name}).status == 303, "a session of its own"
        assert browser.cookies["__Host-arshjul"] != token
    assert Browser(desk.console.application(), {"__Host-arshjul": token}).get("/log").status == 401
