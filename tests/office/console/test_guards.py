"""Who may do what, from where: over all pages."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from unittest import mock

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from arshjul.office.console.app import ConsoleServer, Trust
from arshjul.office.console.pages import PAGES
from arshjul.office.console.sessions import invite, leave, let_in, who
from arshjul.office.console.visit import ALL, ANYBODY, ROLES, Page, Visit
from arshjul.serving.guards import Outgoing, form_token
from arshjul.serving.pages import SeeOther
from tests.examples import often
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk

POSTS = [page for page in PAGES if page.method == "POST"]
KEPT = [page for page in PAGES if page.roles is not ANYBODY]


def path(page: Page) -> str:
    """The page's path, with something in its gaps."""
    for gap, value in {
        "{call}": "H1",
        "{job}": "1",
        "{link}": "x",
        "{object}": "OBJ-1",
        "{operation}": "OP-001",
        "{week}": "2027-W05",
        "{token}": "x",
        "{withdrawal}": "A1",
    }.items():
        page = Page(page.path.replace(gap, value), page.method, page.roles, page.handler)
    return page.path


def test_every_page_is_there_once_and_names_who_may() -> None:
    assert len({(page.path, page.method) for page in PAGES}) == len(PAGES)
    for page in PAGES:
        assert page.roles is ANYBODY or (page.roles and page.roles <= ALL)
        assert page.roles is not ANYBODY or page.path.startswith(("/in/", "/out", "/answers/"))


