"""Who may do what, from where: over all pages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from arshjul.console.access import ALL, ANYBODY, ROLES, Page
from arshjul.console.app import Trust, application
from arshjul.console.guards import HEADERS
from arshjul.console.pages import PAGES
from arshjul.console.sessions import invite
from tests.console.browser import Browser
from tests.console.conftest import Desk

POSTS = [page for page in PAGES if page.method == "POST"]
KEPT = [page for page in PAGES if page.roles is not ANYBODY]


def path(page: Page) -> str:
    """The page's path, with something in its gaps."""
    for gap, value in {
        "{job}": "1",
        "{link}": "x",
        "{operation}": "OP-001",
        "{week}": "2027-W05",
        "{token}": "x",
    }.items():
        page = Page(page.path.replace(gap, value), page.method, page.action, page.roles, page.handler)
    return page.path


def test_every_page_names_what_it_does_and_who_may() -> None:
    assert len({page.action for page in PAGES}) == len(PAGES)
    for page in PAGES:
        assert page.roles is ANYBODY or (page.roles and page.roles <= ALL)
        assert page.roles is not ANYBODY or page.path.startswith(("/in/", "/out", "/answers/"))


def test_only_those_who_may_are_let_in(desk: Desk) -> None:
    visitors = {role: desk.browser(role) for role in ROLES}
    stranger = desk.stranger()
    for page in KEPT:
        send = stranger.get if page.method == "GET" else lambda where: stranger.post(where, {})
        assert send(path(page)).status == 401, page
        for role, browser in visitors.items():
            if role in page.roles:
                continue
            refused = browser.get(path(page)) if page.method == "GET" else browser.post(path(page), {})
            assert refused.status == 403, (page, role)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://elsewhere.example"},
        {"origin": "http://localhost:8001.elsewhere.example"},
        {"origin": "http://localhost:8001", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_nothing_is_posted_from_elsewhere(desk: Desk, headers: dict[str, str]) -> None:
    browser = desk.browser()
    token = browser.get("/").field("token")
    for page in POSTS:
        assert browser.post(path(page), {"token": token}, headers).status == 403, page


def test_nothing_is_posted_without_the_session_s_own_token(desk: Desk) -> None:
    browser, other = desk.browser(), desk.browser()
    foreign = other.get("/").field("token")
    for page in POSTS:
        if page.roles is not ANYBODY:
            for token in ("", "x", foreign):
                assert browser.post(path(page), {"token": token}).status == 403, (page, token)


def test_a_cookie_lets_nobody_in_after_signing_out(desk: Desk) -> None:
    browser = desk.browser()
    kept = dict(browser.cookies)
    assert browser.post("/out", {"token": browser.get("/").field("token")}).status == 303
    browser.cookies = kept
    assert browser.get("/").status == 401


def test_a_session_ends_after_eight_hours_without_a_visit(desk: Desk) -> None:
    browser = desk.browser()
    desk.now += timedelta(hours=7)
    assert browser.get("/").status == 200
    desk.now += timedelta(hours=7)
    assert browser.get("/").status == 200, "each visit counts anew"
    desk.now += timedelta(hours=8, minutes=1)
    assert browser.get("/").status == 401


def test_a_link_lets_in_once(desk: Desk) -> None:
    link = invite(desk.store, "coordinator", "coordinator", desk.now)
    first, second = desk.stranger(), desk.stranger()
    assert first.get(f"/in/{link}").status == 200
    assert first.get(f"/in/{link}").status == 200, "who only looks uses nothing up"
    assert first.post(f"/in/{link}", {}).status == 303
    assert second.post(f"/in/{link}", {}).status == 422
    late = invite(desk.store, "coordinator", "coordinator", desk.now)
    desk.now += timedelta(minutes=31)
    assert second.post(f"/in/{late}", {}).status == 422


def test_a_stranger_s_name_for_this_machine_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    browser.host = "elsewhere.example"
    assert browser.get("/").status == 421


@pytest.mark.parametrize("headers", [{"host": "["}, {"origin": "http://["}, {"origin": "http://[::1"}])
def test_a_name_that_none_can_be_is_a_stranger_s(desk: Desk, headers: dict[str, str]) -> None:
    browser = desk.browser()
    assert browser.get("/", headers).status == (421 if "host" in headers else 200)
    assert browser.post("/language", {}, headers).status in (403, 421)


def test_the_viewer_comes_in_to_what_the_viewer_may_see(desk: Desk) -> None:
    viewer = desk.browser("viewer")
    first = viewer.get("/")
    assert (first.status, first.headers.get("location")) == (303, "/year")
    assert "Året" in viewer.get("/year").text


def test_a_role_that_the_proxy_s_list_has_no_more_is_lost(desk: Desk) -> None:
    proxy = {"remote-user": "anna"}
    cookies: dict[str, str] = {}
    for role, status in (("coordinator", 200), ("auditor", 403)):
        desk.console = replace(desk.console, trust=Trust("Remote-User", {"anna": role}))
        browser = Browser(application(desk.console), cookies)
        assert browser.get("/", proxy).status == 303, "a session of that role"
        assert browser.get("/withdrawals/new", proxy).status == status, role


def test_every_answer_has_its_headers(desk: Desk) -> None:
    browser = desk.browser()
    for page in [path(one) for one in PAGES if one.method == "GET"] + ["/nowhere", "/console.css"]:
        answer = browser.get(page)
        assert answer.headers.items() >= HEADERS.items(), page
        assert answer.status < 500, page


def test_no_console_path_is_a_feed_s(desk: Desk) -> None:
    assert desk.browser().get("/feeds/x.ics").status == 404
    assert not [page for page in PAGES if page.path.startswith("/feeds")]
