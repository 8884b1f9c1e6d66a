"""An operation is edited on its page: it waits for a plan, and is proven."""

import re
from datetime import date

from arshjul.office.console.pages.operations import FIELDS
from arshjul.office.draft.edit_operation import edit_operations
from arshjul.office.draft.enter import enter
from arshjul.year.domain.calendar import Span
from tests import years
from tests.office.console.browser import Page
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_entry_forms import sent


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
    assert browser.press(path, option="fewest-changes").status == 303
    opened = desk.draft.scenario
    now = opened.operations["OP-001"]
    assert (now.title, now.priority, now.officers, now.must) == ("Ett annat namn", 1, 3, True)
    assert now.proposed_by == "p0"
    proposer = years.scenario().police["p0"].name
    shown = browser.get("/operations/OP-001").text
    assert f"Program {opened.programme(now.programme).name} föreslagen av {proposer}" in shown
    assert now.window == Span(date(2027, 1, 1), date(2027, 6, 30))
    assert now.agencies == years.scenario().operations["OP-001"].agencies
    assert [site.name for site in now.sites] == ["Kanariekrogen 1"], "what is not on the page stays"


SOME = "/several?operation=OP-000&operation=OP-002"


def filled(page: Page) -> dict[str, list[str]]:
    """The form that is sent, as it stands."""
    there = (form for form in forms(page.body.decode()) if form.action == "/several" and "seen" in form.fields)
    return next(there).fields


def test_several_operations_are_edited_at_once_after_their_difference(desk: Desk) -> None:
    browser = desk.browser()
    shown = browser.get("/operations").body.decode()
    assert shown.count('type="checkbox" name="operation"') == 4
    assert "Ingen insats är ikryssad" in browser.get("/several").text
    field = browser.get(f"{SOME}&field=priority")
    check = browser.post("/several", {**filled(field), "priority": "1"})
    assert check.status == 200
    row = f"OP-000 {years.TITLE} 0 Prioritet 2 1 OP-002 {years.TITLE} 2 Prioritet 2 1"
    assert row in check.text
    assert desk.draft.given is None, "it is looked at, and not entered"
    saved = browser.post("/several", {**filled(check), "save": "on"})
    assert saved.headers["location"].startswith("/")
    now = desk.draft.present.operations
    assert [operation.priority for operation in now.values()] == [1, 2, 1, 2]
    today = browser.get("/")
    assert "redigerade flera insatser: 2 insatser" in today.text
    (number,) = re.findall(r'name="edit" value="(\d+)"', today.body.decode())
    assert browser.send(today, "/take-back-one-edit", edit=number).status == 303
    assert desk.draft.given is None


def test_each_field_is_changed_in_several_and_as_they_are_changes_nothing(desk: Desk) -> None:
    browser = desk.browser()
    for name in FIELDS:
        page = browser.get(f"{SOME}&field={name}")
        assert page.status == 200, name
        answer = browser.post("/several", filled(page))
        assert answer.status in (200, 422), "a field that must have a value says so"
        assert "Något" in answer.text or "Ändra flera insatser" in answer.text, name


def test_what_is_wrong_with_a_value_for_several_is_said_on_the_form(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get(f"{SOME}&field=officers_least")
    wrong = browser.post("/several", {**filled(page), "officers_least": "77"})
    assert wrong.status == 422
    assert "77" in wrong.text
    assert 'value="77"' in wrong.body.decode()
    stale = browser.get(f"{SOME}&field=priority")
    check = browser.post("/several", {**filled(stale), "priority": "1"})
    edit_operations(desk.store, ["OP-001"], {"priority": 3}, "Anna", desk.now, check.field("seen"))
    assert browser.post("/several", {**filled(check), "save": "on"}).status == 409
    asked = browser.get(f"{SOME}&field=window")
    check = browser.post("/several", {**filled(browser.get(f"{SOME}&field=priority")), "priority": "1"})
    nobody = {key: value for key, value in filled(check).items() if key != "operation"}
    for more in ({}, {"save": "on"}):
        none = browser.post("/several", {**nobody, **more})
        assert (none.status, "Ingen insats är ikryssad" in none.text) == (422, True)
    far = browser.post("/several", {**filled(asked), "window.from": "2031-01-01", "window.to": "2031-02-01"})
    assert far.status == 422


# -- what waits is corrected by what is entered later: the later one of the same operation counts


def test_the_next_free_number_counts_what_waits(desk: Desk) -> None:
    browser = desk.browser()
    what = {"title": "Ny insats", "sector": "restaurant", "area": "city", "programme": "akc", "lead_agency": "a1"}
    for number in ("OP-004", "OP-005"):
        shown = browser.get("/nominations/new")
        assert shown.field("id") == number
        asked = {**what, "title": f"Ny insats {number}", "agencies.a1": "1"}
        taken = browser.send(shown, "/nominations/new", id=number, **asked)
        assert taken.status == 303, taken.text


def test_what_is_new_and_finds_no_place_is_told_with_why(desk: Desk) -> None:
    browser = desk.browser()
    what = {"title": "Ny insats", "sector": "restaurant", "area": "city", "programme": "akc", "lead_agency": "a1"}
    path = sent(browser, "/nominations/new", **what, id="OP-004", **{"agencies.a1": "1"}, officers="500").headers[
        "location"
    ]
    page = browser.get(path).text
    assert "dagens plan håller" not in page
    assert "Alla placerade insatser ligger kvar." in page
    assert "OP-004 Ny insats" in page.partition("Oplacerat, med skäl")[2]


def test_what_another_entry_needs_is_not_taken_back_alone(desk: Desk) -> None:
    """A withdrawal of which something is given back, and a new operation that is locked: the options stay possible."""
    browser = desk.browser()
    away = {"from": "2027-02-01", "to": "2027-02-03", "officers_left": "0", "cause": "match", "police": "p0"}
    what = {"title": "Ny insats", "sector": "bar", "area": "city", "programme": "akc", "lead_agency": "a1"}
    assert sent(browser, "/withdrawals/new", **away).status == 303
    back = sent(browser, "/withdrawals/A1", "given_back", **{"from": "2027-02-02", "to": "2027-02-02"})
    assert back.status == 303, back.text
    assert sent(browser, "/nominations/new", **what, id="OP-004", **{"agencies.a1": "1"}).status == 303
    seen = desk.draft.stamp
    lock = {"operation": "OP-004", "date": "2027-04-01", "shift": "day"}
    enter(desk.store, [("pinned", lock)], "test", desk.now, seen)
    for needed, names in ("1", "återlämnat av A1"), ("3", "OP-004"):
        refused = browser.press("/take-back", entry=needed)
        assert refused.status == 409
        assert names in refused.text
        assert "Ta tillbaka den först" in refused.text
    assert browser.press("/options").status == 303
    for number in "2", "1", "4", "3":
        assert browser.press("/take-back", entry=number).status == 303
    assert not desk.draft.entries_with().withdrawals
