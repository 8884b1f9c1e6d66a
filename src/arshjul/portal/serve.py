"""The portal's process: uvicorn, whose connections are limited as those of the feeds are."""

import socket

from arshjul.portal.app import MOST_BYTES, PortalServer, application
from arshjul.serving.connections import USUAL, Limits
from arshjul.serving.proxies import Proxies
from arshjul.serving.server import connections_within, patient_server


def serve(server: PortalServer, listening: socket.socket, proxies: Proxies, limits: Limits = USUAL) -> None:
    """Serves until stopped."""
    made = patient_server(application(server), connections_within(limits), proxies, most_body_bytes=2 * MOST_BYTES)
    with server.portal.kept_open():
        made.run(sockets=[listening])
