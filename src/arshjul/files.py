"""Files as the system knows them: flags to open one with, ordinary ones opened, and who may use them.

Windows has few of the flags, and says who may use a file elsewhere than in its mode, where Python does not look.
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
    """The file, opened to be read. OSError where it cannot be, or is no ordinary one: a pipe is never waited for."""
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
    """True if a mode lets others than the owner and its group use the file."""
    return _MODES_TELL and bool(mode & stat.S_IRWXO)


def is_shared(mode: int) -> bool:
    """True if a mode lets anybody but its owner use the file."""
    return _MODES_TELL and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def set_mode(handle: int, mode: int) -> None:
    """Gives an open file that mode."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)
