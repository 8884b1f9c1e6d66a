"""What a coordinator typed by mistake, and the console took: each is asked about or refused, with what is right."""

from tests.office.console.browser import Page
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_entry_forms import waiting


def held(desk: Desk, **more: str) -> Page:
    browser, where = desk.browser(), "/operations/OP-001"
    return browser.send(browser.get(where), where, ask="held", milestone="nomination", **more)


def test_a_milestone_held_in_another_year_is_asked_about(desk: Desk) -> None:
    asked = held(desk, date="2025-05-20")
    assert (asked.status, "ligger före planen" in asked.text, "Ja, det stämmer" in asked.text) == (422, True, True)
    assert not waiting(desk).changes
    assert held(desk, date="2025-05-20", sure="on").status == 303


def test_a_milestone_without_a_date_is_said_to_lack_it(desk: Desk) -> None:
    refused = held(desk, date="")
    assert refused.status == 422
    assert "Datumet finns inte" not in refused.text
    assert "Hölls den saknas" in refused.text


def test_an_edit_is_taken_back_by_itself(desk: Desk) -> None:
    browser, where = desk.browser(), "/operations/OP-001/edit"
    fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert browser.post(where, {**fields, "priority": "3"}).status == 303
    page = browser.get("/").body.decode()
    assert page.count('name="edit" value="') == 1
    assert "/take-back-edit" not in page, "all at once is offered where there are several"
