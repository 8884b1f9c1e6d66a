"""Every page of the portal's table by right, party, token, origin, address and method: who comes as far as each.

The pages are of the table, so that a new one is among them by itself. Their handlers are in the place of others that
count who has come; where it matters what a page holds, they are the real ones.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from unittest import mock

import pytest

from arshjul.office.contacts.contacts import address_to_page, narrow, revoke
from arshjul.office.store import contacts
from arshjul.portal.app import PortalServer
from arshjul.portal.pages import PAGES
from arshjul.portal.visit import ANY_CONTACT, ANYBODY, BESIDE_ONE_PAGE, PartyPage, PortalVisit
from arshjul.serving.pages import Answer, Bytes
from arshjul.year.domain.contact import MAY, QUESTIONS
from tests.examples import often
from tests.office.console.browser import Browser
from tests.office.console.forms import PageForm, forms, links
from tests.office.console.test_fuzz import METHODS
from tests.portal.busy import Busy
from tests.portal.conftest import DAY, Office
from tests.portal.test_any_order import held
from tests.portal.test_guards import FOREIGN, OWN, kept, path

__all__ = ["held"]

OF_CONTACTS = [page for page in PAGES if page.needs_session]


class Reached:
    """Pages that do nothing but count who has come as far as them."""

    def __init__(self, office: Office) -> None:
        self.n = 0
        pages = tuple(replace(page, handler=self._handler) for page in PAGES)
        with mock.patch("arshjul.portal.app.PortalServer.pages", pages):
            self.app = PortalServer(office.portal, clock=lambda: office.now).application()

    def _handler(self, _: PortalVisit) -> Answer:
        self.n += 1
        return Bytes(b"reached", "text/plain")

    def is_reached(self, browser: Browser, page: PartyPage, fields: dict[str, str], headers: dict[str, str]) -> bool:
        """True if the visitor comes that far; whoever does not is told why."""
        before, browser.app = self.n, self.app
        if page.method == "GET":
            answer = browser.get(f"{path(page)}?as={fields.get('contact', '')}")
        else:
            answer = browser.post(path(page), fields, headers)
        assert (answer.status == 200) is (self.n > before), (page, answer.status)
        if self.n == before:
            assert answer.status in (401, 403, 422), (page, answer.status)
        return self.n > before


@pytest.fixture
def reached(office: Office) -> Reached:
    return Reached(office)


def signed_in(office: Office, party: str, *may: str) -> tuple[str, Browser, str]:
    """A contact's id, its browser, and the token of its forms."""
    id, address = office.invited(party, *may)
    browser = office.stranger()
    assert browser.post(address, {}).status == 303
    page = browser.get("/")
    return id, browser, page.field("token")


@pytest.mark.parametrize("by_all", often([False], [True]))
def test_who_may_comes_as_far_as_each_page_and_nobody_else(office: Office, reached: Reached, by_all: bool) -> None:
    """By right; and who has all but the one that is needed. `by_all`: each page by whoever has any rights."""
    sets = [(right,) for right in MAY] + [tuple(one for one in MAY if one != right) for right in MAY]
    visitors = [(may, *signed_in(office, "p0", *may)) for may in sets]
    stranger = office.stranger()
    for page in OF_CONTACTS:
        assert not reached.is_reached(stranger, page, {}, OWN), page
        concerned = [one for one in visitors if one[0] == (page.right,) or (one[0][1:] and page.right not in one[0])]
        for may, id, browser, token in visitors if by_all else concerned[:2]:
            is_open = page.right in (ANY_CONTACT, *may)
            assert reached.is_reached(browser, page, {"token": token, "contact": id}, OWN) is is_open, (page, may)
    for page in PAGES:
        if page.right == ANYBODY:
            assert reached.is_reached(stranger, page, {}, OWN), page


def test_an_address_for_one_page_opens_that_alone(office: Office, reached: Reached) -> None:
    id, _ = office.invited("p0", *MAY)
    with office.store.writing() as db:
        contact = contacts.CONTACTS.get(db, id)
        assert contact is not None
        token = address_to_page(db, contact, QUESTIONS, office.now + DAY, office.now)
    office.carry()
    browser = office.stranger()
    assert browser.post(f"/k/{token}", {}).status == 303
    own = browser.get("/questions").field("token")
    for page in OF_CONTACTS:
        is_open = page.path in ("/questions", *BESIDE_ONE_PAGE)
        assert reached.is_reached(browser, page, {"token": own, "contact": id}, OWN) is is_open, page


