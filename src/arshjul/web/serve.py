"""The server process: uvicorn with what it needs to be left alone on a network."""

import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from arshjul.errors import InputError, Message
from arshjul.store.store import Store
from arshjul.texts.system import why
from arshjul.web.app import Telling, application
from arshjul.web.proxies import Proxies

MOST_HEADER_BYTES = 32 * 1024
"""A request's line and headers; calendars send less than one."""

MOST_CONNECTIONS = 2000
BACKLOG = 2048
KEEP_ALIVE_S = 30


class Guarded(HttpToolsProtocol):
    """Closes connections that send more than a request for a feed can be."""

    _received = 0

    def data_received(self, data: bytes) -> None:
        """Counts what comes before a request is whole."""
        self._received += len(data)
        if self._received > MOST_HEADER_BYTES:
            if not self.transport.is_closing():
                self.transport.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n")
                self.transport.close()
            return
        super().data_received(data)

    def on_message_complete(self) -> None:
        """The next request may be as long again."""
        self._received = 0
        super().on_message_complete()


def serve(store: Store, host: str, port: int, metrics_port: int | None, proxies: Proxies) -> None:
    """Serves until it is told to stop. `metrics_port`: None for no figures."""
    telling = Telling()
    if metrics_port is not None:
        try:
            telling.figures.serve(metrics_port)
        except OSError:
            raise InputError(
                Message(
                    "Port {port} for the figures is taken: choose another one with --metrics-port.",
                    {"port": metrics_port},
                )
            ) from None
    listening = _listening(host, port)
    app = application(store, telling, proxies)
    config = uvicorn.Config(app, host=host, port=port, **_SETTINGS)
    server = uvicorn.Server(config)
    telling.log.line("starting", text=f"Serving {store.name} on {host}:{port}.")
    server.run(sockets=[listening])
    telling.log.line("stopped", text="Stopped.")


def _listening(host: str, port: int) -> socket.socket:
    """The socket of the feeds, opened here: uvicorn would tell of a failure in the system's words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise InputError(
            Message(
                "{host}, port {port}: {why}. Choose another with --host or --port.",
                {"host": host, "port": port, "why": why(error)},
            )
        ) from None


_SETTINGS: dict[str, Any] = {
    "loop": "uvloop",
    "http": Guarded,
    "ws": "none",
    "lifespan": "on",
    "access_log": False,  # it would print addresses, which are secrets
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,  # whom a proxy may speak for is looked at in `feeds`
    "timeout_keep_alive": KEEP_ALIVE_S,
    "timeout_graceful_shutdown": 5,
    "limit_concurrency": MOST_CONNECTIONS,
    "backlog": BACKLOG,
}
