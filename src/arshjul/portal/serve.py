"""The portal's process: uvicorn, whose connections are limited as those of the feeds are."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from arshjul.actions.parties.sweeping import sweep_drafts
from arshjul.own_faults import report
from arshjul.portal.app import PortalServer
from arshjul.serving.connections import USUAL, Limits
from arshjul.serving.forms import MOST_OPEN_BYTES
from arshjul.serving.proxies import Proxies
from arshjul.serving.server import PatientServer, patient_server

SWEPT_EVERY_S = 3600.0
ENDS_S = 5.0
"""How long a server beside another is waited for when it is to end."""


def serve(server: PortalServer, listening: socket.socket, proxies: Proxies, limits: Limits = USUAL) -> None:
    """Serves until stopped."""
    with server.portal.kept_open(), _sweeping(server):
        _made(server, proxies, limits).run(sockets=[listening])


@contextmanager
def served_beside(server: PortalServer, listening: socket.socket) -> Iterator[None]:
    """Serves in a thread while the block runs: for trying it out, beside a console."""
    made = _made(server, Proxies(), USUAL)
    with server.portal.kept_open(), _sweeping(server):
        thread = threading.Thread(target=made.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            made.should_exit = True
            thread.join(ENDS_S)


@contextmanager
def _sweeping(server: PortalServer) -> Iterator[None]:
    """Removes drafts of information sheets that are over, at once and then hourly, while the block runs."""
    over = threading.Event()

    def go_on() -> None:
        while not over.is_set():
            try:
                sweep_drafts(server.portal, server.clock())
            except Exception as error:  # whatever is wrong, the next turn is tried
                report(error)
            over.wait(SWEPT_EVERY_S)

    if server.sheets is None:
        yield
        return
    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(ENDS_S)


def _made(server: PortalServer, proxies: Proxies, limits: Limits) -> PatientServer:
    return patient_server(server.application(), limits, proxies, most_body_bytes=2 * MOST_OPEN_BYTES)
