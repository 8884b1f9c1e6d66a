"""The console's script in a real browser: the list is filtered, an operation read beside it, a job waited for.

The focus stays with whoever types or presses, or goes to the heading of what has come; never to the page as a whole.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from arshjul.office.contacts.nominations import decline
from arshjul.office.draft.study import work_out
from arshjul.serving.sql.database import Database
from tests.office.console.conftest import Desk
from tests.office.console.test_browser import Opened, browser, looked_at, opened, pytestmark, signed_in
from tests.office.console.test_nominations import sent
from tests.office.console.test_reports import portal
from tests.office.console.test_script import Later, later

__all__ = ["Later", "browser", "later", "opened", "portal", "pytestmark"]


@pytest.fixture
def page(browser: Browser, opened: Opened) -> Page:
    return signed_in(browser, opened, locale="sv-SE", viewport={"width": 1400, "height": 900})


def stayed(page: Page) -> bool:
    """True if the page is still the one that was marked, and no new one has been loaded."""
    return page.evaluate("window.marked === true") is True


def test_the_list_is_filtered_while_one_types(page: Page, opened: Opened) -> None:
    page.goto(f"{opened.address}/operations")
    page.evaluate("window.marked = true")
    search = page.get_by_label("Sök")
    search.fill("OP-002")
    expect(page.get_by_role("status")).to_have_text("1 av 4 insatser")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(search).to_be_focused()
    expect(page).to_have_url(f"{opened.address}/operations?q=OP-002&area=&sector=&status=")
    page.get_by_label("Status").select_option("unplaced")
    expect(page.locator("tbody tr")).to_have_count(0)
    expect(page.get_by_label("Status")).not_to_have_value("")
    assert stayed(page)


@pytest.mark.slow
def test_an_operation_is_read_beside_the_list(page: Page, opened: Opened) -> None:
    page.goto(f"{opened.address}/operations")
    page.evaluate("window.marked = true")
    link = page.get_by_role("link", name="OP-002", exact=True)
    link.press("Enter")
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", level=1)).to_be_focused()
    panel.get_by_text("Åtgärder").click()
    expect(panel.get_by_role("button", name="Håll den kvar här")).to_be_visible()
    panel.get_by_role("link", name="Tillbaka till listan").press("Enter")
    expect(link).to_be_focused()
    assert stayed(page)
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids)), "no id stands twice"


@pytest.mark.slow
def test_a_job_is_waited_for_without_losing_the_focus(later: Desk, page: Page, opened: Opened) -> None:
    page.goto(f"{opened.address}/withdrawals/new")
    page.get_by_label("Enhet").select_option(index=1)
    page.get_by_label("Från", exact=True).fill("2027-02-01")
    page.get_by_label("Till", exact=True).fill("2027-02-01")
    page.get_by_role("button", name="Räkna fram alternativ").click()
    page.wait_for_url("**/options/1")
    page.evaluate("window.marked = true")
    stop = page.locator("main form button")
    stop.focus()
    with page.expect_response(lambda one: one.request.headers.get("hx-request") == "true"):
        pass
    expect(stop).to_be_focused()
    work_out(later.store, 1, lambda _: None)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_focused()
    expect(heading).to_have_css("outline-style", "none")
    expect(page.get_by_role("radio", name="Minst ändringar")).to_be_visible()
    expect(page).to_have_title("Alternativen – Årshjul")
    assert stayed(page)


# -- the pages of nominations and contacts, with all that folds open: for everybody, at any width


OPEN = """addEventListener("DOMContentLoaded", () => {
  for (const one of document.querySelectorAll("details")) one.open = true;
})"""


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "forced")])
def test_what_waits_is_read_and_decided_by_everybody(
    browser: Browser, opened: Opened, portal: Database, width: int, scheme: str
) -> None:
    contact = sent(opened.desk, portal, id="e0")
    decline(opened.desk.store, "e0".ljust(32, "0"), "Redan planerad", "test", opened.desk.now, is_sure=True)
    for id, kind in (("e1", "operation"), ("e2", "object")):
        sent(opened.desk, portal, kind, id, contact=contact)
    settings: dict[str, Any] = {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": scheme}
    page = signed_in(browser, opened, viewport={"width": width, "height": 800}, **settings)
    forms = [
        f"{where}?nomination={id.ljust(32, '0')}" for where, id in (("/nominations/new", "e1"), ("/objects/new", "e2"))
    ]
    page.add_init_script(OPEN)
    assert looked_at(page, opened.address, ("/", "/nominations", "/contacts", *forms)) == []
    assert page.locator("main details").count() == page.locator("main details[open]").count() > 0
