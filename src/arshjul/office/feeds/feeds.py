"""GET /feeds/TOKEN.ics: the bytes that were rendered when the revision was published, or 304.

Nothing is rendered here, and everything is looked up in memory; `freshness` keeps the memory up to date. The headers
are those that real calendars need.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Any

from arshjul.office.feeds.freshness import Freshness
from arshjul.office.feeds.records import Figures, Log, client_name
from arshjul.office.store.feed_cache import CachedFeed, FeedCache
from arshjul.office.store.readers import Fetch
from arshjul.office.subscribers.read_feed import read_feed
from arshjul.serving.connections import Proxies, forwarded_for, neighbours

Headers = list[tuple[bytes, bytes]]
Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_CACHED: Headers = [(b"cache-control", b"private, no-cache")]

EVERYWHERE: Headers = [
    *_CACHED,
    (b"x-robots-tag", b"noindex"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
"""The headers of every answer with a body: private, not for search engines, and without referrer."""

NOT_FOUND = b"Not found\n"


class Copies:
    """A feed as it is sent, plain and gzipped."""

    def __init__(self, feed: CachedFeed) -> None:
        self.feed = feed
        self.etags = (f'"{feed.digest}"'.encode(), f'"{feed.digest}-gzip"'.encode())
        self.bodies = (feed.ics, feed.gzipped)
        self._short = tuple(self._headers(gzipped, feed.last_modified) for gzipped in (False, True))
        self._long = tuple([*short, *self._of_body(gzipped)] for gzipped, short in enumerate(self._short))

    def headers(self, gzipped: bool, is_whole: bool, now: datetime) -> Headers:
        if self.feed.last_modified <= now:
            return (self._long if is_whole else self._short)[gzipped]
        # A server must not send a Last-Modified later than its own clock (RFC 9110 8.8.2.1).
        short = self._headers(gzipped, now)
        return [*short, *self._of_body(gzipped)] if is_whole else short

    def is_known(self, request: Mapping[bytes, bytes]) -> bool:
        """True if the client already has these bytes; its ETag has precedence over its date (RFC 9110 13.2.2).

        A date stands for one state of the feed only, not for later ones: if the note about an expiring address is
        removed because the address was extended, the feed has its earlier state again.
        """
        etag = request.get(b"if-none-match")
        if etag is not None:
            return names(etag, self.etags)
        date = request.get(b"if-modified-since")
        since = None if date is None else http_date(date)
        return since == self.feed.last_modified

    def _headers(self, gzipped: bool, modified: datetime) -> Headers:
        date = format_datetime(modified.replace(microsecond=0), usegmt=True).encode()
        return [(b"etag", self.etags[gzipped]), (b"last-modified", date), (b"vary", b"Accept-Encoding"), *_CACHED]

    def _of_body(self, gzipped: int) -> Headers:
        headers = [
            (b"content-type", b"text/calendar; charset=utf-8"),
            (b"content-length", str(len(self.bodies[gzipped])).encode()),
            *EVERYWHERE[len(_CACHED) :],
        ]
        return [*headers, (b"content-encoding", b"gzip")] if gzipped else headers


class Feeds:
    """Answers requests for feeds. `fetched`: the last fetches, by subscriber."""

    def __init__(self, freshness: Freshness, log: Log, figures: Figures, proxies: Proxies | None = None) -> None:
        self._freshness = freshness
        self._log = log
        self._figures = figures
        self._proxies = proxies or Proxies()
        self._rate_limit = RateLimit()
        self._cache = FeedCache()
        self._copies: dict[str, Copies] = {}
        self.fetched: dict[int, Fetch] = {}

    async def __call__(self, scope: Scope, receive: object, send: Send) -> None:  # noqa: ARG002
        await self.answer(scope, scope["path_params"]["token"], send)

    async def answer(self, scope: Scope, token: str, send: Send) -> None:
        started = time.perf_counter()
        request = dict(scope["headers"])
        cache = await self._freshness.current()
        if cache is not self._cache:
            self._change_to(cache)
        now = datetime.now(UTC)
        client = self._client(scope, request)
        subscriber = None
        if client is None:
            status, headers, body = text_answer(400, b"This proxy is not known here\n")
        elif cache.generation < 0:
            status, headers, body = _later(b"The database is away: try again later\n")
        elif (read := read_feed(cache, token, now)) is None:
            status, headers, body = self._miss(client)
        elif read.feed is None:
            status, headers, body = _later()
        else:
            subscriber = read.subscriber
            status, headers, body = self._found(subscriber, read.feed, request, now)
        if scope["method"] == "HEAD":
            body = b""
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        seconds = time.perf_counter() - started
        self._figures.answered(status, len(body), seconds)
        self._log.request(now, subscriber, status, len(body), seconds)

    def _change_to(self, cache: FeedCache) -> None:
        """Drops copies of feeds that are no longer served; logs feeds that are damaged."""
        if cache.damaged - self._cache.damaged:
            text = f"{len(cache.damaged)} feeds are not what was published, and are not served: run `arshjul doctor`."
            self._log.line("damaged-feeds", text=text)
        kept = {feed.digest for feed in cache.feeds.values()}
        self._copies = {digest: copies for digest, copies in self._copies.items() if digest in kept}
        self._cache = cache

    def _found(
        self, subscriber: int, feed: CachedFeed, request: Mapping[bytes, bytes], now: datetime
    ) -> tuple[int, Headers, bytes]:
        copies = self._copies.get(feed.digest)
        if copies is None or copies.feed is not feed:
            copies = self._copies[feed.digest] = Copies(feed)
        self.fetched[subscriber] = Fetch(subscriber, now, client_name(request.get(b"user-agent", b"")))
        gzipped = takes_gzip(request.get(b"accept-encoding", b""))
        if copies.is_known(request):
            return 304, copies.headers(gzipped, False, now), b""
        return 200, copies.headers(gzipped, True, now), copies.bodies[gzipped]

    def _miss(self, client: str) -> tuple[int, Headers, bytes]:
        if not self._rate_limit.miss(client):
            return text_answer(404, NOT_FOUND)
        status, headers, body = text_answer(429, b"Too many requests\n")
        headers.append((b"retry-after", str(self._rate_limit.seconds_left).encode()))
        return status, headers, body

    def _client(self, scope: Scope, request: Mapping[bytes, bytes]) -> str | None:
        """The client's address, which a listed proxy forwards. None if an unlisted peer claims to forward."""
        peer = scope["client"][0] if scope.get("client") else "a socket"
        forwarded = request.get(b"x-forwarded-for")
        if forwarded is None:
            return str(peer)
        return forwarded_for(forwarded) if str(peer) in self._proxies else None


