"""Reading a file that comes from anywhere: an ordinary one, and no more of it than is wanted.

A pipe is never waited for, and a device that has no end never read.
"""

import errno
import os
import stat
from pathlib import Path

_FLAGS = ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")
_AS_FAR_AS_KNOWN = sum(getattr(os, name, 0) for name in _FLAGS)
"""Those of them that the system has: Windows has the last alone."""


def read_regular(path: Path, most: int) -> bytes:
    """What the file holds; where that is more than `most` bytes, the first of them and one more.

    OSError where it cannot be read, or is no ordinary file.
    """
    handle = os.open(path, os.O_RDONLY | _AS_FAR_AS_KNOWN)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            code = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO
            raise OSError(code, os.strerror(code), str(path))
        with open(handle, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(handle)
