"""The pages of nominations and contacts in a browser, with all that folds open: for everybody, at any width."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from arshjul.office.contacts.nominations import decline
from arshjul.serving.sql.database import Database
from tests.office.console.test_browser import Opened, browser, looked_at, opened, pytestmark, signed_in
from tests.office.console.test_nominations import sent
from tests.office.console.test_reports import portal

__all__ = ["browser", "opened", "portal", "pytestmark"]

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
