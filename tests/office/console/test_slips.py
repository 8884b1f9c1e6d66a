"""Slips on the pages that are no entry's: a session that has ended, days that have passed, an address for nobody."""

from datetime import UTC, datetime

from arshjul.office.draft.draft import opened_draft
from tests.office.console.browser import Page
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms

PASSED = {"window.from": "2027-01-04", "window.to": "2027-01-15"}
LATER = datetime(2027, 2, 4, 8, tzinfo=UTC)


def test_what_was_written_in_a_session_that_has_ended_is_said_to_stand_in_the_form(desk: Desk) -> None:
    browser, path = desk.browser(), "/withdrawals/new"
    (form,) = (one for one in forms(browser.get(path).body.decode()) if one.action == path)
    out = desk.stranger().post(path, {**form.fields, "cause": "bråk på torget"})
    assert out.status == 401
    assert "inget sparades" in out.text
    assert "ett steg tillbaka" in out.text


def test_nothing_is_said_of_a_form_where_none_was_sent(desk: Desk) -> None:
    out = desk.stranger().get("/withdrawals/new")
    assert (out.status, "inget sparades" in out.text) == (401, False)


def test_an_operation_whose_days_have_passed_is_asked_about(desk: Desk) -> None:
    desk.now = LATER
    for where, more in (
        ("/nominations/new", {"lead_agency": "a1", "agencies.a1": "1"}),
        ("/operations/OP-003/edit", {}),
    ):
        browser = desk.browser()
        fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
        values = {**fields, "title": "T", "programme": "p", "sector": "s", "area": "city", **more, **PASSED}
        asked = browser.post(where, values)
        assert (asked.status, "har passerat" in asked.text, "Ja, det stämmer" in asked.text) == (422, True, True)
        with desk.store.reading() as db:
            assert opened_draft(db).is_published


def test_the_same_nomination_twice_is_asked_about(desk: Desk) -> None:
    browser, where = desk.browser(), "/nominations/new"
    new = {"title": "Bilverkstäder", "programme": "p", "sector": "s", "area": "city"}
    new |= {"lead_agency": "a1", "agencies.a1": "1"}

    def sent(**more: str) -> Page:
        fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
        return browser.post(where, {**fields, **new, **more})

    assert sent().status == 303
    twice = sent()
    assert (twice.status, "bortsett från numret" in twice.text) == (422, True)
    assert sent(title="Bilverkstäder norr").status == 303, "another"
    assert sent(sure="on").status == 303, "it is meant so"


def test_an_object_whose_days_have_passed_is_refused(desk: Desk) -> None:
    desk.now = LATER
    browser, where = desk.browser(), "/objects/new"
    (form,) = (one for one in forms(browser.get(where).body.decode()) if one.action == where)
    values = {**form.fields, "id": "B-1", "sector": "s", "area": "city", "agencies": "a1"}
    refused = browser.post(where, {**values, **PASSED})
    assert (refused.status, "har passerat" in refused.text) == (422, True)
    assert browser.post(where, {**values, **PASSED, "window.to": "2027-11-20"}).status == 303


def test_an_address_for_nobody_is_told_by_the_field(desk: Desk) -> None:
    browser = desk.browser()
    wrong = browser.send(browser.get("/subscribers"), "/subscribers", party="agency-a1", content="all", level="full")
    assert wrong.status == 422
    assert '"Mottagare" är tomt' in wrong.text
    assert "--label" not in wrong.text
