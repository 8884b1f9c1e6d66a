"""Options that are one plan are one column; where they differ, what each is better at stands first."""

import re
from dataclasses import replace
from typing import Any

import pytest

from arshjul.office.draft import options as options_action
from arshjul.year.domain.plan import Unplaced
from arshjul.year.planning.replan.replan import ReplanOptions, replan_from
from tests.examples import often
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.test_asking import TWO
from tests.office.console.test_withdrawal import HIT


def with_one_out(*given: Any) -> ReplanOptions:
    """The options, of which the first leaves one operation more out, and has one penalty twice."""
    options = replan_from(*given)
    few = options.options["fewest-changes"]
    *kept, last = few.placements
    worse = replace(
        few,
        placements=tuple(kept),
        unplaced=(*few.unplaced, Unplaced(last.operation)),
        prices=(*few.prices, few.prices[0]),
    )
    return replace(options, options={**options.options, "fewest-changes": worse})


@pytest.fixture
def differing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A console where the first option is another plan than the two others."""
    monkeypatch.setattr(options_action, "replan_from", with_one_out)
    return desk


def test_two_that_are_one_plan_are_one_column_and_advantages_come_first(differing: Desk) -> None:
    browser = differing.browser()
    page = browser.get(entered(browser))
    radios = re.findall(rb'<input type="radio" name="option" value="([\w-]+)"( checked)?', page.body)
    assert radios == [(b"fewest-changes", b""), (b"balanced", b" checked")]
    assert "Minst ändringar Ingen framför de andra Avvägt och Mest genomfört Förslag Minst prioritetspoäng" in page.text
    assert "Alla tre alternativ" not in page.text
    figures = re.search(r"Minuspoäng (\d+) (\d+) (\d+) varav för flyttar – \d+ \d+ Bevisat", page.text)
    assert figures is not None
    assert int(figures[2]) > int(figures[3])
    assert "Minuspoäng per önskemål" in page.text
    assert "Minuspoäng räknar ouppfyllda önskemål." in page.text


@pytest.mark.parametrize("option", often(["most-delivered"], ["balanced"]))
def test_each_can_still_be_chosen_and_asked_by_name(differing: Desk, option: str) -> None:
    browser = differing.browser()
    path = entered(browser)
    page = browser.get(f"{path}?option={option}")
    assert re.findall(rb'value="([\w-]+)" checked', page.body) == [b"balanced"]
    asked = browser.send(page, f"{path}/questions", option=option)
    assert browser.get(asked.headers["location"]).status == 200
    assert browser.get(f"{path}/wheel.svg?option={option}").status == 200
    assert browser.send(page, path, option=option).status == 303


# -- a page of options belongs to the plan that they were worked out of: it compares them with no other


COMPARED = ("Alternativ till dagens plan", "Insatser som skiljer", 'class="choose"')


def entered(browser: Browser, **other: str) -> str:
    """The page of the options that answer a withdrawal."""
    sent = browser.press("/withdrawals/new", **{**HIT, **other})
    return sent.headers["location"]


def is_compared(browser: Browser, path: str) -> bool:
    page = browser.get(path)
    shown = [text in page.text or text in page.body.decode() for text in COMPARED]
    assert len(set(shown)) == 1
    assert ("Alternativ till en tidigare plan" in page.text) is not shown[0]
    return shown[0]


def test_options_are_not_compared_with_the_plan_that_was_chosen_of_them(desk: Desk) -> None:
    browser = desk.browser()
    path = entered(browser)
    assert is_compared(browser, path)
    assert browser.press(path, option="fewest-changes").status == 303
    assert not is_compared(browser, path)
    assert browser.publish().status == 303
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
    again = browser.press("/options").headers["location"]
    assert is_compared(browser, again)
    assert is_compared(browser, newer)


# -- an option is chosen while parties are still asked: it is said before, and nothing waits for them afterwards


TAKEN_BACK = "tas frågorna tillbaka"


def test_nothing_waits_for_answers_that_nobody_can_give_any_more(desk: Desk) -> None:
    reachable_by_mail(desk.store)
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **TWO).headers["location"]
    assert TAKEN_BACK not in browser.get(path).text, "nobody is asked"
    browser.press(f"{path}/ask", option="fewest-changes")
    again = browser.press("/options").headers["location"]
    page = browser.get(again).text
    assert TAKEN_BACK in page
    assert "LPO 1" in page.partition("Inte svarat än: ")[2].partition(TAKEN_BACK)[0]
    browser.press(again, option="fewest-changes")
    assert "Svar från" not in browser.get("/").text
    assert browser.publish(sure="on").status == 303
    assert "Svar från" not in browser.get("/").text
