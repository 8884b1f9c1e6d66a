"""The server process: uvicorn with what it needs to be left alone on a network."""

import asyncio
import socket
from dataclasses import replace
from functools import partial
from typing import Any

import uvicorn

from arshjul.errors import InputError, Message
from arshjul.limits import open_files
from arshjul.own_faults import tell_no_words
from arshjul.store.store import Store
from arshjul.texts.system import why
from arshjul.web.app import Reports, application
from arshjul.web.connections import USUAL, Connections, Limits
from arshjul.web.protocol import Guarded
from arshjul.web.proxies import Proxies

BACKLOG = 2048

OTHER_FILES = 100
"""Files and sockets that are open beside the connections: database, logs, figures, libraries."""


class _Server(uvicorn.Server):
    """Looks at its connections ten times a second."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self._connections = connections

    async def on_tick(self, counter: int) -> bool:
        """Does what uvicorn does, and lets go of whose time is over."""
        self._connections.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)


def serve(
    store: Store, host: str, port: int, metrics_port: int | None, proxies: Proxies, limits: Limits = USUAL
) -> None:
    """Serves until it is told to stop. `metrics_port`: None for no figures."""
    reports = Reports()
    if metrics_port is not None:
        try:
            reports.figures.serve(metrics_port)
        except OSError:
            raise InputError(
                Message(
                    "Port {port} for the figures is taken: choose another one with --metrics-port.",
                    {"port": metrics_port},
                )
            ) from None
    listening = _listening(host, port)
    app = application(store, reports, proxies)
    connections = Connections(replace(limits, in_all=_as_many_as_files_allow(limits.in_all)))
    reports.figures.count(connections)
    protocol: Any = partial(Guarded, connections=connections, proxies=proxies)
    keep_alive: Any = limits.request_s
    config = uvicorn.Config(app, host=host, port=port, http=protocol, timeout_keep_alive=keep_alive, **_SETTINGS)
    server = _Server(config, connections)
    tell_no_words(reports.log.fault)
    reports.log.line("starting", text=f"Serving {store.name} on {host}:{port}.")
    server.run(sockets=[listening])
    reports.log.line("stopped", text="Stopped.")


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


def _as_many_as_files_allow(in_all: int) -> int:
    """How many connections the system's limit on open files leaves room for, raised as far as they need."""
    return max(1, open_files(in_all + OTHER_FILES) - OTHER_FILES)


_SETTINGS: dict[str, Any] = {
    "loop": "auto",  # uvloop where there is one
    "ws": "none",
    "lifespan": "on",
    "access_log": False,  # it would print addresses, which are secrets
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,  # whom a proxy may speak for is looked at in `feeds`
    "timeout_graceful_shutdown": 5,
    "backlog": BACKLOG,
}
