"""The portal in a real browser: on a telephone without scripts, in presses that are counted, and for everybody.

Skipped where there is no Chromium; with ARSHJUL_REQUIRE_ALL=1 its absence is a failure.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.portal.app import PortalServer
from arshjul.portal.store import sessions, views
from arshjul.portal.store.schema import open_own
from arshjul.serving.mail_server import MailServer
from arshjul.year.domain.parties import Matching, OfficerLine
from arshjul.year.domain.party_view import ViewCall, ViewEvaluation, ViewQuestion, ViewSlot, ViewWord
from arshjul.year.domain.sent_offer import OfficersOffer
from arshjul.year.formats.feeds import view_json
from tests.examples import often
from tests.office.console.test_browser import browser, in_english, looked_at
from tests.portal.conftest import Office
from tests.portal.test_report import AWAY
from tests.serving import listening
from tests.year.render.test_browser import ALL, CHROMIUM

__all__ = ["browser"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None and not ALL, reason="there is no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False, "has_touch": True}
PAGES = (
    "/",
    "/report",
    "/withdrawals/A1",
    "/questions",
    "/offers",
    "/offers/H1",
    "/calendars",
    "/devices",
    "/code",
    "/nominate",
    "/nominate/operation",
    "/nominate/object",
    "/evaluations",
    "/evaluations/OP-000",
    "/sheets",
    "/sheets/OP-000",
    "/sheets/OP-000/E",
    "/sheets/OP-000/give",
    "/unit-list",
    "/obstacles",
    "/obstacles/new",
    "/meetings",
    "/card",
    "/picture",
    "/cards",
    "/out",
    "/nowhere",
)
DAY = date(2027, 2, 1)
TEXT = "Kan ni fredag 5 februari 09:00–15:00? Insats OP-000, restaurang, City. Ni leder den, med ett lag."

OFFERED = (
    OfficerLine(Matching(frozenset({1, 2}), "day"), 4, 1),
    OfficerLine(Matching(first=date(2027, 7, 5), last=date(2027, 8, 1)), 0, 0),
)
EVALUATION = ViewEvaluation(
    "OP-000", date(2027, 1, 20), date(2027, 1, 21), date(2027, 2, 10), (ViewWord("F1", "Samlas en kvart tidigare"),)
)
CALL = ViewCall(
    "H1",
    date(2027, 1, 1),
    date(2027, 12, 31),
    date(2027, 2, 20),
    date(2027, 3, 1),
    OfficersOffer("H1", officers=OFFERED),
)


@pytest.fixture
def way_in(office: Office) -> Iterator[tuple[str, str]]:
    """The portal's address, and that of a unit's contact, which has a withdrawal and is asked something."""
    server = PortalServer(
        open_own(office.portal.name),
        clock=lambda: office.now,
        mail=MailServer("127.0.0.1", 1, "portal@example.se", ""),
        feeds_url="https://feeds.example.se",
        sheets=office.sheets,
    )
    office.app = server.application()
    wanted = Invitation(
        "p0",
        "Jour p0",
        ("report", "answer", "offer", "nominate", "sheet", "evaluate"),
        code_to="jour@example.se",
    )
    (made,) = invite(office.store, [wanted], "test", office.now)
    office.carry()
    path = made.path
    times = tuple(ViewSlot(DAY.replace(day=n), "day", f"fredag {n} februari 2027 09:00–15:00") for n in (12, 19, 26))
    asked = tuple(ViewQuestion(str(n) * 32, TEXT, "asked", "", times, (), bool(n)) for n in range(2))
    with office.portal.writing() as db:
        mark, body = views.body(db, "police-p0")
        view = replace(
            view_json.from_text(body),
            withdrawals=(AWAY,), questions=asked, calls=(CALL,), evaluations=(EVALUATION,),
            deadline=office.now + timedelta(days=7), phone="031-390 06 00",
        )  # fmt: skip
        views.put(db, {"police-p0": (mark, view_json.to_text(view))})
    with listening(office.app) as address:
        yield address, address + path


class Presses:
    """A telephone whose presses are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.n = page, 0

    def press(self, role: str, name: str) -> None:
        """Presses what has that name, which is wholly to be seen and large enough for a finger."""
        wanted = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        wanted.scroll_into_view_if_needed()
        box = wanted.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        wanted.tap()
        self.n += 1


