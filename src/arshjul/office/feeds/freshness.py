"""Invalidation of the feed cache: the latest one for every request, without a database query for each.

A request must be answered with the state at its arrival, so that a revoked address is closed from the next request on,
in every process. Requests that arrive during a query wait for the next one, and share its result. If the database is
away, they get the last known state at once; but only for a limited time, since revocations meanwhile are unknown.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from arshjul.errors import Message, StorageError
from arshjul.office.store.feed_cache import FeedCache, Watch

PATIENCE_S = 5.0
"""Timeout of a request to a silent database before it and all later ones are answered from memory.

Calendars wait longer than that; until then, nobody is served whom the database would refuse.
"""

PAUSE_S = 0.5  # how long a database that is away is not asked again
MEMORY_S = 900.0
"""The longest time the last known state is served while the database is away: a restart, an upgrade, a short fault.

What is revoked meanwhile, by another machine or in a database that is restored, may be served for that time.
"""

NOTHING = FeedCache()  # the state before a database has answered
Waiting = asyncio.Future[None]


class Freshness:
    """Holds the cache.

    `report` is called with the error when the database goes away, and with None when it is back.
    """

    def __init__(self, watch: Watch, report: Callable[[StorageError | None], None]) -> None:
        self.cache = NOTHING
        self.is_away = False
        self._watch = watch
        self._report = report
        self._thread = ThreadPoolExecutor(1, "database")
        self._is_asking = False
        self._next: Waiting | None = None
        self._not_before = 0.0
        self._known_at = time.monotonic()

    async def current(self) -> FeedCache:
        if self.is_away and (self._is_asking or time.monotonic() < self._not_before):
            return self._remembered()
        waiting = self._next
        if waiting is None:
            loop = asyncio.get_running_loop()
            waiting = self._next = loop.create_future()
            if not self._is_asking:
                self._is_asking = True
                loop.call_soon(self._ask)  # after all requests of this moment have joined
        await waiting
        return self._remembered() if self.is_away else self.cache

    def _remembered(self) -> FeedCache:
        return self.cache if time.monotonic() - self._known_at < MEMORY_S else NOTHING

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._watch.close)
        self._thread.shutdown(wait=False)

    def _ask(self) -> None:
        """Asks on behalf of the waiting requests; later ones wait for the next query."""
        waiting, self._next = self._next, None
        self._is_asking = waiting is not None
        if waiting is None:
            return
        loop = asyncio.get_running_loop()
        timer = loop.call_later(PATIENCE_S, self._lose_patience, waiting)
        answer = loop.run_in_executor(self._thread, self._watch.latest, self.cache)
        answer.add_done_callback(lambda answer: self._answered(answer, waiting, timer))

    def _answered(self, answer: asyncio.Future[FeedCache], waiting: Waiting, timer: asyncio.TimerHandle) -> None:
        timer.cancel()
        try:
            self.cache = answer.result()
            self._known_at = time.monotonic()
            self._found(None)
        except StorageError as error:
            self._found(error)
        finally:
            _let_go(waiting)
            self._ask()

    def _lose_patience(self, waiting: Waiting) -> None:
        """Answers waiting requests, and those that came meanwhile, from memory."""
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
