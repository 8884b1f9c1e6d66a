"""The console's process: uvicorn on the loopback, or on a socket that only a proxy can reach."""

import socket
from contextlib import nullcontext

from arshjul.console.app import ConsoleServer
from arshjul.garbage import search_rarely
from arshjul.serving.connections import Limits
from arshjul.serving.forms import MOST_FILE_BYTES
from arshjul.serving.proxies import Proxies
from arshjul.serving.server import patient_server
from arshjul.store import jobs

LIMITS = Limits(request_s=30, answer_s=600, in_all=1000)
"""A form may include a file, and publishing a year may take a while."""

FORM_BYTES = 500_000
"""A form that exceeds the limit by no more than this is refused with a page."""


def serve(console: ConsoleServer, listening: socket.socket, *, is_only: bool, limits: Limits = LIMITS) -> None:
    """Serves until stopped. If it is the only console, jobs left over from an earlier one are ended.

    With another console they are left alone: whether a job's console lives is known by the file or lock that it holds.
    """
    if is_only:
        with console.store.writing() as db:
            jobs.break_off(db)
    server = patient_server(console.application(), limits, Proxies(), most_body_bytes=MOST_FILE_BYTES + FORM_BYTES)
    search_rarely()
    try:
        carrying = nullcontext() if console.carrier is None else console.carrier.going_on()
        with console.store.kept_open(), carrying:
            server.run(sockets=[listening])
    finally:
        console.runner.close()
