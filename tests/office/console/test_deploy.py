"""The settings shipped for the console: systemd takes them; nginx says who is signed in, whatever a client sends."""

import base64
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from arshjul.office.console.sessions import invite
from arshjul.office.draft.answers import hand_out
from tests.nginx import NEEDS_NGINX
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.nginx import AS_IT_IS, HOST, PASSWORD, PERSON, behind_nginx
from tests.office.console.test_asking import answers, asked
from tests.serving import get
from tests.year.render.test_browser import CHROMIUM, QUIET

SHIPPED = Path("config/deploy")
ALL = os.environ.get("ARSHJUL_REQUIRE_ALL") == "1"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None and not ALL, reason="no systemd here: apt install systemd")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = [*SHIPPED.rglob("*.service"), *SHIPPED.rglob("*.timer")]
    assert len(units) == 10
    for unit in units:
        text = unit.read_text().replace("/opt/arshjul/bin/arshjul", sys.executable)
        (tmp_path / unit.name).write_text(re.sub(r"^(User|Group)=.*$", "", text, flags=re.M))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "arshjul" in line] == []


@pytest.mark.slow
@NEEDS_NGINX
def test_nginx_says_who_is_signed_in(desk: Desk, tmp_path: Path) -> None:
    with behind_nginx(desk, tmp_path) as there:
        port = there.port
        assert get(port, "/", AS_IT_IS).status == 401
        signed = {**AS_IT_IS, "Authorization": _basic(f"{PERSON}:{PASSWORD}")}
        first = get(port, "/log", {**signed, "Remote-User": "somebody", "Remote_User": "somebody"})
        assert first.status == 303, "the cookie first"
        cookie = first.headers["set-cookie"]
        assert re.match(r"__Host-arshjul=[\w.-]+; HttpOnly; Path=/; SameSite=lax; Secure", cookie)
        back = get(port, "/log", {**signed, "Cookie": cookie.partition(";")[0]})
        assert back.status == 200
        assert PERSON.encode() in back.body
        assert get(port, "/withdrawals/new", {**signed, "Cookie": cookie.partition(";")[0]}).status == 403
        assert get(port, "/feeds/x.ics", signed).status == 404
        secret = "x" * 43
        unasked = get(port, f"/answers/{secret}", AS_IT_IS)
        assert unasked.status == 404, "its page, which knows no such address"
        forged = get(port, f"/answers/{secret}", {**AS_IT_IS, "Authorization": _basic(f"{PERSON}:wrong")})
        assert (forged.status, "set-cookie" in forged.headers) == (404, False)
        assert "/log" in there.logs()
        assert secret not in there.logs()


@pytest.mark.slow
@NEEDS_NGINX
def test_what_is_open_leads_to_nothing_that_is_not(desk: Desk, tmp_path: Path) -> None:
    paths = ("/static/../log", "/static/%2e%2e/log", "/answers/..%2flog", "/static//../log", "/static", "/answers")
    with behind_nginx(desk, tmp_path) as there:
        for path in paths:
            answer = get(there.port, path, {**AS_IT_IS, "Remote-User": PERSON})
            assert answer.status in (401, 404, 422), path
            assert "set-cookie" not in answer.headers, path


@pytest.mark.slow
@pytest.mark.skipif(
    (CHROMIUM is None or shutil.which("nginx") is None) and not ALL, reason="there is no Chromium or nginx here"
)
@pytest.mark.xdist_group("browser")
def test_a_party_answers_in_a_browser_without_signing_in_and_its_address_stands_in_no_log(
    desk: Desk, tmp_path: Path
) -> None:
    reachable_by_mail(desk.store)
    asked(desk.browser())
    party, *_ = answers(desk)
    address = f"/answers/{hand_out(desk.store, party, 'test', desk.now)}"
    with behind_nginx(desk, tmp_path) as there, sync_playwright() as playwright:
        led = f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{there.tls_port}"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, led])
        page = browser.new_context(ignore_https_errors=True, locale="sv-SE").new_page()
        got: list[tuple[str, int]] = []
        page.on("response", lambda one: got.append((one.url.removeprefix(f"https://{HOST}"), one.status)))
        page.goto(f"https://{HOST}{address}", wait_until="load")
        assert got == [(address, 200), ("/static/console.css", 200)]
        assert page.evaluate("document.styleSheets[0].cssRules.length") > 0, "the page wears its style"
        page.get_by_label("Ja").first.check()
        page.get_by_role("button", name="Skicka").click()
        page.get_by_role("status").wait_for()
        assert {status for _, status in got} == {200}
        assert page.evaluate("document.referrer") == f"https://{HOST}/"
        browser.close()
        assert answers(desk)[party] == "yes"
        get(there.port, "/log", AS_IT_IS)
        assert "GET /log" in there.logs(), "there is a log"
        assert address.rpartition("/")[2] not in there.logs()


