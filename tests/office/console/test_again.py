"""The same form again, by a double click, a second tab, the back button: done once, told so, or asked about."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from arshjul.office.console.sessions import invite
from arshjul.office.draft.draft import AlreadyDone, StaleDraft, opened_draft
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
    form = browser.get("/withdrawals/new")
    with ThreadPoolExecutor(2) as both:
        clicks = [both.submit(browser.send, form, "/withdrawals/new", **HIT) for _ in range(2)]
    answers = [(click.result().status, click.result().headers.get("location")) for click in clicks]
    assert answers == [(303, "/options/1")] * 2
    with desk.store.reading() as db:
        assert len(drafts.entries(db)) == 1
        assert jobs.JOBS.get(db, 2) is None


def test_a_double_click_publishes_once(desk: Desk) -> None:
    browser = desk.browser()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    browser.send(browser.get(path), path, option="balanced")
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


def test_a_double_click_hands_one_address_out(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get("/subscribers")
    assert browser.send(form, "/subscribers", **WANTED).body == browser.send(form, "/subscribers", **WANTED).body
    with desk.store.reading() as db:
        assert len(readers.SUBSCRIBERS.all(db)) == 1
    desk.now += timedelta(seconds=5)
    browser.send(form, "/subscribers", **WANTED)
    with desk.store.reading() as db:
        assert len(readers.SUBSCRIBERS.all(db)) == 2, "who wants a second one gets it"


def test_a_form_that_was_open_before_the_first_job_is_taken(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get("/withdrawals/new")
    assert browser.send(form, "/options").headers["location"] == "/options/1"
    assert browser.send(form, "/withdrawals/new", **HIT).headers["location"] == "/options/2"


def test_what_was_refused_is_judged_again(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get("/withdrawals/new")
    for _ in range(2):
        assert browser.send(form, "/withdrawals/new", **{**HIT, "police": "p9"}).status == 422


def test_the_same_form_of_two_people_is_two(desk: Desk) -> None:
    first, second = desk.browser(), desk.browser("deputy")
    pages = first.get("/subscribers"), second.get("/subscribers")
    first.send(pages[0], "/subscribers", **WANTED)
    second.send(pages[1], "/subscribers", **WANTED)
    with desk.store.reading() as db:
        assert len(readers.SUBSCRIBERS.all(db)) == 2


def test_a_withdrawal_that_comes_again_after_it_was_given_back_is_not_told_as_done(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get("/withdrawals/new")
    browser.get(browser.send(form, "/withdrawals/new", **HIT).headers["location"])
    back = {"from": HIT["from"], "to": HIT["to"]}
    assert sent(browser, "/withdrawals/A1", "given_back", **back).status == 303
    again = browser.send(form, "/withdrawals/new", **HIT)
    assert again.status == 409
    assert "är redan gjord" not in again.text
    later(desk)
    anew = browser.press("/withdrawals/new", **HIT)
    assert (anew.status, TWICE in anew.text) == (303, False)
    with desk.store.reading() as db:
        assert [entry.list for entry in drafts.entries(db)] == ["withdrawals", "given_back", "withdrawals"]


def test_several_that_were_sent_together_are_told_as_done_until_another_of_the_list_comes(desk: Desk) -> None:
    both = [("cancelled", {"operation": id}) for id in ("OP-001", "OP-002")]
    with desk.store.reading() as db:
        seen = opened_draft(db).stamp
    enter(desk.store, both, "x", desk.now, seen)
    with pytest.raises(AlreadyDone):
        enter(desk.store, both, "x", desk.now, seen)
    with desk.store.reading() as db:
        later = opened_draft(db).stamp
    enter(desk.store, [("cancelled", {"operation": "OP-003"})], "y", desk.now, later)
    with pytest.raises(StaleDraft):
        enter(desk.store, both, "x", desk.now, seen)


def test_a_second_click_on_the_way_in_finds_that_one_is_in(desk: Desk) -> None:
    link = f"/in/{invite(desk.store, 'coordinator', 'coordinator', desk.now)}"
    browser = desk.stranger()
    assert browser.post(link, {}).status == 303
    assert (browser.post(link, {}).status, browser.get(link).headers["location"]) == (303, "/")
    assert browser.get("/").status == 200
    assert desk.stranger().post(link, {}).status == 422, "the link lets nobody else in"


def test_what_waits_is_there_after_publishing(desk: Desk) -> None:
    framed(desk)
    browser = desk.browser()
    asked = browser.send(browser.get("/operations/OP-002"), "/operations/OP-002", ask="left_out")
    path = asked.headers["location"].partition("?")[0]
    browser.send(browser.get(path), path, option="balanced")
    add(browser, id="OBJ-7")
    browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT)
    shown = browser.get("/publish")
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x").status == 303
    with desk.store.reading() as db:
        draft = opened_draft(db)
    assert draft.given is not None
    assert "OBJ-7" in draft.given.objects
    assert len(draft.waiting) == 1
    assert not draft.is_overtaken
    again = browser.send(browser.get("/"), "/options").headers["location"]
    assert browser.send(browser.get(again), again, option="balanced").status == 303


# -- what is sent once more is told as done, and what is entered twice is asked about


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
