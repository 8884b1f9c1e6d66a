"""A command whose process is killed by a crashing engine is started once more, with engines in processes of their own.

The command runs in a child from the start; the parent has imported nothing that could crash, and waits. Signals sent to
the parent are passed to the child; those from a terminal reach both anyway.
"""

import contextlib
import os
import signal
import sys

import typer

from arshjul.cli.command import say
from arshjul.crashes import are_engines_apart, is_crash, with_engines_apart

_PASSED_ON = frozenset({signal.SIGINT, signal.SIGTERM})
_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG


def survive_crashes() -> None:
    """Continues in a child. The parent never returns: it ends as the child does, or starts the command once more.

    On other systems than Linux, and the second time, this does nothing.
    """
    if are_engines_apart() or sys.platform != "linux" or not hasattr(os, "fork"):
        return
    ours = {*_PASSED_ON, signal.SIGCHLD}
    usual, parent = signal.pthread_sigmask(signal.SIG_BLOCK, ours), os.getpid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # the process that started this one may have ignored it
    child = os.fork()
    if child == 0:
        _end_with(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        return
    code = _ended(child, ours)
    if is_crash(code):
        name = signal.Signals(-code).name
        typer.echo(say("An engine crashed ({signal}). The command starts again.", signal=name), err=True)
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], with_engines_apart())
    if code < 0:
        with contextlib.suppress(OSError):  # uncatchable signals have no handler to reset
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        os.kill(parent, -code)
    os._exit(code)


def _end_with(parent: int) -> None:
    """Makes the system kill this process when the parent dies."""
    import ctypes

    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _ended(child: int, ours: set[signal.Signals]) -> int:
    """The child's exit code, in the convention of `subprocess`."""
    while True:
        heard = signal.sigwaitinfo(ours)
        if heard.si_signo == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
        elif heard.si_code <= 0:  # sent by a process, not by the system
            os.kill(child, heard.si_signo)
