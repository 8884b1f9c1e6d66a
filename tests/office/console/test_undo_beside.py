"""What an undo leaves where it is, and what was entered, edited or sent before and after it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from arshjul.year.formats.workbook.writing import scenario_workbook
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_importing import send_all
from tests.office.console.test_kept_edit import OURS, chosen, sent, with_operation
from tests.office.console.test_objects import PLACE, add, bind, choose, framed, publish_all
from tests.office.console.test_other_with_its_number import published
from tests.office.console.test_undo import draft, served, undo, undone


def asked(browser: Browser, **fields: str) -> None:
    """What is entered on the page of OP-000, answered and published."""
    where = "/operations/OP-000"
    entered = browser.send(browser.get(where), where, **fields)
    assert entered.status == 303, entered.text
    path = entered.headers["location"]
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 303
    published(browser)


def test_a_workbook_that_has_it_still_does_not_bring_back_what_stays_cancelled(desk: Desk) -> None:
    """Its day has passed, so that the undo could only leave it cancelled; the workbook is of before all that."""
    browser, year = desk.browser(), draft(desk.store).scenario
    book = scenario_workbook(with_operation(year, "OP-002", lambda one: replace(one, title=OURS)))
    day = served(desk.store).placed["OP-000"].slot.day
    asked(browser, ask="cancelled")
    desk.now = datetime(day.year, day.month, day.day, 22, tzinfo=UTC)
    browser = desk.browser()
    undone(browser)
    published(browser)
    before = served(desk.store)
    browser.upload(browser.get("/import"), "/import", book)
    assert "OP-000" not in browser.get("/import").text
    assert send_all(browser).status == 303
    chosen(browser)
    published(browser)
    after = served(desk.store)
    assert (after.placed, after.unplaced) == (before.placed, before.unplaced)
    assert draft(desk.store).scenario.operations["OP-002"].title == OURS
    assert draft(desk.store).scenario.operations.keys() == {"OP-001", "OP-002", "OP-003"}


def other_object(browser: Browser, **fields: str) -> None:
    """OBJ-7 with these values, its places kept; bound and published."""
    where = "/objects/OBJ-7/edit"
    there = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert browser.post(where, {**there, **fields}).status == 303
    choose(browser, bind(browser))
    publish_all(browser)


def removed(desk: Desk) -> Browser:
    """OBJ-7 waited for a frame, and was removed by revision 3."""
    framed(desk, "OBJ-7", "OBJ-8")
    browser = desk.browser()
    other_object(browser, remove="on")
    assert "OBJ-7" not in draft(desk.store).scenario.objects
    return browser


def test_objects_that_an_undo_brings_back_are_not_removed_by_an_edit_that_waits(desk: Desk) -> None:
    browser = removed(desk)
    sent(desk, browser, lambda year: with_operation(year, "OP-002", lambda one: replace(one, title=OURS)))
    undone(browser, revision=3)
    published(browser)
    now = draft(desk.store)
    assert now.is_published, "both are in this plan, and nothing waits"
    assert now.scenario.objects.keys() == {"OBJ-7", "OBJ-8"}
    assert now.scenario.operations["OP-002"].title == OURS


def test_a_filling_along_with_an_undo_leaves_the_returned_objects_there(desk: Desk) -> None:
    """Nothing moves, so that the objects that wait are bound by the plan that takes the removal back."""
    browser = removed(desk)
    assert add(browser, id="OBJ-9").status == 303
    begun = browser.send(browser.get("/publish"), "/publish/undo", revision="3", entered="gone")
    choose(browser, begun.headers["location"])
    publish_all(browser)
    assert draft(desk.store).scenario.objects.keys() == {"OBJ-7", "OBJ-8", "OBJ-9"}


def test_an_edited_object_is_as_it_was_after_an_undo(desk: Desk) -> None:
    framed(desk, "OBJ-7")
    browser = desk.browser()
    other_object(browser, stops="2", must="on")
    assert draft(desk.store).scenario.objects["OBJ-7"].stops == 2
    undone(browser, revision=3)
    published(browser)
    assert draft(desk.store).scenario.objects["OBJ-7"].stops == 1
    undo(desk.store)
    assert draft(desk.store).scenario.objects["OBJ-7"].stops == 2, "the undo undone"


@pytest.mark.parametrize("entered", ["gone", "again"])
def test_an_edit_of_objects_is_gone_or_waits_again_as_she_chooses(desk: Desk, entered: str) -> None:
    browser = removed(desk)
    undone(browser, entered, revision=3)
    published(browser)
    now = draft(desk.store)
    assert "OBJ-7" in now.scenario.objects
    assert ("OBJ-7" in now.present.objects) is (entered == "gone")


@pytest.mark.parametrize("entered", ["gone", "again"])
def test_a_new_object_is_gone_or_waits_again_as_she_chooses(desk: Desk, entered: str) -> None:
    framed(desk)
    browser = desk.browser()
    assert add(browser, id="OBJ-7", **PLACE).status == 303
    choose(browser, bind(browser))
    publish_all(browser)
    undone(browser, entered, revision=3)
    published(browser)
    now = draft(desk.store)
    assert "OBJ-7" not in now.scenario.objects
    assert ("OBJ-7" in now.present.objects) is (entered == "again")
    assert now.plan is not None
    assert not now.plan.bindings
    if entered == "again":
        assert now.present.objects["OBJ-7"].sites
