"""The server of feeds: feeds, health, and one plain answer to everything else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from arshjul.errors import InputError, Message, StorageError
from arshjul.office.feeds.feeds import NOT_FOUND, Feeds, text_answer
from arshjul.office.feeds.freshness import MEMORY_S, Freshness
from arshjul.office.feeds.records import Figures, Log
from arshjul.office.store import outside_feeds as outside
from arshjul.office.store import readers
from arshjul.office.store.feed_cache import Watch
from arshjul.office.store.readers import Fetch
from arshjul.office.store.store import Store
from arshjul.serving.connections import USUAL, Limits, Proxies
from arshjul.serving.server import on_port, patient_server
from arshjul.serving.sql.database import Database, Transaction
from arshjul.system.uncaught import log_uncaught

NOTE_EVERY_S = 30.0  # the interval at which last fetches are written to the database
ASK_EVERY_S = 60.0  # the interval at which the database is asked when there are no requests
WRITE_EVERY_S = 0.2  # the interval at which the log lines of requests are written
_PATH, _ENDING = "/feeds/", ".ics"


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A database with feeds. `note_fetches` stores there when each subscriber last fetched its own."""

    database: Database
    watch: Watch
    note_fetches: Callable[[Transaction, list[Fetch]], None]


def of_year(store: Store) -> FeedSource:
    return FeedSource(store, Watch(store), readers.note_fetches)


def of_portal(portal: Database) -> FeedSource:
    return FeedSource(portal, outside.watch(portal), lambda db, seen: outside.FETCHES.put(db, *seen))


class Application:
    def __init__(self, feeds: Feeds, routes: Starlette) -> None:
        self._feeds = feeds
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _token(scope) if scope["type"] == "http" else None
        if token is None:
            await self._routes(scope, receive, send)
        else:
            await self._feeds.answer(scope, token, send)


def _token(scope: Scope) -> str | None:
    """The token in the path of a feed; None for all other paths, and for other methods than GET and HEAD."""
    path: str = scope["path"]
    if not (path.startswith(_PATH) and path.endswith(_ENDING) and scope["method"] in ("GET", "HEAD")):
        return None
    return path[len(_PATH) : -len(_ENDING)]


@dataclass(frozen=True, slots=True)
class Reports:
    log: Log = field(default_factory=Log)
    figures: Figures = field(default_factory=Figures)


def application(
    source: FeedSource, reports: Reports, proxies: Proxies | None = None, note_every_s: float = NOTE_EVERY_S
) -> Application:
    """Serves the feeds of the source. `proxies`: those whose X-Forwarded-For is trusted."""

    def report(error: StorageError | None) -> None:
        if error is None:
            reports.log.line("database-back", text=f"{source.database.name} answers again.")
        else:
            reports.log.line(
                "database-away", text=f"{error} Feeds are served as they were last, for {MEMORY_S / 60:.0f} minutes."
            )

    freshness = Freshness(source.watch, report)
    feeds = Feeds(freshness, reports.log, reports.figures, proxies)
    reports.figures.follow(freshness)

    async def health(_: Request) -> Response:
        cache = await freshness.current()
        if cache.generation < 0:
            return _text(503, b"no database\n")
        return _text(200, b"database away, serving from memory\n" if freshness.is_away else b"ok\n")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await freshness.current()
        noting = asyncio.create_task(_note_now_and_then(source, feeds, reports.log, note_every_s))
        asking = asyncio.create_task(_ask_now_and_then(freshness))
        writing = asyncio.create_task(_write_now_and_then(reports.log))
        yield
        tasks = (noting, asking, writing)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        reports.log.flush()
        await asyncio.to_thread(_note, source, feeds, reports.log)
        await freshness.close()

    routes = [Route(f"{_PATH}{{token}}{_ENDING}", feeds, methods=["GET", "HEAD"]), Route("/healthz", health)]
    refusals = {HTTPException: _refusal, Exception: _our_fault}
    starlette = Starlette(routes=routes, lifespan=lifespan, exception_handlers=refusals)
    starlette.router.redirect_slashes = False  # to the named host, over plain HTTP
    return Application(feeds, starlette)


async def _write_now_and_then(log: Log) -> None:
    while True:
        await asyncio.sleep(WRITE_EVERY_S)
        log.flush()


async def _ask_now_and_then(freshness: Freshness) -> None:
    """Keeps the cache fresh even without requests, so that it can be served longer if the database fails."""
    while True:
        await asyncio.sleep(ASK_EVERY_S)
        await freshness.current()


async def _note_now_and_then(source: FeedSource, feeds: Feeds, log: Log, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(_note, source, feeds, log)


def _note(source: FeedSource, feeds: Feeds, log: Log) -> None:
    """Writes last fetches to the database. If it cannot be written now, they are kept for the next time."""
    seen = [feeds.fetched.pop(id) for id in list(feeds.fetched)]
    if not seen:
        return
    try:
        with source.database.writing() as db:
            source.note_fetches(db, seen)
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
    """The answer if there is no such page, the same as if there is no such feed; or the allowed methods."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        answer = _text(405, b"Method not allowed\n")
        answer.headers["allow"] = "GET, HEAD"
        return answer
    return _text(404, NOT_FOUND)


def _our_fault(_request: Request, _error: Exception) -> Response:
    return _text(500, b"Something went wrong\n")


BACKLOG = 2048


def serve(
    source: FeedSource, host: str, port: int, metrics_port: int | None, proxies: Proxies, limits: Limits = USUAL
) -> None:
    """Serves until stopped. `metrics_port`: None for no figures."""
    reports = Reports()
    if metrics_port is not None:
        try:
            reports.figures.serve(metrics_port)
        except OSError:
            raise InputError(
                Message("Metrics port {port} is taken: choose another with --metrics-port.", {"port": metrics_port})
            ) from None
    listening = on_port(host, port, BACKLOG)
    app = application(source, reports, proxies)
    settings: dict[str, Any] = {
        "lifespan": "on",
        "timeout_keep_alive": limits.request_s,
        "timeout_graceful_shutdown": 5,
    }
    server = patient_server(app, limits, proxies, host=host, port=port, backlog=BACKLOG, **settings)
    reports.figures.count(server.connections)
    log_uncaught(reports.log.fault)
    reports.log.line("starting", text=f"Serving {source.database.name} on {host}:{port}.")
    server.run(sockets=[listening])
    reports.log.line("stopped", text="Stopped.")
