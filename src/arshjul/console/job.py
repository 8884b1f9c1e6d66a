"""The child process of a job: works it out, and tells in its row how far it is.

Reads the database's address and the job's number from standard input. It is told to stop in that row,
and then keeps the best that it has found.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from arshjul.actions.draft.options import work_out
from arshjul.children import interrupt
from arshjul.console.runner import LANGUAGE
from arshjul.errors import ArshjulError, Message, NoAnswer, StorageError
from arshjul.formats.catalogues import words
from arshjul.limits import give_way, take_no_more_memory_than, write_no_core
from arshjul.own_faults import tell_no_words
from arshjul.store import jobs
from arshjul.store.jobs import State
from arshjul.store.store import Store, open_store

if TYPE_CHECKING:
    from arshjul.solver import Progress

NICE = 10
"""A solve takes what is left of the machine: whoever asks for a calendar, or for a page, goes before it."""

HEARTBEAT_S = 0.5
MOST_MEMORY = 6_000_000_000
"""Bytes of addresses: a solve that wants more ends, and not the machine."""


def main() -> None:
    """Works out the job that standard input names."""
    tell_no_words()
    write_no_core()
    give_way(NICE)
    take_no_more_memory_than(MOST_MEMORY)
    asked = json.load(sys.stdin)
    store, number = _store(asked["db"], asked["key_file"]), int(asked["job"])
    with telling(store, number) as told:
        attempt(store, number, told)


def attempt(store: Store, number: int, progress: Callable[["Progress"], None]) -> None:
    """Works a job out; where nothing comes of it, its row says why."""
    state: State = "failed"
    try:
        work_out(store, number, progress)
    except NoAnswer as error:
        state, fault = "out-of-time", error.message
    except ArshjulError as error:
        fault = error.message
    except MemoryError:
        fault = Message("It takes more memory than there is.")
    except KeyboardInterrupt:
        fault = Message("It was stopped before there was a plan.")
    else:
        return
    with suppress(StorageError), store.writing() as db:  # the console tells that this process is no more
        jobs.tell(db, number, state=state, fault=words(LANGUAGE).say(fault), heartbeat=datetime.now(UTC))


def _store(db: str, key_file: str | None) -> Store:
    """The database. Where it does not answer, the process ends: its console tells that."""
    try:
        return open_store(db).with_key(None if key_file is None else Path(key_file))
    except StorageError as error:
        sys.exit(words(LANGUAGE).say(error.message))


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
        """Tells until the solve is over; asks it to end where somebody wants that, or nobody waits for it any more.

        A database that does not answer just now is told the next time.
        """
        asked = False
        while not self.over.wait(HEARTBEAT_S):
            with suppress(StorageError):
                wanted = self._tell()
                if not (wanted or asked or self.over.is_set()):
                    asked = True
                    interrupt()

    def _tell(self) -> bool:
        """Writes how far it is; whether somebody wants it to go on."""
        with self._store.writing() as db:
            jobs.tell(db, self._number, heartbeat=datetime.now(UTC), **self._known)
            job = jobs.job(db, self._number)
        return job is not None and job.state in ("running", "done")


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
