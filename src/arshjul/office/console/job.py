"""The child process of a job: works it out, and writes its progress to the job's row.

Reads the database's address and the job's number from standard input. A stop is requested in that row; then it keeps
the best result found.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from arshjul.errors import ArshjulError, InputError, Message, NoAnswer, Problem, Refused, StorageError
from arshjul.office.console.runner import LANGUAGE
from arshjul.office.draft.study import work_out
from arshjul.office.store import jobs
from arshjul.office.store.jobs import State
from arshjul.office.store.store import Store, open_store
from arshjul.solver import Disagreement
from arshjul.system.processes import give_way, interrupt, take_no_more_memory_than, tune_gc, write_no_core
from arshjul.system.uncaught import SOLVER_LOG, log_uncaught, reported_errors
from arshjul.year.folder.dump import with_board_kept
from arshjul.year.formats.catalogues import words

if TYPE_CHECKING:
    from arshjul.solver import Progress

NICE = 10  # a solve yields to all other processes: a calendar or a page comes first
HEARTBEAT_S = 0.5
MOST_MEMORY = 6_000_000_000
"""Bytes of address space: a solve that wants more ends, before the machine runs out of memory."""


def main() -> None:
    log_uncaught()
    write_no_core()
    tune_gc()
    give_way(NICE)
    take_no_more_memory_than(MOST_MEMORY)
    asked = json.load(sys.stdin)
    store, number = _store(asked["db"], asked["key_file"]), int(asked["job"])
    with telling(store, number) as told, reported_errors(SOLVER_LOG) as contradictions:
        attempt(store, number, told)
    for error in contradictions:
        if isinstance(error, Disagreement):
            with_board_kept(error)


def attempt(store: Store, number: int, progress: Callable[["Progress"], None]) -> None:
    state: State = "failed"
    more: Sequence[Problem] = ()
    try:
        work_out(store, number, progress)
    except NoAnswer as error:
        state, fault = "out-of-time", error.message
    except ArshjulError as error:
        fault = error.message
        more = error.problems if isinstance(error, InputError | Refused) else ()
    except MemoryError:
        fault = Message("The computer's memory is not enough.")
    except KeyboardInterrupt:
        fault = Message("Stopped before anything was found.")
    else:
        return
    said = " ".join(map(words(LANGUAGE).say, (fault, *(problem.text for problem in more))))
    with suppress(StorageError), store.writing() as db:  # the console reports that this process has ended
        jobs.tell(db, number, state=state, fault=said, heartbeat=datetime.now(UTC))


def _store(db: str, key_file: str | None) -> Store:
    """The database. If it does not answer, the process ends, which the console reports."""
    try:
        return open_store(db).with_key(None if key_file is None else Path(key_file))
    except StorageError as error:
        sys.exit(words(LANGUAGE).say(error.message))


class Telling:
    def __init__(self, store: Store, number: int) -> None:
        self._store, self._number = store, number
        self._known: dict[str, object] = {}
        self.over = threading.Event()

    def __call__(self, progress: "Progress") -> None:
        self._known = {"level": progress.level, "value": progress.value, "bound": progress.bound}

    def go_on(self) -> None:
        """Writes the progress until the solve is over; interrupts one that is to stop or is no longer wanted."""
        asked = False
        while not self.over.wait(HEARTBEAT_S):
            with suppress(StorageError):
                wanted = self._tell()
                if not (wanted or asked or self.over.is_set()):
                    asked = True
                    interrupt()

    def _tell(self) -> bool:
        with self._store.writing() as db:
            jobs.tell(db, self._number, heartbeat=datetime.now(UTC), **self._known)
            job = jobs.JOBS.get(db, self._number)
        return job is not None and job.state in ("running", "done")


@contextmanager
def telling(store: Store, number: int) -> Iterator[Telling]:
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
