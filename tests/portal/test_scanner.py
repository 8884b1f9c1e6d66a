"""Programs that open what a mail leads to, and press the first button there: nothing is sent, changed or used up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from arshjul.portal.pages import PAGES
from arshjul.portal.store import tables as portal_tables
from tests.office.console.browser import Browser
from tests.office.console.forms import forms, links
from tests.portal.busy import Busy
from tests.portal.conftest import Office
from tests.portal.test_any_order import OF_A_VISIT, held
from tests.portal.test_guards import path

__all__ = ["held"]

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


def kept(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """All that the portal keeps, but who is let in."""
    tables = [table for table in portal_tables.metadata.sorted_tables if not table.name.startswith(OF_A_VISIT)]
    with office.portal.reading() as db:
        return {table.name: [tuple(row) for row in db.execute(select(table))] for table in tables}


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