def test_nobody_sends_with_another_token_from_elsewhere_or_for_another_contact(
    office: Office, reached: Reached
) -> None:
    id, browser, token = signed_in(office, "p0", *MAY)
    own_party, _, foreign = signed_in(office, "p0", *MAY)
    other, *_ = signed_in(office, "p1", *MAY)
    for page in OF_CONTACTS:
        for contact in (own_party, other, "0" * 32, "x"):
            assert not reached.is_reached(browser, page, {"token": token, "contact": contact}, OWN), (page, contact)
        if page.method == "GET":
            continue
        for headers in FOREIGN:
            assert not reached.is_reached(browser, page, {"token": token, "contact": id}, headers), (page, headers)
        for wrong in ("", foreign, token[:-1], token.upper() + "x"):
            assert not reached.is_reached(browser, page, {"token": wrong, "contact": id}, OWN), page
        assert reached.is_reached(browser, page, {"token": token, "contact": id}, OWN), page


def test_who_has_ended_comes_nowhere(office: Office, reached: Reached) -> None:
    """Revoked; with another's cookie; narrowed to nothing of the page; expired; a month without use."""
    id, revoked, token = signed_in(office, "p0", *MAY)
    narrowed_id, narrowed, own = signed_in(office, "p0", *MAY)
    forged = office.stranger()
    forged.cookies = {name: value[:-1] + "x" for name, value in revoked.cookies.items()}
    revoke(office.store, id, "test", office.now)
    narrow(office.store, narrowed_id, ["picture"], "test", office.now)
    office.carry()
    for page in OF_CONTACTS:
        for browser in (revoked, forged):
            assert not reached.is_reached(browser, page, {"token": token}, OWN), page
        is_open = page.right in (ANY_CONTACT, "picture")
        assert reached.is_reached(narrowed, page, {"token": own, "contact": narrowed_id}, OWN) is is_open, page
    _, idle, token = signed_in(office, "p0", *MAY)
    office.now += 30 * DAY + timedelta(minutes=1)
    for page in OF_CONTACTS:
        assert not reached.is_reached(idle, page, {"token": token}, OWN), page


def test_no_other_method_comes_as_far_as_a_page(office: Office, reached: Reached) -> None:
    id, browser, token = signed_in(office, "p0", *MAY)
    browser.app = reached.app
    patterns = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", page.path)), page.method) for page in PAGES]
    for address, method in product({path(page) for page in PAGES}, METHODS):
        declared = {there for pattern, there in patterns if pattern.fullmatch(address)}
        if method in declared or (method == "HEAD" and "GET" in declared):
            continue
        before = reached.n
        body = f"token={token}&contact={id}".encode()
        assert browser.send_raw(method, address, body, OWN).status in (404, 405), (method, address)
        assert reached.n == before, (method, address)


def pages_of(browser: Browser) -> Iterator[tuple[str, str]]:
    """Each page that a contact's own pages lead to, and its path."""
    seen, left = {"/"}, ["/"]
    while left:
        address = left.pop()
        text = browser.get(address).body.decode(errors="replace")
        yield address, text
        for link in links(text):
            if link not in seen and not link.startswith("/static"):
                seen.add(link)
                left.append(link)


@pytest.mark.parametrize("n_parties", often([2], [5]))
def test_nothing_of_one_party_opens_or_changes_for_another(held: Busy, tmp_path: Path, n_parties: int) -> None:
    """What a party's pages lead to, and the names that its forms hold, asked for and sent by each other party."""
    office = held.office(tmp_path)
    browsers = {}
    for id, party, address in held.contacts[1::2][:n_parties]:
        browsers[id] = office.stranger()
        assert browsers[id].post(address, {}).status == 303, party
    names = {id: party for id, party, _ in held.contacts}
    own = {id: dict(pages_of(browser)) for id, browser in browsers.items()}
    sent = {id: [form for page in pages.values() for form in sent_from(page)] for id, pages in own.items()}
    actions = {id: {page_form.action for page_form in there} for id, there in sent.items()}
    before = kept(office)
    for (id, browser), (other, theirs) in product(browsers.items(), own.items()):
        if id == other:
            continue
        token = browser.get("/").field("token")
        for address in theirs:
            assert browser.get(address).status == (200 if f"as={other}" not in address else 422), address
            mine = address.replace(other, id)
            text = own[id].get(mine, "")
            if mine not in own[id]:
                answer = browser.get(mine)
                assert answer.status != 200, mine
                text = answer.body.decode(errors="replace")
            assert not _of(names[other], text), mine
        for form in sent[other]:
            answer = browser.post(form.action, {**form.fields, "token": token})
            assert answer.status == 422, (form.action, "for another's contact")
            if form.action not in actions[id]:
                answer = browser.post(form.action, {**form.fields, "token": token, "contact": id})
                to_code = answer.headers.get("location", "").startswith("/code?")  # of a sheet that both write
                assert answer.status != 303 or to_code, (form.action, "what is another's")
    assert kept(office) == before


def sent_from(page: str) -> list[PageForm]:
    """The forms by which a contact does something there."""
    return [form for form in forms(page) if form.method == "POST" and form.action not in ("/out", "/language")]


def _of(party: str, text: str) -> list[str]:
    """What contacts of that party have typed."""
    return re.findall(rf"ord {party} \d", text)
