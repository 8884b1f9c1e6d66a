"""What an information sheet costs the one who fills it in: presses, fields, letters and words from the mail alone, on a
telephone in a real browser, for an agency's first sheet and its second.

The times are reckoned from these counts, not taken of people: docs/portal.md has them, and says so.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page

from arshjul.office.contacts.contacts import Invitation, address_to_page, invite
from arshjul.office.store.contacts import CONTACTS
from arshjul.portal.actions.sheets import SheetOffice
from arshjul.portal.app import PortalServer
from arshjul.portal.store.schema import open_own
from arshjul.serving.mail_server import MailServer
from tests.office.console.conftest import reachable_by_mail
from tests.office.console.test_browser import browser
from tests.office.console.test_post import Mailbox, mailbox
from tests.portal.conftest import Office
from tests.portal.test_browser import PHONE, Presses
from tests.portal.test_browser import pytestmark as in_a_browser
from tests.portal.test_sheets import AGENCY, desk, view_of, written
from tests.portal.test_sheets_complete import reminders
from tests.serving import listening

__all__ = ["browser", "desk", "mailbox"]

pytestmark = in_a_browser

TO_PRESS, TO_FIND_A_FIELD = 1.5, 2.5
LETTERS_A_SECOND, WORDS_A_MINUTE = 3.5, 230
TO_FETCH_A_CODE = 3
"""Presses out of the page's sight: to the mailbox, the mail, and back."""

TEXTS = {
    "purpose": "Livsmedelshygien och registrering",
    "legal_ground": "20 § livsmedelslagen",
    "visits": "2024, anmärkningar",
    "checks": "Kylar, märkning, personalens hygien",
    "evidence": "Bilder och prover",
    "minutes": "60",
}
CHOSEN = {"decision": "not-needed", "open_matter": "no"}


def _words(lines: set[str]) -> int:
    return sum(len(line.split()) for line in lines)


@dataclass
class Counted:
    """A telephone whose presses, fields, letters and words are counted; a line that was read once is read no more."""

    phone: Presses
    known: set[str] = field(default_factory=set)
    there: set[str] = field(default_factory=set)
    fields: int = 0
    letters: int = 0
    words: int = 0

    @property
    def page(self) -> Page:
        return self.phone.page

    def read(self, text: str) -> None:
        lines = {line.strip() for line in text.splitlines()}
        self.words += _words(lines - self.known)
        self.known |= lines
        self.there |= lines

    def read_page(self) -> None:
        """All that is to be seen but for choices that are not opened; what stands in the fields too."""
        text = self.page.locator("main").inner_text()
        for locator in self.page.locator("main select").all():
            text = text.replace(locator.inner_text(), "")
        self.read(text)
        for locator in self.page.locator("main textarea").all():
            self.read(locator.input_value())

    def press(self, role: str, name: str) -> None:
        with self.page.expect_navigation():
            self.phone.press(role, name)
        self.read_page()

    def write(self, key: str, text: str) -> None:
        self.page.locator(f"[name={key}]").fill(text)
        self.fields += 1
        self.letters += len(text)

    def fill_in(self) -> None:
        """What the page asks for and has nothing in."""
        for key, text in TEXTS.items():
            there = self.page.locator(f"main [name={key}]")
            if there.count() and not there.input_value():
                self.write(key, text)
        for key, value in CHOSEN.items():
            there = self.page.locator(f"main select[name={key}]")
            if there.count() and not there.input_value():
                self.read(there.inner_text())
                there.select_option(value)
                self.fields += 1

    def counts(self, *, all: bool = False) -> "Counts":
        """`all`: with the words of every line of this sheet, read before or not."""
        words = _words(self.there) if all else self.words
        return Counts(self.phone.n, self.fields, self.letters, words)


@dataclass(frozen=True)
class Counts:
    presses: int
    fields: int
    letters: int
    words: int

    @property
    def seconds(self) -> float:
        return (
            self.presses * TO_PRESS
            + self.fields * TO_FIND_A_FIELD
            + self.letters / LETTERS_A_SECOND
            + self.words / WORDS_A_MINUTE * 60
        )


