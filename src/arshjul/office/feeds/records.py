"""The server's log, as lines of JSON, and its figures for Prometheus. Neither ever contains a feed's address.

Both are made for thousands of requests per second: a request costs a line in a list and a few additions.
"""

import json
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock, Thread
from typing import TextIO
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from arshjul.office.feeds.freshness import Freshness
from arshjul.serving.connections import Connections
from arshjul.system.uncaught import OwnFault

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


@lru_cache(maxsize=512)
def client_name(user_agent: bytes) -> str:
    """The client's program, if it is a known one. Its own text is not kept, since it can be anything."""
    text = user_agent.decode("latin-1")
    return next((name for mark, name in CLIENTS if mark in text), "another")


class Log:
    """Lines of JSON on a stream; those of requests are buffered for a moment and written together."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._held: list[str] = []
        self._lock = Lock()

    def line(self, event: str, **values: object) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._held.append(json.dumps({"at": at, "event": event, **values}, ensure_ascii=False) + "\n")
        self.flush()

    def request(self, now: datetime, subscriber: int | None, status: int, n_bytes: int, seconds: float) -> None:
        self._held.append(
            f'{{"at": "{now.isoformat(timespec="milliseconds")}", "event": "request", "subscriber": '
            f'{subscriber or "null"}, "status": {status}, "bytes": {n_bytes}, "ms": {seconds * 1000:.2f}}}\n'
        )

    def fault(self, fault: OwnFault) -> None:
        self.line("fault", kind=fault.kind, at=list(fault.places))

    def flush(self) -> None:
        with self._lock:
            held, self._held = self._held, []
            if held:
                self._stream.write("".join(held))
                self._stream.flush()


BUCKETS_S = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0)


class Figures(Collector):
    def __init__(self) -> None:
        self._by_status: Counter[int] = Counter()
        self._by_bucket = [0] * (len(BUCKETS_S) + 1)
        self._seconds = 0.0
        self._bytes = 0
        self._freshness: Freshness | None = None
        self._connections: Connections | None = None

    def follow(self, freshness: Freshness) -> None:
        self._freshness = freshness

    def count(self, connections: Connections) -> None:
        self._connections = connections

    def answered(self, status: int, n_bytes: int, seconds: float) -> None:
        self._by_status[status] += 1
        self._by_bucket[bisect_left(BUCKETS_S, seconds)] += 1
        self._seconds += seconds
        self._bytes += n_bytes

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily("arshjul_requests", "Answers, by status.", labels=["status"])
        for status, n in sorted(self._by_status.items()):
            requests.add_metric([str(status)], n)
        yield requests
        yield CounterMetricFamily("arshjul_feed_bytes", "Bytes of feeds sent.", self._bytes)
        total, buckets = 0, []
        for limit, n in zip((*map(str, BUCKETS_S), "+Inf"), self._by_bucket, strict=True):
            total += n
            buckets.append((limit, float(total)))
        yield HistogramMetricFamily("arshjul_request_seconds", "Time to an answer.", buckets, self._seconds)
        if self._connections is not None:
            yield GaugeMetricFamily("arshjul_connections", "Open connections.", len(self._connections))
            let_go = self._connections.let_go
            yield CounterMetricFamily("arshjul_connections_let_go", "Connections that asked or took nothing.", let_go)
        if self._freshness is not None:
            yield from _served(self._freshness)

    def serve(self, port: int) -> tuple[WSGIServer, Thread]:
        """Answers Prometheus on a loopback port, in a thread."""
        registry = CollectorRegistry()
        registry.register(self)
        return start_http_server(port, addr="127.0.0.1", registry=registry)


def _served(freshness: Freshness) -> Iterator[Metric]:
    cache = freshness.cache
    published = 0.0 if cache.published_at is None else cache.published_at.timestamp()
    for name, says, value in (
        ("revision", "The revision that is served.", cache.revision or 0),
        ("published_timestamp_seconds", "When it was published.", published),
        ("addresses", "Addresses that are not revoked.", len(cache.readers)),
        ("damaged_feeds", "Feeds that are not what was published.", len(cache.damaged)),
        ("database_up", "Whether the database answers.", not freshness.is_away),
    ):
        yield GaugeMetricFamily(f"arshjul_{name}", says, value)
