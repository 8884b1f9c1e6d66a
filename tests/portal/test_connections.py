"""A portal of its own process: who sends half a request, or reads slowly, keeps nobody else waiting."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from unittest import mock

import pytest

from arshjul.portal import app as serving
from arshjul.serving.connections import USUAL, Limits
from tests.office.console.processes import DistantBrowser, Forked
from tests.office.web.test_connections import PROXY, Crowd
from tests.portal.conftest import Office
from tests.portal.test_report import sent
from tests.serving import is_let_go

HALVES = (
    b"",
    b"GET",
    b"GET /k/x HTTP/1.1\r\nHost: localhost",
    b"POST /report/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ntoken=",
    b"POST /k/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nto",
)
ASKING = b"GET /static/pages.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
SOON_S = 1.0


def limited(limits: Limits) -> Callable[[], None]:
    """A portal with those limits."""

    def before() -> None:
        mock.patch.object(serving, "serve", partial(serving.serve, limits=limits)).start()

    return before


def served(office: Office, folder: Path, limits: Limits) -> Forked:
    words = ("portal", "--portal-db", office.portal.name, "--proxy", PROXY)
    return Forked(folder / "portal.log", words, limited(limits))


def phone(portal: Forked) -> DistantBrowser:
    return DistantBrowser(port=portal.port, host=f"localhost:{portal.port}")


@pytest.fixture
def hasty(office: Office, tmp_path: Path) -> Iterator[Forked]:
    made = served(office, tmp_path, Limits(0.3, 20, 20, 60))
    yield made
    made.close()


@pytest.mark.parametrize("half", HALVES)
def test_nobody_who_sends_half_is_waited_for_without_end(hasty: Forked, half: bytes) -> None:
    with Crowd(hasty.port) as crowd:
        crowd.come(1, half)
        assert is_let_go(crowd.lines[0])


@pytest.mark.parametrize(
    ("n", "limits"),
    [(60, Limits(10, 30, 20, 50)), pytest.param(2050, USUAL, marks=pytest.mark.slow, id="full")],
)
def test_a_report_goes_while_so_many_wait(office: Office, tmp_path: Path, n: int, limits: Limits) -> None:
    _, address = office.invited("p0")
    portal = served(office, tmp_path, limits)
    try:
        with Crowd(portal.port) as crowd:
            for saying in HALVES:
                crowd.come(n // len(HALVES), saying, source=PROXY)
                crowd.come(n // len(HALVES), saying)
            crowd.come(n // 10, ASKING * 40, takes_bytes=2048)
            one = phone(portal)
            assert one.post(address, {}).status == 303
            assert "Kvitto" in sent(one).text
            took = [_seconds(one) for _ in range(20)]
    finally:
        portal.close()
    office.carry()
    assert len(office.entries()) == 1
    assert median(took) <= SOON_S


def _seconds(one: DistantBrowser) -> float:
    begun = time.monotonic()
    assert one.get("/").status == 200
    return time.monotonic() - begun