@pytest.fixture
def portal(desk: Office, mailbox: MailServer) -> Iterator[tuple[str, str]]:
    """The reminder that an agency has got, with the address that its reader opens. The lead has given its object."""
    reachable_by_mail(desk.store)
    with ThreadPoolExecutor(1) as beside_playwright:
        beside_playwright.submit(object_is_given, desk).result()
    desk.now = datetime.fromisoformat("2026-12-30T09:00:00+00:00")
    wanted = Invitation("a1", "Inspektör", ("sheet",), code_to="jour@example.se")
    (made,) = invite(desk.store, [wanted], "test", desk.now)
    mail = next(one.mail for one in reminders(desk) if one.party == "a1")
    with desk.store.writing() as db:
        (contact,) = [one for one in CONTACTS.all(db) if one.id == made.contact.id]
        token = address_to_page(db, contact, "sheets", desk.now, desk.now)
    desk.carry()
    desk.app = PortalServer(
        open_own(desk.portal.name), clock=lambda: desk.now, mail=mailbox, sheets=_sheets(desk)
    ).application()
    with listening(desk.app) as address:
        yield f"{address}/k/{token}", "\n".join((mail.subject, mail.opening, mail.body, mail.todo, mail.ending))


def object_is_given(desk: Office) -> None:
    """Of each of the two, by who leads it."""
    for operation, (lead,) in leads_of(desk).items():
        browser = desk.browser(lead, "sheet")
        written(browser, "C", {"reference": "M-7", "premises": "Restaurang"}, operation)
        own = browser.get(f"/sheets/{operation}/give").hidden("key", "seen")
        assert browser.post(f"/sheets/{operation}/give", {**own, "to.C": [AGENCY]}).status == 303


def leads_of(desk: Office) -> dict[str, list[str]]:
    """The two first operations that another agency leads, and by which it is led."""
    found = {
        one.operation: [id.partition("-")[2] for id, wanted in one.others_write.items() if "C" in wanted]
        for one in view_of(desk, AGENCY).sheets
    }
    return dict(sorted((id, leads) for id, leads in found.items() if leads)[:2])


def _sheets(desk: Office) -> SheetOffice:
    assert desk.sheets is not None
    return desk.sheets


@pytest.mark.slow
def test_a_first_sheet_takes_some_six_minutes_and_a_second_three(
    browser: Browser, desk: Office, portal: tuple[str, str]
) -> None:
    """Of the second also where a third of what she has read before is read again. Nobody was timed: there is room for a
    word that somebody needs.
    """
    address, mail = portal
    her = Counted(Presses(browser.new_context(**PHONE).new_page()))
    one, other = leads_of(desk)
    first = sheet(her, address, mail, one)
    again = Counted(Presses(browser.new_context(**PHONE).new_page()), set(her.known))
    second = sheet(again, address, mail, other)
    read_again = (again.counts(all=True).words - second.words) // 3
    assert first.presses <= 21
    assert first.fields <= 9
    assert second.presses <= 17
    assert second.fields <= 4
    assert first.seconds <= 420
    assert second.seconds <= 140
    assert replace(second, words=second.words + read_again).seconds <= 210


def sheet(her: Counted, address: str, mail: str, operation: str) -> Counts:
    """From the mail to the receipt."""
    her.read(mail)
    her.page.set_default_timeout(10_000)
    her.page.goto(address)
    her.phone.n += 1
    her.read_page()
    her.press("button", "Fortsätt")
    her.press("link", operation)
    her.press("link", "Fortsätt")
    if her.page.get_by_role("button", name="Mejla en kod").count():
        her.press("button", "Mejla en kod")
        enter_code(her)
    for _ in range(3):
        if her.page.get_by_role("heading", level=1, name="D ").count():
            read_object(her)
        her.fill_in()
        her.press("button", "Nästa")
    readers = her.page.locator("fieldset").first.get_by_role("checkbox")
    if not any(locator.is_checked() for locator in readers.all()):
        for locator in readers.all():
            locator.tap()
            her.phone.n += 1
        her.press("button", "Samma för alla delar")
    her.press("button", "Lämna")
    assert "Läsarna kan läsa nu" in her.page.get_by_role("status").inner_text()
    return her.counts()


def enter_code(her: Counted) -> None:
    """The code of the mail that has come."""
    match = re.search(r"(\d{4}) (\d{4})\.", Mailbox.received[-1])
    assert match is not None
    her.phone.n += TO_FETCH_A_CODE
    her.write("code", "".join(match.groups()))
    her.press("button", "Fortsätt")


def read_object(her: Counted) -> None:
    """From the page of what is known to what the lead says of the object, and back."""
    if her.page.get_by_role("button", name="Mejla en kod").count():
        her.press("button", "Mejla en kod")
        enter_code(her)
    her.press("button", "Läs")
    assert "M-7" in her.page.locator("main").inner_text()
    her.press("link", "Tillbaka")
