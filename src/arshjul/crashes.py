"""Native crashes: an engine that accesses invalid memory ends its whole process, and no `except` can catch it.

Small problems are solved in the process of the command or job, so after a crash its parent starts it once more, with
every engine in a process of its own, whose crash it survives.
"""

import os
import signal

ENGINES, APART = "ARSHJUL_ENGINES", "apart"
"""The variable that makes engines run in processes of their own."""

_CRASHES = frozenset(
    getattr(signal, name) for name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL") if hasattr(signal, name)
)


def are_engines_apart() -> bool:
    """True in a process that was started once more after a crash."""
    return os.environ.get(ENGINES) == APART


def with_engines_apart() -> dict[str, str]:
    """The environment for starting a process once more."""
    return {**os.environ, ENGINES: APART}


def is_crash(code: int) -> bool:
    """True if a process with that exit code, in the convention of `subprocess`, crashed."""
    return -code in _CRASHES