@pytest.mark.parametrize("period", often(["Till och med"], ["I dag"]))
def test_calling_off_takes_four_presses_with_its_cause_and_another_date_one_more(
    browser: Browser, office: Office, way_in: tuple[str, str], period: str
) -> None:
    """From the home of whoever is signed in."""
    page = browser.new_context(**PHONE).new_page()
    page.goto(way_in[1])
    page.get_by_role("button", name="Fortsätt").tap()
    phone = Presses(page)
    phone.press("link", "Avboka")
    expect(page.locator("#from")).to_be_hidden()
    expect(page.get_by_role("radio", name="Till och med")).to_be_visible()
    if period != "I dag":
        phone.press("radio", period)
        page.locator("#to").fill("2027-02-21")
        expect(page.locator("#from")).to_be_hidden()
    phone.press("radio", "Skjutning")
    phone.press("button", "Kontrollera")
    phone.press("button", "Skicka")
    assert page.get_by_role("status").inner_text().startswith("Mottaget")
    assert phone.n == (4 if period == "I dag" else 5)
    office.carry()
    (entry,) = office.entries()
    assert entry.kind == "report"
    assert '"cause": "shooting"' in entry.body
    assert ("2027-02-21" in entry.body) == (period != "I dag")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("buttons", "kind"), [(("Ge tillbaka", "Skicka"), "given-back"), (("Den fortsätter",), "still")]
)
def test_giving_back_and_going_on_take_a_few_presses(
    browser: Browser, office: Office, way_in: tuple[str, str], buttons: tuple[str, ...], kind: str
) -> None:
    page = browser.new_context(**PHONE).new_page()
    page.goto(way_in[1])
    phone = Presses(page)
    phone.press("button", "Fortsätt")
    phone.press("link", "Ge tillbaka eller bekräfta")
    for button in buttons:
        phone.press("button", button)
    assert page.get_by_role("status").inner_text().startswith("Mottaget")
    assert phone.n == 2 + len(buttons)
    office.carry()
    assert [entry.kind for entry in office.entries()] == [kind]


@pytest.mark.slow
def test_a_question_is_answered_at_home_by_one_press(browser: Browser, way_in: tuple[str, str]) -> None:
    """Yes and no are of one size; the receipt says what was sent, and where it is changed."""
    page = browser.new_context(**PHONE).new_page()
    page.goto(way_in[1])
    page.get_by_role("button", name="Fortsätt").tap()
    sizes = [page.get_by_role("button", name=re.compile(f"^{word} ")).first.bounding_box() for word in ("Ja", "Nej")]
    assert sizes[0] and sizes[1]
    assert sizes[0]["height"] == sizes[1]["height"] >= 44
    assert sizes[0]["width"] == sizes[1]["width"]
    phone = Presses(page)
    phone.press("button", "Ja Kan ni")
    assert page.get_by_role("status").inner_text().startswith("Mottaget")
    expect(page.get_by_text("Ja, vi kan", exact=False)).to_have_count(1)
    expect(page.get_by_role("link", name="Ändra")).to_have_count(1)
    assert phone.n == 1
    phone.press("link", "Hem")
    page.wait_for_url("**/?as=*")
    expect(page.get_by_role("button", name="Ja Kan ni"), "the other one waits").to_have_count(1)


@pytest.mark.slow
def test_an_offer_of_a_year_with_three_exceptions_is_given_without_scripts(
    browser: Browser, office: Office, way_in: tuple[str, str]
) -> None:
    """What is typed: a cell, and from, to and number of three exceptions; what is pressed: four buttons and links."""
    page = browser.new_context(**PHONE).new_page()
    page.goto(way_in[1])
    phone = Presses(page)
    phone.press("button", "Fortsätt")
    phone.press("link", "Lämna erbjudande")
    page.get_by_label("torsdag Dag", exact=True).fill("2")
    for n, (first, last) in enumerate((("02-15", "02-19"), ("06-21", "06-24"), ("11-01", "11-05")), 1):
        page.locator(f"[name=x{n}-from]").fill(f"2027-{first}")
        page.locator(f"[name=x{n}-to]").fill(f"2027-{last}")
        page.locator(f"[name=x{n}-number]").fill("0")
    phone.press("button", "Fortsätt")
    page.get_by_role("button", name="Skicka").wait_for()
    expect(page.get_by_text("torsdagar får fler")).to_have_count(1)
    phone.press("button", "Skicka")
    assert page.get_by_role("status").inner_text().startswith("Mottaget")
    assert phone.n == 4
    office.carry()
    (sent,) = office.entries()
    assert sent.kind == "officers-offer"
    assert sent.body.count('"from"') == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [
        (320, "light", "sv"), (390, "dark", "en"),
        *(pytest.param(width, scheme, language, marks=pytest.mark.slow)
          for width in (320, 768, 1280, 1920) for scheme in ("light", "dark", "forced") for language in ("sv", "en")),
    ],
)  # fmt: skip
def test_every_page_is_for_everybody(
    browser: Browser, way_in: tuple[str, str], office: Office, width: int, scheme: str, language: str
) -> None:
    settings: dict[str, Any] = {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": scheme}
    address, own = way_in
    page = browser.new_context(viewport={"width": width, "height": 800}, **settings).new_page()
    wrong = looked_at(page, "", (own,))
    page.get_by_role("button", name="Fortsätt").click()
    if language == "en":
        in_english(page)
    page.goto(f"{address}/report")
    page.locator("input[name=cause][value=shooting]").check()
    page.locator("main form button.main").click()
    found = looked_at(page, address, PAGES)
    page.goto(f"{address}/report")
    page.locator("input[name=period][value=today]").check()
    page.locator("main form button.main").click()
    page.locator("main form button.main").click()
    page.wait_for_url("**/receipts/*")
    receipt = page.url.removeprefix(address)
    with office.portal.writing() as db:
        for row in db.execute(select(sessions.CONTACTS.table)).all():
            sessions.RAISED.put(db, sessions.RaisedSession(row.session, row.contact, office.now + timedelta(hours=8)))
    assert [*wrong, *found, *looked_at(page, address, (receipt, "/sheets/OP-000/E"))] == []
