"""What is learnt, on its whole road: a mail, eight questions, an improvement, the next operation, and the report.

The cases are the contract's, section 15.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_string
from email.policy import default
from pathlib import Path
from types import MappingProxyType
from typing import Self

import pytest

from arshjul.errors import InputError
from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.contacts.ledger import EVALUATIONS, IMPROVEMENTS, change, enter
from arshjul.office.draft.import_year import checkout
from arshjul.office.mail.post import post
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.store import audit, drafts, revisions
from arshjul.portal.store import views
from arshjul.serving.mail_server import MailServer
from arshjul.year.agenda.evaluations import AskedEvaluation, asked_evaluations, followed
from arshjul.year.domain.entries.learnt import latest_evaluations
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests import owed
from tests.acceptance.command import done
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.forms import forms
from tests.office.console.invited import InvitedTown
from tests.office.console.test_log import lines_of
from tests.office.console.test_post import Mailbox, mailbox
from tests.office.console.test_reports import portal
from tests.worlds import Worlds

__all__ = ["mailbox", "portal"]

PORTAL_URL = "https://portal.example.se"
FIRST, NEXT = "OP-000", "OP-001"
AFTER_FIRST = datetime.fromisoformat("2027-02-02T08:00:00+01:00")
"""The morning after the first operation, before the next one."""
AFTER_NEXT = datetime.fromisoformat("2027-02-04T08:00:00+01:00")
KEEP, CHANGE, WHY, PROPOSAL = "Kanariebehåll", "Kanariebyt", "Kanarieskäl", "Kanarieförslag"
CANARIES = (KEEP, CHANGE, WHY, PROPOSAL)
MEASURE = "Samlas en kvart tidigare"
PAGE_1 = {"as_planned": "partly", "lead_time": "4", "information": "2", "worst_section": "D", "right_object": "5"}
PAGE_2 = {"roles": "3", "police": "5", "keep": KEEP, "change": CHANGE, "why": WHY, "action": PROPOSAL}
MEASURES = {"observation": "Alla kom inte samtidigt", "cause": "Olika tider i underlaget", "kind": "planning"}


class Year(InvitedTown):
    """A published year, its portal, and three parties that may evaluate and have a mailbox."""

    RIGHTS, HAS_MAILBOXES, NOW = MappingProxyType(dict.fromkeys(("a0", "a1", "p0"), "evaluate")), True, AFTER_FIRST
    mail: MailServer

    def begin(self, rights: Mapping[str, str] | None = None) -> Self:
        reachable_by_mail(self.desk.store)
        return super().begin(rights)

    def posted(self) -> list[str]:
        """The mails that go out now."""
        Mailbox.received.clear()
        server = replace(self.mail, portal_url=PORTAL_URL)
        post(self.desk.store, server, "test", lambda: self.desk.now, self.carry)
        return list(Mailbox.received)

    def by_mail(self, mails: list[str], party: str) -> Browser:
        """A party that opens the address in its mail, and presses Continue."""
        (own,) = [mail for mail in mails if f"To: {party}@example.se" in mail and "/k/" in mail]
        (token,) = re.findall(rf"{PORTAL_URL}/k/([\w-]{{40,}})", own)
        return self.let_in(f"/k/{token}")

    def views(self) -> str:
        """What the portal has of the three."""
        with self.portal.reading() as db:
            return " ".join(views.body(db, party)[1] for party in ("agency-a0", "agency-a1", "police-p0"))

    def said(self) -> set[tuple[str, str]]:
        return set(latest_evaluations(self.plan.entries.evaluations))

    def state(self, id: str = "F1") -> tuple[str, str]:
        draft = self.desk.draft
        every = followed(draft.scenario, self.plan, self.desk.now.date())
        (found,) = [one for one in every if one.improvement.id == id]
        return found.state, found.asked_on


@pytest.fixture
def year(worlds: Worlds, tmp_path: Path, mailbox: MailServer) -> Year:
    made = Year.of(worlds, tmp_path)
    made.mail = mailbox
    return made


def hidden(page: Page) -> dict[str, str]:
    return page.hidden("key", "seen", "before")


def first_page(phone: Browser, operation: str = FIRST, **other: str) -> Page:
    """The first page of an evaluation, sent; returns the second."""
    path = f"/evaluations/{operation}"
    page = phone.get(path)
    assert page.status == 200, page.text
    answer = phone.post(path, {**hidden(page), **PAGE_1, **other})
    assert answer.status == 303, answer.text
    return phone.get(answer.headers["location"])


def evaluated(phone: Browser, operation: str = FIRST, **other: str) -> Page:
    """Both pages of an evaluation, sent; returns the receipt."""
    page = first_page(phone, operation)
    answer = phone.post(f"/evaluations/{operation}/more", {**hidden(page), **PAGE_2, **other})
    assert answer.status == 303, answer.text
    return phone.get(answer.headers["location"])


def new_improvement(browser: Browser, operation: str = FIRST, **other: str) -> dict[str, str | list[str]]:
    """The form of an improvement, filled in."""
    page = browser.get(f"/evaluations/{operation}")
    form = next(one.fields for one in forms(page.body.decode()) if one.fields.get("ask") == ["improvements"])
    return {**form, **MEASURES, "action": MEASURE, "owner": "a0", "due": "2027-02-20", **other}


def improved(browser: Browser, operation: str = FIRST, **other: str) -> Page:
    return browser.post(f"/evaluations/{operation}", new_improvement(browser, operation, **other))


def test_the_road_of_the_contract(year: Year) -> None:
    """Three parties evaluate by their mails, one improvement, the next operation shows it, and it is checked."""
    mails = year.posted()
    assert len(mails) == 3, "one to each contact that may evaluate"
    for party in ("a0", "a1", "p0"):
        receipt = evaluated(year.by_mail(mails, party))
        assert "Mottag" in receipt.text
        assert KEEP in receipt.text, "its own words, as they were sent"
    year.carry()
    assert year.said() == {(FIRST, "a0"), (FIRST, "a1"), (FIRST, "p0")}
    desk = year.desk.browser()
    told = desk.get("/evaluations").text
    assert "besvarat 3 av 3" in told, "the fourth party has no contact, and was never asked"
    assert "Besvarat: 3 av 3." in told
    assert "Inte tillfrågade, utan kontakt som får utvärdera: 1." in told
    assert "Besvarade i år, av alla parter: 3 av 3" in year.phone("a0").get("/evaluations").text
    log = lines_of(desk.get("/log"))
    (own,) = [one for one in log if f"har utvärderat {FIRST}" in one[2] and "Myndighet 0" in one[1]]
    assert (own[1], own[3]) == ("Funktion a0 evaluate, Myndighet 0", ""), "by its function, and it waits for no plan"
    assert CHANGE in desk.get(f"/evaluations/{FIRST}").text
    assert improved(desk).status == 303
    assert year.state() == ("open", NEXT)
    assert MEASURE in desk.get(f"/operations/{NEXT}").text
    year.carry()
    home = year.phone("a1").get("/")
    assert MEASURE in home.text, "it stands on the next operation's page"
    year.desk.now = AFTER_NEXT
    year.carry()
    phone = year.by_mail(year.posted(), "a1")
    for days in (0, 40):
        year.desk.now = AFTER_NEXT + timedelta(days=days)
        page = year.desk.browser().get(f"/evaluations/{NEXT}")
        assert f"{MEASURE}: hjälpte det?" in page.text, "by telephone it is asked too, also when it is closed"
    year.desk.now = AFTER_NEXT
    evaluated(phone, NEXT, **{"helped.F1": "1"})
    year.carry()
    assert year.state() == ("checked", NEXT)
    report = year.desk.browser().get("/report").text
    said = f"F1: {MEASURE} (efter {FIRST} ; Myndighet 0, senast lördag 20 februari 2027): prövad: den hjälpte."
    assert said in report
    assert "förbättringar som hjälpte, enligt senare utvärderingar 1 1 " in report
    assert "parter som har utvärderat, av de tillfrågade 4 5 " in report, "and nobody who had no contact"
    assert MEASURE in year.phone("p0").get("/evaluations").text, "what answers changed is shown to all"


# -- the questions


def test_it_opens_the_day_after_is_saved_at_each_next_and_nothing_is_asked_twice(year: Year) -> None:
    phone = year.phone("a0")
    assert phone.get(f"/evaluations/{NEXT}").status == 404, "it is tomorrow"
    mailed = year.by_mail(year.posted(), "a0")
    first = mailed.get("/evaluations")
    assert first.status == 303
    assert first.headers["location"].startswith(f"/evaluations/{FIRST}?"), "Fortsätt, and the questions are there"
    assert mailed.get("/calendars").status == 403, "the address in the mail is for that alone"
    second = first_page(phone)
    year.carry()
    assert year.said() == set(), "half of it does not count"
    again = year.phone("a0").get(f"/evaluations/{FIRST}").body.decode()
    assert re.search(r'name="lead_time" value="4" checked', again)
    phone.post(f"/evaluations/{FIRST}/more", {**hidden(second), **PAGE_2})
    year.carry()
    (one,) = year.plan.entries.evaluations
    assert (one.as_planned, one.information, one.worst_section, one.police, one.why) == ("partly", 2, "D", 5, WHY)
    assert "Hur gick det?" not in year.phone("a0").get("/").text, "answered, and not asked again"
    year.desk.now = AFTER_FIRST - timedelta(days=1)
    assert year.phone("a1").get(f"/evaluations/{FIRST}").status == 404


def test_marks_are_voluntary_a_wrong_one_comes_back_and_a_text_that_names_a_business_is_asked_about(year: Year) -> None:
    phone = year.phone("a0")
    page = phone.get(f"/evaluations/{FIRST}")
    wrong = phone.post(f"/evaluations/{FIRST}", {**hidden(page), "as_planned": "yes", "roles": "3", "lead_time": "9"})
    assert wrong.status == 422
    answer = phone.post(f"/evaluations/{FIRST}", {**hidden(page), "as_planned": "yes"})
    second = phone.get(answer.headers["location"])
    fields = {**hidden(second), "why": "Ägaren till Exempelkrogen AB kom sent"}
    asked = phone.post(f"/evaluations/{FIRST}/more", fields)
    assert asked.status == 422
    assert "namnet på ett företag" in asked.text or "verksamhet" in asked.text
    assert phone.post(f"/evaluations/{FIRST}/more", {**fields, "sure": "on"}).status == 303
    assert phone.post(f"/evaluations/{FIRST}/more", hidden(phone.get(f"/evaluations/{FIRST}/more"))).status == 303
    year.carry()
    assert year.said() == {(FIRST, "a0")}


def test_nobody_wipes_a_colleague_s_answers_unseen_and_what_was_sent_within_21_days_counts(year: Year) -> None:
    wanted = Invitation("a1", "En till", ["evaluate"], "till@example.se")
    (made,) = invite(year.desk.store, [wanted], "test", year.desk.now)
    year.carry()
    late, colleague = year.phone("a0"), year.let_in(made.path)
    second, opened = first_page(late), colleague.get(f"/evaluations/{FIRST}")
    year.desk.now = datetime.fromisoformat("2027-02-22T20:00:00+01:00")
    evaluated(year.phone("a1"))
    fields = {**hidden(opened), "as_planned": "no"}
    refused = colleague.post(f"/evaluations/{FIRST}", fields)
    assert refused.status == 409
    assert "Någon hos er har svarat" in refused.text
    assert re.search(r'name="as_planned" value="no" checked', refused.body.decode()), "what was typed stays"
    again = colleague.get(f"/evaluations/{FIRST}").body.decode()
    assert re.search(r'name="as_planned" value="partly" checked', again), "it is the party's one answer"
    assert colleague.post(f"/evaluations/{FIRST}", {**fields, "before": refused.field("before")}).status == 303
    year.desk.now = datetime.fromisoformat("2027-02-23T08:00:00+01:00")
    closed = late.post(f"/evaluations/{FIRST}/more", {**hidden(second), **PAGE_2})
    assert closed.status == 409
    assert "stängde" in closed.text
    assert KEEP in closed.text, "what was typed stays"
    year.carry()
    assert year.said() == {(FIRST, "a1")}


# -- mails


def test_those_alone_are_reminded_who_have_not_answered_and_once(year: Year) -> None:
    assert len(year.posted()) == 3
    year.desk.now += timedelta(days=1)
    assert [one for one in year.posted() if "/k/" in one] == [], "asked once"
    evaluated(year.phone("a0"))
    first_page(year.phone("a1"))  # half of it does not count
    year.carry()
    year.desk.now = datetime.fromisoformat("2027-02-15T08:00:00+01:00")
    first = [one for one in year.posted() if "/k/" in one and "svara senast" in one and "1 feb" in one]
    reminded = [one for one in first if "stänger snart" in one]
    assert sorted(re.findall(r"^To: (\w+)@", "".join(reminded), re.M)) == ["a1", "p0"]
    year.desk.now += timedelta(days=2)
    assert not [one for one in year.posted() if "1 feb" in one and "/k/" in one]


def test_several_are_asked_of_in_one_mail_with_one_subject(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    def same_day(scenario: Scenario, plan: Plan) -> dict[str, AskedEvaluation]:
        asked = asked_evaluations(scenario, plan)
        return {**asked, NEXT: replace(asked[FIRST], operation=NEXT)}

    with monkeypatch.context() as patch:
        patch.setattr("arshjul.office.contacts.asking_to_evaluate.asked_evaluations", same_day)
        (own,) = [one for one in year.posted() if "To: a0@example.se" in one]
    assert re.findall(r"Era (\S+) insatser måndag 1 februari 2027: svara senast", own) == ["två"]
    assert message_from_string(own, policy=default)["subject"].endswith("hur gick era insatser?")
    assert "två till tre minuter" in " ".join(own.split())


def test_a_contact_that_is_new_is_not_asked_about_what_closes_within_three_days(year: Year) -> None:
    """What is open stands on its page all the same. The first operation closes on the 22nd, the next on the 24th."""
    year.desk.now = datetime.fromisoformat("2027-02-20T08:00:00+01:00")
    year.carry()
    (mail,) = [one for one in year.posted() if "To: a0@example.se" in one and "/k/" in one]
    assert "onsdag 3 februari" in mail
    assert "måndag 1 februari" not in mail
    assert FIRST in year.phone("a0").get("/evaluations").text


# -- secrets


def test_free_texts_are_in_no_mail_log_feed_or_other_partys_view(year: Year) -> None:
    evaluated(year.by_mail(year.posted(), "a0"))
    year.carry()
    improved(year.desk.browser(), observation=f"Sett {CHANGE}", cause=WHY)
    year.carry()
    mails = "".join(year.posted())
    with year.desk.store.reading() as db:
        log = " ".join(f"{line.action} {line.about}" for line in audit.lines(db))
        letters = " ".join(f"{one.mail.subject} {one.mail.text()}" for one in owed.all_of(db))
        current = revisions.current(db)
        assert current is not None
        feeds = " ".join(revisions.blob(db, row.ics).decode() for row in revisions.feeds(db, current.number))
    seen = year.views()
    shown = year.desk.browser().get("/log").text + year.phone("a1").get("/").text
    places = {"mails": mails, "log": log, "outbox": letters, "feeds": feeds, "views": seen, "pages": shown}
    assert MEASURE in seen, "the measure alone is told"
    found = {(place, canary) for place, text in places.items() for canary in CANARIES if canary in text}
    assert not found
    assert all("Kanarietiteln" not in text and "Kanariekrogen" not in text for text in (mails, seen))


def test_a_site_that_came_by_a_file_goes_nowhere_outside_and_she_is_told(year: Year) -> None:
    """Somebody has written it into the folder: what is published and carried is looked through again."""
    improved(year.desk.browser())
    with year.desk.store.writing() as db:
        (row,) = drafts.standing(db, ["improvements"])
        body = {**json.loads(row.body), "action": "Ring Kanariekrogen 0 först"}
        drafts.add_entries(db, [("improvements", body)], "test", year.desk.now)
    year.carry()
    seen = year.views()
    assert "Kanariekrogen" not in seen
    assert MEASURE not in seen
    assert "döljs för andra parter" in year.desk.browser().get("/evaluations").text
    with pytest.raises(InputError) as refused:  # what is entered anew counts as looked through
        change(year.desk.store, IMPROVEMENTS, {"id": body["id"], "state": "done"}, "test", year.desk.now)
    assert [problem.path for problem in refused.value.problems] == ["improvements[0].action"]


# -- the coordinator


def test_she_enters_what_a_party_says_on_the_telephone_and_what_was_said_last_holds_however_late_it_is_carried(
    year: Year,
) -> None:
    evaluated(year.phone("a0"), roles="1")
    year.desk.now += timedelta(hours=1)
    browser = year.desk.browser()
    page, fields = browser.get(f"/evaluations/{FIRST}"), {"ask": "evaluations", "party": "a2", **PAGE_1, **PAGE_2}
    for party, status in (("a2", 303), ("a2", 303), ("p1", 422), ("a0", 303)):  # p1 had no part in it
        sent = browser.send(page, f"/evaluations/{FIRST}", **{**fields, "party": party, "roles": "4"})
        assert sent.status == status, (party, sent.text)
    assert year.said() == {(FIRST, "a2"), (FIRST, "a0")}
    year.desk.now += timedelta(hours=1)
    year.carry()
    assert len(year.plan.entries.evaluations) == 3
    assert [evaluation.roles for evaluation in latest_evaluations(year.plan.entries.evaluations).values()] == [4, 4]


def test_an_improvement_has_an_owner_and_a_date_and_no_place_is_one_when_pressed_twice_and_of_three(year: Year) -> None:
    browser, where = year.desk.browser(), f"/evaluations/{FIRST}"
    for wrong, said in (
        ({"owner": ""}, "saknas"),
        ({"due": ""}, "saknas"),
        ({"action": "Ring Kanariekrogen 0 först", "sure": "on"}, ""),
        ({"action": "Ta Kanarietiteln 1 först", "sure": "on"}, ""),
        ({"due": "2027-01-20"}, "har passerat"),
    ):
        refused = improved(browser, **wrong)
        assert (refused.status, said in refused.text) == (422, True), wrong
    assert not year.plan.entries.improvements
    fields = new_improvement(browser, due="2027-01-20", sure="on")
    for other, ids in (
        ({}, ["F1"]),
        ({}, ["F1"]),  # a double press
        ({"due": "2027-02-21"}, ["F1"]),  # back, and sent with another date: change it
        ({"action": "Något annat"}, ["F1", "F2"]),  # somebody else's number is not taken
    ):
        assert browser.post(where, {**fields, **other}).status == (303 if "due" not in other else 409), other
        assert [improvement.id for improvement in year.plan.entries.improvements] == ids, other
    assert browser.post("/improvements/F1", {**changing(browser), "owner": "a1"}).status == 303, "its date is not new"
    assert browser.post("/improvements/F1", {**changing(browser), "due": "2027-01-21"}).status == 422
    assert improved(browser, action="Det tredje").status == 303
    assert improved(browser, action="En till").status == 409
    assert len({improvement.id for improvement in year.plan.entries.improvements}) == 3


def changing(browser: Browser) -> dict[str, list[str]]:
    """The form that changes the first improvement, as it stands."""
    page = browser.get("/evaluations").body.decode()
    return next(form.fields for form in forms(page) if form.fields.get("ask") == ["F1"])


def test_of_two_who_change_it_the_second_is_told_and_loses_nothing_and_only_an_evaluation_makes_it_checked(
    year: Year,
) -> None:
    browser, deputy, path = year.desk.browser(), year.desk.browser("deputy"), "/improvements/F1"
    improved(browser)
    seen = changing(deputy)
    assert browser.post(path, {**changing(browser), "owner": "a1"}).status == 303
    told = deputy.post(path, {**seen, "action": "Ring dagen före"})
    assert told.status == 409
    assert "Någon annan har sparat" in told.text
    back = next(form.fields for form in forms(told.body.decode()) if form.fields.get("ask") == ["F1"])
    assert (back["action"], back["owner"]) == (["Ring dagen före"], ["a0"]), "as it was typed"
    assert year.plan.entries.improvements[-1].owner == "a1"
    assert deputy.post(path, back).status == 303, "once it was told"
    assert year.plan.entries.improvements[-1].action == "Ring dagen före"
    same = changing(browser)
    assert browser.post(path, {**same, "state": "checked"}).status == 422
    assert browser.post(path, {**same, "state": "dropped"}).status == 422, "why?"
    assert browser.post(path, {**same, "state": "done"}).status == 303
    assert year.state() == ("done", NEXT), "it still stands there: did it help?"
    assert browser.post(path, {**changing(browser), "state": "dropped", "reason": "Annat beslut"}).status == 303
    assert year.state() == ("dropped", "")


def test_an_improvement_stands_on_its_owner_s_first_page_and_once_it_is_due_on_today_until_it_is_ticked(
    year: Year,
) -> None:
    browser, due = year.desk.browser(), f"{MEASURE} klart senast lör 20 feb"
    improved(browser)
    year.carry()
    assert due in year.phone("a0").get("/").text
    assert due not in year.phone("a1").get("/").text
    assert MEASURE not in browser.get("/").text, "it is due in a month"
    year.desk.now = datetime.fromisoformat("2027-02-08T08:00:00+01:00")
    browser = year.desk.browser()
    assert "lör 20 feb F1" in browser.get("/").text
    year.desk.now = datetime.fromisoformat("2027-02-25T08:00:00+01:00")
    browser = year.desk.browser()
    assert 'class="when late">lör 20 feb' in browser.get("/").body.decode()
    assert "Gjort F1" not in year.desk.browser("auditor").get("/").text
    assert browser.press("/done", improvement="F1").status == 303
    assert MEASURE not in browser.get("/").text
    assert year.state()[0] == "done"
    year.carry()
    assert due not in year.phone("a0").get("/").text


def test_one_that_did_not_help_stands_on_the_operation_after(year: Year) -> None:
    improved(year.desk.browser())
    year.desk.now = AFTER_NEXT
    year.carry()
    phone = year.phone("a0")
    evaluated(phone, NEXT, **{"helped.F1": "0"})
    assert f"{MEASURE}: hjälpte det?" in phone.get(f"/evaluations/{NEXT}/more").text
    assert "jälpte det?" not in phone.get(f"/evaluations/{FIRST}/more").text
    year.carry()
    assert year.state() == ("open", NEXT), "others may say that it did, until it closes"
    year.desk.now = datetime.fromisoformat("2027-02-25T08:00:00+01:00")
    state, on = year.state()
    assert state == "open"
    assert on not in (NEXT, FIRST)


# -- it lasts


def test_the_road_by_a_folder_goes_on_from_what_is_served_and_doubles_nothing(desk: Desk, tmp_path: Path) -> None:
    """Taken out, replanned on the command line, and published: what is learnt is the database's, and stands once."""
    desk.now = AFTER_FIRST
    enter(desk.store, EVALUATIONS, {"operation": FIRST, "party": "a0", "as_planned": "yes"}, "test", desk.now)
    improved(desk.browser())
    checkout(desk.store, tmp_path / "out", lambda _: None)
    entered, new = tmp_path / "changes.yaml", tmp_path / "new"
    entered.write_text("held:\n  - {operation: OP-000, milestone: planning-meeting, date: 2027-02-01}\n")
    done("replan", tmp_path / "out", "--changes", entered, "--as-of", "2027-02-02T09:00", "-o", new)
    before = desk.draft.learnt_plan.entries
    publish(desk.store, read_plan_folder(new), Cause("året går", "test", desk.now), None)
    after = desk.draft.learnt_plan.entries
    assert len(after.changes) == len(before.changes) + 1
    assert (after.evaluations, after.improvements) == (before.evaluations, before.improvements)
    assert len(after.evaluations) == len(after.improvements) == 1
