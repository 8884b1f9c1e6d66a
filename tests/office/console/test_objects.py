"""Objects to visit: by form or from a workbook, bound to frames and published, and seen by nobody else."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from arshjul.office.draft.publish_draft import folder_of
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.publishing.publish import Cause, publish
from arshjul.year.domain.operation import Frame
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.workbook.writing import scenario_workbook
from tests import years
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk, desk_like, over, small_year
from tests.office.console.forms import forms
from tests.worlds import Worlds

PLACE = {"sites.ref": years.SITE_REF, "sites.name": years.SITE_NAME, "sites.address": years.SITE_ADDRESS}


def framed(desk: Desk, *waiting: str) -> None:
    """Publishes the year with a frame in it, and with these objects, which wait for one."""
    with desk.store.writing() as db:
        draft = opened_draft(db)
        frame = replace(draft.scenario.operations["OP-001"], frame=Frame(stops=2))
        objects = {id: VisitObject(id, frame.sector, frame.area) for id in waiting}
        scenario = replace(draft.scenario, operations={**draft.scenario.operations, "OP-001": frame}, objects=objects)
        keep(db, draft, replace(draft, scenario=scenario))
    read = folder_of(desk.draft)
    publish(desk.store, read, Cause("ram", "test", desk.now), 1)


def framed_year(folder: Path, worlds: Worlds) -> None:
    """The world of such a year, in which no object waits."""
    framed(desk_like(worlds.of(small_year) / "y.db", folder))


FRAMED = over(framed_year)


@pytest.fixture
def browser(desk: Desk) -> Browser:
    """Somebody who is in."""
    return desk.browser()


def add(browser: Browser, where: str = "/objects/new?frame=OP-001", **fields: str) -> Page:
    """Sends the form of a new object, with these fields; the others as they stand there."""
    there = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == "/objects/new")
    return browser.post("/objects/new", {**there, **fields})


def bind(browser: Browser) -> str:
    """Presses the button, and the path of the options that it leads to."""
    answer = browser.press("/objects/bind")
    assert answer.status == 303, answer.text
    return answer.headers["location"]


def choose(browser: Browser, path: str, option: str = "filled") -> None:
    chosen = browser.press(path, option=option)
    assert (chosen.status, chosen.headers.get("location")) == (303, "/publish"), chosen.text


def publish_all(browser: Browser) -> None:
    shown = browser.get("/publish")
    form = next(one.fields for one in forms(shown.body.decode()) if one.action == "/publish")
    assert browser.post("/publish", form).status == 303, "no more than a click: the reason is given"


def later(desk: Desk, month: int, day: int) -> Browser:
    """Somebody who has come in at noon of that day."""
    desk.now = datetime(2027, month, day, 12, tzinfo=UTC)
    return desk.browser()


def bound(desk: Desk) -> dict[str, tuple[str, ...]]:
    plan = desk.draft.plan
    assert plan is not None
    return dict(plan.bindings)


def sheet(desk: Desk, *rows: dict[str, object]) -> bytes:
    """The year's workbook with these objects on its sheet."""
    year = replace(desk.draft.scenario, objects={})
    book, sent = load_workbook(BytesIO(scenario_workbook(year))), BytesIO()
    there = book["Objekt"]
    heads = {cell.value: cell.column for cell in there[1]}
    for row in rows:
        number = there.max_row + 1
        for heading, value in {"Ref": "r", "Namn": years.SITE_NAME, "Bransch": "Restaurang", **row}.items():
            there.cell(number, heads[heading], value)
    book.save(sent)
    return sent.getvalue()


@FRAMED
def test_an_object_is_added_bound_and_published_in_three_clicks(desk: Desk, browser: Browser) -> None:
    assert add(browser, id="OBJ-7", **PLACE).headers["location"] == "/objects?taken=1"
    waits = browser.get("/objects")
    assert "1 väntar på en ram, 0 är bundna." in waits.text
    assert "Passar i OP-001 , onsdag 3 februari 2027 09:00–15:00; inte bundet än" in waits.text
    path = bind(browser)
    assert browser.get(path).text.count("Ett objekt bundet ( OP-001 : OBJ-7)") == 1
    choose(browser, path)
    publish_all(browser)
    draft = desk.draft
    assert draft.is_published
    assert bound(desk) == {"OP-001": ("OBJ-7",)}
    assert [site.name for site in draft.scenario.objects["OBJ-7"].sites] == [years.SITE_NAME]
    for where in ("/objects", "/operations/OP-001", "/objects/OBJ-7/edit", "/log", "/publish", "/outbox", "/", path):
        page = browser.get(where).text
        assert not [secret for secret in years.SITES if secret in page], where
    assert "1 av 2 OBJ-7" in browser.get("/objects").text


