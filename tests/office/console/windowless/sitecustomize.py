"""Every Python that finds this first has no more of the system than Windows has.

The standard library and filelock are let be: in Windows they have ways of their own. What is imported later goes
without.
"""

import asyncio
import concurrent.futures.thread
import getpass
import logging.handlers
import multiprocessing.pool
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import wsgiref.simple_server
from functools import partial
from types import ModuleType

import filelock

THERE = (asyncio, concurrent, filelock, getpass, logging, multiprocessing, selectors, shutil, tempfile, wsgiref)

MODULES = ("crypt", "fcntl", "grp", "nis", "pty", "pwd", "readline", "resource", "spwd", "syslog", "termios", "uvloop")
OF_OS = [
    "O_CLOEXEC",
    "O_DIRECTORY",
    "O_DSYNC",
    "O_NOCTTY",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_SYNC",
    "P_NOWAITO",
    "WNOHANG",
    "chown",
    "confstr",
    "ctermid",
    "fchdir",
    "fchmod",
    "fchown",
    "fork",
    "forkpty",
    "fpathconf",
    "fstatvfs",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getloadavg",
    "getpgid",
    "getpgrp",
    "getpriority",
    "getsid",
    "getuid",
    "initgroups",
    "killpg",
    "lchown",
    "lockf",
    "mkfifo",
    "mknod",
    "nice",
    "openpty",
    "pathconf",
    "pipe2",
    "posix_fadvise",
    "posix_fallocate",
    "posix_spawn",
    "pread",
    "preadv",
    "pwrite",
    "pwritev",
    "readv",
    "sched_getaffinity",
    "sched_setaffinity",
    "sendfile",
    "setegid",
    "seteuid",
    "setgid",
    "setgroups",
    "setpgid",
    "setpriority",
    "setsid",
    "setuid",
    "statvfs",
    "sync",
    "sysconf",
    "tcgetpgrp",
    "tcsetpgrp",
    "ttyname",
    "wait",
    "wait3",
    "wait4",
    "waitid",
    "writev",
]
OF_SIGNAL = [
    "SIGALRM",
    "SIGBUS",
    "SIGCHLD",
    "SIGCONT",
    "SIGHUP",
    "SIGIO",
    "SIGKILL",
    "SIGPIPE",
    "SIGPROF",
    "SIGQUIT",
    "SIGSTOP",
    "SIGSYS",
    "SIGTRAP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGUSR1",
    "SIGUSR2",
    "SIGVTALRM",
    "SIGWINCH",
    "alarm",
    "getitimer",
    "pause",
    "pthread_kill",
    "pthread_sigmask",
    "setitimer",
    "siginterrupt",
    "sigpending",
    "sigtimedwait",
    "sigwait",
    "sigwaitinfo",
]
OF_SOCKET = ("AF_UNIX", "SO_REUSEPORT", "recv_fds", "send_fds")


_kill = os.kill


def whole(module: ModuleType) -> ModuleType:
    """The module as it is, for whom it is to stay so."""
    made = ModuleType(module.__name__)
    vars(made).update(vars(module))
    return made


def ended_at_once(pid: int, _number: int) -> None:
    """As in Windows: whatever the signal is called, the process is no more."""
    assert pid != os.getpid(), "this would be the end of the process itself"
    _kill(pid, 9)


def take_out() -> None:
    """Takes away what Windows has not; what is imported by now keeps it."""
    kept = [(os, whole(os)), (signal, whole(signal)), (socket, whole(socket))]
    for module in list(sys.modules.values()):
        for ours, theirs in kept:
            if getattr(module, ours.__name__, None) is ours:
                setattr(module, ours.__name__, theirs)
    sys.modules.update(dict.fromkeys(MODULES))  # type: ignore[arg-type]
    for (module, _), names in zip(kept, (OF_OS, OF_SIGNAL, OF_SOCKET), strict=True):
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    os.kill = ended_at_once


if os.environ.get("WITHOUT_POSIX") == "1":
    socket.socketpair = partial(socket.socketpair, socket.AF_UNIX)  # which Windows makes of two others
    take_out()
