"""Lock files by which processes know of each other: held while a process lives, however it ends.

The locking library also works on Windows.
"""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

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
