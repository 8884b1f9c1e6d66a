"""A workbook is sent, compared, and taken over: it waits for a plan, and is planned."""

from dataclasses import replace

from arshjul.actions.draft import opened_draft
from arshjul.domain.scenario import Scenario
from arshjul.formats.workbook.writing import scenario_workbook
from arshjul.store import drafts
from tests.console.browser import Browser, Page
from tests.console.conftest import BOTH, Desk


def scenario(desk: Desk) -> Scenario:
    with desk.store.reading() as db:
        return opened_draft(db).scenario


def send_all(browser: Browser, **more: str) -> Page:
    """Takes over what the page shows."""
    shown = browser.get("/import")
    return browser.send(shown, "/import/take", file=shown.field("file"), **more)


@BOTH
def test_a_workbook_is_compared_and_taken_over(desk: Desk) -> None:
    browser, year = desk.browser(), scenario(desk)
    edited = replace(year.operations["OP-001"], title="Ett annat namn", priority=1)
    fresh = replace(year.operations["OP-002"], id="OP-100", title="En ny insats")
    given = replace(year, operations={**year.operations, "OP-001": edited, "OP-100": fresh})
    sent = browser.upload(browser.get("/import"), "/import", scenario_workbook(given))
    assert (sent.status, sent.headers["location"]) == (303, "/import")
    shown = browser.get("/import")
    for said in ("OP-100", "Ett annat namn", "Kanarietiteln 1"):
        assert said in shown.text
    assert browser.send(shown, "/import/take", file=shown.field("file")).status == 303
    assert "Scenariot redigerades." in browser.get("/").text
    path = browser.send(browser.get("/"), "/options").headers["location"]
    assert browser.send(browser.get(path), path, option="balanced").status == 303
    now = scenario(desk)
    assert now.operations["OP-001"].title == "Ett annat namn"
    assert [site.name for site in now.operations["OP-100"].sites] == ["Kanariekrogen 2"], "its sites came along"


def test_what_is_gone_must_be_named(desk: Desk) -> None:
    browser, year = desk.browser(), scenario(desk)
    left = {id: operation for id, operation in year.operations.items() if id != "OP-003"}
    browser.upload(browser.get("/import"), "/import", scenario_workbook(replace(year, operations=left)))
    shown = browser.get("/import")
    assert browser.send(shown, "/import/take", file=shown.field("file")).status == 409
    assert browser.send(shown, "/import/take", file=shown.field("file"), cancelled="OP-003").status == 303
    path = browser.send(browser.get("/"), "/options").headers["location"]
    browser.send(browser.get(path), path, option="balanced")
    with desk.store.reading() as db:
        plan = opened_draft(db).plan
    assert plan is not None
    assert "OP-003" not in plan.placed


def test_what_cannot_be_taken_over_cancels_nothing(desk: Desk) -> None:
    browser, year = desk.browser(), scenario(desk)
    left = {id: operation for id, operation in year.operations.items() if id != "OP-003"}
    browser.upload(
        browser.get("/import"), "/import", scenario_workbook(replace(year, name="ett annat år", operations=left))
    )
    assert send_all(browser, cancelled="OP-003").status == 409
    with desk.store.reading() as db:
        assert not drafts.entries(db)


def test_what_was_sent_from_a_second_tab_is_not_taken_over_unseen(desk: Desk) -> None:
    browser, year = desk.browser(), scenario(desk)
    for title in ("Ett namn", "Ett annat namn"):
        edited = replace(year.operations["OP-001"], title=title)
        given = replace(year, operations={**year.operations, "OP-001": edited})
        browser.upload(browser.get("/import"), "/import", scenario_workbook(given))
        if title == "Ett namn":
            first = browser.get("/import")
    late = browser.send(first, "/import/take", file=first.field("file"))
    assert late.status == 409
    assert "Ett annat namn" in late.text
    assert browser.send(late, "/import/take", file=late.field("file")).status == 303


def test_the_same_workbook_changes_nothing(desk: Desk) -> None:
    browser = desk.browser()
    browser.upload(browser.get("/import"), "/import", scenario_workbook(scenario(desk)))
    assert "Arbetsboken säger det som redan står här" in browser.get("/import").text


def test_a_wrong_workbook_is_told_by_its_cells(desk: Desk) -> None:
    browser = desk.browser()
    for data in (b"", b"nonsense", b"PK\x03\x04" + bytes(100)):
        refused = browser.upload(browser.get("/import"), "/import", data)
        assert refused.status == 422
        assert "Traceback" not in refused.text
    year = scenario(desk)
    wrong = replace(year.operations["OP-001"], priority=9)
    book = scenario_workbook(replace(year, operations={**year.operations, "OP-001": wrong}))
    assert "Insatser" in browser.upload(browser.get("/import"), "/import", book).text


def test_a_file_that_is_too_large_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.upload(browser.get("/import"), "/import", bytes(6_000_000)).status == 413
