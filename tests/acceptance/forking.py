"""A process with its imports behind it, which runs each command in a child forked from it.

Nine in ten of a short command's milliseconds go into imports. To have them once, it plans a scenario before it forks
for the first time; what only shows in a new interpreter (seeds, what `--help` imports) is tested in one.
"""

import gc
import json
import os
import signal
import sys
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from tempfile import TemporaryDirectory
from typing import Any

from arshjul.cli import main, run

LIMIT_S = 300
CHANGES_FILES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.utime"}


def warm(scenario: str) -> None:
    """Runs a few commands once in this process."""
    with TemporaryDirectory() as folder, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        out = f"{folder}/plan"
        for words in (
            ("plan", scenario, "-o", out, "--as-of", "2027-01-04T09:00"),
            ("verify", out),
            ("explain", out, "OP-1"),
            ("publish", out, "--rehearsal", "--reason", "warm", "--db", f"{folder}/arshjul.db"),
            ("doctor", "--db", f"{folder}/arshjul.db"),
        ):
            sys.argv = ["arshjul", *words]
            with suppress(SystemExit):
                run()


def die_at(step: int) -> None:
    """Kills this process, as by `kill -9`, right before the change of a file that `step` counts to."""
    counted = 0

    def count(event: str, given: tuple[Any, ...]) -> None:
        nonlocal counted
        if event in CHANGES_FILES or (event == "open" and isinstance(given[2], int) and given[2] & 3 != os.O_RDONLY):
            counted += 1
            if counted == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def become(asked: dict[str, Any]) -> None:
    """Makes this process the one that a shell would have started."""
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, asked["out"], os.O_WRONLY),
        (2, asked["err"], os.O_WRONLY),
    ):
        file = os.open(name, flags)
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    sys.argv = ["arshjul", *asked["words"]]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to it
    signal.alarm(LIMIT_S)
    exec(asked["prelude"], {})
    if asked["die_at"]:
        die_at(asked["die_at"])


def serve() -> bool:
    """Answers exit codes until nobody asks any more; true in a child, which has a command to run."""
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            become(json.loads(line))
            return True
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()
    return False


def answer() -> int:
    """Runs the command that this process became, and gives the code with which an interpreter would end."""
    try:
        main()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        sys.stderr.write(f"{ended.code}\n")
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    warm(sys.argv[1])
    gc.freeze()
    if serve():
        code = answer()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # taking down what was imported would take longer than the command
