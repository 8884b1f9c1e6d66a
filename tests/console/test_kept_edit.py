"""Whoever starts over from what is served is asked about what was edited, and can keep it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from arshjul.domain.operation import Operation
from arshjul.domain.scenario import Scenario
from arshjul.formats.workbook.writing import scenario_workbook
from tests import years
from tests.commands import ran
from tests.console.browser import Browser
from tests.console.conftest import SLOWLY_BOTH, Desk
from tests.console.test_importing import scenario, send_all
from tests.console.test_other_with_its_number import draft, published
from tests.console.test_published_meanwhile import NEW_NAME, renamed
from tests.console.test_withdrawal import HIT

KEEPS = "Behåll det som redigerats i en arbetsbok eller på en insats sida"
OURS, EDITED = "Vår titel", "Året redigerades"


def with_operation(year: Scenario, id: str, change: Callable[[Operation], Operation]) -> Scenario:
    return replace(year, operations={**year.operations, id: change(year.operations[id])})


def ours(year: Scenario) -> Scenario:
    """Another title, and one operation more."""
    fresh = replace(year.operations["OP-002"], id="OP-100")
    titled = with_operation(year, "OP-001", lambda one: replace(one, title=OURS))
    return replace(titled, operations={**titled.operations, "OP-100": fresh})


def sent(desk: Desk, browser: Browser, edit: Callable[[Scenario], Scenario] = ours) -> None:
    """An edited workbook, taken over."""
    browser.upload(browser.get("/import"), "/import", scenario_workbook(edit(scenario(desk))))
    assert send_all(browser).status == 303


def chosen(browser: Browser) -> None:
    path = browser.send(browser.get("/"), "/options").headers["location"]
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 303


def overtaken(desk: Desk, folder: Path, edit: Callable[[Scenario], Scenario] = renamed, seen: int = 1) -> None:
    """Somebody at a terminal publishes an edited scenario."""
    year = edit(years.scenario())
    years.published(desk.store, years.write(folder / "theirs", year, years.plan(year)), seen=seen)


def test_an_edit_that_waits_is_not_told_as_published(desk: Desk) -> None:
    browser = desk.browser()
    sent(desk, browser)
    shown = browser.get("/publish")
    assert "Det som redigerats sedan dess väntar på svar: I dag" in shown.text
    assert "Det som lagts in sedan dess" not in shown.text
    assert KEEPS not in shown.text, "nothing is chosen that could be undone"


@pytest.mark.parametrize("is_chosen", [False, True])
@SLOWLY_BOTH
def test_what_was_edited_waits_on_after_starting_over(desk: Desk, tmp_path: Path, is_chosen: bool) -> None:
    browser = desk.browser()
    sent(desk, browser)
    if is_chosen:
        chosen(browser)
    overtaken(desk, tmp_path)
    for path in ("/", "/publish"):
        assert KEEPS in browser.get(path).text
    assert browser.send(browser.get("/"), "/start-over", keep="on").status == 303
    waits = browser.get("/").text
    assert f"{EDITED}: en ny insats och en ändrad insats." in waits, "and nothing else: theirs is not undone"
    assert OURS in waits
    chosen(browser)
    published(browser)
    now = scenario(desk)
    assert (now.operations["OP-001"].title, now.agencies["a0"].name) == (OURS, NEW_NAME)
    assert [one.name for one in now.operations["OP-100"].sites] == ["Kanariekrogen 2"]


@pytest.mark.parametrize("is_chosen", [False, True])
def test_what_was_edited_is_given_up_where_that_is_said(desk: Desk, tmp_path: Path, is_chosen: bool) -> None:
    browser = desk.browser()
    sent(desk, browser)
    if is_chosen:
        chosen(browser)
    overtaken(desk, tmp_path)
    assert browser.send(browser.get("/"), "/start-over").status == 303
    assert EDITED not in browser.get("/").text
    assert draft(desk.store).given is None
    assert "tog tillbaka det som redigerats" in browser.get("/log").text


def test_what_was_chosen_is_undone_and_its_edit_waits(desk: Desk) -> None:
    """An entry that the same plan answered waits beside it, and is not in it twice."""
    browser = desk.browser()
    sent(desk, browser)
    browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT)
    chosen(browser)
    shown = browser.get("/publish")
    assert KEEPS in shown.text
    assert browser.send(shown, "/start-over", keep="on").status == 303
    found = draft(desk.store)
    assert found.given is not None
    assert found.given.operations["OP-001"].title == OURS
    assert [one.list for one in found.waiting] == ["withdrawals"]
    chosen(browser)
    assert scenario(desk).operations["OP-001"].title == OURS


def test_a_choice_without_an_edit_asks_about_none(desk: Desk, tmp_path: Path) -> None:
    browser = desk.browser()
    browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT)
    chosen(browser)
    assert KEEPS not in browser.get("/publish").text
    overtaken(desk, tmp_path)
    assert KEEPS not in browser.get("/").text
    assert browser.send(browser.get("/"), "/start-over").status == 303
    assert draft(desk.store).given is None
    assert "tog tillbaka det som redigerats" not in browser.get("/log").text


def test_what_cannot_be_kept_is_said_and_nothing_is_lost(desk: Desk, tmp_path: Path) -> None:
    """Ours comes at the same time as an operation that theirs has no more."""

    def tied(year: Scenario) -> Scenario:
        new = replace(year.operations["OP-002"], id="OP-100", same_slot_as="OP-003")
        return replace(year, operations={**year.operations, "OP-100": new})

    def without(year: Scenario) -> Scenario:
        return replace(year, operations={id: one for id, one in year.operations.items() if id != "OP-003"})

    browser = desk.browser()
    sent(desk, browser, tied)
    overtaken(desk, tmp_path, without)
    refused = browser.send(browser.get("/"), "/start-over", keep="on")
    assert refused.status >= 400
    assert "går inte att behålla" in refused.text
    found = draft(desk.store)
    assert found.is_overtaken
    assert found.given is not None
    assert browser.send(browser.get("/"), "/start-over").status == 303


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_what_both_edited_is_shown_and_asked_about(desk: Desk, tmp_path: Path, side: str) -> None:
    """Nothing is decided before: neither is her title lost, nor the published one."""

    def theirs(year: Scenario, title: str = "Deras titel") -> Scenario:
        return renamed(with_operation(year, "OP-001", lambda one: replace(one, title=title)))

    browser = desk.browser()
    sent(desk, browser)
    overtaken(desk, tmp_path, theirs)
    asked = browser.send(browser.get("/"), "/start-over", keep="on")
    assert asked.status == 409
    assert "Deras titel" in asked.text
    assert OURS in asked.text
    assert NEW_NAME not in asked.text, "what only one changed is no question"
    assert draft(desk.store).is_overtaken
    overtaken(desk, tmp_path / "again", lambda year: theirs(year, "Deras nya titel"), seen=2)
    asked = browser.send(asked, "/start-over", keep="on", **{side: asked.field(side)})
    assert asked.status == 409, "not what was shown"
    assert browser.send(asked, "/start-over", keep="on", **{side: asked.field(side)}).status == 303
    given = draft(desk.store).given
    assert given is not None
    assert given.operations["OP-001"].title == (OURS if side == "mine" else "Deras nya titel")
    assert "OP-100" in given.operations
    assert given.agencies["a0"].name == NEW_NAME


def test_what_both_edited_is_not_asked_about_where_the_edit_is_given_up(desk: Desk, tmp_path: Path) -> None:
    browser = desk.browser()
    sent(desk, browser)
    overtaken(desk, tmp_path, lambda year: with_operation(year, "OP-001", lambda one: replace(one, title="Deras")))
    assert browser.send(browser.get("/"), "/start-over").status == 303
    assert draft(desk.store).given is None


def test_what_waits_is_not_replaced_from_a_terminal_unasked(desk: Desk, tmp_path: Path) -> None:
    browser, theirs = desk.browser(), tmp_path / "deras.xlsx"
    theirs.write_bytes(scenario_workbook(renamed(scenario(desk))))
    sent(desk, browser)
    words = ["import", str(theirs), "--db", desk.url]
    refused = ran(words)
    assert refused.exit_code == 4
    assert "väntar på en plan" in refused.output
    assert OURS in browser.get("/").text
    assert ran([*words, "--replace-edit"]).exit_code == 0
    assert OURS not in browser.get("/").text
    assert ran(words).exit_code == 0, "the same once more replaces nothing"
