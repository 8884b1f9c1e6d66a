"""What parties answer besides yes and no: nothing, later, another time, or with a remark; and what is made of it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.answers import answer_for, hand_out, questions
from arshjul.office.store import audit, drafts, outbox, revisions
from arshjul.office.store.events import SlotsOffered
from arshjul.year.formats.schema.party_entry import LONGEST_REMARK
from tests import owed
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.forms import forms
from tests.office.console.test_asking import ASKED, address, answers, asked, field, named
from tests.office.console.test_portal_questions import Road, forged, road

__all__ = ["road"]

OPEN = "OP-000 (Restaurang, Göteborg City): inget svar behövs längre om"


def chosen(browser: Browser) -> Page:
    """Works it out anew, and chooses; the page of the difference."""
    browser.plan()
    return browser.get("/publish")


def withdrawn(desk: Desk) -> dict[str, tuple[str, str]]:
    """The addresses and texts of what says that something is asked no more, by party."""
    with desk.store.reading() as db:
        return {one.party: (one.address, one.mail.body) for one in owed.all_of(db) if OPEN in one.mail.body}


def test_publishing_without_answers_is_asked_about_and_told(desk: Desk) -> None:
    reachable_by_mail(desk.store, {"a0": "", "a1": "a1@example.se"})
    browser = desk.browser()
    asked(browser)
    with desk.store.writing() as db:
        for one in owed.to_mail(db):
            owed.note(db, one, "mail", desk.now)
    link = f"/answers/{hand_out(desk.store, 'a0', 'Eva', desk.now)}"
    browser.press("/proposal", question=named(desk, "p1", "OP-000"), party="p1", answer="yes")
    shown = chosen(browser)
    assert "parter har inte svarat: Myndighet 0" in shown.text
    assert "LPO 1" not in shown.text.partition("har inte svarat")[2].partition("Publicera utan deras svar")[0]
    values = {"digest": shown.field("digest"), "reason": "x", "mail": "on"}
    refused = browser.send(shown, "/publish", **values)
    assert refused.status == 409
    assert "Några parter har inte svarat" in refused.text
    assert browser.send(refused, "/publish", **values, sure="on").status == 303
    told = withdrawn(desk)
    assert told["a0"][0] == ""
    assert told["a1"][0] == "a1@example.se"
    assert "p1" not in told, "it has answered"
    assert "Svar från" not in browser.get("/").text, "nobody can answer any more"
    page = browser.get(link)
    assert "Frågan är avgjord eller återtagen: inget svar behövs." in page.text
    browser.get("/outbox")
    assert withdrawn(desk) == told, "time changes nothing of it"


def test_who_was_given_an_address_by_hand_is_told_though_its_question_waits_to_be_mailed(desk: Desk) -> None:
    reachable_by_mail(desk.store, {"a0": ""})
    hand_out(desk.store, "p1", "Eva", desk.now - timedelta(days=1))
    browser = desk.browser()
    asked(browser)
    hand_out(desk.store, "a1", "Eva", desk.now)
    shown = chosen(browser)
    browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", sure="on")
    assert withdrawn(desk).keys() == {"a0", "a1"}, "the address of p1 is from before"


def test_where_everybody_has_answered_nothing_is_asked_before_publishing(desk: Desk) -> None:
    browser = desk.browser()
    asked(browser)
    link = f"/answers/{hand_out(desk.store, 'a0', 'Eva', desk.now)}"
    said = "Göteborg 2027 Kan ni komma? Samordnaren för Göteborg 2027 frågar Myndighet 0"
    assert said in browser.get(link).text
    sent = browser.post(link, {field(desk, "a0"): "later"})
    assert "Svar mottaget" in sent.text
    assert "Vi svarar senare Öppna svar väntas till" in sent.text
    sent = browser.post(link, {field(desk, "a0"): "yes"})
    assert "Ja, vi kan" in sent.text.partition("Svar mottaget")[2].partition("Svaren kan ändras")[0]
    for party in answers(desk):
        browser.press("/proposal", question=named(desk, party, "OP-000"), party=party, answer="yes")
    shown = chosen(browser)
    assert "har inte svarat" not in shown.text
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x").status == 303


def test_who_was_asked_since_the_copy_that_is_put_back_is_told_that_it_is_asked_no_more(
    desk: Desk, tmp_path: Path
) -> None:
    reachable_by_mail(desk.store, {"a0": "a0@example.se", "a1": "a1@example.se", "a2": ""})
    file = backup(desk.store, tmp_path / "copy.db", desk.now).file
    browser = desk.browser()
    asked(browser)
    with desk.store.writing() as db:
        for one in owed.to_mail(db):
            if one.party != "a1":
                owed.note(db, one, "mail", desk.now)
    browser.press("/proposal", question=named(desk, "a0", "OP-000"), party="a0", answer="yes")
    done = restore(file, desk.url, "it", desk.now + timedelta(hours=1), replace=True)
    told = withdrawn(desk)
    assert {"a0", "a2", "p1"} == told.keys(), "the question to a1 was never sent"
    assert {address for address, _ in told.values()} == {""}, "nobody has looked at it yet"
    assert done.owed == 3
    desk.now += timedelta(hours=2)
    assert "en säkerhetskopia har återställts" in unquote(desk.browser().get("/outbox").body.decode())
    restore(file, desk.url, "it", desk.now, replace=True)
    assert withdrawn(desk) == told, "once"
    with desk.store.reading() as db:
        assert len(owed.all_of(db)) == 3


def test_who_is_asked_in_the_copy_too_is_not_told_that_it_is_asked_no_more(desk: Desk, tmp_path: Path) -> None:
    before = backup(desk.store, tmp_path / "before.db", desk.now).file
    asked(desk.browser())
    file = backup(desk.store, tmp_path / "copy.db", desk.now).file
    restore(file, desk.url, "it", desk.now + timedelta(hours=1), replace=True)
    assert withdrawn(desk) == {}
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE entry SET body = 'x'")
    done = restore(before, desk.url, "it", desk.now + timedelta(hours=1), replace=True)
    assert done.told_until == desk.now, "it is damaged: nobody knows who was asked, and it stands in no copy's way"


# -- `later`, and other times to choose from: they bind nothing, and are counted and shown as what they are


TIMES = "/proposal/times/OP-000"


def times(page: Page) -> list[str]:
    """The times that a page offers to tick."""
    return re.findall(r'name="(?:slot|instead-\w+)" value="([^"]+)"', page.body.decode())


def test_at_most_six_times_are_ticked_and_one_is_chosen_at_the_portal(road: Road) -> None:
    browser, phone = road.desk.browser(), road.phone()
    assert phone.post("/questions", road.fields(phone.get("/questions"), "later", "På tisdag vet vi")).status == 303
    assert "Väntar på er OP-000" in phone.get("/").text, "it is still to be answered: later binds nothing"
    road.carry()
    assert answers(road.desk)["a0"] == "later"
    shown = browser.get("/proposal").text
    assert re.search("Myndighet 0 svarar senare: 1", shown)
    assert re.search("0 av [0-9]+ frågor besvarade", shown)
    options = browser.press("/options").headers["location"]
    assert "Inte svarat än: Myndighet 0" in browser.get(options).text
    assert times(phone.get("/questions")) == []
    page = browser.get(TIMES)
    free = times(page)
    assert len(free) > 6
    refused = browser.post(TIMES, {"token": page.field("token"), "slot": free[:7]})
    assert refused.status == 422
    assert "högst 6" in refused.text
    assert sum("checked" in one for one in re.findall("<input[^>]+>", refused.body.decode())) == 7, (
        "what was ticked stays"
    )
    for wrong in ("2027-02-30 day", "2027-02-03 never", "x", "1999-01-01 day"):
        assert browser.post(TIMES, {"token": page.field("token"), "slot": [wrong]}).status == 422
    assert browser.post(TIMES, {"token": page.field("token"), "slot": free[:2]}).status == 303
    with road.desk.store.reading() as db:
        assert [line.event for line in audit.lines(db, SlotsOffered)] == [SlotsOffered("OP-000", 2)]
    road.carry()
    asked = phone.get("/questions")
    assert times(asked) == free[:2]
    ticked = {f"instead-{road.name}": [free[1], free[5]]}
    sent = phone.post("/questions", {**road.fields(asked, "no"), **ticked})
    assert sent.status == 303
    assert free[1] not in phone.get(sent.headers["location"]).text, "in words"
    assert "i stället:" in phone.get(sent.headers["location"]).text
    again = phone.get("/questions").body.decode()
    assert re.findall(r'value="([^"]+)" checked', again) == ["no", free[1]], "what was not offered is left out"
    road.carry()
    assert "kan i stället komma:" in browser.get("/proposal").text
    (one,) = (question for question in questions(road.desk.draft) if question.name == road.name)
    assert [f"{slot.day} {slot.shift}" for slot in one.instead] == [free[1]]
    answer_for(road.desk.store, "a0", {road.name: "yes"}, "test", road.desk.now)
    (one,) = (question for question in questions(road.desk.draft) if question.name == road.name)
    assert one.instead == (), "whoever comes as asked needs no other time"
    options = browser.press("/options").headers["location"]
    assert browser.get(options).status == 200


def ticking(road: Road) -> list[str]:
    """The three times that the coordinator has ticked, carried out."""
    browser = road.desk.browser()
    page = browser.get(TIMES)
    free = times(page)[:3]
    assert browser.post(TIMES, {"token": page.field("token"), "slot": free}).status == 303
    road.carry()
    return free


def chosen_times(road: Road) -> list[str]:
    """The times that stand beside the answer."""
    (one,) = (question for question in questions(road.desk.draft) if question.name == road.name)
    return [f"{slot.day} {slot.shift}" for slot in one.instead]


def test_a_colleague_s_times_stay_unless_somebody_has_seen_them(road: Road) -> None:
    free, phone, box = ticking(road), road.phone(), f"instead-{road.name}"
    phone.post("/questions", road.fields(phone.get("/questions"), "no"))
    mine, colleague = road.phone(), road.phone()
    page = mine.get("/questions")
    sent = colleague.post("/questions", {**road.fields(colleague.get("/questions"), "no"), box: free[1:]})
    assert sent.status == 303
    road.carry()
    assert mine.post("/questions", road.fields(page, "no")).status == 422, "nothing of it differs"
    for other in ({"remark": "Vi är sjuka"}, {"reply": "yes"}, {"tick": free[0]}):
        fields = road.fields(page, other.get("reply", "no"), other.get("remark", ""))
        refused = mine.post("/questions", {**fields, box: [other["tick"]] if "tick" in other else []})
        assert refused.status == 409
        assert "Besvarat under tiden: Nej, vi kan inte (i stället: " in refused.text
        there = re.findall(r'type="checkbox"[^>]*value="([^"]+)" checked', refused.body.decode())
        assert there == {"remark": free[1:], "tick": free[:1]}.get(next(iter(other)), [])
    again = {**road.fields(refused, "no", "Vi är sjuka"), box: free[1:]}
    assert mine.post("/questions", again).status == 303
    road.carry()
    assert chosen_times(road) == free[1:]
    assert mine.post("/questions", road.fields(mine.get("/questions"), "no", "Vi är sjuka")).status == 303
    road.carry()
    assert chosen_times(road) == [], "who has seen them may take them back"


def test_other_times_are_changed_no_more_often_than_answers(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change makes the options be worked out anew. The first answer is none."""
    monkeypatch.setattr("arshjul.office.draft.answers.CHANGES_A_DAY", 2)
    free = ticking(road)
    for n in range(2 + 3):
        day, shift = free[n % 3].split()
        answer = {"question": road.name, "answer": "no", "remark": "", "instead": [{"date": day, "shift": shift}]}
        forged(road, f"{n:x}", road.name, body=json.dumps({"answers": [answer]}))
        road.carry()
        road.desk.now += timedelta(seconds=1)
    assert road.states() == ["counts"] * (2 + 1) + ["refused"] * 2


