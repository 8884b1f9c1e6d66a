"""The console and the server of feeds as processes of their own, forked from this one, to be killed; and a browser."""

import http.client
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette

from arshjul.cli import main
from tests.office.console.browser import Browser, Page
from tests.serving import free_port

HOST = "127.0.0.1"


class Forked:
    """`arshjul` with these words and a port, in a process that has its imports behind it; its log lies in a file."""

    def __init__(
        self,
        log: Path,
        words: tuple[str, ...],
        before: Callable[[], object] = lambda: None,
        socket_path: Path | None = None,
    ) -> None:
        self.port, self.pid, self._log, self._words, self._before = free_port(), 0, log, words, before
        self._socket_path = socket_path
        self.start()

    def start(self) -> None:
        """Starts it, anew where it was killed, and waits until it answers."""
        self.pid = os.fork()
        if self.pid == 0:
            self._become()
        for _ in range(3000):
            assert not self._is_dead(), self._log.read_text()
            try:
                self._reach()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError(self._log.read_text())

    def _become(self) -> None:
        try:
            with self._log.open("ab") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            sys.stdout = sys.stderr = self._log.open("a", buffering=1)
            sys.argv = ["arshjul", *self._words, "--port", str(self.port)]
            self._before()
            main()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def _reach(self) -> None:
        if self._socket_path is None:
            self.get("/healthz")
        else:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self._socket_path))

    def get(self, path: str) -> bytes:
        """What is answered at that path."""
        return asked(self.port, "GET", path, b"", {}).body

    def ended(self) -> int:
        """How it ended; waits for that."""
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def _is_dead(self) -> bool:
        if os.waitpid(self.pid, os.WNOHANG) != (0, 0):
            self.pid = 0
        return not self.pid

    def close(self) -> None:
        """Ends it, where it is alive."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.ended()


def asked(port: int, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Page:
    """An answer over the wire."""
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return Page(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@dataclass(slots=True)
class DistantBrowser(Browser):
    """A browser that reaches a console over the wire."""

    app: Starlette = field(default_factory=Starlette)
    port: int = 0

    def send_raw(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Page:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"host": self.host, "cookie": cookie, "content-type": "application/x-www-form-urlencoded", **headers}
        page = asked(self.port, method, address, body, own)
        self._keep(page.headers.get("set-cookie", ""))
        return page
