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
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

from starlette.applications import Starlette

from arshjul.actions.draft.publish_draft import publish_draft
from arshjul.actions.publishing.publish import Published
from arshjul.cli import main
from arshjul.console.app import ConsoleServer
from arshjul.console.runner import Runner
from arshjul.store.store import Store
from tests.console.browser import Browser, Page
from tests.kills import watched
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


class Killed:
    """A console process that kills what is named in a file when its publishing has done the step named there."""

    def __init__(self, url: str, folder: Path, now: datetime) -> None:
        self._wanted, self._now = folder / "wanted", now
        self.nothing()
        self.process = Forked(folder / "console.log", ("console", "--db", url), self._prepare)
        self.browser = DistantBrowser(port=self.process.port, host=f"{HOST}:{self.process.port}")

    def nothing(self) -> None:
        """Kills nothing from now on."""
        self._wanted.write_text("- -")

    def at(self, step: str, victim: str | int) -> None:
        """Kills the `console`, its `child`, or the process of that number."""
        self._wanted.write_text(f"{step} {victim}")

    def _prepare(self) -> None:
        runners: list[Runner] = []
        start, made = Runner.start, ConsoleServer.__init__

        def noted(self: Runner, store: Store, number: int) -> None:
            runners.append(self)
            start(self, store, number)

        def at(done: str) -> None:
            step, victim = self._wanted.read_text().rsplit(" ", 1)  # a step that comes again has a number behind it
            if step != done:
                return
            if victim == "child":
                runners[-1].kill()
            else:
                os.kill(os.getpid() if victim == "console" else int(victim), signal.SIGKILL)

        def watched_publish(*given: Any, **named: Any) -> Published:
            with watched(at):
                return publish_draft(*given, **named)

        def with_clock(console: ConsoleServer, *given: Any, **named: Any) -> None:
            made(console, *given, **{**named, "clock": lambda: self._now})

        mock.patch.object(Runner, "start", noted).start()
        mock.patch.object(ConsoleServer, "__init__", with_clock).start()
        mock.patch("arshjul.console.pages.publishing.publish_draft", watched_publish).start()
