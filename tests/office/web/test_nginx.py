"""The nginx settings that are shipped: they serve, say for whom they ask, and write no token down."""

import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from arshjul.office.store.store import make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from tests import years
from tests.nginx import NEEDS_NGINX, nginx
from tests.serving import Server, free_port, get, is_let_go

SHIPPED = Path("config/deploy/nginx.conf")


@NEEDS_NGINX
def test_shipped_settings(tmp_path: Path) -> None:
    url = str(tmp_path / "arshjul.db")
    store = make_store(url)
    year = years.scenario()
    years.published(store, years.write(tmp_path / "1", year, years.plan(year)))
    token = subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", years.NOW).token
    with Server(url, tmp_path, "--proxy", "127.0.0.1") as server:
        port = free_port()
        site = SHIPPED.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        site = re.sub(r"listen 443 ssl;|http2 on;|ssl_certificate.*;", "", site)
        site = site.replace("client_header_timeout 10s", "client_header_timeout 1s")
        site = site.replace("server_name", f"listen 127.0.0.1:{port}; server_name")
        site = site.replace("/var/log/nginx/arshjul.log", str(tmp_path / "access.log"))
        with nginx(tmp_path, site, port):
            answer = get(port, f"/feeds/{token}.ics")
            assert (answer.status, answer.body) == (200, server.feed(token).body)
            assert answer.headers["etag"] == server.feed(token).headers["etag"]
            packed = get(port, f"/feeds/{token}.ics", {"Accept-Encoding": "gzip"})
            assert packed.headers["etag"].endswith('-gzip"')
            known = {"If-None-Match": packed.headers["etag"], "X-Forwarded-For": "192.0.2.1"}
            assert get(port, f"/feeds/{token}.ics", known).status == 304
            assert get(port, f"/feeds/{token}.ics", method="POST").status == 403
            assert get(port, f"/feeds/{token}x.ics").status == get(port, f"/{token}").status == 404
            with socket.create_connection(("127.0.0.1", port), timeout=30) as half:
                half.sendall(b"GET / HTTP/1.1\r\n")
                assert is_let_go(half)
    logs = [path.read_text() for path in (tmp_path / "access.log", tmp_path / "error.log", server.log)]
    assert " 200 " in logs[0]
    assert token not in "".join(logs)


# -- the nginx settings that are shipped: of what goes through nginx nothing lies in a file of its, not for a moment


DEPLOY = Path("config/deploy")
LARGE = 20_000_000
"""The bytes of an answer: more than any buffer between."""


class Site(NamedTuple):
    """A file of settings, a path that it passes on, and the largest form that it takes; none if it takes no form."""

    file: str
    path: str
    largest: int = 0


SITES = (
    Site("nginx-console.conf", "/import", 6 * 1024 * 1024),
    Site("outside/nginx-portal.conf", "/sheets/OP-1/B", 128 * 1024),
    Site("nginx.conf", "/feeds/x.ics"),
)


@dataclass(frozen=True, slots=True)
class Through:
    """A running nginx. `received`: how many bytes of a form the server behind it has been given."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    received: list[int]

    def holds_no_file(self) -> None:
        """Looks for a while at the files that it has open, removed ones too: none is for what goes through it."""
        for _ in range(15):
            time.sleep(0.02)
            found = [str(path.readlink()) for path in Path(f"/proc/{self.process.pid}/fd").iterdir()]
            assert [one for one in found if re.search("/(client_body|proxy)/", one)] == []

    @contextmanager
    def asking(self, text: str) -> Iterator[socket.socket]:
        """A connection on which that request has begun."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as line:
            line.sendall(f"{text} HTTP/1.1\r\nHost: site\r\n".encode())
            yield line


def _serve(listening: socket.socket, received: list[int]) -> None:
    """Takes one request after the other, and answers each with a large page."""
    while True:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        with line:
            head, _, body = line.recv(65536).partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            n, left = len(body), int(length[1]) if length else 0
            while n < left:
                n += len(line.recv(65536))
            received.append(n)
            try:
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE + bytes(LARGE))
            except OSError:
                continue


@contextmanager
def through(site: Site, folder: Path) -> Iterator[Through]:
    """nginx with the settings, in clear and with nobody to sign in, before a server that answers at length."""
    port, received, listening = free_port(), list[int](), socket.create_server(("127.0.0.1", 0))
    shipped = (DEPLOY / site.file).read_text()
    shipped = re.sub(r"server (unix:|127).*;", f"server 127.0.0.1:{listening.getsockname()[1]};", shipped, count=1)
    shipped = re.sub(r"ssl_certificate.*;|http2 on;|auth_basic.*;|(allow|deny) .*;|access_log .*;", "", shipped)
    shipped = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", shipped)
    shipped = re.sub(r"server_name .*;", "server_name site; access_log off;", shipped)
    threading.Thread(target=_serve, args=(listening, received), daemon=True).start()
    with closing(listening), nginx(folder, shipped, port) as process:
        yield Through(port, folder, process, received)


@NEEDS_NGINX
@pytest.mark.slow
@pytest.mark.parametrize("site", [one for one in SITES if one.largest], ids=lambda one: one.file)
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_form_goes_through_memory_alone(site: Site, tmp_path: Path, *, is_chunked: bool) -> None:
    body = b"Kanarienamnet" * (site.largest // 13)
    with through(site, tmp_path) as there, there.asking(f"POST {site.path}") as line:
        line.sendall(
            b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body)
            if is_chunked
            else b"Content-Length: %d\r\n\r\n" % len(body)
        )
        line.sendall(body[:-1])
        there.holds_no_file()
        line.sendall(body[-1:] + (b"\r\n0\r\n\r\n" if is_chunked else b""))
        assert line.recv(12) == b"HTTP/1.1 200"
        assert there.received == [len(body)], "it came through whole"


@NEEDS_NGINX
@pytest.mark.slow
@pytest.mark.parametrize("site", SITES, ids=lambda one: one.file)
def test_an_answer_that_is_read_slowly_goes_through_memory_alone(site: Site, tmp_path: Path) -> None:
    with through(site, tmp_path) as there, there.asking(f"GET {site.path}") as line:
        line.sendall(b"\r\n")
        n = len(line.recv(12))
        there.holds_no_file()
        while n < LARGE and (more := line.recv(1_000_000)):
            n += len(more)
        assert n > LARGE, "it came through whole"
