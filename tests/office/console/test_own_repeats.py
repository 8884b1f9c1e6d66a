"""What is sent once more is told as done, and what is entered twice is asked about: nothing has to be entered again."""

from datetime import timedelta

import pytest

from arshjul.office.store import drafts
from tests.office.console.conftest import Desk
from tests.office.console.test_entry_forms import form, sent
from tests.office.console.test_withdrawal import HIT

WITHDRAWALS = "/withdrawals/new"
DONE = "Det är redan gjort"
STALE = "Sidan har ändrats, och inget sparades"
TWICE = "redan avbokat genom"


def later(desk: Desk) -> None:
    desk.now += timedelta(minutes=1)


def test_the_same_withdrawal_from_the_back_button_is_told_as_entered(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get(WITHDRAWALS)
    assert browser.send(page, WITHDRAWALS, **HIT).status == 303
    later(desk)
    again = browser.send(page, WITHDRAWALS, **HIT)
    assert again.status == 409
    assert DONE in again.text
    assert "Ändringen är redan gjord" in again.text
    assert STALE not in again.text
    other = browser.send(page, WITHDRAWALS, **{**HIT, "officers_left": "1"})
    assert STALE in other.text, "another one is not in"
    assert len(desk.draft.entries_with().withdrawals) == 1


def test_what_somebody_else_entered_is_no_repeat(desk: Desk) -> None:
    browser, page = desk.browser(), desk.browser().get(WITHDRAWALS)
    with desk.store.writing() as db:
        item = {"police": ["p0"], "from": "2027-02-01", "to": "2027-02-28", "officers_left": 0, "id": "A1"}
        drafts.add_entries(db, [("withdrawals", item)], "Somebody else", desk.now)
    later(desk)
    assert DONE not in browser.press(WITHDRAWALS, seen=page.field("seen"), **HIT).text


def test_an_equal_entry_of_another_day_is_no_repeat(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get(WITHDRAWALS)
    assert browser.send(page, WITHDRAWALS, **HIT).status == 303
    desk.now += timedelta(hours=2)
    assert DONE not in browser.send(page, WITHDRAWALS, **HIT).text


@pytest.mark.parametrize(
    ("other", "is_asked"),
    [
        ({}, True),
        ({"to": "2027-02-03"}, False),
        ({"shifts": "day"}, True),
        ({"police": ["p0", "p1"]}, False),
    ],
)
def test_a_withdrawal_of_what_is_taken_back_already_is_asked_about(
    desk: Desk, other: dict[str, str], is_asked: bool
) -> None:
    browser = desk.browser()
    assert browser.press(WITHDRAWALS, **HIT).status == 303
    later(desk)
    answer = browser.press(WITHDRAWALS, **{**HIT, **other})
    assert (TWICE in answer.text) is is_asked
    if is_asked:
        assert "avbokat genom A1" in answer.text
        assert "Ja, det stämmer" in answer.text
        assert len(desk.draft.entries_with().withdrawals) == 1
        assert browser.send(answer, WITHDRAWALS, **{**HIT, **other}, sure="on").status == 303
    assert len(desk.draft.entries_with().withdrawals) == 2


def test_what_is_given_back_may_be_withdrawn_anew(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.press(WITHDRAWALS, **HIT).status == 303
    assert sent(browser, "/withdrawals/A1", "given_back", **{"from": HIT["from"], "to": HIT["to"]}).status == 303
    later(desk)
    assert TWICE not in browser.press(WITHDRAWALS, **HIT).text


def test_taking_back_twice_is_told_as_done(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.press(WITHDRAWALS, **HIT).status == 303
    page = browser.get("/")
    assert browser.send(page, "/take-back", entry="1").status == 303
    later(desk)
    again = browser.send(page, "/take-back", entry="1")
    assert again.status == 409
    assert "Ändringen är redan gjord" in again.text
    assert STALE not in again.text


def test_the_same_change_of_an_operation_is_told_as_entered(desk: Desk) -> None:
    browser, where = desk.browser(), "/operations/OP-002"
    fields = {**form(browser.get(where), where, "fewer_officers"), "officers": "1"}
    assert browser.post(where, fields).status == 303
    later(desk)
    assert "Ändringen är redan gjord" in browser.post(where, fields).text


def test_publishing_again_from_an_old_page_is_told_as_done(desk: Desk) -> None:
    browser = desk.browser()
    path = browser.press(WITHDRAWALS, **HIT).headers["location"]
    assert browser.press(path, option="fewest-changes").status == 303
    shown = browser.get("/publish")
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x").status == 303
    later(desk)
    again = browser.send(shown, "/publish", digest=shown.field("digest"), reason="x")
    assert again.status == 409
    assert "Planens version 2 är redan publicerad" in again.text
    assert "Kontrollera och skicka igen" not in again.text
