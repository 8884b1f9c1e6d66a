"""An operation is edited on its page: it waits for a plan, and is proven."""

from datetime import date

from arshjul.actions.draft.draft import opened_draft
from arshjul.domain.calendar import Span
from tests import years
from tests.console.conftest import Desk
from tests.console.forms import forms


def test_an_operation_is_edited(desk: Desk) -> None:
    browser = desk.browser()
    where = "/operations/OP-001/edit"
    fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert fields["agencies.a1"] == ["1"]
    assert fields.get("proposed_by", [""]) == [""], "nobody, unless somebody is chosen"
    values = {**fields, "title": "Ett annat namn", "priority": "1", "officers": "3", "must": "on", "proposed_by": "p0"}
    wrong = browser.post(where, {**values, "priority": "9"})
    assert wrong.status == 422
    assert "Ett annat namn" in wrong.body.decode()
    asked = browser.post(where, {**values, "window.from": "2027-01-01", "window.to": "2027-06-30"})
    path = asked.headers["location"].partition("?")[0]
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 303
    with desk.store.reading() as db:
        opened = opened_draft(db).scenario
    now = opened.operations["OP-001"]
    assert (now.title, now.priority, now.officers, now.must) == ("Ett annat namn", 1, 3, True)
    assert now.proposed_by == "p0"
    proposer = years.scenario().police["p0"].name
    shown = browser.get("/operations/OP-001").text
    assert f"Program {opened.programme(now.programme).name} Föreslagen av {proposer}" in shown
    assert now.window == Span(date(2027, 1, 1), date(2027, 6, 30))
    assert now.agencies == years.scenario().operations["OP-001"].agencies
    assert [site.name for site in now.sites] == ["Kanariekrogen 1"], "what is not on the page stays"
