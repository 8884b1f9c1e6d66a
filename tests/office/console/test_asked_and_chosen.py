"""An option is chosen while parties are still asked: it is said before, and nothing waits for them afterwards."""

from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.test_asking import TWO

TAKEN_BACK = "tas frågorna tillbaka"


def test_nothing_waits_for_answers_that_nobody_can_give_any_more(desk: Desk) -> None:
    reachable_by_mail(desk.store)
    browser = desk.browser()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **TWO).headers["location"]
    assert TAKEN_BACK not in browser.get(path).text, "nobody is asked"
    browser.send(browser.get(path), f"{path}/ask", option="fewest-changes")
    again = browser.send(browser.get("/"), "/options").headers["location"]
    page = browser.get(again).text
    assert TAKEN_BACK in page
    assert "LPO 1" in page.partition("Inte svarat än: ")[2].partition(TAKEN_BACK)[0]
    browser.send(browser.get(again), again, option="fewest-changes")
    assert "Svar från" not in browser.get("/").text
    shown = browser.get("/publish")
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", sure="on").status == 303
    assert "Svar från" not in browser.get("/").text
