"""Child processes in Python: how they are begun, wherever somebody stands."""

import sys


def python(*words: str) -> list[str]:
    """The command line of a Python with these words. Without -P it would run a queue.py of the current folder."""
    return [sys.executable, "-P", *words]
