"""Options that are one plan are one column; where they differ, what each is better at stands first."""

import re
from dataclasses import replace
from typing import Any

import pytest

from arshjul.office.draft import options as options_action
from arshjul.year.domain.plan import Unplaced
from arshjul.year.planning.replan.replan import ReplanOptions, replan_from
from tests.office.console.conftest import Desk
from tests.office.console.test_older_options import entered


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


@pytest.mark.parametrize("option", ["balanced", "most-delivered"])
def test_each_can_still_be_chosen_and_asked_by_name(differing: Desk, option: str) -> None:
    browser = differing.browser()
    path = entered(browser)
    page = browser.get(f"{path}?option={option}")
    assert re.findall(rb'value="([\w-]+)" checked', page.body) == [b"balanced"]
    asked = browser.send(page, f"{path}/questions", option=option)
    assert browser.get(asked.headers["location"]).status == 200
    assert browser.get(f"{path}/wheel.svg?option={option}").status == 200
    assert browser.send(page, path, option=option).status == 303
