"""A process with its imports behind it, which runs commands: nine in ten of a short one's milliseconds go into those.

`here`: one command after the other in this process. Each gets streams, folder, environment and zone of its own; what
else a command sets stays for those after it: hooks for what nobody caught, limits of the system, filters of warnings,
what functions have cached, and help in the language that was there at the import. `forked`: each in a child, for what
changes the process that it runs in; a command that an engine takes with it is begun once more only there. What only
shows in a new interpreter (seeds, what `--help` imports) is tested in one.
"""

import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from tempfile import TemporaryDirectory
from typing import Any

from arshjul.cli import main
from arshjul.cli.app import run

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


def begin(asked: dict[str, Any]) -> None:
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


def answer(command: Callable[[], None]) -> int:
    """Runs the command, and gives the code with which an interpreter would end."""
    code = 0
    try:
        command()
    except SystemExit as ended:
        if isinstance(ended.code, int):
            code = ended.code
        elif ended.code is not None:
            sys.stderr.write(f"{ended.code}\n")
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def here(asked: dict[str, Any]) -> int:
    """Runs a command in this process; its answer. What it leaves to the garbage is closed as at a process's end."""
    begin(asked)
    code = answer(run)
    signal.alarm(0)
    gc.collect()
    gc.freeze()
    return code


def forked(asked: dict[str, Any]) -> int:
    """Runs a command in a child; its answer."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    begin(asked)
    exec(asked["prelude"], {})
    if asked["die_at"]:
        die_at(asked["die_at"])
    os._exit(answer(main))  # taking down what was imported would take longer than the command


def serve(how: Callable[[dict[str, Any]], int]) -> None:
    """Answers exit codes until nobody asks any more."""
    with os.fdopen(os.dup(0)) as questions, os.fdopen(os.dup(1), "w") as answers:
        while line := questions.readline():
            answers.write(f"{how(json.loads(line))}\n")
            answers.flush()


if __name__ == "__main__":
    if sys.argv[1] == "forked":
        warm(sys.argv[2])
        gc.freeze()
        serve(forked)
    else:
        serve(here)
