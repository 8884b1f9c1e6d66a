"""A remark on an answer: the party writes it at its address, the coordinator reads it, and nobody else does."""

import json
from datetime import timedelta

from sqlalchemy import select

from arshjul.office.store import drafts, outbox, revisions
from arshjul.year.formats.schema.party_entry import LONGEST_REMARK
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.test_asking import ASKED, address, asked, field, named
from tests.office.console.test_undecided import chosen

REMARK = "Kanarieanmärkning: vi kan först klockan tio"


def remark_field(desk: Desk, party: str) -> str:
    return f"remark-{named(desk, party, 'OP-000')[0]}"


def of_party(desk: Desk, browser: Browser, party: str) -> tuple[Browser, str]:
    """The party's own browser, and its address."""
    page = browser.press("/proposal/address", party=party)
    return desk.stranger(), address(page)


def answer(desk: Desk, theirs: Browser, path: str, party: str, reply: str, remark: str) -> Page:
    return theirs.post(path, {field(desk, party): reply, remark_field(desk, party): remark})


@ASKED
def test_it_is_kept_with_the_answer_and_shown_where_that_is(desk: Desk) -> None:
    browser = desk.browser()
    theirs, path = of_party(desk, browser, "a0")
    assert "Anmärkning (läses bara av samordnaren)" in theirs.get(path).text
    sent = answer(desk, theirs, path, "a0", "yes", f"  {REMARK}\r\noch inte förr ")
    assert sent.status == 200
    said = f"Anmärkning: {REMARK} och inte förr"
    assert said in sent.text, "the party sees what was received"
    assert said in browser.get("/proposal").text
    assert said in browser.get("/log").text
    desk.now += timedelta(minutes=1)
    browser.press("/proposal", question=named(desk, "a0", "OP-000"), party="a0", answer="no")
    assert said in browser.get("/proposal").text, "what somebody hears on the telephone leaves it there"
    desk.now += timedelta(minutes=1)
    assert said not in answer(desk, theirs, path, "a0", "no", "").text
    assert said not in browser.get("/proposal").text, "it is taken away where it is emptied"


@ASKED
def test_one_can_remark_without_saying_yes_or_no(desk: Desk) -> None:
    browser = desk.browser()
    theirs, path = of_party(desk, browser, "a0")
    assert answer(desk, theirs, path, "a0", "asked", REMARK).status == 200
    page = browser.get("/proposal").text
    assert REMARK in page
    assert "inget svar: 1" in page


def test_it_is_in_the_plan_and_in_nothing_that_another_reads(desk: Desk) -> None:
    reachable_by_mail(desk.store)
    browser = desk.browser()
    asked(browser)
    for party in ("a0", "p1"):
        theirs, path = of_party(desk, browser, party)
        assert answer(desk, theirs, path, party, "yes", REMARK).status == 200
    other, path = of_party(desk, browser, "a1")
    assert REMARK not in other.get(path).text
    chosen(browser)
    plan = desk.draft.made_plan
    assert {one.remark for one in plan.entries.answers if one.party == "a0"} == {REMARK}
    assert REMARK in browser.get("/log").text
    page = browser.get("/publish")
    assert (
        browser.send(page, "/publish", sure="on", reason="skäl", digest=page.field("digest"), mail="on").status == 303
    )
    with desk.store.reading() as db:
        served = revisions.current(db)
        assert served is not None
        assert REMARK in revisions.blob(db, served.plan).decode(), "the plan that the coordinator has"
        for feed in revisions.feeds(db, served.number):
            assert b"Kanarieanm" not in revisions.blob(db, feed.ics), feed.party
        assert not [queued for queued in outbox.QUEUE.all(db) if "Kanarieanm" in str(queued)]


@ASKED
def test_it_is_at_most_five_hundred_characters_and_nothing_that_was_written_is_lost(desk: Desk) -> None:
    browser = desk.browser()
    theirs, path = of_party(desk, browser, "a0")
    long = "å" * (LONGEST_REMARK + 1)
    page = answer(desk, theirs, path, "a0", "no", long)
    assert page.status == 409
    assert "högst 500 tecken" in page.text
    assert long in page.text
    assert b'value="no" checked' in page.body
    with desk.store.reading() as db:
        bodies = [json.loads(body) for body in db.execute(select(drafts.ENTRIES.table.c.body)).scalars()]
    assert not [body for body in bodies if body.get("answer") == "no"]
    assert answer(desk, theirs, path, "a0", "no", long[1:]).status == 200


@ASKED
def test_a_remark_that_means_ill_is_a_text(desk: Desk) -> None:
    browser = desk.browser()
    theirs, path = of_party(desk, browser, "a0")
    for given in ("<script>x</script>", "{remark} {0} %s", "=1+1", "\u202eabc", "\x00\x07"):
        desk.now += timedelta(minutes=1)
        assert answer(desk, theirs, path, "a0", "yes", given).status == 200
        for page in (theirs.get(path), browser.get("/proposal"), browser.get("/log")):
            assert page.status == 200
            assert b"<script>x" not in page.body


@ASKED
def test_a_remark_that_was_not_touched_is_not_sent_over_a_newer_one(desk: Desk) -> None:
    browser = desk.browser()
    theirs, path = of_party(desk, browser, "a0")
    answer(desk, theirs, path, "a0", "yes", "Ett")
    shown = {f"shown-{remark_field(desk, 'a0')}": theirs.get(path).field(f"shown-{remark_field(desk, 'a0')}")}
    answer(desk, theirs, path, "a0", "yes", REMARK)
    theirs.post(path, {field(desk, "a0"): "no", remark_field(desk, "a0"): "Ett", **shown})
    page = browser.get("/proposal").text
    assert REMARK in page
    assert "Anmärkning: Ett" not in page
