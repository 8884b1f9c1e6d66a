"""An operation is edited on its page, and an object bound to a frame: both wait for a plan, and are proven."""

from dataclasses import replace
from datetime import date

from arshjul.actions.draft.draft import keep, opened_draft
from arshjul.actions.draft.publish_draft import folder_of
from arshjul.actions.publishing.publish import Cause, publish
from arshjul.domain.calendar import Span
from arshjul.domain.operation import Frame
from tests import years
from tests.console.conftest import Desk
from tests.console.forms import forms


def test_an_operation_is_edited(desk: Desk) -> None:
    browser = desk.browser()
    where = "/operations/OP-001/edit"
    fields = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert fields["agencies.a1"] == ["1"]
    values = {**fields, "title": "Ett annat namn", "priority": "1", "officers": "3", "must": "on"}
    wrong = browser.post(where, {**values, "priority": "9"})
    assert wrong.status == 422
    assert "Ett annat namn" in wrong.body.decode()
    asked = browser.post(where, {**values, "window.from": "2027-01-01", "window.to": "2027-06-30"})
    path = asked.headers["location"].partition("?")[0]
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 303
    with desk.store.reading() as db:
        now = opened_draft(db).scenario.operations["OP-001"]
    assert (now.title, now.priority, now.officers, now.must) == ("Ett annat namn", 1, 3, True)
    assert now.window == Span(date(2027, 1, 1), date(2027, 6, 30))
    assert now.agencies == years.scenario().operations["OP-001"].agencies
    assert [site.name for site in now.sites] == ["Kanariekrogen 1"], "what is not on the page stays"


def framed(desk: Desk) -> None:
    """Publishes the year with a frame in it."""
    with desk.store.writing() as db:
        draft = opened_draft(db)
        frame = replace(draft.scenario.operations["OP-001"], frame=Frame(stops=2))
        scenario = replace(draft.scenario, operations={**draft.scenario.operations, "OP-001": frame})
        keep(db, draft, replace(draft, scenario=scenario), years.WORDS, years.NOW)
    with desk.store.reading() as db:
        read = folder_of(opened_draft(db), years.WORDS)
    publish(desk.store, read, Cause("ram", "test", desk.now), 1)


def test_an_object_is_bound_to_a_frame(desk: Desk) -> None:
    framed(desk)
    browser = desk.browser()
    page = browser.get("/operations/OP-001")
    wanted = {"id": "OBJ-7", "stops": "1", "sites.ref": "x1", "sites.name": years.SITE_NAME, "sites.address": "Gatan 1"}
    assert browser.send(page, "/operations/OP-001", ask="objects", **{**wanted, "id": "OP-002"}).status == 422
    asked = browser.send(page, "/operations/OP-001", ask="objects", **wanted)
    path = asked.headers["location"].partition("?")[0]
    shown = browser.get(path)
    assert "OBJ-7" in shown.text
    assert browser.send(shown, path, option="filled").status == 303
    with desk.store.reading() as db:
        draft = opened_draft(db)
    assert draft.plan is not None
    assert draft.plan.bindings == {"OP-001": ("OBJ-7",)}
    assert [site.name for site in draft.scenario.objects["OBJ-7"].sites] == [years.SITE_NAME]
    page = browser.get("/operations/OP-001")
    assert "OBJ-7" in page.text
    assert browser.send(page, "/operations/OP-001", ask="objects", **wanted).status == 422, "it is there already"
    difference = browser.get("/publish")
    assert browser.send(difference, "/publish", digest=difference.field("digest"), reason="objekt").status == 303
    for where in ("/operations/OP-001", "/log", "/publish", path):
        assert years.SITE_NAME not in browser.get(where).text


def test_an_object_waits_while_something_else_is_answered(desk: Desk) -> None:
    framed(desk)
    browser = desk.browser()
    browser.send(browser.get("/operations/OP-001"), "/operations/OP-001", ask="objects", id="OBJ-7")
    asked = browser.send(browser.get("/operations/OP-002"), "/operations/OP-002", ask="left_out")
    path = asked.headers["location"].partition("?")[0]
    assert browser.send(browser.get(path), path, option="balanced").status == 303
    again = browser.send(browser.get("/"), "/options").headers["location"]
    assert "OBJ-7" in browser.get(again).text
