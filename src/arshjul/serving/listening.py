"""The sockets that a server of pages listens on: a port, or one that only a proxy can reach."""

import errno
import os
import socket
import stat
from pathlib import Path

from arshjul.errors import InputError, Message
from arshjul.texts.system import why

ANSWERED_WITHIN_S = 2.0
"""A process that listens on a local socket accepts a connection within this time."""


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
        raise InputError(Message("This system has no Unix sockets: use --port instead of --socket."))
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
