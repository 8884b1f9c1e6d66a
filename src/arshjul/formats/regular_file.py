"""Reading a file that comes from anywhere: an ordinary one, and no more of it than is wanted.

A pipe is never waited for, and a device that has no end never read.
"""

import errno
import os
import stat
from pathlib import Path

from arshjul.files import AT_ONCE, BYTES, CLOSED_IN_CHILDREN, NO_TERMINAL

_FLAGS = os.O_RDONLY | AT_ONCE | NO_TERMINAL | CLOSED_IN_CHILDREN | BYTES


def read_regular(path: Path, most: int) -> bytes:
    """What the file holds; where that is more than `most` bytes, the first of them and one more.

    OSError where it cannot be read, or is no ordinary file.
    """
    handle = os.open(path, _FLAGS)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            code = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO
            raise OSError(code, os.strerror(code), str(path))
        with open(handle, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(handle)
