"""HTTP on one connection: uvicorn's protocol, which by itself waits for ever for a request and for a reader."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from arshjul.serving.connections import Connections
from arshjul.serving.proxies import Proxies, forwarded_for

MOST_HEADER_BYTES = 32 * 1024
"""A request's line and headers, and again what lies around the pieces of its body; calendars send less than one KiB."""

PIECE_BYTES = 4 * 1024
"""So much at a time is read: so exactly it is known where the headers end."""

MOST_WAITING = 1
"""Requests that may wait for the one before them to be answered. Calendars and proxies send none so."""


class Guarded(HttpToolsProtocol):
    """Is counted among the connections, and closed where it sends more than a request can be."""

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
        """True if a whole request is being answered, or its answer lies ready and is not taken."""
        is_answered = self.cycle is None or self.cycle.more_body or self.cycle.response_complete
        return not is_answered or self.transport.get_write_buffer_size() > 0

    def drop(self) -> None:
        """Closes it at once: `close` would wait until the reader has taken all."""
        self.transport.abort()

    def connection_made(self, transport: Any) -> None:
        """Its time begins."""
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        self._is_proxy = peer in self._proxies
        comes_for_many = self._is_proxy or not peer  # whoever comes by a socket of this machine has no address
        self._connections.opened(self, None if comes_for_many else peer, self.loop.time())

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed, by either side."""
        super().connection_lost(exc)
        self._connections.lost(self)

    def data_received(self, data: bytes) -> None:
        """Counts what comes of a request's headers, and of its body: each has its own limit."""
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
        """The body has a limit of its own. A proxy's connection is, while it is answered, that of whom it asks for."""
        self._is_in_body, self._received = True, 0
        if self._is_proxy:
            header = dict(self.headers).get(b"x-forwarded-for")
            self._connections.speaks_for(self, None if header is None else forwarded_for(header))
        super().on_headers_complete()
        if len(self.pipeline) > MOST_WAITING:
            self._connections.drop(self)

    def on_message_complete(self) -> None:
        """The next request may be as long again."""
        self._is_in_body, self._received = False, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Its time begins anew."""
        if self._is_proxy:
            self._connections.speaks_for(self, None)
        self._connections.answered(self, self.loop.time())
        super().on_response_complete()
