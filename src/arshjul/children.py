"""Processes in Python: how a child is begun, wherever somebody stands, and how one interrupts itself."""

import _thread
import os
import signal
import sys


def python(*words: str) -> list[str]:
    """The command line of a Python with these words. Without -P it would run a queue.py of the current folder."""
    return [sys.executable, "-P", *words]


def interrupt() -> None:
    """Ctrl-C, from any thread, to the main one; where that is possible it is woken from what it waits for."""
    if hasattr(signal, "pthread_kill"):
        os.kill(os.getpid(), signal.SIGINT)
    else:
        _thread.interrupt_main()  # Windows would end the process at once
