"""The server process: uvicorn, configured to run unattended on a network."""

import socket
from typing import Any

from arshjul.errors import InputError, Message
from arshjul.own_faults import tell_no_words
from arshjul.serving.connections import USUAL, Limits
from arshjul.serving.proxies import Proxies
from arshjul.serving.server import patient_server
from arshjul.texts.system import why
from arshjul.web.app import Reports, application
from arshjul.web.source import FeedSource

BACKLOG = 2048


def serve(
    source: FeedSource, host: str, port: int, metrics_port: int | None, proxies: Proxies, limits: Limits = USUAL
) -> None:
    """Serves until stopped. `metrics_port`: None for no figures."""
    reports = Reports()
    if metrics_port is not None:
        try:
            reports.figures.serve(metrics_port)
        except OSError:
            raise InputError(
                Message(
                    "Metrics port {port} is taken: choose another with --metrics-port.",
                    {"port": metrics_port},
                )
            ) from None
    listening = _listening(host, port)
    app = application(source, reports, proxies)
    settings: dict[str, Any] = {
        "lifespan": "on",
        "timeout_keep_alive": limits.request_s,
        "timeout_graceful_shutdown": 5,
    }
    server = patient_server(app, limits, proxies, host=host, port=port, backlog=BACKLOG, **settings)
    reports.figures.count(server.connections)
    tell_no_words(reports.log.fault)
    reports.log.line("starting", text=f"Serving {source.database.name} on {host}:{port}.")
    server.run(sockets=[listening])
    reports.log.line("stopped", text="Stopped.")


def _listening(host: str, port: int) -> socket.socket:
    """The socket of the feeds, opened here because uvicorn would report a failure in the system's words."""
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
