"""The nginx settings that are shipped for the portal: a contact reports through them, and no log has its address."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.nginx import NEEDS_NGINX, nginx
from tests.office.console.browser import Browser
from tests.office.console.processes import DistantBrowser, Forked
from tests.portal.conftest import Office
from tests.portal.test_report import sent
from tests.serving import free_port

SHIPPED = Path("config/deploy/outside/nginx-portal.conf")
HOST = "portal.example.se"
LAST = "/last-of-all"

pytestmark = NEEDS_NGINX


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
def test_who_asks_without_end_is_put_off_and_what_nginx_answers_leads_no_address_on(
    office: Office, tmp_path: Path
) -> None:
    with behind_nginx(office, tmp_path) as browser:
        answers = [browser.get("/k/" + "x" * 43) for _ in range(200)]
        assert {answer.status for answer in answers} == {404, 429}
        assert {answer.headers["referrer-policy"] for answer in answers} == {"strict-origin"}
        large = browser.send_raw("POST", "/k/x", b"x" * 200_000, {})
        assert (large.status, large.headers["referrer-policy"]) in ((413, "strict-origin"), (429, "strict-origin"))
