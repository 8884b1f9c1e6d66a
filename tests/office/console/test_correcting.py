"""What waits is corrected by what is entered later: the later one of the same operation counts."""

import pytest

from arshjul.office.draft.draft import opened_draft
from arshjul.office.draft.enter import enter
from arshjul.year.domain.entries.amendment import Pinned
from arshjul.year.domain.entries.entries import Entries
from tests.office.console.conftest import Desk
from tests.office.console.test_entry_forms import sent, waiting


def all_that_waits(desk: Desk) -> Entries:
    with desk.store.reading() as db:
        return opened_draft(db).entries_with()


def test_an_outcome_is_corrected_while_it_waits(desk: Desk) -> None:
    with desk.store.reading() as db:
        draft = opened_draft(db)
    desk.now = draft.scenario.moments(draft.made_plan.placed["OP-001"].slot)[1]
    browser, path = desk.browser(), "/operations/OP-001"
    for came in ("1", "2"):
        assert browser.send(browser.get(path), path, ask="outcomes", result="done", officers=came).status == 303
    assert [outcome.officers for outcome in all_that_waits(desk).outcomes] == [2]


@pytest.mark.parametrize("then", ["2027-03-02", "2027-03-09"])
def test_a_lock_is_corrected_while_it_waits(desk: Desk, then: str) -> None:
    browser = desk.browser()
    for day in ("2027-03-16", then):
        taken = sent(browser, "/operations/OP-003", "pinned", date=day, shift="day")
        assert taken.status == 303, taken.text
    assert [str(change.pin.slot.day) for change in waiting(desk).changes if isinstance(change, Pinned)] == [then]


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
    with desk.store.reading() as db:
        seen = opened_draft(db).stamp
    lock = {"operation": "OP-004", "date": "2027-04-01", "shift": "day"}
    enter(desk.store, [("pinned", lock)], "test", desk.now, seen)
    for needed, names in ("1", "återlämnat av A1"), ("3", "OP-004"):
        refused = browser.send(browser.get("/"), "/take-back", entry=needed)
        assert refused.status == 409
        assert names in refused.text
        assert "Ta tillbaka den först" in refused.text
    assert browser.send(browser.get("/"), "/options").status == 303
    for number in "2", "1", "4", "3":
        assert browser.send(browser.get("/"), "/take-back", entry=number).status == 303
    assert not all_that_waits(desk).withdrawals
