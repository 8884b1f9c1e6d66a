"""Files of the operating system: flags for opening, opening regular files, and permissions.

Windows has few of the flags, and its permissions are not in the mode, so that Python does not see them.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

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
