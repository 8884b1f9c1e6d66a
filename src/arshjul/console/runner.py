"""The child process that works a job out: one at a time, told to stop, and told of when it dies."""

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from arshjul.children import python
from arshjul.crashes import is_crash, with_engines_apart
from arshjul.errors import Message, StorageError
from arshjul.formats.catalogues import words
from arshjul.store import jobs
from arshjul.store.store import Store
from arshjul.texts.system import why

LANGUAGE = "sv"
"""The row that tells of a fault is read by whoever comes."""


class Runner:
    """Starts jobs. `db` is the database's address; a password may stand in it, so the child reads it from a pipe."""

    def __init__(self, db: str, limit_s: float, key_file: Path | None = None) -> None:
        self._db, self._limit_s, self._key_file = db, limit_s, key_file
        self._lock = threading.Lock()
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, store: Store, number: int) -> None:
        """Starts the child of a job; an older one's is ended. Where the system starts none, the job says so."""
        with self._lock:
            for child in self._children.values():
                child.terminate()
            try:
                child = self._children[number] = _child(os.environ)
            except OSError as error:
                text = Message("No process could be started to work it out: {why}.", {"why": why(error)})
                _broken_off(store, number, words(LANGUAGE).say(text))
                return
        threading.Thread(target=self._attend, args=(store, number, child), daemon=True).start()

    def _attend(self, store: Store, number: int, child: "subprocess.Popen[bytes]") -> None:
        """Waits for a child; one that an engine took with it is begun once more, with engines apart."""
        key = None if self._key_file is None else str(self._key_file)
        asked = json.dumps({"db": self._db, "job": number, "limit_s": self._limit_s, "key_file": key}).encode()
        child.communicate(asked)
        if is_crash(child.returncode):
            with suppress(OSError):
                with self._lock:
                    child = self._children[number] = _child(with_engines_apart())
                child.communicate(asked)
        with self._lock:
            self._children.pop(number, None)
        _broken_off(store, number)

    def kill(self) -> None:
        """Ends what is at work at once, as the system does where memory is short."""
        with self._lock:
            for child in self._children.values():
                child.kill()

    def close(self) -> None:
        """Ends what is at work: a job can be started anew, and harms nothing."""
        with self._lock:
            for child in self._children.values():
                child.terminate()


def _child(environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    command = python("-m", "arshjul.console.job")
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment)


def _broken_off(store: Store, number: int, fault: str = "") -> None:
    """Tells that nothing comes of a job. Where its child has told how it ended, this says nothing."""
    with suppress(StorageError), store.writing() as db:  # a row that nobody could write falls silent
        jobs.tell(db, number, state="failed", fault=fault, heartbeat=datetime.now(UTC))
