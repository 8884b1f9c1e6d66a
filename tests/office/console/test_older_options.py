"""A page of options belongs to the plan that they were worked out of: it compares them with no other."""

import pytest

from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.office.console.test_withdrawal import HIT

COMPARED = ("Alternativ till dagens plan", "Insatser som skiljer", 'class="choose"')


def entered(browser: Browser, **other: str) -> str:
    """The page of the options that answer a withdrawal."""
    sent = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **{**HIT, **other})
    return sent.headers["location"]


def is_compared(browser: Browser, path: str) -> bool:
    page = browser.get(path)
    shown = [text in page.text or text in page.body.decode() for text in COMPARED]
    assert len(set(shown)) == 1
    assert ("Alternativ till en tidigare plan" in page.text) is not shown[0]
    return shown[0]


@pytest.mark.parametrize("is_published", [False, True])
def test_options_are_not_compared_with_the_plan_that_was_chosen_of_them(desk: Desk, is_published: bool) -> None:
    browser = desk.browser()
    path = entered(browser)
    assert is_compared(browser, path)
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 303
    if is_published:
        shown = browser.get("/publish")
        assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x").status == 303
    assert not is_compared(browser, path)
    page = browser.get(path)
    assert "Framräknade torsdag 24 december 2026" in page.text
    assert "orsak: en skjutning" in page.text, "it says what they answered"
    assert "Räkna fram alternativ" not in page.text, "nothing waits"


def test_options_are_not_compared_with_a_draft_that_more_was_entered_in(desk: Desk) -> None:
    browser = desk.browser()
    older = entered(browser)
    newer = entered(browser, police="p1")
    assert not is_compared(browser, older)
    again = browser.send(browser.get(older), "/options").headers["location"]
    assert is_compared(browser, again)
    assert is_compared(browser, newer)
