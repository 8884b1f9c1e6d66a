"""What waits is corrected by what is entered later: the later one of the same operation counts."""

import pytest

from arshjul.actions.draft.draft import opened_draft
from arshjul.domain.entries.amendment import Pinned
from arshjul.domain.entries.entries import Entries
from tests.console.conftest import Desk
from tests.console.test_entry_forms import sent, waiting


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
    assert [one.officers for one in all_that_waits(desk).outcomes] == [2]


@pytest.mark.parametrize("then", ["2027-03-02", "2027-03-09"])
def test_a_lock_is_corrected_while_it_waits(desk: Desk, then: str) -> None:
    browser = desk.browser()
    for day in ("2027-03-16", then):
        taken = sent(browser, "/operations/OP-003", "pinned", date=day, shift="day")
        assert taken.status == 303, taken.text
    assert [str(one.pin.slot.day) for one in waiting(desk).changes if isinstance(one, Pinned)] == [then]


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
    assert "dagens plan håller som den är" not in page
    assert "Det som har en plats i dag behåller den." in page
    assert "OP-004 Ny insats" in page.partition("Lämnas ute, och varför")[2]
