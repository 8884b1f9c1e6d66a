"""The latest shelf for every request, without a question to the database for each.

A request must be answered as things are when it comes, so that what is revoked is closed at the next
request, in every process. Requests that come while a question is under way wait for the next one, and
share its answer. Where the database is away, they get what was known last, at once.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from arshjul.errors import Message, StorageError
from arshjul.store.shelf import Shelf, Watch

PATIENCE_S = 1.0
"""How long a request waits for the database before it is answered from memory."""

PAUSE_S = 0.5
"""How long a database that is away is left alone."""

Waiting = asyncio.Future[None]


class Freshness:
    """Holds the shelf.

    `report` is called with the error when the database goes away, and with None when it is back.
    """

    def __init__(self, watch: Watch, report: Callable[[StorageError | None], None]) -> None:
        self.shelf = Shelf()
        self.is_away = False
        self._watch = watch
        self._report = report
        self._thread = ThreadPoolExecutor(1, "database")
        self._is_asking = False
        self._next: Waiting | None = None
        self._not_before = 0.0

    async def current(self) -> Shelf:
        """The shelf as it is now; or, where the database is away, as it was last."""
        if self.is_away and (self._is_asking or time.monotonic() < self._not_before):
            return self.shelf
        waiting = self._next
        if waiting is None:
            waiting = self._next = asyncio.get_running_loop().create_future()
            if not self._is_asking:
                self._ask()
        await waiting
        return self.shelf

    async def close(self) -> None:
        """Lets the database go."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._watch.close)
        self._thread.shutdown(wait=False)

    def _ask(self) -> None:
        """Asks for those who wait; who comes from now on waits for the next question."""
        waiting, self._next = self._next, None
        if waiting is None:
            return
        self._is_asking = True
        loop = asyncio.get_running_loop()
        timer = loop.call_later(PATIENCE_S, self._lose_patience, waiting)
        answer = loop.run_in_executor(self._thread, self._watch.latest, self.shelf)
        answer.add_done_callback(lambda answer: self._answered(answer, waiting, timer))

    def _answered(self, answer: asyncio.Future[Shelf], waiting: Waiting, timer: asyncio.TimerHandle) -> None:
        timer.cancel()
        self._is_asking = False
        try:
            self.shelf = answer.result()
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