def _later(says: bytes = b"Try again later\n") -> tuple[int, Headers, bytes]:
    status, headers, body = text_answer(503, says)
    return status, [*headers, (b"retry-after", b"60")], body


def text_answer(status: int, body: bytes) -> tuple[int, Headers, bytes]:
    return (
        status,
        [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *EVERYWHERE],
        body,
    )


@lru_cache(maxsize=512)
def takes_gzip(accept_encoding: bytes) -> bool:
    weights = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, parameters = part.partition(";")
        weights[coding.strip()] = _weight(parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def names(if_none_match: bytes, etags: tuple[bytes, bytes]) -> bool:
    """True if the header matches one of these tags in weak comparison: a list, with `W/`, or `*`."""
    if if_none_match in etags or if_none_match.strip() == b"*":
        return True
    return any(part.strip().removeprefix(b"W/") in etags for part in if_none_match.split(b","))


@lru_cache(maxsize=4096)
def http_date(text: bytes) -> datetime | None:
    """The moment of an HTTP date; None if it cannot be read, so that the whole answer is sent."""
    try:
        moment = parsedate_to_datetime(text.decode("latin-1"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


PER_MINUTE = 20
PER_MINUTE_IN_ALL = 2000
WINDOW_S = 60.0


class RateLimit:
    def __init__(self) -> None:
        self._misses: Counter[str] = Counter()
        self._in_all = 0
        self._ends = 0.0

    def miss(self, client: str) -> bool:
        """Counts a miss; returns True if there are too many."""
        now = time.monotonic()
        if now >= self._ends:
            self._misses.clear()
            self._in_all, self._ends = 0, now + WINDOW_S
        self._in_all += 1
        if self._in_all > PER_MINUTE_IN_ALL:
            return True
        block = neighbours(client)
        self._misses[block] += 1
        return self._misses[block] > PER_MINUTE

    @property
    def seconds_left(self) -> int:
        return max(1, round(self._ends - time.monotonic()))
