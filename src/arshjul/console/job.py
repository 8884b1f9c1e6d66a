"""The child process of a job: works it out, and tells in its row how far it is.

Reads the database's address and the job's number from standard input. It is told to stop in that row,
and then keeps the best that it has found.
"""

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from arshjul.actions.options import work_out
from arshjul.errors import ArshjulError
from arshjul.formats.catalogues import words
from arshjul.store import jobs
from arshjul.store.store import Store, open_store

if TYPE_CHECKING:
    from arshjul.solver import Progress

LANGUAGE = "sv"
"""The row that tells of a fault is read by whoever comes."""

HEARTBEAT_S = 0.5
MOST_MEMORY = 6_000_000_000
"""Bytes of addresses: a solve that wants more ends, and not the machine."""


def main() -> None:
    """Works out the job that standard input names."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    asked = json.load(sys.stdin)
    key_file = asked["key_file"]
    store = open_store(asked["db"]).with_key(None if key_file is None else Path(key_file))
    number = int(asked["job"])
    fault = ""
    try:
        with telling(store, number) as told:
            work_out(store, number, float(asked["limit_s"]), told)
    except ArshjulError as error:
        fault = words(LANGUAGE).say(error.message)
    except MemoryError:
        fault = "MemoryError"
    except KeyboardInterrupt:
        fault = ""
    with store.writing() as db:
        jobs.tell(db, number, state="failed", fault=fault, heartbeat=datetime.now(UTC))


class Telling:
    """The state of a solve, for its row; written from a thread of its own, now and then."""

    def __init__(self, store: Store, number: int) -> None:
        self._store, self._number = store, number
        self._known: dict[str, object] = {}
        self.over = threading.Event()

    def __call__(self, progress: "Progress") -> None:
        """Notes a better value or bound."""
        self._known = {"level": progress.level, "value": progress.value, "bound": progress.bound}

    def go_on(self) -> None:
        """Tells until the solve is over; asks it to end where somebody wants that."""
        asked = False
        while not self.over.wait(HEARTBEAT_S):
            with self._store.writing() as db:
                jobs.tell(db, self._number, heartbeat=datetime.now(UTC), **self._known)
                job = jobs.job(db, self._number)
            if not asked and job is not None and job.state == "stopping":
                asked = True
                os.kill(os.getpid(), signal.SIGINT)


@contextmanager
def telling(store: Store, number: int) -> Iterator[Telling]:
    """Tells of a solve for as long as it goes on."""
    told = Telling(store, number)
    thread = threading.Thread(target=told.go_on, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.over.set()
        thread.join()


if __name__ == "__main__":
    main()
