"""What one needs to know of a machine to compare figures, and nothing that says whose it is."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("ortools", "numpy", "distributed")


def facts() -> dict[str, str | int]:
    """Python, packages, cores, processor and memory."""
    found: dict[str, str | int] = {"python": platform.python_version(), "system": platform.system()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    found["cores"] = len(os.sched_getaffinity(0))
    found["processor"] = _field(Path("/proc/cpuinfo"), "model name") or platform.machine()
    found["memory"] = _field(Path("/proc/meminfo"), "MemTotal")
    return found


def _field(file: Path, name: str) -> str:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
