"""Files as the system knows them: flags to open one with, and who may use it.

Windows has few of the flags, and says who may use a file elsewhere than in its mode, where Python does not look.
"""

import os
import stat

IN_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
CLOSED_IN_CHILDREN = getattr(os, "O_CLOEXEC", 0)
BYTES = getattr(os, "O_BINARY", 0)
AT_ONCE = getattr(os, "O_NONBLOCK", 0)
NO_TERMINAL = getattr(os, "O_NOCTTY", 0)

_MODES_TELL = hasattr(os, "getuid")


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
