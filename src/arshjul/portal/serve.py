"""The portal's process: uvicorn, whose connections are limited as those of the feeds are."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from arshjul.actions.parties.sweeping import stir_all, sweep_drafts
from arshjul.own_faults import report
from arshjul.portal.app import MOST_BYTES, PortalServer, application
from arshjul.serving.connections import USUAL, Limits
from arshjul.serving.proxies import Proxies
from arshjul.serving.server import PatientServer, connections_within, patient_server
from arshjul.store.portal.sheet_keys import SheetKeys

SWEPT_EVERY_S, TURNS_A_DAY = 3600.0, 24
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
    """Removes drafts of information sheets that are over, at once and then hourly, while the block runs.

    Daily it writes the slots of what is hidden anew.
    """
    over = threading.Event()

    def go_on(keys: SheetKeys) -> None:
        for turn in count():
            if over.is_set():
                return
            try:
                sweep_drafts(server.portal, keys, server.clock())
                if turn % TURNS_A_DAY == 0:
                    stir_all(server.portal, keys)
            except Exception as error:  # whatever is wrong, the next turn is tried
                report(error)
            over.wait(SWEPT_EVERY_S)

    if server.sheets is None:
        yield
        return
    thread = threading.Thread(target=go_on, args=(server.sheets.keys,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(ENDS_S)


def _made(server: PortalServer, proxies: Proxies, limits: Limits) -> PatientServer:
    return patient_server(application(server), connections_within(limits), proxies, most_body_bytes=2 * MOST_BYTES)
