"""Native crashes: where an engine does what no memory allows, its whole process ends, and no `except` hears of it.

What is small is solved in the process of the command or of the job, so whoever started that process begins it once
more, with every engine in a process of its own: that one's end is survived.
"""

import os
import signal

ENGINES, APART = "ARSHJUL_ENGINES", "apart"
"""The variable that lets every engine have a process of its own."""

_CRASHES = frozenset(
    getattr(signal, name) for name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL") if hasattr(signal, name)
)


def are_engines_apart() -> bool:
    """True in a process that was begun once more."""
    return os.environ.get(ENGINES) == APART


def with_engines_apart() -> dict[str, str]:
    """The environment to begin one more time with."""
    return {**os.environ, ENGINES: APART}


def is_crash(code: int) -> bool:
    """True if a process with that exit code, as `subprocess` tells it, crashed."""
    return -code in _CRASHES
