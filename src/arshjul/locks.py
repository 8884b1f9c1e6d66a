"""Files by which processes know of each other: held for as long as a process lives, whatever ends it.

The library that holds them does so on Windows too.
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
    """Makes the file and holds it; afterwards it is gone. HeldByAnother at once where somebody else holds it.

    OSError where it cannot be made.
    """
    path.touch(mode=_PRIVATE)  # the library says no more of a file that cannot be made than that it is not to be had
    lock = FileLock(path, timeout=0, mode=_PRIVATE, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise HeldByAnother from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no file that is open, and the library does so itself
            path.unlink()
        with contextlib.suppress(OSError):  # what was done under the lock is done
            lock.release()


def is_held(path: Path) -> bool:
    """True if whoever holds the file lives; what somebody has left who was killed is removed.

    Where there is no file none is made: two that look at once would each take the other for its holder.
    """
    if not path.exists():
        return False
    try:
        with held(path):
            return False
    except HeldByAnother:
        return True
