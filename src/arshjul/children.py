"""Processes in Python: starting a child in any current folder, and interrupting the own process."""

import _thread
import os
import signal
import sys


def python(*words: str) -> list[str]:
    """The command line of Python with these arguments. Without -P it would import a queue.py of the current folder."""
    return [sys.executable, "-P", *words]


def interrupt() -> None:
    """Interrupts the main thread, from any thread, like Ctrl-C; wakes it if the system allows that."""
    if hasattr(signal, "pthread_kill"):
        os.kill(os.getpid(), signal.SIGINT)
    else:
        _thread.interrupt_main()  # on Windows, os.kill would end the process at once
