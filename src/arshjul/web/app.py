"""The application: feeds, health, and the same plain answer to everything else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from arshjul.errors import StorageError
from arshjul.store import readers
from arshjul.store.shelf import Watch
from arshjul.store.store import Store
from arshjul.web.feeds import NOT_FOUND, Feeds, text_answer
from arshjul.web.freshness import Freshness
from arshjul.web.records import Figures, Log

NOTE_EVERY_S = 30.0
"""How often last fetches are written down."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Where the server tells of itself."""

    log: Log = field(default_factory=Log)
    figures: Figures = field(default_factory=Figures)


def application(
    store: Store, telling: Telling, peers: frozenset[str] = frozenset(), note_every_s: float = NOTE_EVERY_S
) -> Starlette:
    """Serves the feeds of the store. `peers` are the proxies that may say for whom they ask."""

    def report(error: StorageError | None) -> None:
        if error is None:
            telling.log.line("database-back", text=f"{store.name} answers again.")
        else:
            telling.log.line("database-away", text=f"{error} Feeds are served as they were last.")

    freshness = Freshness(Watch(store), report)
    feeds = Feeds(freshness, telling.log, telling.figures, peers)
    telling.figures.follow(freshness)

    async def health(_: Request) -> Response:
        shelf = await freshness.current()
        if shelf.generation < 0:
            return _text(503, b"no database\n")
        return _text(200, b"database away, serving from memory\n" if freshness.is_away else b"ok\n")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await freshness.current()
        noting = asyncio.create_task(_note_now_and_then(store, feeds, telling.log, note_every_s))
        yield
        noting.cancel()
        await asyncio.gather(noting, return_exceptions=True)
        await asyncio.to_thread(_note, store, feeds, telling.log)
        await freshness.close()

    routes = [
        Route("/feeds/{token}.ics", feeds, methods=["GET", "HEAD"]),
        Route("/healthz", health, methods=["GET", "HEAD"]),
    ]
    refusals = {HTTPException: _refusal, Exception: _our_fault(telling.log)}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=refusals)


async def _note_now_and_then(store: Store, feeds: Feeds, log: Log, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(_note, store, feeds, log)


def _note(store: Store, feeds: Feeds, log: Log) -> None:
    """Writes down who came. What cannot be written now is kept for the next time."""
    seen = [feeds.fetched.pop(id) for id in list(feeds.fetched)]
    if not seen:
        return
    try:
        with store.writing() as db:
            readers.note_fetches(db, seen)
    except StorageError as error:
        log.line("fetches-not-noted", text=str(error))
        for fetch in seen:
            feeds.fetched.setdefault(fetch.subscriber, fetch)


def _text(status: int, body: bytes) -> Response:
    _, headers, _ = text_answer(status, body)
    answer = Response(body, status)
    answer.raw_headers = headers
    return answer


def _refusal(_: Request, error: Exception) -> Response:
    """The answer to what is no feed: the same as to a feed that does not exist, or what is allowed instead."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        answer = _text(405, b"Method not allowed\n")
        answer.headers["allow"] = "GET, HEAD"
        return answer
    return _text(404, NOT_FOUND)


def _our_fault(log: Log) -> Callable[[Request, Exception], Response]:
    def answer(_: Request, error: Exception) -> Response:
        log.line("fault", text=type(error).__name__)  # its text may hold what is secret
        return _text(500, b"Something went wrong\n")

    return answer
