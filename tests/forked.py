"""Python in a fork of a process that has its imports behind it: they are most of what a short-lived one costs.

It stands for the module `subprocess` where arshjul starts Python. That a new interpreter can be started too, the tests
of a worker, of a killed console and of the feeds' server show.
"""

import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from subprocess import DEVNULL, PIPE
from typing import IO

__all__ = ["DEVNULL", "PIPE", "Popen"]

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "arshjul.solver.backends.cpsat",
        "arshjul.solver.backends.mathopt",
        "arshjul.office.console.job",
        "arshjul.office.console.app",
        "arshjul.office.feeds.app",
        "tests.forked",
    ]
)

Stream = int | IO[bytes] | None


class Popen:
    """A `subprocess.Popen` of `python -c CODE WORDS` or `python -m MODULE WORDS`, as far as one is asked here."""

    def __init__(
        self,
        command: Sequence[str],
        stdin: Stream = None,
        stdout: Stream = None,
        stderr: Stream = None,
        env: Mapping[str, str] | None = None,
        process_group: int | None = None,
    ) -> None:
        theirs: dict[int, Connection] = {}
        self.stdin = _opened(theirs, 0, stdin)
        self.stdout = _opened(theirs, 1, stdout)
        _opened(theirs, 2, stderr)
        given = (command, theirs, None if env is None else dict(env), process_group)
        self._process = _CONTEXT.Process(target=_become, args=given, daemon=True)
        self._process.start()
        for end in theirs.values():
            end.close()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self.poll()
        assert code is not None, "it goes on"
        return code

    def send_signal(self, how: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it ended just now
                os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def communicate(self, given: bytes) -> None:
        assert self.stdin is not None
        with suppress(BrokenPipeError), self.stdin as stream:
            stream.write(given)
        self.wait()


def _opened(theirs: dict[int, Connection], number: int, wanted: Stream) -> IO[bytes] | None:
    """Opens a stream for the other process. Our end of it, where it is a pipe."""
    if wanted is None:
        return None
    if wanted == PIPE:
        read, written = os.pipe()
        theirs[number] = Connection(written if number else read)
        return os.fdopen(read, "rb") if number else os.fdopen(written, "wb")
    theirs[number] = Connection(os.open(os.devnull, os.O_RDWR) if isinstance(wanted, int) else os.dup(wanted.fileno()))
    return None


def _become(
    command: Sequence[str], streams: dict[int, Connection], env: dict[str, str] | None, process_group: int | None
) -> None:
    for number, stream in streams.items():
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin = os.fdopen(0, closefd=False)
    if env is not None:
        os.environ.clear()
        os.environ.update(env)
    if process_group is not None:
        os.setpgid(0, process_group)
    at = next(number for number, word in enumerate(command) if word in {"-c", "-m"})
    how, what, *words = command[at:]
    sys.argv = [how, *words]
    if how == "-m":
        runpy.run_module(what, run_name="__main__")
    else:
        exec(what, {"__name__": "__main__"})
