"""The console's process: uvicorn on the loopback, or on a socket that only a proxy can reach."""

import errno
import gc
import os
import socket
import stat
from pathlib import Path

from arshjul.console.app import ConsoleServer, application
from arshjul.errors import InputError, Message
from arshjul.serving.connections import Limits
from arshjul.serving.forms import MOST_FILE_BYTES
from arshjul.serving.proxies import Proxies
from arshjul.serving.server import connections_within, patient_server
from arshjul.store import jobs
from arshjul.texts.system import why

RARELY = (50_000, 20, 20)
"""Thresholds of rare garbage collection: a year is a million lasting objects, and a full collection takes 0.1 s."""

ANSWERED_WITHIN_S = 2.0
"""A process that listens on a local socket accepts a connection within this time."""


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
    server = patient_server(
        application(console), connections_within(limits), Proxies(), most_body_bytes=MOST_FILE_BYTES + FORM_BYTES
    )
    search_rarely()
    try:
        with console.store.kept_open():
            server.run(sockets=[listening])
    finally:
        console.runner.close()


def search_rarely() -> None:
    """Exempts present objects from garbage collection, and collects rarely."""
    gc.freeze()
    gc.set_threshold(*RARELY)


def on_port(host: str, port: int) -> socket.socket:
    """A socket on an address of this machine. InputError if it is in use."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        values = {"host": host, "port": port, "why": why(error)}
        raise InputError(Message("{host}, port {port}: {why}. Choose another port with --port.", values)) from None


def on_path(path: Path) -> socket.socket:
    """A socket that only its owner and group can open: the proxy is in the group. InputError if it cannot be made."""
    if not hasattr(socket, "AF_UNIX"):
        raise InputError(Message("This system has no sockets that lie in a folder: say --port instead of --socket."))
    made = socket.socket(socket.AF_UNIX)
    try:
        _take_away_remnant(path)
        before = os.umask(0o117)
        try:
            made.bind(str(path))
        finally:
            os.umask(before)
        made.listen()
    except OSError as error:
        made.close()
        values = {"path": str(path), "why": why(error)}
        raise InputError(Message("{path}: {why}. Choose another with --socket.", values)) from None
    return made


def _take_away_remnant(path: Path) -> None:
    """Removes a socket left behind by an ended process; any other file of that name is left alone."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(ANSWERED_WITHIN_S)
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except TimeoutError:  # busy, but alive
            pass
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