BROKEN = {
    "too much": {"Cookie": "x" * 40_000},
    "no header": {"X y": "z"},
    "two lengths": {"Content-Length": "1, 2"},
    "a strange host": {"Host": "a/b"},
    "from itself": {"Referer": f"https://{HOST}/answers/{'x' * 43}"},
}


@pytest.mark.slow
@NEEDS_NGINX
def test_no_request_that_is_refused_before_its_place_is_known_brings_an_address_into_a_log(
    desk: Desk, tmp_path: Path
) -> None:
    secret = "x" * 43
    with behind_nginx(desk, tmp_path) as there:
        for headers in BROKEN.values():
            for path in (f"/answers/{secret}", f"/in/{secret}", f"//answers/{secret}?x={secret}", "/log"):
                assert get(there.port, path, {**AS_IT_IS, **headers}).status >= 400
        assert get(there.tls_port, f"/answers/{secret}", AS_IT_IS).status == 400, "in clear, where TLS is spoken"
        get(there.port, f"/answers/{secret}", AS_IT_IS, method="BREW")
        logs = there.logs()
        assert "GET /log" in logs
        assert secret not in logs


@pytest.mark.slow
@NEEDS_NGINX
def test_who_asks_without_end_where_nobody_signs_in_is_put_off_and_stands_in_no_log(desk: Desk, tmp_path: Path) -> None:
    secret = "x" * 43
    with behind_nginx(desk, tmp_path) as there:
        with ThreadPoolExecutor(20) as many:
            got = list(many.map(lambda _: get(there.port, f"/answers/{secret}", AS_IT_IS).status, range(200)))
        assert set(got) == {404, 429}
        assert got.count(404) >= 21, "twenty at once are let in"
        assert get(there.port, "/log", AS_IT_IS).status == 401, "who signs in is not put off for it"


@pytest.mark.slow
@NEEDS_NGINX
@pytest.mark.parametrize("let_in", ["10.0.0.0/8", "127.0.0.1"])
def test_what_nginx_answers_itself_lets_no_address_go_on_into_a_log(desk: Desk, tmp_path: Path, let_in: str) -> None:
    """A browser asks for an icon of nginx's own page too, and says from where, unless the page says not to."""
    secret = "x" * 43
    signed = {**AS_IT_IS, "Authorization": _basic(f"{PERSON}:{PASSWORD}")}
    with behind_nginx(desk, tmp_path, let_in) as there:
        denied = let_in != "127.0.0.1"
        there.socket.rename(tmp_path / "away.sock")
        for path in (f"/answers/{secret}", f"/in/{secret}", f"/static/{secret}"):
            answer = get(there.port, path, signed)
            assert answer.status == (403 if denied else 502), path
            assert answer.headers["referrer-policy"] == "strict-origin", path
            assert "strict-transport-security" in answer.headers
            for name in ("/favicon.ico", "/static/console.css", "/feeds/x", "/"):
                get(there.port, name, {**signed, "Referer": f"https://{HOST}{path}"})
        large = get(there.port, f"/answers/{secret}", {**AS_IT_IS, "Content-Length": "7000000"}, method="POST")
        assert large.status == 413
        assert large.headers["referrer-policy"] == "strict-origin"
        (tmp_path / "away.sock").rename(there.socket)
        if not denied:
            assert get(there.port, "/log", signed).headers["referrer-policy"] == "same-origin"
        assert "GET /favicon.ico" in there.logs(), "there is a log"
        assert secret not in there.logs()


def test_everything_beside_an_open_page_is_open_too(desk: Desk) -> None:
    reachable_by_mail(desk.store)
    asked(desk.browser())
    party, *_ = answers(desk)
    token = hand_out(desk.store, party, "test", desk.now)
    link = invite(desk.store, "test", "coordinator", desk.now)
    stranger = desk.stranger()
    for path in (f"/answers/{token}", "/answers/x", f"/in/{link}", "/in/x", "/out", "/nowhere", "/"):
        page = stranger.get(path)
        beside = set(
            re.findall(r"<(?:link|script|img|source|iframe)\b[^>]*\b(?:href|src)=\"(/[^\"]*)", page.body.decode())
        )
        assert beside, path
        assert {one for one in beside if not one.startswith("/static/")} == set(), path
        assert {stranger.get(one).status for one in beside} == {200}, path


def _basic(person: str) -> str:
    return "Basic " + base64.b64encode(person.encode()).decode()
