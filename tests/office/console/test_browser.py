"""The console in a real browser: without scripts, by keyboard alone, small and large, light and dark, for everybody.

Skipped where there is no Chromium; with ARSHJUL_REQUIRE_ALL=1 its absence is a failure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from arshjul.office.console.sessions import invite
from tests.office.console.conftest import Desk
from tests.serving import listening
from tests.year.render.test_browser import ALL, CHROMIUM, COLUMNS, QUIET

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None and not ALL, reason="there is no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]

PAGES = ("/", "/year", "/weeks/2027-W05", "/operations", "/operations/OP-001", "/withdrawals/new", "/publish")
FORMS = ("/withdrawals", "/withdrawals/A1", "/teams-lost", "/nominations/new", "/operations/OP-001/edit")
MORE = (
    *FORMS,
    *("/import", "/subscribers", "/contacts", "/calls", "/what-if", "/log", "/objects", "/objects/new"),
    *("/nominations", "/cards", "/meetings", "/pictures", "/report", "/report/coverage", "/evaluations"),
    *("/obstacles", "/obstacles/new", "/turn", "/options/1", "/options/1/questions?option=balanced"),
    *("/proposal", "/proposal/times/OP-000", "/outbox", "/nowhere", "/out"),
)
MOST_TABS = 80
REHEARSED = """document.querySelector('.brand').insertAdjacentHTML('beforeend', ' <strong class=rehearsal>'
    + (document.documentElement.lang === 'sv' ? 'Övning' : 'Rehearsal') + '</strong>')"""
RIGHTMOST = "Math.max(...[...document.querySelectorAll('header *')].map(one => one.getBoundingClientRect().right))"


@dataclass(slots=True)
class Opened:
    """A console that listens, and what it is of."""

    desk: Desk
    address: str

    def link(self) -> str:
        return f"{self.address}/in/{invite(self.desk.store, 'coordinator', 'coordinator', self.desk.now)}"


@pytest.fixture
def opened(desk: Desk) -> Iterator[Opened]:
    with listening(desk.console.application()) as address:
        yield Opened(desk, address)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


def signed_in(browser: Browser, console: Opened, **settings: Any) -> Page:
    page = browser.new_context(**settings).new_page()
    page.goto(console.link())
    page.get_by_role("button", name="Logga in").click()
    return page


def by_keyboard(page: Page, role: str, name: str) -> None:
    """Goes there with the tabulator, and no further than there are things to go to; the focus is always to be seen."""
    wanted = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    wanted.wait_for()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate("one => getComputedStyle(one).outlineStyle !== 'none'"), name
            return
    raise AssertionError(f"The keyboard does not reach {name}.")


def test_a_withdrawal_is_published_by_keyboard_alone_without_scripts(browser: Browser, opened: Opened) -> None:
    page = signed_in(browser, opened, java_script_enabled=False, locale="sv-SE")
    by_keyboard(page, "link", "Lägg in en avbokning")
    page.keyboard.press("Enter")
    by_keyboard(page, "combobox", "Enhet")
    page.keyboard.press("ArrowDown")
    page.get_by_label("Från").fill("2027-02-01")
    page.get_by_label("Till", exact=True).fill("2027-02-01")
    by_keyboard(page, "button", "Räkna fram alternativ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/options/*")
    page.get_by_role("radio", name="Minst ändringar").check()
    by_keyboard(page, "button", "Välj")
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish")
    page.get_by_label("Skäl (visas i loggen)").fill("avbokning")
    by_keyboard(page, "button", "Publicera")
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish?published=2")
    assert page.get_by_role("status").inner_text().startswith("Planens version 2 är publicerad")


def looked_at(page: Page, address: str, paths: tuple[str, ...], narrower: int = 0) -> list[str]:
    """Everything that is wrong with those pages for somebody; `narrower`: in a window of that width too, how wide."""
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if "status of 4" not in message.text else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    size = page.viewport_size
    assert size is not None
    for path in paths:
        page.goto(address + path)
        found = Axe().run(page)
        wrong += [f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]
        wrong += too_wide(page, path)
        if narrower:
            page.set_viewport_size({**size, "width": narrower})
            wrong += too_wide(page, path)
            page.set_viewport_size(size)
    return wrong


def too_wide(page: Page, path: str) -> Iterator[str]:
    """What does not fit in the window."""
    width = page.evaluate("innerWidth")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield f"{path}: wider than the window of {width}"
    if width < 400 and page.evaluate(
        "[...document.querySelectorAll('.scroll')].some(one => one.scrollWidth > one.clientWidth)"
    ):
        yield f"{path}: a part of it is wider than the window of {width}"


def entered(page: Page, console: Opened) -> None:
    """Enters a withdrawal, so that there are options, and asks about one."""
    page.goto(f"{console.address}/withdrawals/new")
    page.locator("#police").select_option(index=1)
    page.locator("#from").fill("2027-02-01")
    page.locator("#to").fill("2027-02-01")
    page.locator("main form button.main").click()
    page.locator("button[formaction]").click()
    page.locator("main form button.main").click()


def handed_out(page: Page, console: Opened) -> None:
    """Hands out an address to somebody with a long name, and leaves the page with it on."""
    page.goto(f"{console.address}/subscribers")
    page.locator("#label").fill("Exempelmyndighetens gemensamma tillsynsbrevlåda " + "utanmellanrum" * 6)
    page.locator("main form.filter button").click()
    page.locator(".notice code").first.wait_for()


@pytest.mark.slow
def test_every_page_is_for_everybody_on_a_small_screen(browser: Browser, opened: Opened) -> None:
    page = signed_in(browser, opened, viewport={"width": 390, "height": 700})
    entered(page, opened)
    handed_out(page, opened)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "an address that was handed out"
    page.set_viewport_size({"width": 390, "height": 700})
    assert looked_at(page, opened.address, (*PAGES, *MORE), narrower=320) == []


@pytest.mark.slow
def test_the_year_is_a_wheel_with_equal_tables_and_on_a_phone_its_months(browser: Browser, opened: Opened) -> None:
    page = signed_in(browser, opened, viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    page.goto(f"{opened.address}/year")
    width = page.evaluate("document.querySelector('.months').getBoundingClientRect().width")
    tables = page.evaluate(COLUMNS, ".months")
    shares = [[round((left - first) / width, 2) for left in (first, *more)] for first, *more in tables]
    assert shares == [[0, 0.1, 0.17, 0.5, 0.65, 0.8]] * len(tables) != [], "whatever stands in them"
    assert page.locator("img.wheel").is_visible()
    operations = page.locator(".months tbody tr").count()
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.locator("img.wheel").is_visible()
    assert not page.locator(".months").first.is_visible()
    listed = page.locator(".narrow li a")
    assert listed.count() == operations
    month = page.locator(".narrow details").first
    if month.get_attribute("open") is None:
        month.locator("summary").click()
    assert page.locator(".narrow details[open] .of-week").first.inner_text().startswith("Vecka ")
    listed.first.click()
    page.wait_for_url("**/operations/*")


def in_english(page: Page) -> None:
    """Chooses English, which stands in the menu of whoever is signed in, on a small screen in the only one."""
    page.locator(".site summary:visible").last.click()
    page.get_by_role("button", name="English").click()


@pytest.mark.slow
def test_the_header_is_one_line_and_on_a_phone_a_menu(browser: Browser, opened: Opened) -> None:
    """Also in a rehearsal, and where something waits, without scripts of its own."""
    page = signed_in(browser, opened, viewport={"width": 1024, "height": 700}, locale="sv-SE")
    for language in ("sv", "en"):
        for width in (1024, 1100, 1200, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 700})
            for path in ("/", "/calls"):
                page.goto(opened.address + path)
                page.evaluate(REHEARSED)
                right = page.evaluate(RIGHTMOST)
                assert right <= width, (language, width, path)
                assert page.evaluate("document.querySelector('.site').getBoundingClientRect().height") < 66
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{opened.address}/log")
        assert page.evaluate("document.querySelector('.site').getBoundingClientRect().height") < 66
        link = page.get_by_role("link", name="Parter" if language == "sv" else "Parties", exact=True)
        expect(link, "it is folded").to_have_count(0)
        page.locator(".site .all summary").press("Enter")
        link.click()
        page.wait_for_url("**/contacts")
        if language == "sv":
            in_english(page)


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 768, 1280, 3840])
@pytest.mark.parametrize("scheme", ["light", "dark", "forced"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_is_for_everybody(browser: Browser, opened: Opened, width: int, scheme: str, language: str) -> None:
    settings: dict[str, Any] = {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": scheme}
    page = signed_in(browser, opened, viewport={"width": width, "height": 900}, **settings)
    if language == "en":
        in_english(page)
    entered(page, opened)
    assert looked_at(page, opened.address, (*PAGES, *MORE)) == []
