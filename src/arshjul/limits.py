"""Limits that the system enforces on a process. Windows has none of them."""

import importlib
import os
from types import ModuleType


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
