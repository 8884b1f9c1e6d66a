"""uvicorn configured to run unattended: monitored connections, within the system's limits, on a port or a socket."""

import asyncio
import errno
import os
import socket
import stat
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from arshjul.errors import InputError, Message
from arshjul.serving.connections import Connections, Limits, Proxies, forwarded_for
from arshjul.system.processes import open_files
from arshjul.year.texts.system import why

OTHER_FILES = 100  # files and sockets that are open in addition to connections: database, logs, figures, libraries

_SETTINGS: dict[str, Any] = {
    "loop": "auto",  # uvloop if it is installed
    "ws": "none",
    "access_log": False,  # it would print addresses, which are secrets
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,  # forwarded addresses are read where they are needed
}


class PatientServer(uvicorn.Server):
    """A server that checks its connections ten times a second, and waits for none indefinitely."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self.connections = connections

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Ctrl-C ends it as it is meant to end: uvicorn would raise the signal once more, as an interruption."""
        with suppress(KeyboardInterrupt):
            super().run(sockets)

    async def on_tick(self, counter: int) -> bool:
        self.connections.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)


def patient_server(
    app: ASGIApp, limits: Limits, proxies: Proxies, *, most_body_bytes: int = 0, **more: Any
) -> PatientServer:
    """A server within the system's limit on open files, raised as far as necessary. `more`: uvicorn's settings."""
    room = max(1, open_files(limits.in_all + OTHER_FILES) - OTHER_FILES)
    connections = Connections(replace(limits, in_all=min(limits.in_all, room)))
    protocol: Any = partial(Guarded, connections=connections, proxies=proxies, most_body_bytes=most_body_bytes)
    return PatientServer(uvicorn.Config(app, http=protocol, **_SETTINGS, **more), connections)


MOST_HEADER_BYTES = 32 * 1024
"""The most bytes of a request's head, or of the framing of its body; calendars send less than one KiB."""

PIECE_BYTES = 4 * 1024  # the size of pieces that are read, by which the end of the headers is known closely enough
MOST_WAITING = 1
"""Pipelined requests that may wait for the one before them. Calendars and proxies do not pipeline."""


class Guarded(HttpToolsProtocol):
    """A counted connection, which is closed if it sends more than a request may be."""

    def __init__(
        self, *args: Any, connections: Connections, proxies: Proxies, most_body_bytes: int, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self._most_body_bytes = MOST_HEADER_BYTES + most_body_bytes
        self._connections = connections
        self._proxies = proxies
        self._is_proxy = False
        self._is_in_body = False
        self._received = 0

    @property
    def is_answering(self) -> bool:
        is_answered = self.cycle is None or self.cycle.more_body or self.cycle.response_complete
        return not is_answered or self.transport.get_write_buffer_size() > 0

    def drop(self) -> None:
        """Closes the connection at once: `close` would wait until the reader has taken everything."""
        self.transport.abort()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        self._is_proxy = peer in self._proxies
        comes_for_many = self._is_proxy or not peer  # the peer of a local socket has no address
        self._connections.opened(self, None if comes_for_many else peer, self.loop.time())

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._connections.lost(self)

    def data_received(self, data: bytes) -> None:
        """Counts the bytes of a request's head and of its body, which have separate limits."""
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            self._received += len(piece)
            if self._received > (self._most_body_bytes if self._is_in_body else MOST_HEADER_BYTES + PIECE_BYTES):
                self._refuse()
            if self.transport.is_closing():
                return
            super().data_received(piece)

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n")
            self.transport.close()

    def on_headers_complete(self) -> None:
        """Starts the count of the body. While a proxy's request is answered, the connection counts as the client's."""
        self._is_in_body, self._received = True, 0
        if self._is_proxy:
            header = dict(self.headers).get(b"x-forwarded-for")
            self._connections.speaks_for(self, None if header is None else forwarded_for(header))
        super().on_headers_complete()
        if len(self.pipeline) > MOST_WAITING:
            self._connections.drop(self)

    def on_message_complete(self) -> None:
        self._is_in_body, self._received = False, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._is_proxy:
            self._connections.speaks_for(self, None)
        self._connections.answered(self, self.loop.time())
        super().on_response_complete()


ANSWERED_WITHIN_S = 2.0  # a process that listens on a local socket accepts a connection within this time


def on_port(host: str, port: int, backlog: int | None = None) -> socket.socket:
    """A socket on an address of this machine. InputError if it is in use, instead of uvicorn's words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=backlog)
    except OSError as error:
        values = {"host": host, "port": port, "why": why(error)}
        raise InputError(Message("{host}, port {port}: {why}. Choose another with --host or --port.", values)) from None


def on_path(path: Path) -> socket.socket:
    """A socket that only its owner and group can open: the proxy is in the group. InputError if it cannot be made."""
    if not hasattr(socket, "AF_UNIX"):
        raise InputError(Message("This system has no Unix sockets: use --port instead of --socket."))
    made = socket.socket(socket.AF_UNIX)
    try:
        _take_away_remnant(path)
        before = os.umask(0o117)
        try:
            made.bind(str(path))
        finally:
            os.umask(before)
        made.listen()
    except OSError as error:
        made.close()
        values = {"path": str(path), "why": why(error)}
        raise InputError(Message("{path}: {why}. Choose another with --socket.", values)) from None
    return made


def _take_away_remnant(path: Path) -> None:
    """Removes a socket left behind by an ended process; any other file of that name is left alone."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(ANSWERED_WITHIN_S)
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except TimeoutError:  # busy, but alive
            pass
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
