"""When the database is asked, and who waits for its answer; and that any request gets a plain one."""

import asyncio
import io
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from arshjul.errors import Message, StorageError
from arshjul.office.feeds import freshness
from arshjul.office.feeds.app import Application, Reports, application, of_year
from arshjul.office.feeds.freshness import Freshness
from arshjul.office.feeds.records import Figures, Log
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.store import make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from tests import years
from tests.examples import examples


class Asked:
    """Stands for the watch: counts the questions, and answers when it may."""

    def __init__(self) -> None:
        self.n = 0
        self.may = threading.Semaphore(0)
        self.is_broken = False

        class Named:
            name = "the database"

        self.store = Named()

    def latest(self, cache: FeedCache) -> FeedCache:
        self.n += 1
        n = self.n
        assert self.may.acquire(timeout=20)
        if self.is_broken:
            raise StorageError(Message("away"))
        return FeedCache(generation=n) if n != cache.generation else cache

    def close(self) -> None:
        pass


def lived(work: Callable[[Freshness, Asked, list[object]], Awaitable[None]]) -> list[object]:
    """What was reported meanwhile."""
    reports: list[object] = []

    async def live() -> None:
        asked = Asked()
        fresh = Freshness(asked, reports.append)  # type: ignore[arg-type]
        await work(fresh, asked, reports)
        for _ in range(100):
            asked.may.release()
        await fresh.close()

    asyncio.run(live())
    return reports


async def a_moment() -> None:
    await asyncio.sleep(0.05)


def test_who_comes_together_shares_one_question() -> None:
    async def work(fresh: Freshness, asked: Asked, _: list[object]) -> None:
        waiting = [asyncio.ensure_future(fresh.current()) for _ in range(50)]
        await a_moment()
        asked.may.release()
        assert {cache.generation for cache in await asyncio.gather(*waiting)} == {1}
        assert asked.n == 1

    assert lived(work) == []


def test_who_comes_later_is_not_answered_by_an_earlier_question() -> None:
    async def work(fresh: Freshness, asked: Asked, _: list[object]) -> None:
        early = asyncio.ensure_future(fresh.current())
        await a_moment()
        late = [asyncio.ensure_future(fresh.current()) for _ in range(5)]
        await a_moment()
        asked.may.release()
        assert (await early).generation == 1
        await a_moment()
        assert not any(task.done() for task in late)
        asked.may.release()
        assert {cache.generation for cache in await asyncio.gather(*late)} == {2}
        assert asked.n == 2

    assert lived(work) == []


def test_a_database_that_has_answered_is_not_said_to_be_silent_later() -> None:
    timers: list[asyncio.TimerHandle] = []

    async def work(fresh: Freshness, asked: Asked, _: list[object]) -> None:
        loop = asyncio.get_running_loop()
        later = loop.call_later

        def noted(delay: float, *rest: object) -> asyncio.TimerHandle:
            timer = later(delay, *rest)  # type: ignore[arg-type]
            timers.extend([timer] * (delay == freshness.PATIENCE_S))
            return timer

        loop.call_later = noted  # type: ignore[assignment]
        asked.may.release()
        await fresh.current()

    assert lived(work) == []
    assert [timer.cancelled() for timer in timers] == [True]


def test_silent_database_is_waited_for_once_and_then_memory_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "PATIENCE_S", 0.1)
    monkeypatch.setattr(freshness, "PAUSE_S", 0.0)

    async def work(fresh: Freshness, asked: Asked, reports: list[object]) -> None:
        asked.may.release()
        assert (await fresh.current()).generation == 1
        both = await asyncio.gather(fresh.current(), fresh.current())
        assert [cache.generation for cache in both] == [1, 1]
        assert reports
        assert (await fresh.current()).generation == 1, "nobody waits behind a question without an answer"
        asked.may.release()
        await a_moment()
        assert reports[-1] is None
        asked.may.release()
        assert (await fresh.current()).generation == 3
        assert len(reports) == 2

    away, back = lived(work)
    assert "does not answer within" in str(away)
    assert back is None


