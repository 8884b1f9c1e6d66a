"""The child process that works out a job: one at a time; it can be stopped, and its death is reported."""

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from arshjul.errors import Message, StorageError
from arshjul.office.store import jobs
from arshjul.office.store.store import Store
from arshjul.system.processes import is_crash, python, with_engines_apart
from arshjul.year.formats.catalogues import words
from arshjul.year.texts.system import why

LANGUAGE = "sv"  # the language of faults written to a job's row, which anybody may read
TOLD_AGAIN_S = 1.0  # the wait before writing the end of a job again, after the database did not answer


KILLED = -9  # the exit code of a killed child; the system kills it if memory is short


class Runner:
    """Starts jobs. `db`: the database's address; it may contain a password, so the child reads it from a pipe.

    `limit_s`: the time limit of a job by default. `console`: the name under which this console uses the database.
    """

    def __init__(self, db: str, limit_s: int, key_file: Path | None = None, console: str = "") -> None:
        self.limit_s, self.console = limit_s, console
        self._db, self._key_file = db, key_file
        self._lock = threading.Lock()
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._overtaken: set[int] = set()
        self._closing = threading.Event()

    def start(self, store: Store, number: int) -> None:
        """Starts the child of a job, and ends older children. If the system cannot start it, the job reports that."""
        with self._lock:
            for older, child in self._children.items():
                self._overtaken.add(older)
                child.terminate()
            try:
                child = self._children[number] = _child(os.environ)
            except OSError as error:
                text = Message("The calculation could not start: {why}.", {"why": why(error)})
                self._end(store, number, text)
                return
        threading.Thread(target=self._attend, args=(store, number, child), daemon=True).start()

    def _attend(self, store: Store, number: int, child: "subprocess.Popen[bytes]") -> None:
        """Waits for a child; one that crashed with an engine is started once more, with engines as processes."""
        key = None if self._key_file is None else str(self._key_file)
        asked = json.dumps({"db": self._db, "job": number, "key_file": key}).encode()
        child.communicate(asked)
        if is_crash(child.returncode):
            with suppress(OSError):
                with self._lock:
                    child = self._children[number] = _child(with_engines_apart())
                child.communicate(asked)
        with self._lock:
            self._children.pop(number, None)
            is_overtaken = number in self._overtaken
            self._overtaken.discard(number)
        self._end(store, number, _how_it_ended(child.returncode, is_overtaken=is_overtaken))

    def _end(self, store: Store, number: int, fault: Message | None) -> None:
        """Writes that a job has failed, later if the database does not answer; nothing if the child has said so."""
        text = "" if fault is None else words(LANGUAGE).say(fault)
        if not _told_over(store, number, text):
            threading.Thread(target=self._end_later, args=(store, number, text), daemon=True).start()

    def _end_later(self, store: Store, number: int, text: str) -> None:
        while not self._closing.wait(TOLD_AGAIN_S) and not _told_over(store, number, text):
            pass

    def kill(self) -> None:
        """Kills the running children at once, as the system does if memory is short."""
        with self._lock:
            for child in self._children.values():
                child.kill()

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            for child in self._children.values():
                child.terminate()


def _child(environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    command = python("-m", "arshjul.office.console.job")
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment)


def _how_it_ended(code: int, *, is_overtaken: bool) -> Message | None:
    """Why a child ended without writing so itself, as far as its exit code shows."""
    if is_overtaken:
        return Message("Ended: the options are worked out again with later entries.")
    if code == KILLED:
        return Message("Killed from outside: the computer may lack memory.")
    return None


def _told_over(store: Store, number: int, fault: str) -> bool:
    try:
        with store.writing() as db:
            jobs.tell(db, number, state="failed", fault=fault, heartbeat=datetime.now(UTC))
    except StorageError:
        return False
    return True
