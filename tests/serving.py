"""A server process of its own, and requests to it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from arshjul.serving.server import on_path, on_port
from tests import forked

MAIN = [sys.executable, "-c", "from arshjul.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    """`arshjul serve` on a port of the loopback; its log lies in a file. `anew`: in an interpreter of its own."""

    def __init__(self, url: str, folder: Path, *more: str, main: list[str] = MAIN, anew: bool = False) -> None:
        self.port = free_port()
        self.metrics_port = free_port()
        self.log = folder / f"serve-{self.port}.log"
        ports = ("--port", str(self.port), "--metrics-port", str(self.metrics_port))
        with self.log.open("wb") as log:
            command = [*main, "serve", "--db", url, *ports, *more]
            start = subprocess.Popen if anew else forked.Popen
            self.process = start(command, stdout=log, stderr=log, env={**os.environ})
        self.started_s = self._wait()

    def _wait(self) -> float:
        started = time.monotonic()
        while time.monotonic() - started < 60:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if self.get("/healthz").status == 200:
                    return time.monotonic() - started
            except OSError:
                time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
        return get(self.port, path, headers, method)

    def feed(self, token: str, headers: dict[str, str] | None = None) -> Answer:
        return self.get(f"/feeds/{token}.ics", headers)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def get(port: int, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


def _own_ports() -> Iterator[int]:
    """Ports that the system gives to nobody by itself, so that one that is free now is so when a server asks for it.

    Each worker of a run has its own eighth of them, and each process starts at another place.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    ports = range(10000 + worker, 32000, 8)
    at = os.getpid() * 61 % len(ports)
    return cycle([*ports[at:], *ports[:at]])


_PORTS = _own_ports()


def free_port() -> int:
    for port in _PORTS:
        with socket.socket() as asked:
            try:
                asked.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError


def is_let_go(line: socket.socket) -> bool:
    """Waits until the server has closed it; what it sends before is read."""
    try:
        while line.recv(65536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


@contextmanager
def listening(app: Starlette, path: Path | None = None) -> Iterator[str]:
    """Serves an application in this process, on a port or on a socket at that path; its address on a port."""
    line = on_port("127.0.0.1", 0) if path is None else on_path(path)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [line]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield "" if path else f"http://127.0.0.1:{line.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        line.close()
