"""Who comes as far as what at the portal, by address, session and page; and programs that open what a mail leads to.

Those press the first button there: nothing is sent, changed or used up.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import event, select

from arshjul.office.contacts.contacts import address_to_page, narrow, readdress, revoke
from arshjul.office.store import contacts
from arshjul.portal.actions import sessions
from arshjul.portal.app import PortalServer
from arshjul.portal.pages import PAGES
from arshjul.portal.store import tables as portal_tables
from arshjul.portal.store.schema import open_own
from arshjul.portal.visit import ANY_CONTACT, ANYBODY, PartyPage
from arshjul.serving.guards import OF_SECRETS
from arshjul.year.domain.contact import MAY, QUESTIONS
from tests.office.console.browser import Browser, Page
from tests.office.console.forms import forms, links
from tests.portal.busy import Busy
from tests.portal.conftest import DAY, Office
from tests.portal.test_any_order import OF_A_VISIT, held

__all__ = ["held"]

OWN = {"origin": "http://localhost:8002", "sec-fetch-site": "same-origin"}
FOREIGN: tuple[dict[str, str], ...] = (
    {},
    {"origin": "null"},
    {"origin": "null", "sec-fetch-site": "same-origin"},
    {"origin": "http://localhost:8002", "sec-fetch-site": "cross-site"},
    {"origin": "http://elsewhere.example"},
    {"origin": "http://localhost:8001"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
)


def path(page: PartyPage) -> str:
    return (
        page.path.replace("{token}", "x")
        .replace("{entry}", "0" * 32)
        .replace("{withdrawal}", "A1")
        .replace("{call}", "H1")
    )


def test_a_contact_that_only_reads_sees_its_operations_and_calendars_and_is_asked_for_nothing(office: Office) -> None:
    browser = office.browser("a0")
    narrow(office.store, browser.get("/").field("contact"), (), "test", office.now)
    office.carry()
    page = browser.get("/")
    assert page.status == 200
    assert "OP-" in page.text
    assert browser.get("/calendars").status == 200
    menu = page.body.decode().partition("<main")[0]
    assert {one.path for one in PAGES if f'href="{one.path}?as=' in menu} == {"/", "/calendars", "/devices"}
    for one in PAGES:
        if one.right in MAY and one.method == "GET":
            assert browser.get(path(one)).status == 403, one.path


def kept(office: Office, but: tuple[str, ...] = OF_A_VISIT) -> dict[str, list[tuple[object, ...]]]:
    """All that the portal keeps, but who is let in."""
    tables = [table for table in portal_tables.metadata.sorted_tables if not table.name.startswith(but)]
    with office.portal.reading() as db:
        return {table.name: [tuple(row) for row in db.execute(select(table))] for table in tables}


def test_an_address_opens_its_own_contact_s_page_whoever_came_in_last(office: Office) -> None:
    browser, (first, path), (_, other) = (
        office.stranger(),
        office.invited("a0", "answer"),
        office.invited("a1", "answer"),
    )
    for one in (path, other):
        browser.post(one, {})
    assert "Myndighet 1" in browser.get("/").text
    again = browser.post(path, {}).headers["location"]
    assert again == f"/?as={first}"
    assert "Myndighet 0" in browser.get(again).text
    with office.store.writing() as db:
        contact = contacts.CONTACTS.get(db, first)
        assert contact is not None
        token = address_to_page(db, contact, QUESTIONS, office.now + timedelta(days=1), office.now)
    office.carry()
    asked = browser.post(f"/k/{token}", {}).headers["location"]
    assert asked == f"/questions?as={first}"
    assert "Myndighet 0" in browser.get(asked).text


def test_every_page_names_the_right_that_it_needs() -> None:
    assert {page.right for page in PAGES} <= {ANYBODY, ANY_CONTACT, *MAY}
    assert [page.path for page in PAGES if page.right == ANYBODY] == ["/k/{token}", "/k/{token}", "/out"]


def test_an_address_that_is_none_has_ended_or_expired_is_answered_alike_in_the_same_steps(office: Office) -> None:
    """Steps are not by the clock: what is asked of the database, and how many tokens are hashed."""
    id, ended = office.invited()
    revoke(office.store, id, "test", office.now)
    other, replaced = office.invited()
    readdress(office.store, other, "test", office.now)
    _, expired = office.invited()
    own = open_own(office.portal.name)
    stranger = Browser(PortalServer(own, clock=lambda: office.now).application(), host="localhost:8002")
    _, valid = office.invited()
    steps: list[str] = []
    event.listen(own.engine, "before_cursor_execute", lambda *told: steps.append(told[2]))

    def taken(method: str, address: str) -> tuple[Page, list[str]]:
        steps.clear()
        with mock.patch.object(sessions, "digest", wraps=sessions.digest) as hashed:
            answer = stranger.get(address) if method == "GET" else stranger.post(address, {}, OWN)
        assert (answer.status == 404) is (address != valid)
        return answer, [*steps, f"{hashed.call_count} hashed"]

    _, opened = taken("GET", valid)
    office.now += 900 * DAY
    answers = [stranger.get("/nowhere")]
    for method in ("GET", "POST"):
        found = [taken(method, one) for one in ("/k/none", "/k/" + "x" * 43, ended, replaced, expired)]
        answers += [answer for answer, _ in found]
        kinds = [kind for _, kind in found]
        assert kinds == [kinds[0]] * 5
        assert len(kinds[0]) > 1
        assert kinds[0] == opened[: len(kinds[0]) - 1] + kinds[0][-1:], "as far as an open one is"
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}
    assert {tuple(sorted(answer.headers.items())) for answer in answers} == {tuple(sorted(answers[0].headers.items()))}


def test_head_and_get_change_nothing_when_somebody_is_in(office: Office) -> None:
    browser = office.browser()
    before = kept(office, ())
    for page in [one for one in PAGES if one.method == "GET"]:
        for method in ("GET", "HEAD"):
            browser.send_raw(method, path(page), b"", {})
    assert kept(office, ()) == before


def test_a_session_ends_by_leaving_and_a_month_without_use(office: Office) -> None:
    left = office.browser()
    token = left.get("/").field("token")
    cookie = dict(left.cookies)
    assert left.post("/out", {"token": token}).status == 303
    assert Browser(office.app, cookie, "localhost:8002").get("/").status == 401, "a copied cookie is worth nothing"
    idle = office.browser()
    office.now += 29 * DAY
    assert idle.get("/").status == 200
    office.now += 29 * DAY
    assert idle.get("/").status == 200, "each use counts anew"
    office.now += 30 * DAY
    assert idle.get("/").status == 401


def test_a_session_holds_five_contacts_and_a_contact_twenty_sessions(office: Office) -> None:
    browser = office.stranger()
    ids = []
    for _ in range(6):
        id, address = office.invited("p0")
        ids.append(id)
        office.now += timedelta(seconds=1)
        browser.post(address, {})
    assert [browser.get(f"/?as={id}").status for id in ids] == [422, *[200] * 5]
    browsers = [office.stranger() for _ in range(21)]
    for one in browsers:
        office.now += timedelta(seconds=1)
        one.post(address, {})
    assert [one.get("/").status for one in browsers] == [*[200] * 19, 401, 401], "with the first one, which stays"


def test_every_answer_has_its_headers_and_another_name_for_this_machine_is_refused(office: Office) -> None:
    for address in ("/k/x", "/", "/report", "/static/pages.css", "/nowhere"):
        answer = office.stranger().get(address)
        wanted = {**OF_SECRETS, "cache-control": answer.headers["cache-control"]} if "static" in address else OF_SECRETS
        assert answer.headers.items() >= wanted.items(), address
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert office.stranger().get("/", {"host": "elsewhere.example"}).status == 421


def test_the_cookie_is_for_https_alone_where_the_portal_is_reached_so(office: Office) -> None:
    app = PortalServer(office.portal, clock=lambda: office.now, is_of_https=True).application()
    _, address = office.invited()
    browser = Browser(app, host="localhost:8002")
    sent = browser.post(address, {}, {"sec-fetch-site": "same-origin"})
    cookie = sent.headers["set-cookie"]
    assert cookie.startswith("__Host-arshjul-portal=")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= {part.strip() for part in cookie.split(";")}
    assert "x-session" not in sent.headers


# -- programs that open what a mail leads to


MOST = 400


class Scanner:
    """Opens every address that it finds, by GET and HEAD, and presses the first button of each page."""

    def __init__(self, browser: Browser, *, keeps_cookies: bool) -> None:
        self._browser, self._keeps_cookies = browser, keeps_cookies
        self.pressed: list[str] = []

    def scan(self, *first: str) -> set[str]:
        """From there on; the addresses that it found."""
        found, left = {*first}, [*first]
        while left and len(found) < MOST:
            for address in self._looked(left.pop(0)):
                if address not in found:
                    found.add(address)
                    left.append(address)
        return found

    def _looked(self, address: str) -> Iterator[str]:
        for method in ("HEAD", "GET"):
            page = self._browser.send_raw(method, address, b"", {})
            assert page.status < 500
        text = page.body.decode() if page.headers.get("content-type", "").startswith("text/html") else ""
        yield from links(text)
        for form in forms(text)[:1]:
            pressed = dict(form.buttons[:1])
            answer = self._browser.post(form.action, {**form.fields, **pressed})
            self.pressed.append(form.action)
            yield answer.headers.get("location", address)
        if not self._keeps_cookies:
            self._browser.cookies.clear()


def test_a_scanner_of_mails_changes_nothing_and_the_address_is_good_still(held: Busy, tmp_path: Path) -> None:
    office = held.office(tmp_path)
    before = kept(office)
    for _, _, address in held.contacts:
        scanner = Scanner(office.stranger(), keeps_cookies=False)
        scanner.scan(address)
        assert address in scanner.pressed
        assert kept(office) == before
    office.carry()
    for _, _, address in held.contacts:
        phone = office.stranger()
        assert phone.post(address, {}).status == 303
        assert phone.get("/").status == 200, "it is let in, however often others were"


@pytest.mark.slow
@pytest.mark.parametrize("step", [4, 2])
def test_one_that_is_let_in_finds_every_page_and_sends_nothing(held: Busy, tmp_path: Path, step: int) -> None:
    """One of a unit, of the agency that leads and of another; then of every party."""
    office = held.office(tmp_path)
    before, found = kept(office), set[str]()
    for _, _, address in held.contacts[1::step]:
        phone = office.stranger()
        assert phone.post(address, {}).status == 303
        scanner = Scanner(phone, keeps_cookies=True)
        found |= scanner.scan("/")
        scanner.scan(*(path(page) for page in PAGES if page.method == "GET"))
    assert kept(office) == before
    paths = {address.partition("?")[0] for address in found}
    assert any(address.startswith("/receipts/") for address in paths)
    is_apart = {"/out", "/code", "/cards", "/meetings"}  # the last two lead from `Hem` where the year has them
    assert {page.path for page in PAGES if page.method == "GET" and "{" not in page.path} - is_apart <= paths
