"""The nginx settings that are shipped: of what goes through nginx nothing lies in a file of its, not for a moment."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.serving import free_port

DEPLOY = Path("config/deploy")
LARGE = 20_000_000
"""The bytes of an answer: more than any buffer between."""

pytestmark = pytest.mark.skipif(
    shutil.which("nginx") is None and os.environ.get("ARSHJUL_REQUIRE_ALL") != "1",
    reason="no nginx here: apt-get install nginx-light",
)


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
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    settings = folder / "nginx.conf"
    settings.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ {temporary} {shipped} }}\n"
    )
    threading.Thread(target=_serve, args=(listening, received), daemon=True).start()
    process = subprocess.Popen(["nginx", "-c", str(settings), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                break
        yield Through(port, folder, process, received)
    finally:
        process.terminate()
        process.wait(10)
        listening.close()


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