@FRAMED
def test_what_is_wrong_is_told_by_its_label_and_the_form_keeps_what_was_written(browser: Browser) -> None:
    wrong = add(browser, id="OP-002", officers="x", **PLACE)
    assert wrong.status == 422
    told = wrong.body.decode().partition('role="alert"')[2].partition("</div>")[0]
    assert "Poliser: " in told
    assert "officers" not in told
    assert not [secret for secret in years.SITES if secret in told]
    kept = next(form.fields for form in forms(wrong.body.decode()) if form.action == "/objects/new")
    assert (kept["id"], kept["sites.name"][0]) == (["OP-002"], years.SITE_NAME)
    taken = add(browser, id="OP-002")
    assert taken.status == 422
    assert 'Id "OP-002" är upptaget' in taken.text
    nameless = add(browser, id="OBJ-8", **{"sites.name": years.SITE_NAME})
    assert nameless.status == 422
    assert "Beteckning saknas" in nameless.text


@FRAMED
def test_an_object_is_edited_with_its_places_kept_and_removed(desk: Desk, browser: Browser) -> None:
    add(browser, id="OBJ-7", **PLACE)
    where = "/objects/OBJ-7/edit"
    there = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert browser.post(where, {**there, "stops": "2", "must": "on"}).status == 303
    now = desk.draft.present.objects["OBJ-7"]
    assert (now.stops, now.must, [site.ref for site in now.sites]) == (2, True, [years.SITE_REF])
    choose(browser, bind(browser))
    other = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert browser.post(where, {**other, "sites.ref": "annan"}).status == 303
    choose(browser, bind(browser))
    assert [(site.ref, site.name) for site in desk.draft.scenario.objects["OBJ-7"].sites] == [("annan", "")]
    assert browser.press(where, remove="on").status == 303
    freed = browser.get("/objects").text
    assert "OBJ-7 är inte längre bundet till OP-001" in freed
    choose(browser, bind(browser))
    assert bound(desk) == {}
    assert not desk.draft.scenario.objects


@FRAMED
def test_what_was_bound_to_a_frame_that_has_begun_stays(desk: Desk, browser: Browser) -> None:
    add(browser, id="OBJ-7")
    choose(browser, bind(browser))
    publish_all(browser)
    browser = later(desk, 2, 3)
    assert "OP-001 har börjat" in browser.get("/objects/OBJ-7/edit").text
    refused = browser.press("/objects/OBJ-7/edit", remove="on")
    assert refused.status == 409
    assert browser.upload(browser.get("/objects"), "/objects", sheet(desk, row("OBJ-7", 2))).status == 409
    assert desk.draft.is_published


def row(id: str, stops: int = 1) -> dict[str, object]:
    return {"Id": id, "Område": "City", "Stopp": stops}


@FRAMED
def test_objects_come_from_the_sheet_of_a_workbook(desk: Desk, browser: Browser) -> None:
    add(browser, id="b-0")
    sent = sheet(desk, row("b-0", 2), row("b-1"), row("b-2"))
    took = browser.upload(browser.get("/objects"), "/objects", sent)
    assert took.headers.get("location") == "/objects?taken=3", took.text
    now = desk.draft.present.objects
    assert {id: one.stops for id, one in now.items()} == {"b-0": 2, "b-1": 1, "b-2": 1}
    assert browser.upload(browser.get("/objects"), "/objects", sent).headers["location"] == "/objects?taken=0"
    shown = browser.get("/")
    assert "3 nya objekt" in shown.text
    assert years.SITE_NAME not in shown.text
    choose(browser, bind(browser))
    assert bound(desk) == {"OP-001": ("b-1", "b-2")}
    assert "b-0 Restaurang" in browser.get("/objects").text


