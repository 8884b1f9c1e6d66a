"""I dag as she sees it: a calm morning fits one screen, a bad one says on its first what is hit and whom to call.

On goteborg-2027 as its first plan was published, with all that has been since ticked and told.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from arshjul.office.draft.enter import enter
from arshjul.office.store.store import make_store, open_store
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests import years
from tests.living import FIRST
from tests.office.console.conftest import Desk
from tests.office.console.test_browser import Opened, browser, in_english, pytestmark, signed_in
from tests.serving import listening

__all__ = ["browser", "pytestmark"]

CALM, BAD = datetime(2027, 5, 3, 5, 10, tzinfo=UTC), datetime(2027, 3, 16, 5, 52, tzinfo=UTC)
FOUR = {"id": "A1", "police": ["lpo-city"], "from": "2027-03-16", "to": "2027-03-30", "officers_left": 0}
SCREEN = {"width": 1280, "height": 800}
WORDS = r"""(() => {
    document.querySelectorAll('main .hidden').forEach(one => one.remove())
    return (document.querySelector('main').innerText.match(/\S*[\p{L}\p{N}]\S*/gu) || []).length
})()"""
"""The words that are to be seen: tokens with a letter or a digit, and none that are only to be heard."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the year's first plan is published."""
    db = tmp_path_factory.mktemp("year") / "y.db"
    read = read_plan_folder(FIRST)
    years.published(make_store(str(db)), read, BAD - timedelta(days=1))
    return db


@pytest.fixture
def morning(year: Path, tmp_path: Path) -> Iterator[Opened]:
    copy(year, tmp_path / "y.db")
    desk = Desk(open_store(str(tmp_path / "y.db")), CALM)
    with listening(desk.console.application()) as address:
        yield Opened(desk, address)


def kept_well(page: Page, morning: Opened) -> None:
    """Ticks all milestones whose day has come, and says of all operations that were that they were held as planned."""
    page.goto(morning.address)
    page.locator("details.fold > summary").first.click()
    page.get_by_role("button", name="Alla sena milstolpar är klara").click()
    page.goto(f"{morning.address}/outcomes")
    page.get_by_role("button", name="Lägg in, övriga som genomförda").click()


def n_words(page: Page) -> int:
    return int(page.evaluate(WORDS))


@pytest.mark.slow
def test_a_calm_morning_fits_one_screen(browser: Browser, morning: Opened) -> None:
    """All of the day before is ticked and told; what is of today and of tomorrow is not."""
    morning.desk.now = CALM - timedelta(days=1)
    kept_well(signed_in(browser, morning, viewport=SCREEN, locale="sv-SE"), morning)
    morning.desk.now = CALM
    page = signed_in(browser, morning, viewport=SCREEN, locale="sv-SE")
    for language in ("sv", "en"):
        page.goto(morning.address)
        assert page.locator("section[aria-labelledby=week] tbody tr:has(.id)").count() == 3
        assert fits(page.locator("main > *").last), language
        assert not page.locator(".needs").count()
        assert n_words(page) <= 90, language
        if language == "sv":
            in_english(page)


@pytest.mark.slow
def test_milestones_stand_once_by_operation_late_first(browser: Browser, morning: Opened) -> None:
    page = signed_in(browser, morning, viewport=SCREEN, locale="sv-SE")
    page.goto(morning.address)
    page.locator("details.fold").first.click()
    about = page.locator("main .agenda:has(.act) tbody th").all_inner_texts()
    about = [one for one in about if one.startswith("OP-")]
    assert len(about) == len(set(about)) > 20
    due = page.locator("main .agenda:has(.act) tbody td:first-child").evaluate_all(
        "all => all.map(one => one.classList.contains('late'))"
    )
    assert due == sorted(due, reverse=True)
    first = about[0]
    page.locator("main .agenda button").first.click()
    expect(page.locator("main .agenda:has(.act) tbody th").first).not_to_have_text(first)


@pytest.mark.slow
def test_a_bad_morning_says_on_its_first_screen_what_is_hit_and_whom_to_call(browser: Browser, morning: Opened) -> None:
    morning.desk.now = BAD
    page = signed_in(browser, morning, viewport=SCREEN, locale="sv-SE")
    kept_well(page, morning)
    page.goto(morning.address)
    page.get_by_role("button", name=re.compile("^Alla .* har fått besked")).first.click()
    seen = morning.desk.draft.stamp
    enter(morning.desk.store, [("withdrawals", FOUR)], "samordnaren", BAD, seen)
    page.goto(morning.address)
    hits = page.locator(".hits tbody tr")
    assert hits.count() == 4
    expect(page.get_by_role("heading", name="4 insatser berörs, den första i dag 09–15")).to_be_visible()
    for row in hits.all():
        expect(row.get_by_role("button").first).to_have_text(re.compile(r"^(Flytta|Gör så) OP-\d+ \d$"))
        assert fits(row)
    assert page.get_by_role("heading", name="Ring nu om OP-042").is_visible()
    called = page.locator("section[aria-labelledby=ring] li")
    assert "LPO City" not in " ".join(called.all_inner_texts()), "who is away is not called"
    assert fits(called.first)
    assert page.locator(".site .waits.urgent").first.inner_text().split()[1] == "väntar"
    assert n_words(page) <= 400


def fits(what: Locator) -> bool:
    box = what.bounding_box()
    assert box is not None
    return box["y"] + box["height"] <= SCREEN["height"]
