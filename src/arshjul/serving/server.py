"""uvicorn with what it needs to be left alone: connections that are looked at, within what the system allows."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from arshjul.limits import open_files
from arshjul.serving.connections import Connections, Limits
from arshjul.serving.protocol import Guarded
from arshjul.serving.proxies import Proxies

OTHER_FILES = 100
"""Files and sockets that are open beside the connections: database, logs, figures, libraries."""

_SETTINGS: dict[str, Any] = {
    "loop": "auto",  # uvloop where there is one
    "ws": "none",
    "access_log": False,  # it would print addresses, which are secrets
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,  # for whom a proxy speaks is looked at where it matters
}


class PatientServer(uvicorn.Server):
    """A server that waits for whoever comes, and for nobody without end: it looks at them ten times a second."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self._connections = connections

    async def on_tick(self, counter: int) -> bool:
        """Does what uvicorn does, and lets go of whose time is over."""
        self._connections.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)


def connections_within(limits: Limits) -> Connections:
    """No more than the system's limit on open files leaves room for, raised as far as they need."""
    room = max(1, open_files(limits.in_all + OTHER_FILES) - OTHER_FILES)
    return Connections(replace(limits, in_all=min(limits.in_all, room)))


def patient_server(
    app: ASGIApp, connections: Connections, proxies: Proxies, *, most_body_bytes: int = 0, **more: Any
) -> PatientServer:
    """A server of an application. `more`: settings of uvicorn's beside those that all servers have."""
    protocol: Any = partial(Guarded, connections=connections, proxies=proxies, most_body_bytes=most_body_bytes)
    return PatientServer(uvicorn.Config(app, http=protocol, **_SETTINGS, **more), connections)
