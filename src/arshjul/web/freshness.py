"""The latest shelf for every request, without a question to the database for each.

A request must be answered as things are when it comes, so that what is revoked is closed at the next
request, in every process. Requests that come while a question is under way wait for the next one, and
share its answer. Where the database is away, they get what was known last, at once; but not for ever,
since nobody can tell then what was revoked meanwhile.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from arshjul.errors import Message, StorageError
from arshjul.store.shelf import Shelf, Watch

PATIENCE_S = 5.0
"""How long a request waits for a silent database before it, and whoever comes after, is answered from memory.

Calendars wait longer than that; and until then nobody is let in whom the database would not.
"""

PAUSE_S = 0.5
"""How long a database that is away is left alone."""

MEMORY_S = 900.0
"""For how long what the database said last is taken for true while it is away: a restart, an upgrade, a short fault.

What is revoked meanwhile, by another machine or in the database that comes back, may be served for so long.
"""

NOTHING = Shelf()
"""What is known where no database has answered."""

Waiting = asyncio.Future[None]


class Freshness:
    """Holds the shelf.

    `report` is called with the error when the database goes away, and with None when it is back.
    """

    def __init__(self, watch: Watch, report: Callable[[StorageError | None], None]) -> None:
        self.shelf = NOTHING
        self.is_away = False
        self._watch = watch
        self._report = report
        self._thread = ThreadPoolExecutor(1, "database")
        self._is_asking = False
        self._next: Waiting | None = None
        self._not_before = 0.0
        self._known_at = time.monotonic()

    async def current(self) -> Shelf:
        """The shelf as it is now; or, where the database is away, as it was last, or `NOTHING` if that is too old."""
        if self.is_away and (self._is_asking or time.monotonic() < self._not_before):
            return self._remembered()
        waiting = self._next
        if waiting is None:
            loop = asyncio.get_running_loop()
            waiting = self._next = loop.create_future()
            if not self._is_asking:
                self._is_asking = True
                loop.call_soon(self._ask)  # when all are in line who come with this one
        await waiting
        return self._remembered() if self.is_away else self.shelf

    def _remembered(self) -> Shelf:
        return self.shelf if time.monotonic() - self._known_at < MEMORY_S else NOTHING

    async def close(self) -> None:
        """Lets the database go."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._watch.close)
        self._thread.shutdown(wait=False)

    def _ask(self) -> None:
        """Asks for those who wait; who comes from now on waits for the next question."""
        waiting, self._next = self._next, None
        self._is_asking = waiting is not None
        if waiting is None:
            return
        loop = asyncio.get_running_loop()
        timer = loop.call_later(PATIENCE_S, self._lose_patience, waiting)
        answer = loop.run_in_executor(self._thread, self._watch.latest, self.shelf)
        answer.add_done_callback(lambda answer: self._answered(answer, waiting, timer))

    def _answered(self, answer: asyncio.Future[Shelf], waiting: Waiting, timer: asyncio.TimerHandle) -> None:
        timer.cancel()
        try:
            self.shelf = answer.result()
            self._known_at = time.monotonic()
            self._found(None)
        except StorageError as error:
            self._found(error)
        finally:
            _let_go(waiting)
            self._ask()

    def _lose_patience(self, waiting: Waiting) -> None:
        """Answers from memory who waits, and who came meanwhile."""
        self._found(
            StorageError(
                Message(
                    "{name} does not answer within {seconds} s: feeds are served from memory.",
                    {"name": self._watch.store.name, "seconds": PATIENCE_S},
                )
            )
        )
        _let_go(waiting)
        _let_go(self._next)
        self._next = None

    def _found(self, error: StorageError | None) -> None:
        if error is not None:
            self._not_before = time.monotonic() + PAUSE_S
        if self.is_away != (error is not None):
            self.is_away = error is not None
            self._report(error)


def _let_go(waiting: Waiting | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
