"""A process with the imports of others behind it, which runs each command in a child forked from it.

Four in five of a short command's milliseconds go into importing what it stands on. Nothing of arshjul itself is
imported before the fork, so that one command leaves nothing behind for the next.
"""

import json
import os
import signal
import sys
import time
from typing import Any

import holidays
import icalendar
import jinja2
import markupsafe
import pydantic
import rich.console
import typer
import yaml

LIMIT_S = 300
STOOD_ON = (holidays, icalendar, jinja2, markupsafe, pydantic, rich.console, typer, yaml)


def become(asked: dict[str, Any]) -> None:
    """Makes this process the one that a shell would have started."""
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, asked["out"], os.O_WRONLY), (2, asked["err"], os.O_WRONLY)):
        file = os.open(name, flags)
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    sys.argv = ["arshjul", *asked["words"]]
    signal.alarm(LIMIT_S)


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


if __name__ == "__main__" and serve():
    from arshjul.cli import main

    main()