OWN = {"origin": "http://localhost:8001", "sec-fetch-site": "same-origin"}
ELSEWHERE: tuple[dict[str, str], ...] = (
    {},
    {"origin": "null"},
    {"origin": "http://localhost:8001", "sec-fetch-site": "cross-site"},
)
STRANGER_STILL: tuple[dict[str, str], ...] = (
    {"origin": "null", "sec-fetch-site": "same-origin"},
    {"origin": "http://elsewhere.example"},
    {"origin": "http://localhost:8001.elsewhere.example"},
    {"origin": "http://localhost:8002"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
)


class Reached:
    """Pages that do nothing but say that somebody has come as far as them."""

    def __init__(self) -> None:
        self.n = 0
        self.pages = tuple(replace(page, handler=self._reached) for page in PAGES)

    def _reached(self, _: Visit) -> SeeOther:
        self.n += 1
        return SeeOther("/reached")


@pytest.fixture
def reached() -> Iterator[Reached]:
    made = Reached()
    with mock.patch("arshjul.office.console.app.ConsoleServer.pages", made.pages):
        yield made


@pytest.mark.parametrize("step", often([10], [1]))
def test_who_comes_as_far_as_each_page(desk: Desk, reached: Reached, step: int) -> None:
    visitors: dict[str | None, Browser] = {role: desk.stranger() for role in (None, *ROLES)}
    for known in ROLES:
        visitors[known].cookies["arshjul"] = let_in(desk.store, known, known, "sv", desk.now)
    tokens = {role: form_token(browser.cookies.get("arshjul", "")) for role, browser in visitors.items()}
    for page in (page for n, page in enumerate(PAGES) if n % step == 0 or page.roles is ANYBODY):
        for role, browser in visitors.items():
            n_before, is_open = reached.n, page.is_open_to(role)
            n_wanted = 1 if is_open else 0
            if page.method == "GET":
                answers = [browser.get(path(page))]
            else:
                foreign = tokens["deputy" if role == "coordinator" else "coordinator"]
                origins = (*ELSEWHERE, *STRANGER_STILL) if role == "coordinator" else ELSEWHERE
                wrong = [browser.post(path(page), {"token": tokens[role]}, headers) for headers in origins]
                assert {answer.status for answer in wrong} == {403}, (page, role)
                answers = [browser.post(path(page), {"token": token}, OWN) for token in (tokens[role], "", foreign)]
                n_wanted = 3 if page.roles is ANYBODY else n_wanted
            assert reached.n - n_before == n_wanted, (page, role)
            refused = 403 if role or is_open else 401
            assert [answer.status for answer in answers[n_wanted:]] == [refused] * (len(answers) - n_wanted), (
                page,
                role,
            )


def test_no_other_method_comes_as_far_as_a_page_and_no_cookie_of_a_session_that_ended(
    desk: Desk, reached: Reached
) -> None:
    browser = desk.stranger()
    token = browser.cookies["arshjul"] = let_in(desk.store, "test", "coordinator", "sv", desk.now)
    fields = {"token": form_token(token)}
    patterns = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", page.path)), page.method) for page in PAGES]
    for address in {path(page) for page in PAGES}:
        declared = {method for pattern, method in patterns if pattern.fullmatch(address)}
        others = {"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} - declared
        for method in others - ({"HEAD"} if "GET" in declared else set()):
            body = f"token={fields['token']}".encode()
            assert browser.send_raw(method, address, body, OWN).status in (404, 405), (method, address)
    session = who(desk.store, token, desk.now)
    assert session is not None
    leave(desk.store, session, desk.now)
    for page in KEPT:
        answer = browser.get(path(page)) if page.method == "GET" else browser.post(path(page), fields, OWN)
        assert answer.status == 401, page
    assert not reached.n


def test_a_proxy_that_is_none_lets_nobody_in(desk: Desk, reached: Reached) -> None:
    for header in ("remote-user", "remote_user", "x-remote-user", "x-forwarded-user", "forwarded"):
        assert desk.stranger().get("/", {header: "coordinator"}).status == 401
        desk.console = replace(desk.console, trust=Trust("X-Forwarded-Remote-User", {"coordinator": "coordinator"}))
        assert Browser(desk.console.application()).get("/", {header: "coordinator"}).status == 401
        assert not reached.n


def test_a_header_that_a_client_wrote_beside_the_proxy_s_is_refused(desk: Desk) -> None:
    desk.console = replace(desk.console, trust=Trust("Remote-User", {"anna": "coordinator"}))
    for more in ({"remote_user": "anna"}, {"Remote_User": "anna"}, {"REMOTE-USER": "anna"}):
        for headers in (more, {"remote-user": "anna", **more}):
            status = Browser(desk.console.application()).get("/", headers).status
            assert status == (303 if headers == {"REMOTE-USER": "anna"} else 400), headers


def test_a_session_ends_after_eight_hours_without_a_visit(desk: Desk) -> None:
    browser = desk.browser()
    desk.now += timedelta(hours=7)
    assert browser.get("/").status == 200
    desk.now += timedelta(hours=7)
    assert browser.get("/").status == 200, "each visit counts anew"
    desk.now += timedelta(hours=8, minutes=1)
    assert browser.get("/").status == 401


def test_a_link_lets_in_once_and_on_a_second_click_finds_that_one_is_in(desk: Desk) -> None:
    link = f"/in/{invite(desk.store, 'coordinator', 'coordinator', desk.now)}"
    first, second = desk.stranger(), desk.stranger()
    assert first.get(link).status == 200
    assert first.get(link).status == 200, "who only looks uses nothing up"
    assert first.post(link, {}).status == 303
    assert (first.post(link, {}).status, first.get(link).headers["location"]) == (303, "/")
    assert first.get("/").status == 200
    assert second.post(link, {}).status == 422
    late = invite(desk.store, "coordinator", "coordinator", desk.now)
    desk.now += timedelta(minutes=31)
    assert second.post(f"/in/{late}", {}).status == 422


def test_nobody_is_looked_up_for_a_form_that_came_under_another_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []
    browser = desk.browser()
    browser.host = "elsewhere.example"
    monkeypatch.setattr(ConsoleServer, "session_of", lambda *given: looked.append(given))
    assert browser.post("/withdrawals/new", {}).status == 421
    assert looked == []


def test_a_host_is_a_name_of_ours_and_a_port_and_nothing_else(desk: Desk) -> None:
    trust = Trust("Remote-User", {"anna": "coordinator"})
    desk.console = replace(desk.console, trust=trust, hosts=frozenset({"arshjul.test"}))
    application = desk.console.application()
    for name, before, after in product(
        ("arshjul.test", "arshjul.test:8443", "ARSHJUL.test"),
        ("", "x@", ":x@", "x:y@", "/", "\\", "%40", "[", "elsewhere.example@"),
        ("", ":x", ":", "/x", "?x", "#x", "@elsewhere.example", ":80:80", ".", " x", "\t"),
    ):
        answer = Browser(application).get("/year", {"host": before + name + after, "remote-user": "anna"})
        assert answer.status == (421 if before or after else 303), (before, name, after)
        assert answer.headers.get("location") == (None if before or after else "/year")


def test_a_name_that_only_looks_like_another_is_another(desk: Desk) -> None:
    desk.console = replace(desk.console, trust=Trust("Remote-User", {"anna": "coordinator"}))
    for name in ("anna\u00a0", "\u00a0anna", "anna\u2003", "anna\x0b", "Anna", "anna\u200b", "a\u0308nna"):
        assert Browser(desk.console.application()).get("/", {"remote-user": name}).status == 403


def test_a_name_that_none_can_be_is_a_stranger_s(desk: Desk) -> None:
    browser = desk.browser()
    for headers in ({"host": "["}, {"origin": "http://["}, {"origin": "http://[::1"}):
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
        browser = Browser(desk.console.application(), cookies)
        assert browser.get("/", proxy).status == 303, "a session of that role"
        assert browser.get("/withdrawals/new", proxy).status == status, role


def test_an_address_that_is_a_secret_is_told_to_nobody_whatever_is_answered_there(desk: Desk) -> None:
    stranger = desk.stranger()
    for page in [one for one in PAGES if "{link}" in one.path or "{token}" in one.path]:
        for answer in (
            stranger.get(path(page)),
            stranger.get(f"{path(page)}/more"),
            stranger.post(path(page), {}, {}),
            stranger.get(path(page), {"host": "elsewhere.example"}),
            stranger.send_raw("PUT", path(page), b"", {}),
        ):
            assert answer.status >= 400
            assert answer.headers["referrer-policy"] == "strict-origin", page


def test_an_answer_that_fails_midway_does_not_end_as_if_it_were_whole() -> None:
    async def begun(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ArithmeticError

    async def receive() -> Message:
        return {}

    async def send(_: Message) -> None:
        pass

    guarded = Outgoing(begun, lambda _: {}, lambda _: Response())
    with pytest.raises(ArithmeticError):
        asyncio.run(guarded({"type": "http", "path": "/"}, receive, send))


def test_no_console_path_is_a_feed_s(desk: Desk) -> None:
    assert desk.browser().get("/feeds/x.ics").status == 404
    assert not [page for page in PAGES if page.path.startswith("/feeds")]
