"""Whatever is asked, in whatever headers: a plain answer, and nothing of anybody's in it."""

import asyncio
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arshjul.office.feeds.app import Application, Reports, application, of_year
from arshjul.office.feeds.records import Figures, Log
from arshjul.office.store.store import make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from tests import years

YEAR = years.scenario(n=2)
ALLOWED = {200, 304, 400, 404, 405, 429}

values = st.binary(max_size=60) | st.sampled_from(
    [b"*", b'W/"x"', b'"a","b"', b"gzip;q=nan", b"gzip;q=-1", b"gzip;q=1e999", b"0 GMT",
     b"Thu, 01 Jan 1970 00:00:00 GMT",
     b"Mon, 31 Feb 2027 25:61:61 GMT", b"127.0.0.1", b"::1", b"a,b,c", b"", b"Sat, 01 Jan 0000 00:00:00 +9999"]
)  # fmt: skip
names = st.sampled_from(
    [b"if-none-match", b"if-modified-since", b"accept-encoding", b"user-agent", b"x-forwarded-for", b"range", b"host"]
)
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "PROPFIND"])


class Asked:
    """The application, and a loop to run it in."""

    def __init__(self, app: Application, token: str, log: io.StringIO) -> None:
        self.app, self.token, self.log = app, token, log
        self.runner = asyncio.Runner()

    def ask(self, method: str, path: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode("utf-8", "replace"),
            "query_string": b"", "root_path": "", "headers": headers, "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1), "http_version": "1.1", "scheme": "http",
        }  # fmt: skip
        self.runner.run(self.app(scope, receive, send))
        return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("any")
    store = make_store(str(folder / "arshjul.db"))
    years.published(store, years.write(folder / "1", YEAR, years.plan(YEAR)))
    token = subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", datetime.now(UTC)).token
    log = io.StringIO()
    made = Asked(application(of_year(store), Reports(Log(log), Figures())), token, log)
    yield made
    made.runner.close()


def test_nobody_is_sent_elsewhere(asked: Asked) -> None:
    headers = [(b"host", b"other.example"), (b"x-forwarded-host", b"other.example")]
    for path in (f"/feeds/{asked.token}.ics/", "/healthz/", "//other.example/", "/feeds/"):
        status, sent, body = asked.ask("GET", path, headers)
        assert status == 404, path
        assert b"location" not in sent
        assert b"other.example" not in b"".join([body, *sent.values()])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=methods, path=st.text(max_size=40), known=st.booleans(), headers=st.lists(st.tuples(names, values)))
def test_any_request(asked: Asked, method: str, path: str, known: bool, headers: list[tuple[bytes, bytes]]) -> None:
    at = f"/feeds/{asked.token}.ics" if known else f"/feeds/{path}.ics" if len(path) % 2 else f"/{path}"
    status, sent, body = asked.ask(method, at, headers)
    assert status in ALLOWED
    assert known or b"VCALENDAR" not in body
    assert sent[b"cache-control"] == b"private, no-cache"
    assert asked.token not in asked.log.getvalue()
    if known and method in ("GET", "HEAD") and b"x-forwarded-for" not in dict(headers):
        assert status in (200, 304)
