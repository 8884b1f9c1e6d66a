"""Feeds over HTTP, from a server process of its own."""

import gzip
import hashlib
import json
import signal
import socket
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.office.feeds.feeds import PER_MINUTE, PER_MINUTE_IN_ALL, RateLimit, http_date, names, takes_gzip
from arshjul.office.store import readers
from arshjul.office.store.store import make_store
from arshjul.office.subscribers.read_feed import digest_of_token
from arshjul.office.subscribers.subscribe import Wanted, rotate, subscribe, unsubscribe
from arshjul.office.subscribers.subscribers import subscribers as known
from arshjul.serving.connections import Proxies
from tests import years
from tests.databases import Cluster
from tests.examples import each
from tests.feedcheck import feedcheck, with_feedcheck
from tests.serving import Server, get

YEAR = years.scenario()
FIRST = years.plan(YEAR)


NO_HTTP = b"nothing of the kind\r\n\r\n"
WEBSOCKET = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Served:
    """A store with one revision, and a server of it."""

    def __init__(self, folder: Path, *, anew: bool = False) -> None:
        self.folder = folder
        self.url = str(folder / "arshjul.db")
        self.store = make_store(self.url)
        years.published(self.store, years.write(folder / "1", YEAR, FIRST))
        self.server = Server(self.url, folder, "--proxy", "127.0.0.2", anew=anew)

    def token(self, party: str = "agency-a0", level: str = "full", days: int = 400) -> str:
        return subscribe(self.store, Wanted(party, level), "Någon", days, "test", years.NOW).token


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("served"), anew=True)
    yield made
    made.server.stop()


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    return served.token()