def test_of_two_who_tick_at_once_the_later_one_is_shown_what_stands(road: Road) -> None:
    browser = road.desk.browser()
    (form,) = [one.fields for one in forms(browser.get(TIMES).body.decode()) if one.action == TIMES]
    free = times(browser.get(TIMES))
    form.pop("slot", None)
    assert browser.post(TIMES, {**form, "slot": free[:2]}).status == 303
    refused = browser.post(TIMES, {**form, "slot": free[2:3]})
    assert refused.status == 409
    assert "Någon annan har kryssat för" in refused.text
    assert re.findall(r'name="slot" value="([^"]+)" checked', refused.body.decode()) == free[2:3], (
        "what was typed stays"
    )
    again = next(one.fields for one in forms(refused.body.decode()) if one.action == TIMES)
    assert browser.post(TIMES, {**again, "slot": free[1:3]}).status == 303
    assert re.findall(r'name="slot" value="([^"]+)" checked', browser.get(TIMES).body.decode()) == free[1:3]
    assert browser.post(TIMES, {**form, "slot": free[1:3]}).status == 303, "a second press changes nothing"


# -- a remark on an answer: the party writes it at its address, the coordinator reads it, and nobody else does


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
def test_it_is_a_text_of_at_most_five_hundred_characters_and_nothing_that_was_written_is_lost(desk: Desk) -> None:
    browser = desk.browser()
    theirs, path = of_party(desk, browser, "a0")
    assert answer(desk, theirs, path, "a0", "asked", REMARK).status == 200, "without saying yes or no"
    page = browser.get("/proposal").text
    assert REMARK in page
    assert "inget svar: 1" in page
    for given in ("<script>x</script>", "{remark} {0} %s", "=1+1", "\u202eabc", "\x00\x07"):
        desk.now += timedelta(minutes=1)
        assert answer(desk, theirs, path, "a0", "yes", given).status == 200
        for shown in (theirs.get(path), browser.get("/proposal"), browser.get("/log")):
            assert shown.status == 200
            assert b"<script>x" not in shown.body
    long = "å" * (LONGEST_REMARK + 1)
    refused = answer(desk, theirs, path, "a0", "no", long)
    assert refused.status == 409
    assert "högst 500 tecken" in refused.text
    assert long in refused.text
    assert b'value="no" checked' in refused.body
    with desk.store.reading() as db:
        bodies = [json.loads(body) for body in db.execute(select(drafts.ENTRIES.table.c.body)).scalars()]
    assert not [body for body in bodies if body.get("answer") == "no"]
    assert answer(desk, theirs, path, "a0", "no", long[1:]).status == 200


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
