"""What strangers try against a real console process, over the wire: nothing of it leads anywhere."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from arshjul.office.console.app import SCRIPT, STYLE, ConsoleServer, Trust
from arshjul.office.console.runner import Runner
from arshjul.office.console.sessions import let_in
from arshjul.office.console.visit import ROLES
from arshjul.office.store import audit, sessions
from arshjul.serving.connections import Limits
from arshjul.serving.guards import form_token
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.office.console.processes import HOST, Forked, asked
from tests.office.console.test_connections import HASTY, PATIENT, limited, line
from tests.serving import is_let_go

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


@pytest.mark.parametrize(
    "path",
    [
        "/static",
        "/static/",
        "/static/htmx.LICENSE",
        "/static/htmx.min.js",
        "/static/console.css/",
        "/static/../log",
        "/static/..%2f..%2frunner.py",
        "/static/%2e%2e/static/console.css",
        "//static/console.css",
        "/static//console.css",
        "/static/console.css%00",
        "/static/console.css;x",
        "/STATIC/console.css",
        "/console.css",
    ],
)
def test_nothing_lies_beside_what_is_open(console: Forked, path: str) -> None:
    answer = asked(console.port, "GET", path, b"", {})
    assert answer.status in (400, 401, 404)
    assert "location" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "BREW"])
@pytest.mark.parametrize("path", [*OPEN, "/answers/x", "/in/x"])
def test_no_other_method_is_known_there_and_none_echoes(console: Forked, method: str, path: str) -> None:
    answer = asked(console.port, method, path, b"", {"X-Echo": "echo-of-a-header"})
    assert answer.status in (400, 403, 404, 405)
    assert b"echo-of-a-header" not in answer.body
    if answer.status != 400:  # what is no request is answered by the library, without a word
        assert answer.headers.items() >= ConsoleServer.headers_of(path).items()


@pytest.mark.parametrize("path", [*OPEN, "/out", "/answers/x", "/in/x", "/nowhere", "/"])
def test_who_asks_for_the_head_gets_the_headers_of_the_page(console: Forked, path: str) -> None:
    head = asked(console.port, "HEAD", path, b"", {})
    whole = asked(console.port, "GET", path, b"", {})
    assert (head.status, head.body) == (whole.status, b"")
    assert head.headers["referrer-policy"] == whole.headers["referrer-policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "POST"},
        {"X-Original-URL": "/log"},
        {"X-Rewrite-URL": "/log"},
        {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/x"},
        {"Forwarded": "host=elsewhere.example;proto=https"},
        {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"},
        {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAAQAAP__"},
        {"Range": "bytes=0-1", "If-None-Match": "*"},
    ],
)
def test_no_header_makes_another_page_of_a_page(console: Forked, headers: dict[str, str]) -> None:
    plain, answer = asked(console.port, "GET", "/out", b"", {}), asked(console.port, "GET", "/out", b"", headers)
    assert (answer.status, answer.body) == (plain.status, plain.body)
    assert "elsewhere.example" not in str(answer.headers)


@pytest.mark.parametrize(
    "target", ["http://elsewhere.example/out", "http://localhost@elsewhere.example/out", "*", "//x/out"]
)
def test_a_whole_address_as_a_path_leads_nowhere_else(console: Forked, target: str) -> None:
    with line(
        console.port, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    ) as asking:
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


@pytest.mark.parametrize("kind", DRIPS)
def test_who_drips_is_let_go_as_who_sends_nothing(hasty: Forked, kind: str) -> None:
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
