"""uvicorn configured to run unattended: monitored connections, within the system's limits."""

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
"""Files and sockets that are open in addition to connections: database, logs, figures, libraries."""

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

    async def on_tick(self, counter: int) -> bool:
        """Does uvicorn's own work, and closes connections whose time is over."""
        self.connections.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)


def patient_server(
    app: ASGIApp, limits: Limits, proxies: Proxies, *, most_body_bytes: int = 0, **more: Any
) -> PatientServer:
    """A server of an application, whose connections are within the system's limit on open files.

    That is raised as far as necessary. `more`: settings of uvicorn in addition to the common ones.
    """
    room = max(1, open_files(limits.in_all + OTHER_FILES) - OTHER_FILES)
    connections = Connections(replace(limits, in_all=min(limits.in_all, room)))
    protocol: Any = partial(Guarded, connections=connections, proxies=proxies, most_body_bytes=most_body_bytes)
    return PatientServer(uvicorn.Config(app, http=protocol, **_SETTINGS, **more), connections)
