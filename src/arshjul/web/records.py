"""What the server tells of itself: lines of JSON, and figures for Prometheus. Neither ever names an address."""

import json
import sys
import time
from datetime import UTC, datetime
from threading import Thread
from typing import TextIO
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from arshjul.web.freshness import Freshness

CLIENTS = (
    ("Microsoft Outlook", "Outlook"),
    ("Outlook", "Outlook"),
    ("Microsoft.Exchange", "Exchange"),
    ("Exchange", "Exchange"),
    ("Google-Calendar-Importer", "Google"),
    ("Thunderbird", "Thunderbird"),
    ("dataaccessd", "Apple"),
    ("CalendarAgent", "Apple"),
    ("iCal/", "Apple"),
    ("iOS", "Apple"),
    ("macOS", "Apple"),
    ("Evolution", "Evolution"),
    ("Nextcloud", "Nextcloud"),
    ("vdirsyncer", "vdirsyncer"),
    ("DAVx5", "DAVx5"),
    ("ICSx5", "ICSx5"),
    ("curl/", "curl"),
    ("Mozilla", "a browser"),
)


def client_name(user_agent: bytes) -> str:
    """Which program comes, of those known. What it says of itself is not kept: it can say anything."""
    text = user_agent.decode("latin-1")
    return next((name for mark, name in CLIENTS if mark in text), "another")


class Log:
    """Lines of JSON on a stream."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream

    def line(self, event: str, **values: object) -> None:
        """Writes one."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._stream.write(json.dumps({"at": at, "event": event, **values}, ensure_ascii=False) + "\n")
        self._stream.flush()

    def request(self, subscriber: int | None, status: int, n_bytes: int, seconds: float) -> None:
        """Writes that one was answered; the same as `line`, but quick."""
        now = time.time()
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        self._stream.write(
            f'{{"at": "{at}.{int(now * 1000) % 1000:03}+00:00", "event": "request", "subscriber": '
            f'{subscriber or "null"}, "status": {status}, "bytes": {n_bytes}, "ms": {seconds * 1000:.2f}}}\n'
        )
        self._stream.flush()


class Figures:
    """What Prometheus reads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self._requests = Counter("arshjul_requests", "Answers, by status.", ["status"], registry=registry)
        self._by_status = {status: self._requests.labels(str(status)) for status in (200, 304, 404, 429, 503)}
        self.seconds = Histogram(
            "arshjul_request_seconds",
            "Time to an answer.",
            buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1),
            registry=registry,
        )
        self.bytes = Counter("arshjul_feed_bytes", "Bytes of feeds sent.", registry=registry)

    def follow(self, freshness: Freshness) -> None:
        """Tells of what is served."""
        for name, says, value in (
            ("revision", "The revision that is served.", lambda: freshness.shelf.revision or 0),
            ("published_timestamp_seconds", "When it was published.", lambda: _timestamp(freshness.shelf.published_at)),
            ("addresses", "Addresses that are not revoked.", lambda: len(freshness.shelf.readers)),
            ("damaged_feeds", "Feeds that are not what was published.", lambda: len(freshness.shelf.damaged)),
            ("database_up", "Whether the database answers.", lambda: not freshness.is_away),
        ):
            Gauge(f"arshjul_{name}", says, registry=self.registry).set_function(value)

    def answered(self, status: int, n_bytes: int, seconds: float) -> None:
        """Counts one request."""
        counter = self._by_status.get(status) or self._requests.labels(str(status))
        counter.inc()
        self.seconds.observe(seconds)
        if n_bytes:
            self.bytes.inc(n_bytes)

    def serve(self, port: int) -> tuple[WSGIServer, Thread]:
        """Answers Prometheus on a port of the loopback, in a thread of its own."""
        return start_http_server(port, addr="127.0.0.1", registry=self.registry)


def _timestamp(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()