def test_feed_has_the_headers_that_calendars_need(served: Served, token: str) -> None:
    answer = served.server.feed(token)
    assert answer.status == 200
    assert answer.body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert answer.headers.pop("date")
    assert answer.headers.pop("last-modified") == "Tue, 24 Nov 2026 12:00:00 GMT"
    assert answer.headers == {
        "etag": f'"{hashlib.sha256(answer.body).hexdigest()}"',
        "content-type": "text/calendar; charset=utf-8",
        "content-length": str(len(answer.body)),
        "cache-control": "private, no-cache",
        "vary": "Accept-Encoding",
        "x-robots-tag": "noindex",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


def test_gzip_is_the_same_feed_under_its_own_tag_and_head_is_get_without_its_body(served: Served, token: str) -> None:
    plain, packed = served.server.feed(token), served.server.feed(token, {"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) == int(packed.headers["content-length"]) < len(plain.body) / 3
    head = served.server.get(f"/feeds/{token}.ics", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**plain.headers, "date": ""}


def test_unchanged_feed_is_not_sent_again(served: Served, token: str) -> None:
    """Dates count where no tag is given."""
    plain = served.server.feed(token).headers["etag"]
    for coding in ("identity", "gzip"):
        whole = served.server.feed(token, {"Accept-Encoding": coding})
        for tag in (plain, whole.headers["etag"], "*", f'"x", W/{whole.headers["etag"]}'):
            answer = served.server.feed(token, {"Accept-Encoding": coding, "If-None-Match": tag})
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["etag"] == whole.headers["etag"]
            assert answer.headers["last-modified"] == whole.headers["last-modified"]
            assert "content-type" not in answer.headers

    def status(since: str, **more: str) -> int:
        return served.server.feed(token, {"If-Modified-Since": since, **more}).status

    assert status("Tue, 24 Nov 2026 12:00:00 GMT") == 304
    assert status("Tue, 24 Nov 2026 11:59:59 GMT") == 200
    assert status("Tue, 24 Nov 2026 12:00:01 GMT") == 200, "of a note that is taken away since"
    assert status("no date") == 200
    assert status("Fri, 01 Jan 2100 00:00:00 GMT", **{"If-None-Match": '"other"'}) == 200


def test_unknown_expired_and_revoked_are_the_same(served: Served) -> None:
    revoked, expired = served.token(), served.token()
    with served.store.writing() as db:
        digest = digest_of_token(expired).hex()
        (address,) = (one for one in readers.ADDRESSES.all(db) if one.digest == digest)
        readers.shorten(db, address, years.NOW - timedelta(days=80))
    unsubscribe(served.store, known(served.store)[-2].subscriber.id, "test", years.NOW)
    answers = [served.server.feed(token) for token in ("A" * 43, "x", revoked, expired, "%00", "%C3%A4", "%ff")]
    answers.append(served.server.get("/elsewhere"))
    answers.append(served.server.get("/feeds/../healthz"))
    answers.append(served.server.get("/feeds/a/b.ics"))
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    assert len({json.dumps({**answer.headers, "date": ""}, sort_keys=True) for answer in answers}) == 1


def test_revoked_at_the_next_request_and_new_ones_are_good_at_once(served: Served) -> None:
    """A rotated address overlaps with the new one for as long as it is to."""
    for _ in range(30):
        token = served.token()
        assert served.server.feed(token).status == 200
        unsubscribe(served.store, known(served.store)[-1].subscriber.id, "test", years.NOW)
        assert served.server.feed(token).status in (404, 429)
    old = served.token()
    subscriber = known(served.store)[-1].subscriber.id
    new = rotate(served.store, subscriber, 400, 365, "test", years.NOW).token
    assert [served.server.feed(token).status for token in (old, new)] == [200, 200]
    rotate(served.store, subscriber, 400, 0, "test", years.NOW)
    assert [served.server.feed(token).status for token in (old, new)] != [200, 200]


def test_nothing_can_be_changed(served: Served, token: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
        answer = served.server.get(f"/feeds/{token}.ics", method=method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD"), method


def test_log_is_json_whatever_strangers_send(served: Served, token: str) -> None:
    """Nonsense does no harm, and a header of ten megabytes is cut off."""
    for nonsense, said in (
        (b"\x00\x01\x02\r\n\r\n", b""),
        (b"GET  HTTP/9\r\n\r\n", b""),
        (b"GET //\xff HTTP/1.1\r\n\r\n", b""),
        (NO_HTTP, b"HTTP/1.1 4"),
        (WEBSOCKET, b"HTTP/1.1 4"),
    ):
        with socket.create_connection(("127.0.0.1", served.server.port), timeout=10) as line:
            line.sendall(nonsense)
            received = line.recv(1000)
        assert received.startswith(said), nonsense
        assert b"500" not in received[:100]
    with socket.create_connection(("127.0.0.1", served.server.port), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        received = b""
        try:
            for _ in range(160):
                line.sendall(b"a" * 65536)
            received = line.recv(100)
        except OSError:
            received = received or b"closed"
    assert received.startswith(b"HTTP/1.1 431") or received in (b"closed", b"")
    assert served.server.feed(token).status == 200
    for text in served.server.log.read_text().splitlines():
        assert "event" in json.loads(text), text


def test_proxy_that_is_not_listed_may_not_speak_for_others(served: Served, token: str) -> None:
    assert served.server.feed(token, {"X-Forwarded-For": "192.0.2.9"}).status == 400


def test_guessing_is_slowed_down_and_disturbs_nobody(tmp_path: Path) -> None:
    """Of who knows an address, the last fetch is kept with its client, and the address is in no log."""
    made = Served(tmp_path)
    with made.server:
        token = made.token()
        statuses = [made.server.feed(f"guess-{i}").status for i in range(25)]
        assert statuses == [404] * 20 + [429] * 5
        assert int(made.server.feed("guess").headers["retry-after"]) <= 60
        assert made.server.feed(token, {"User-Agent": f"Mozilla/5.0 Thunderbird/153.0 {token}"}).status == 200
    fetch = known(made.store)[0].fetch
    assert fetch is not None
    assert fetch.client == "Thunderbird"
    log = made.server.log.read_text()
    assert token not in log
    assert '"subscriber": 1, "status": 200' in log


def test_ctrl_c_ends_it_as_it_is_meant_to_end(tmp_path: Path) -> None:
    server = Served(tmp_path).server
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert lines[-1]["text"] == "Stopped."


def test_figures_are_on_a_port_of_their_own(served: Served, token: str) -> None:
    served.server.feed(token)
    figures = get(served.server.metrics_port, "/metrics").body.decode()
    assert "arshjul_revision 1.0" in figures
    assert 'arshjul_requests_total{status="200"}' in figures
    assert token not in figures
    assert served.server.get("/metrics").status == 404
    assert (served.server.get("/healthz").status, served.server.get("/healthz").body) == (200, b"ok\n")


def test_server_holds_neither_engine_nor_renderer(served: Served) -> None:
    mapped = Path(f"/proc/{served.server.process.pid}/maps").read_text()
    assert "sqlite" in mapped
    for library in ("ortools", "pandas", "numpy"):
        assert library not in mapped
    resident = next(
        line for line in Path(f"/proc/{served.server.process.pid}/status").read_text().splitlines() if "VmRSS" in line
    )
    assert int(resident.split()[1]) < 100_000


def test_two_servers_see_a_publish_and_a_revocation_at_once(url: str, tmp_path: Path) -> None:
    store = make_store(url)
    years.published(store, years.write(tmp_path / "1", YEAR, FIRST))
    with Server(url, tmp_path) as one, Server(url, tmp_path) as other:
        token = subscribe(store, Wanted("police-p1", "full"), "Någon", 400, "test", years.NOW).token
        before = one.feed(token)
        assert before.body == other.feed(token).body
        made = FIRST
        for turn in range(3):
            new = years.plan(YEAR, {"OP-001": date(2027, 6, 1 + turn)}, before=made)
            now = years.NOW + timedelta(hours=turn)
            years.published(store, years.write(tmp_path / "2", YEAR, new), now)
            made = new
            first, second = one.feed(token), other.feed(token, {"If-None-Match": before.headers["etag"]})
            assert first.status == second.status == 200
            assert first.body == second.body != before.body
            before = first
        unsubscribe(store, 1, "test", years.NOW)
        assert one.feed(token).status == other.feed(token).status == 404


def test_sqlite_that_is_away_is_served_from_memory(tmp_path: Path) -> None:
    """And what is damaged in it is not handed out."""
    made = Served(tmp_path)
    with made.server:
        token, revoked = made.token(), made.token()
        good, bad = made.token("coordinator"), made.token("police-p0")
        unsubscribe(made.store, 2, "test", years.NOW)
        assert (made.server.feed(token).status, made.server.feed(revoked).status) == (200, 404)
        Path(made.url).rename(tmp_path / "away.db")
        assert (made.server.feed(token).status, made.server.feed(revoked).status) == (200, 404)
        assert b"memory" in made.server.get("/healthz").body
        (tmp_path / "away.db").rename(made.url)
        assert _is_ok_again(made.server)
        unsubscribe(made.store, 1, "test", years.NOW)
        assert made.server.feed(token).status == 404
        with made.store.writing() as db:
            db.exec_driver_sql(
                "UPDATE blob SET gzipped = x'1f8b0800' WHERE digest = (SELECT ics FROM feed WHERE party = 'police-p0' "
                "AND level = 'full')"
            )
            db.exec_driver_sql("UPDATE state SET generation = generation + 1")
    log = made.server.log.read_text()
    assert "database-away" in log
    assert "database-back" in log
    with Server(made.url, tmp_path) as again:
        assert (again.feed(good).status, again.feed(bad).status) == (200, 503)
        assert "run `arshjul doctor`" in again.log.read_text()
        assert "arshjul_damaged_feeds 1.0" in get(again.metrics_port, "/metrics").body.decode()


def test_postgresql_that_is_away_is_served_from_memory(postgresql: Cluster, tmp_path: Path) -> None:
    url = postgresql.new_database()
    store = make_store(url)
    years.published(store, years.write(tmp_path / "1", YEAR, FIRST))
    token = subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", years.NOW).token
    with Server(url, tmp_path) as server:
        before = server.feed(token)
        postgresql.stop("immediate")
        try:
            started = time.monotonic()
            assert server.feed(token).body == before.body
            assert time.monotonic() - started < 20, "the first answer is the one that a calendar waits for"
            assert b"memory" in server.get("/healthz").body
        finally:
            postgresql.start()
        assert _is_ok_again(server)
        unsubscribe(store, 1, "test", years.NOW)
        assert server.feed(token).status == 404


def _is_ok_again(server: Server) -> bool:
    for _ in range(600):
        if server.get("/healthz").body == b"ok\n":
            return True
        time.sleep(0.1)
    return False


def test_twenty_misses_a_minute_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has many addresses counts once; older ones that come in newer ones are not one; and all have a limit too."""
    clock = [1000.0]
    monkeypatch.setattr("arshjul.office.feeds.feeds.time.monotonic", lambda: clock[0])
    limit = RateLimit()
    assert [limit.miss("192.0.2.1") for _ in range(PER_MINUTE)] == [False] * PER_MINUTE
    assert limit.miss("192.0.2.1")
    assert not limit.miss("192.0.2.2")
    clock[0] += 61
    assert not limit.miss("192.0.2.1")
    limit = RateLimit()
    assert [limit.miss(f"2001:db8::{i:x}") for i in range(PER_MINUTE + 1)][-1]
    assert not limit.miss("2001:db8:1::1")
    assert not any(limit.miss(f"::ffff:192.0.2.{i}") for i in range(PER_MINUTE + 1))
    limit = RateLimit()
    assert not any(limit.miss(f"10.{i >> 8}.{i & 255}.1") for i in range(PER_MINUTE_IN_ALL))
    assert limit.miss("192.0.2.77")


ETAGS = (b'"abc"', b'"abc-gzip"')


@each(
    [
        (b'"abc"', True), (b'"abc-gzip"', True), (b'W/"abc"', True), (b"*", True), (b" * ", True),
        (b'"zzz", "abc"', True), (b'"zzz",W/"abc-gzip"', True), (b'"zzz" , "abc" ', True),
        (b'"zzz"', False), (b"abc", False), (b"", False), (b'"abc', False), (b'"ab", "c"', False), (b"W/*", False),
    ],
)  # fmt: skip
def test_if_none_match(given: tuple[bytes, bool]) -> None:
    header, known = given
    assert names(header, ETAGS) is known


@each(
    [
        (b"gzip", True), (b"gzip, deflate, br", True), (b"br;q=1.0, gzip;q=0.8, *;q=0.1", True), (b"*", True),
        (b"GZIP", True), (b"x-gzip", True), (b"gzip;q=0", False), (b"gzip; q=0.000", False), (b"identity", False),
        (b"", False), (b"br", False), (b"*;q=0", False), (b"gzip;q=nonsense", False), (b"*;q=0, gzip", True),
    ],
)  # fmt: skip
def test_accept_encoding(given: tuple[bytes, bool]) -> None:
    header, takes = given
    assert takes_gzip(header) is takes


@each(
    [
        (b"Tue, 24 Nov 2026 12:00:00 GMT", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (b"Tuesday, 24-Nov-26 12:00:00 GMT", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (b"Tue Nov 24 12:00:00 2026", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (b"yesterday", None), (b"", None), (b"2026-11-24", None), (b"Tue, 99 Nov 2026 12:00:00 GMT", None),
        (b"\xff\xfe", None), (b"Tue, 24 Nov 99999999999 12:00:00 GMT", None),
    ],
)  # fmt: skip
def test_http_date(given: tuple[bytes, datetime | None]) -> None:
    header, moment = given
    assert http_date(header) == moment


def test_proxies_are_listed_by_address_or_network() -> None:
    listed = Proxies(["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"])
    for peer in ("127.0.0.1", "10.1.2.3", "::1", "fd00::7", "::ffff:10.1.2.3"):
        assert peer in listed, peer
    for peer in ("127.0.0.2", "11.0.0.1", "::2", "a socket", ""):
        assert peer not in listed, peer
        assert peer not in Proxies(), peer
    for given in ("nonsense", "localhost", "10.0.0.0/33", "", "127.0.0.1:80"):
        with pytest.raises(InputError, match="no proxy address"):
            Proxies([given])


@with_feedcheck
def test_feedcheck_finds_nothing(tmp_path: Path) -> None:
    url = str(tmp_path / "arshjul.db")
    store = make_store(url)
    year = years.scenario()
    years.published(store, years.write(tmp_path / "1", year, years.plan(year)))
    with Server(url, tmp_path) as server:
        for party in ("coordinator", "agency-a0", "police-p1"):
            token = subscribe(store, Wanted(party, "full"), "Någon", 400, "test", years.NOW).token
            address = f"http://127.0.0.1:{server.port}/feeds/{token}.ics"
            (said,) = feedcheck(("http", address))
            assert "0 failed" in said
            assert "WARN" not in said