@FRAMED
def test_a_whole_workbook_brings_its_objects(desk: Desk, browser: Browser) -> None:
    before = desk.draft.stamp
    wrong = browser.upload(browser.get("/objects"), "/objects", sheet(desk, {**row("b-1"), "Område": "Nowhere"}))
    assert wrong.status == 422
    assert "Objekt, " in wrong.text, "a wrong sheet is told by its cells"
    assert years.SITE_NAME not in wrong.text
    assert load_workbook(BytesIO(browser.get("/import/marked").body)).sheetnames[0] == "Fel"
    assert browser.upload(browser.get("/objects"), "/objects", b"").status == 422
    assert desk.draft.stamp == before
    book = load_workbook(BytesIO(sheet(desk, {**row("b-1"), "Område": "Nowhere"})))
    book["Insatser"].cell(1, 60, "Min anteckning")
    book.save(data := BytesIO())
    wrong = browser.upload(browser.get("/import"), "/import", data.getvalue())
    assert ("Nowhere" in wrong.text, "Min anteckning" in wrong.text) == (True, True), "doubts of the year beside them"
    browser.upload(browser.get("/import"), "/import", sheet(desk, row("b-1"), row("b-2")))
    shown = browser.get("/import")
    assert "Nya objekt b-1, b-2" in shown.text
    assert years.SITE_NAME not in shown.text
    assert browser.send(shown, "/import/take", file=shown.field("file")).status == 303
    assert list(desk.draft.present.objects) == ["b-1", "b-2"]


@FRAMED
def test_objects_are_bound_along_with_what_moves_nothing(desk: Desk) -> None:
    """A frame is bound on the day when yesterday's outcome is entered, without two rounds."""
    browser = later(desk, 2, 2)
    add(browser, id="OBJ-7", short_notice="on")
    entered = browser.press("/operations/OP-000", ask="outcomes", result="done")
    assert entered.status == 303, entered.text
    path = bind(browser)
    shown = browser.get(path).text
    assert "Ett objekt bundet ( OP-001 : OBJ-7)" in shown
    assert "OP-000" in shown, "the outcome is among what this answers"
    choose(browser, path)
    publish_all(browser)
    draft = desk.draft
    assert (draft.is_published, draft.waiting, bound(desk)) == (True, (), {"OP-001": ("OBJ-7",)})


@FRAMED
def test_a_round_is_asked_for_again_where_no_object_is_new(desk: Desk, browser: Browser) -> None:
    add(browser, id="OBJ-7", sector="grocery")
    asked = browser.press("/operations/OP-002", ask="left_out")
    path = asked.headers["location"].partition("?")[0]
    assert "Väntande objekt binds inte" in browser.get(path).text
    choose(browser, path, "balanced")
    assert bound(desk) == {}, "they wait while something else is chosen"
    choose(browser, bind(browser))
    publish_all(browser)
    assert "Ingen kommande ram besöker grocery" in browser.get("/objects").text
    path = bind(browser)
    assert "Inget objekt bundet" in browser.get(path).text
    assert "Objekt ska bindas" in browser.get("/").text
    assert browser.press("/take-back-edit").status == 303
    assert desk.draft.is_published


@FRAMED
def test_empty_frames_are_named_until_they_begin(desk: Desk) -> None:
    """One is named while it can be filled in time, and no more in the days before it begins."""
    assert "Tomma ramar" not in desk.browser().get("/objects").text
    for day, heading in ((8, "Blir snart utan objekt"), (28, "Tom, tar objekt med kort varsel")):
        browser = later(desk, 1, day)
        (row,) = (one for one in browser.get("/").body.decode().split("<tr") if heading in one)
        assert "OP-001" in row and 'href="/objects"' in row
    shown = browser.get("/objects").text
    assert "vecka 5, ons 3 feb" in shown
    assert "bara objekt med kort varsel nästa vecka" in shown


@FRAMED
def test_a_binding_is_undone_and_the_undo_too(desk: Desk, browser: Browser) -> None:
    add(browser, id="OBJ-7", **PLACE)
    choose(browser, bind(browser))
    publish_all(browser)
    number = desk.draft.published
    assert number is not None
    for revision, there in ((number.number, {}), (number.number + 1, {"OP-001": ("OBJ-7",)})):
        undo = {"revision": str(revision), "entered": "gone"}
        path = browser.press("/publish/undo", **undo).headers["location"]
        choose(browser, path, "fewest-changes")
        publish_all(browser)
        assert bound(desk) == there
