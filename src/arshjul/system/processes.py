"""The own process and its children: how they start, crash, collect garbage, and what the system limits."""

import _thread
import gc
import importlib
import os
import signal
import sys
from types import ModuleType


def python(*words: str) -> list[str]:
    """The command line of Python with these arguments. Without -P it would import a queue.py of the current folder."""
    return [sys.executable, "-P", *words]


def interrupt() -> None:
    """Interrupts the main thread, from any thread, like Ctrl-C; wakes it if the system allows that."""
    if hasattr(signal, "pthread_kill"):
        os.kill(os.getpid(), signal.SIGINT)
    else:
        _thread.interrupt_main()  # on Windows, os.kill would end the process at once


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


RARELY = (50_000, 20, 20)
"""A year is a million lasting objects: a full collection takes 0.1 s, and was a fifth of `plan`'s CPU seconds."""


def tune_gc() -> None:
    """Collects rarely from now on, and never what is there already: called again, what has come since is exempt too."""
    gc.freeze()
    gc.set_threshold(*RARELY)


def _if_there(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


resource = _if_there("resource")


def write_no_core() -> None:
    """Disables core dumps, which would contain secrets that no file contains."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write_no_file() -> None:
    """Lets the process write into no file from now on: to pipes alone."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def take_no_more_memory_than(n_bytes: int) -> None:
    """Limits the process's address space, so that it ends before the machine runs out of memory."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes))


def give_way(steps: int) -> None:
    """Lowers the process's priority. `steps` as in nice(1)."""
    if steps and hasattr(os, "nice"):
        os.nice(steps)


def open_files(wanted: int) -> int:
    """Raises the limit on open files as far as wanted and allowed; returns how many of the wanted are allowed."""
    if resource is None:
        return wanted
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY or allowed >= wanted:
        return wanted
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return allowed
