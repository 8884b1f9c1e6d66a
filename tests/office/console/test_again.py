"""The same form again, by a double click, a second tab, the back button: done once, told so, or asked about."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from arshjul.office.draft.draft import AlreadyDone, StaleDraft
from arshjul.office.draft.enter import enter
from arshjul.office.store import drafts, jobs, readers, revisions
from tests.examples import often
from tests.office.console.conftest import SLOWLY_BOTH, Desk
from tests.office.console.test_entry_forms import form, sent
from tests.office.console.test_objects import add, framed
from tests.office.console.test_withdrawal import HIT

WITHDRAWALS = "/withdrawals/new"
DONE = "Det är redan gjort"
STALE = "Sidan har ändrats, och inget sparades"
TWICE = "redan avbokat genom"
WANTED = {"party": "agency-a0", "level": "full", "content": "operations", "client": "", "label": "Registratorn"}


def later(desk: Desk) -> None:
    desk.now += timedelta(minutes=1)


@SLOWLY_BOTH
def test_a_double_click_enters_once_and_leads_to_the_same_page(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get(WITHDRAWALS)
    with ThreadPoolExecutor(2) as both:
        clicks = [both.submit(browser.send, form, WITHDRAWALS, **HIT) for _ in range(2)]
    answers = [(click.result().status, click.result().headers.get("location")) for click in clicks]
    assert answers == [(303, "/options/1")] * 2
    assert n_entries(desk) == 1
    with desk.store.reading() as db:
        assert jobs.JOBS.get(db, 2) is None


def n_entries(desk: Desk) -> int:
    with desk.store.reading() as db:
        return len(drafts.entries(db))


def n_subscribers(desk: Desk) -> int:
    with desk.store.reading() as db:
        return len(readers.SUBSCRIBERS.all(db))


def test_a_double_click_publishes_once(desk: Desk) -> None:
    browser = desk.browser()
    browser.press(WITHDRAWALS, **HIT)
    browser.plan()
    shown = browser.get("/publish")
    for _ in range(2):
        done = browser.send(shown, "/publish", digest=shown.field("digest"), reason="x")
        assert (done.status, done.headers["location"]) == (303, "/publish?published=2")
    with desk.store.reading() as db:
        assert revisions.pointer(db) == 2
    later(desk)
    again = browser.send(shown, "/publish", digest=shown.field("digest"), reason="x")
    assert again.status == 409
    assert "Planens version 2 är redan publicerad" in again.text
    assert "Kontrollera och skicka igen" not in again.text


def test_a_double_click_hands_one_address_out_and_the_same_form_of_two_people_two(desk: Desk) -> None:
    browser, deputy = desk.browser(), desk.browser("deputy")
    form, other = browser.get("/subscribers"), deputy.get("/subscribers")
    assert browser.send(form, "/subscribers", **WANTED).body == browser.send(form, "/subscribers", **WANTED).body
    assert n_subscribers(desk) == 1
    deputy.send(other, "/subscribers", **WANTED)
    assert n_subscribers(desk) == 2
    desk.now += timedelta(seconds=5)
    browser.send(form, "/subscribers", **WANTED)
    assert n_subscribers(desk) == 3, "who wants a second one gets it"


def test_a_form_that_was_open_before_the_first_job_is_taken_and_what_was_refused_is_judged_again(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get(WITHDRAWALS)
    for _ in range(2):
        assert browser.send(form, WITHDRAWALS, **{**HIT, "police": "p9"}).status == 422
    assert browser.send(form, "/options").headers["location"] == "/options/1"
    assert browser.send(form, WITHDRAWALS, **HIT).headers["location"] == "/options/2"


def test_a_withdrawal_that_comes_again_after_it_was_given_back_is_not_told_as_done(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get(WITHDRAWALS)
    assert browser.send(form, WITHDRAWALS, **HIT).status == 303
    back = {"from": HIT["from"], "to": HIT["to"]}
    assert sent(browser, "/withdrawals/A1", "given_back", **back).status == 303
    again = browser.send(form, WITHDRAWALS, **HIT)
    assert again.status == 409
    assert "är redan gjord" not in again.text
    later(desk)
    anew = browser.press(WITHDRAWALS, **HIT)
    assert (anew.status, TWICE in anew.text) == (303, False)
    with desk.store.reading() as db:
        assert [entry.list for entry in drafts.entries(db)] == ["withdrawals", "given_back", "withdrawals"]


def test_several_that_were_sent_together_are_told_as_done_until_another_of_the_list_comes(desk: Desk) -> None:
    both = [("cancelled", {"operation": id}) for id in ("OP-001", "OP-002")]
    seen = desk.draft.stamp
    enter(desk.store, both, "x", desk.now, seen)
    with pytest.raises(AlreadyDone):
        enter(desk.store, both, "x", desk.now, seen)
    enter(desk.store, [("cancelled", {"operation": "OP-003"})], "y", desk.now, desk.draft.stamp)
    with pytest.raises(StaleDraft):
        enter(desk.store, both, "x", desk.now, seen)


def test_what_waits_is_there_after_publishing(desk: Desk) -> None:
    framed(desk)
    browser = desk.browser()
    browser.press("/operations/OP-002", ask="left_out")
    browser.plan("balanced")
    add(browser, id="OBJ-7")
    browser.press(WITHDRAWALS, **HIT)
    assert browser.publish().status == 303
    draft = desk.draft
    assert draft.given is not None
    assert "OBJ-7" in draft.given.objects
    assert len(draft.waiting) == 1
    assert not draft.is_overtaken
    browser.plan("balanced")


# -- what is sent once more is told as done, and what is entered twice is asked about


def test_the_same_withdrawal_from_the_back_button_is_told_as_entered_and_another_day_is_no_repeat(desk: Desk) -> None:
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
    desk.now += timedelta(hours=2)
    assert DONE not in browser.send(page, WITHDRAWALS, **HIT).text


def test_what_somebody_else_entered_is_no_repeat(desk: Desk) -> None:
    browser, page = desk.browser(), desk.browser().get(WITHDRAWALS)
    with desk.store.writing() as db:
        item = {"police": ["p0"], "from": "2027-02-01", "to": "2027-02-28", "officers_left": 0, "id": "A1"}
        drafts.add_entries(db, [("withdrawals", item)], "Somebody else", desk.now)
    later(desk)
    assert DONE not in browser.press(WITHDRAWALS, seen=page.field("seen"), **HIT).text


@pytest.mark.parametrize(
    ("other", "is_asked"),
    often([({"shifts": "day"}, True), ({"to": "2027-02-03"}, False)], [({}, True), ({"police": ["p0", "p1"]}, False)]),
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


def test_taking_back_twice_and_the_same_change_of_an_operation_are_told_as_done(desk: Desk) -> None:
    browser, where = desk.browser(), "/operations/OP-002"
    fields = {**form(browser.get(where), where, "fewer_officers"), "officers": "1"}
    assert browser.post(where, fields).status == 303
    later(desk)
    assert "Ändringen är redan gjord" in browser.post(where, fields).text
    page = browser.get("/")
    assert browser.send(page, "/take-back", entry="1").status == 303
    later(desk)
    again = browser.send(page, "/take-back", entry="1")
    assert again.status == 409
    assert "Ändringen är redan gjord" in again.text
    assert STALE not in again.text
