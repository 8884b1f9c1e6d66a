"""Files of the operating system: flags for opening, opening regular files, permissions, and locks.

Windows has few of the flags, and its permissions are not in the mode, so that Python does not see them.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

IN_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
CLOSED_IN_CHILDREN = getattr(os, "O_CLOEXEC", 0)
BYTES = getattr(os, "O_BINARY", 0)
AT_ONCE = getattr(os, "O_NONBLOCK", 0)
NO_TERMINAL = getattr(os, "O_NOCTTY", 0)

_MODES_TELL = hasattr(os, "getuid")


@contextmanager
def opened_regular(path: Path) -> Iterator[BinaryIO]:
    """The file, opened for reading.

    OSError if it cannot be opened, or is not a regular file; never waits for a pipe.
    """
    handle = os.open(path, os.O_RDONLY | AT_ONCE | NO_TERMINAL | CLOSED_IN_CHILDREN | BYTES)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            code = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO
            raise OSError(code, os.strerror(code), str(path))
        with open(handle, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(handle)


def is_open_to_others(mode: int) -> bool:
    """True if a mode permits others than the owner and its group to use the file."""
    return _MODES_TELL and bool(mode & stat.S_IRWXO)


def is_shared(mode: int) -> bool:
    """True if a mode permits anybody except the owner to use the file."""
    return _MODES_TELL and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def set_mode(handle: int, mode: int) -> None:
    """Sets the mode of an open file."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)


_PRIVATE = 0o600


class HeldByAnother(BlockingIOError):
    """Another process holds the file."""

    def __init__(self) -> None:
        super().__init__(errno.EAGAIN, os.strerror(errno.EAGAIN))


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Makes and holds the file, and removes it afterwards. HeldByAnother at once if another process holds it.

    OSError if it cannot be made.
    """
    path.touch(mode=_PRIVATE)  # the library does not report why a file cannot be made
    lock = FileLock(path, timeout=0, mode=_PRIVATE, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise HeldByAnother from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows does not remove open files, and there the library removes it
            path.unlink()
        with contextlib.suppress(OSError):  # what was done under the lock is done
            lock.release()


def is_held(path: Path) -> bool:
    """True if the process that holds the file lives; a file left by a killed process is removed.

    A missing file is not made: otherwise two simultaneous checks would take each other for the holder.
    """
    if not path.exists():
        return False
    try:
        with held(path):
            return False
    except HeldByAnother:
        return True