def test_database_that_refuses_is_left_alone_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "PAUSE_S", 0.2)

    async def work(fresh: Freshness, asked: Asked, _: list[object]) -> None:
        asked.may.release()
        await fresh.current()
        asked.is_broken = True
        asked.may.release()
        assert (await fresh.current()).generation == 1
        assert (await fresh.current()).generation == 1
        assert asked.n == 2
        asked.is_broken = False
        await asyncio.sleep(0.25)
        asked.may.release()
        assert (await fresh.current()).generation == 3

    away, back = lived(work)
    assert (str(away), back) == ("away", None)


@pytest.mark.parametrize("silent", [False, True])
def test_what_was_known_last_is_not_taken_for_true_for_ever(monkeypatch: pytest.MonkeyPatch, silent: bool) -> None:
    monkeypatch.setattr(freshness, "PATIENCE_S", 0.05)
    monkeypatch.setattr(freshness, "PAUSE_S", 0.0)
    clock = 1000.0

    class Clock:
        @staticmethod
        def monotonic() -> float:
            return clock

    monkeypatch.setattr(freshness, "time", Clock)

    async def work(fresh: Freshness, asked: Asked, _: list[object]) -> None:
        nonlocal clock
        asked.may.release()
        assert (await fresh.current()).generation == 1
        asked.is_broken = True
        for seconds, generation in ((0.0, 1), (freshness.MEMORY_S - 1, 1), (2.0, -1), (3600.0, -1)):
            clock += seconds
            if not silent:
                asked.may.release()
            assert (await fresh.current()).generation == generation, clock
        asked.is_broken = False
        asked.may.release()
        asked.may.release()
        await a_moment()
        assert (await fresh.current()).generation > 0
        clock += freshness.MEMORY_S - 1
        asked.is_broken = True
        asked.may.release()
        assert (await fresh.current()).generation > 0, "counted from the last answer"

    lived(work)


def test_a_year_without_a_revision_has_no_feeds(tmp_path: Path) -> None:
    with make_store(str(tmp_path / "y.db")).reading() as db:
        kept = fill(db, FeedCache())
    assert (kept.revision, kept.feeds, kept.readers) == (None, {}, {})


# -- whatever is asked, in whatever headers: a plain answer, and nothing of anybody's in it


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


class ServedInMemory:
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
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedInMemory]:
    folder = tmp_path_factory.mktemp("any")
    store = make_store(str(folder / "arshjul.db"))
    years.published(store, years.write(folder / "1", YEAR, years.plan(YEAR)))
    token = subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", datetime.now(UTC)).token
    log = io.StringIO()
    made = ServedInMemory(application(of_year(store), Reports(Log(log), Figures())), token, log)
    yield made
    made.runner.close()


def test_nobody_is_sent_elsewhere(asked: ServedInMemory) -> None:
    headers = [(b"host", b"other.example"), (b"x-forwarded-host", b"other.example")]
    for path in (f"/feeds/{asked.token}.ics/", "/healthz/", "//other.example/", "/feeds/"):
        status, sent, body = asked.ask("GET", path, headers)
        assert status == 404, path
        assert b"location" not in sent
        assert b"other.example" not in b"".join([body, *sent.values()])


@examples(60, 1000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=methods, path=st.text(max_size=40), known=st.booleans(), headers=st.lists(st.tuples(names, values)))
def test_any_request(
    asked: ServedInMemory, method: str, path: str, known: bool, headers: list[tuple[bytes, bytes]]
) -> None:
    at = f"/feeds/{asked.token}.ics" if known else f"/feeds/{path}.ics" if len(path) % 2 else f"/{path}"
    status, sent, body = asked.ask(method, at, headers)
    assert status in ALLOWED
    assert known or b"VCALENDAR" not in body
    assert sent[b"cache-control"] == b"private, no-cache"
    assert asked.token not in asked.log.getvalue()
    if known and method in ("GET", "HEAD") and b"x-forwarded-for" not in dict(headers):
        assert status in (200, 304)
