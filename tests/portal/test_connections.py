"""A portal of its own process, and nginx before it: nobody keeps another waiting, and no log has an address."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from unittest import mock

import pytest

from arshjul.portal import app as serving
from arshjul.serving.connections import USUAL, Limits
from tests.nginx import NEEDS_NGINX, nginx
from tests.office.console.browser import Browser
from tests.office.console.processes import DistantBrowser, Forked
from tests.office.web.test_connections import PROXY, Crowd
from tests.portal.conftest import Office
from tests.portal.test_report import sent
from tests.serving import free_port, is_let_go

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


def test_nobody_who_sends_half_is_waited_for_without_end(office: Office, tmp_path: Path) -> None:
    portal = served(office, tmp_path, Limits(0.3, 20, 20, 60))
    try:
        with Crowd(portal.port) as crowd:
            for half in HALVES:
                crowd.come(1, half)
            assert all(map(is_let_go, crowd.lines))
    finally:
        portal.close()


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


# The nginx settings that are shipped for the portal: a contact reports through them, and no log has its address.


SHIPPED = Path("config/deploy/outside/nginx-portal.conf")
HOST = "portal.example.se"
LAST = "/last-of-all"


@contextmanager
def behind_nginx(office: Office, folder: Path) -> Iterator[DistantBrowser]:
    """A portal as its unit starts it, nginx before it, and a browser that comes to nginx by HTTPS, as it says."""
    words = ("portal", "--portal-db", office.portal.name, "--proxy", "127.0.0.1", "--base-url", f"https://{HOST}")
    portal, port = Forked(folder / "portal.log", words), free_port()
    site = SHIPPED.read_text().replace("127.0.0.1:8002", f"127.0.0.1:{portal.port}")
    site = re.sub(r"listen 443 ssl;|http2 on;|ssl_certificate.*;", "", site)
    site = site.replace("server_name", f"listen 127.0.0.1:{port}; server_name")
    site = site.replace("/var/log/nginx/arshjul-portal.log", str(folder / "access.log"))
    try:
        with nginx(folder, site, port):
            yield DistantBrowser(port=port, host=HOST)
    finally:
        portal.close()


def own(browser: Browser, address: str, fields: dict[str, str]) -> int:
    return browser.post(address, fields, {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}).status


@pytest.mark.slow
@NEEDS_NGINX
def test_a_contact_reports_and_no_log_has_its_address(office: Office, tmp_path: Path) -> None:
    _, address = office.invited("p0")
    with behind_nginx(office, tmp_path) as browser:
        shown = browser.get(address)
        assert shown.status == 200
        assert shown.headers["referrer-policy"] == "strict-origin"
        assert "strict-transport-security" in shown.headers
        assert own(browser, address, {}) == 303
        assert "Kvitto" in sent(browser).text
        (style,) = set(re.findall(r'href="(/static/[^"]+\.css)"', shown.body.decode()))
        assert DistantBrowser(port=browser.port, host=HOST).get(style, {"referer": f"https://{HOST}/"}).status == 200
        assert browser.get(address + "x", {"referer": f"https://{HOST}{address}"}).status == 404
        assert browser.get("/" + "x" * 40_000 + address).status in (400, 414)
        browser.get(LAST)
        log = tmp_path / "access.log"
        while log.read_text().count(" 404 ") < 2:
            time.sleep(0.02)
    token = address.rpartition("/")[2]
    assert token not in "".join(path.read_text() for path in tmp_path.glob("*.log"))
    office.carry()
    assert len(office.entries()) == 1


@pytest.mark.slow
@NEEDS_NGINX
def test_who_asks_without_end_is_put_off_and_what_nginx_answers_leads_no_address_on(
    office: Office, tmp_path: Path
) -> None:
    with behind_nginx(office, tmp_path) as browser:
        answers = [browser.get("/k/" + "x" * 43) for _ in range(200)]
        assert {answer.status for answer in answers} == {404, 429}
        assert {answer.headers["referrer-policy"] for answer in answers} == {"strict-origin"}
        large = browser.send_raw("POST", "/k/x", b"x" * 200_000, {})
        assert (large.status, large.headers["referrer-policy"]) in ((413, "strict-origin"), (429, "strict-origin"))
