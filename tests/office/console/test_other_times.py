"""`later`, and other times to choose from: they bind nothing, and are counted and shown as what they are."""

import json
import re
from datetime import timedelta

import pytest

from arshjul.office.draft.answers import answer_for, questions
from arshjul.office.store import audit
from arshjul.office.store.events import SlotsOffered
from tests.office.console.browser import Page
from tests.office.console.forms import forms
from tests.office.console.test_asking import answers
from tests.office.console.test_portal_questions import Road, forged, road

__all__ = ["road"]

TIMES = "/proposal/times/OP-000"


def times(page: Page) -> list[str]:
    """The times that a page offers to tick."""
    return re.findall(r'name="(?:slot|instead-\w+)" value="([^"]+)"', page.body.decode())


def test_later_is_an_answer_that_binds_nothing(road: Road) -> None:
    phone = road.phone()
    assert phone.post("/questions", road.fields(phone.get("/questions"), "later", "På tisdag vet vi")).status == 303
    assert "Väntar på er OP-000" in phone.get("/").text, "it is still to be answered"
    road.carry()
    assert answers(road.desk)["a0"] == "later"
    browser = road.desk.browser()
    shown = browser.get("/proposal").text
    assert re.search("Myndighet 0 svarar senare: 1", shown)
    assert re.search("0 av [0-9]+ frågor besvarade", shown)
    options = browser.press("/options").headers["location"]
    assert "Inte svarat än: Myndighet 0" in browser.get(options).text


def test_at_most_six_times_are_ticked_and_one_is_chosen_at_the_portal(road: Road) -> None:
    browser, phone = road.desk.browser(), road.phone()
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
    chosen = {f"instead-{road.name}": [free[1], free[5]]}
    sent = phone.post("/questions", {**road.fields(asked, "no"), **chosen})
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


def chosen(road: Road) -> list[str]:
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
    assert chosen(road) == free[1:]
    assert mine.post("/questions", road.fields(mine.get("/questions"), "no", "Vi är sjuka")).status == 303
    road.carry()
    assert chosen(road) == [], "who has seen them may take them back"


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
