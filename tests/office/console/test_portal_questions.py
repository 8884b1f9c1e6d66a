"""Questions to parties are answered at the portal: an answer counts when it is carried in, once, for its question."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Self

import pytest

from arshjul.office.contacts.contacts import Invitation, invite, lock, narrow, readdress, revoke
from arshjul.office.database.purge_sites import encrypt_sites
from arshjul.office.draft.answers import answer_for, questions
from arshjul.office.draft.options import ask_again
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.mail.post import post
from arshjul.office.store import contacts, party_entries
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.app import PortalServer
from arshjul.portal.store import inbox
from arshjul.portal.store.inbox import InboxRow
from arshjul.portal.store.schema import open_own
from arshjul.serving.mail_server import MailServer
from arshjul.serving.sql.database import Database
from arshjul.serving.sql.hashes import digest_of
from tests import owed, years
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.invited import InvitedTown
from tests.office.console.test_asking import TWO, answers, asked, named
from tests.office.console.test_post import Mailbox, mailbox
from tests.office.console.test_reports import portal
from tests.worlds import Worlds

__all__ = ["mailbox", "portal"]

REMARK = "Bara <b>förmiddagen</b>"


class Road(InvitedTown):
    """A proposal that a0 is asked about, and browsers of its contact."""

    RIGHTS = MappingProxyType({"a0": "answer"})

    def begin(self, rights: Mapping[str, str] | None = None) -> Self:
        asked(self.desk.browser())
        return super().begin(rights)

    @property
    def contact(self) -> str:
        with self.desk.store.reading() as db:
            (contact,) = contacts.CONTACTS.where(party="agency-a0").all(db)
        return contact.id

    @cached_property
    def name(self) -> str:
        """Of its question."""
        (name,) = named(self.desk, "a0", "OP-000")
        return name

    def phone(self, party: str = "a0") -> Browser:
        return super().phone(party)

    def hidden(self, page: Page) -> dict[str, str]:
        shown = (f"{word}-{self.name}" for word in ("shown", "shown-remark", "shown-instead"))
        return page.hidden("key", "seen", *shown)

    def fields(self, page: Page, reply: str, remark: str = "", **other: str) -> dict[str, str]:
        return {**self.hidden(page), f"answer-{self.name}": reply, f"remark-{self.name}": remark, **other}

    def states(self) -> list[str]:
        with self.desk.store.reading() as db:
            return [entry.state for entry in party_entries.ENTRIES.all(db)]


@pytest.fixture
def road(worlds: Worlds, tmp_path: Path) -> Road:
    return Road.of(worlds, tmp_path)


def test_an_answer_is_given_in_six_presses_and_counts_when_it_is_carried(road: Road) -> None:
    """Continue, Questions, yes, Send; what was answered is shown at once, and the coordinator's page has it."""
    phone = road.phone()
    home = phone.get("/").body.decode()
    assert [home.count(f'name="answer-{road.name}" value="{reply}"') for reply in ("yes", "no")] == [1, 1]
    page = phone.get("/questions")
    assert [word for word in (*years.SITES, years.TITLE) if word in page.text] == []
    fields = road.fields(page, "yes", REMARK)
    first, second = (phone.post("/questions", fields) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    assert first.headers["location"] == second.headers["location"], "a double press is one entry"
    receipt = phone.get(first.headers["location"])
    assert "Ja, vi kan" in receipt.text
    assert REMARK in receipt.text
    assert "<b>" not in receipt.body.decode().partition("<main")[2].replace("&lt;b&gt;", "")
    assert 'value="yes" checked' in phone.get("/questions").body.decode(), "before it is carried, too"
    road.carry()
    assert answers(road.desk)["a0"] == "yes"
    assert road.states() == ["counts"]
    (one,) = (question for question in questions(road.desk.draft) if question.name == road.name)
    assert (one.answer, one.actor, one.remark) == ("yes", "Myndighet 0", REMARK)
    assert "gäller tills ni skickar ett nytt" in phone.get(first.headers["location"]).text
    assert road.name not in phone.get("/").body.decode()


def test_one_press_at_home_answers_and_the_receipt_leads_to_a_change(road: Road) -> None:
    phone = road.phone()
    home = phone.get("/")
    fields = road.hidden(home)
    where = phone.post("/questions", {**fields, f"answer-{road.name}": "no"}).headers["location"]
    receipt = phone.get(where)
    assert re.search("kan ni fortfarande måndag 1 februari .* Nej, vi kan inte", receipt.text)
    assert "/questions?as=" in receipt.body.decode()
    road.carry()
    assert answers(road.desk)["a0"] == "no"
    again = phone.post("/questions", {**fields, "key": "f" * 64, f"answer-{road.name}": "yes"})
    assert again.status == 409, "what another page shows is not answered over unseen"
    assert road.desk.browser().press("/start-over").status == 303
    road.carry()
    assert "kan ni fortfarande" not in phone.get("/questions").text
    assert re.search("kan ni fortfarande måndag 1 februari .* Nej, vi kan inte", phone.get(where).text), "it was said"


def test_yes_is_filled_in_where_nothing_is_answered_and_sent_only_when_it_was_looked_through(
    desk: Desk, portal: Database
) -> None:
    browser, kept = desk.browser(), Remembered()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **TWO).headers["location"]
    assert browser.send(browser.get(path), f"{path}/ask", option="fewest-changes").status == 303
    every = questions(desk.draft)
    party = next(question.party for question in every if sum(other.party == question.party for other in every) > 1)
    first, *others = [question.name for question in every if question.party == party]
    (made,) = invite(desk.store, [Invitation(party, "Samordnare", ["answer"])], "test", desk.now)
    carry(desk.store, portal, desk.now, kept)
    phone = Browser(PortalServer(open_own(portal.name), clock=lambda: desk.now).application(), host="localhost:8002")
    phone.post(made.path, {})
    page = phone.get("/questions")
    assert f"Fyll i ja på alla {len(others) + 1} obesvarade" in page.text
    shown = [f"{word}-{name}" for name in (first, *others) for word in ("shown", "shown-remark", "shown-instead")]

    def hidden(page: Page) -> dict[str, str]:
        return page.hidden("key", "seen", *shown)

    chosen = {f"answer-{first}": "no", f"remark-{others[0]}": REMARK}
    filled = phone.post("/questions", {**hidden(page), **chosen, "fill": "yes"})
    assert filled.status == 200
    assert f"Ja är ifyllt: {len(others)}." in filled.text
    ticked = re.findall(r'name="answer-(\w+)" value="(\w+)" checked', filled.body.decode())
    assert dict(ticked) == {first: "no", **dict.fromkeys(others, "yes")}
    assert REMARK in filled.text
    carry(desk.store, portal, desk.now, kept)
    with desk.store.reading() as db:
        assert party_entries.ENTRIES.all(db) == [], "nothing is sent yet"
    sent = {f"answer-{name}": reply for name, reply in ticked}
    assert phone.post("/questions", {**hidden(filled), **sent}).status == 303
    carry(desk.store, portal, desk.now, kept)
    now = {question.name: question.answer for question in questions(desk.draft) if question.party == party}
    assert now == {first: "no", **dict.fromkeys(others, "yes")}
    assert "Fyll i ja" not in phone.get("/questions").text


def test_two_people_of_a_party_at_once_the_later_one_is_shown_the_difference(road: Road) -> None:
    one, other = road.phone(), road.phone()
    pages = [browser.get("/questions") for browser in (one, other)]
    key = pages[0].field("key")
    for reply, remark, sent in (("yes", "x" * 501, key), ("maybe", "", key), ("asked", "", key), ("yes", "", "x")):
        wrong = one.post("/questions", {**road.fields(pages[0], reply, remark), "key": sent})
        assert wrong.status == 422
        assert remark in wrong.text
    road.carry()
    assert road.states() == [], "what is wrong is not sent"
    assert one.post("/questions", road.fields(pages[0], "yes")).status == 303
    refused = other.post("/questions", road.fields(pages[1], "no", "Vi är sjuka"))
    assert refused.status == 409
    assert "Besvarat under tiden: Ja, vi kan" in refused.text
    assert "Vi är sjuka" in refused.text, "what was typed stays"
    assert 'value="no" checked' in refused.body.decode()
    assert other.post("/questions", road.fields(refused, "no", "Vi är sjuka")).status == 303
    road.carry()
    assert answers(road.desk)["a0"] == "no"
    page = one.get("/questions")
    road.desk.now += timedelta(minutes=1)
    answer_for(road.desk.store, "a0", {road.name: "yes"}, "test", road.desk.now)
    road.carry()
    assert one.post("/questions", road.fields(page, "no", "Vi är friska")).status == 409, "so is one on the telephone"
    assert answers(road.desk)["a0"] == "yes"


def test_a_newer_remark_of_a_colleague_is_shown_and_not_written_over(road: Road) -> None:
    first = road.phone()
    assert first.post("/questions", road.fields(first.get("/questions"), "yes", "Ett")).status == 303
    road.carry()
    one, other = road.phone(), road.phone()
    pages = [browser.get("/questions") for browser in (one, other)]
    assert one.post("/questions", road.fields(pages[0], "yes", "Vi kan först klockan tio")).status == 303
    untouched = other.post("/questions", road.fields(pages[1], "yes", "Ett"))
    assert untouched.status == 422, "nothing of it differs"
    for reply, remark in (("no", "Ett"), ("yes", "Två")):
        refused = other.post("/questions", road.fields(pages[1], reply, remark))
        assert refused.status == 409
        assert "Besvarat under tiden: Ja, vi kan Anmärkning: Vi kan först klockan tio" in refused.text
    road.carry()
    (stands,) = (known for known in questions(road.desk.draft) if known.name == road.name)
    assert (stands.answer, stands.remark) == ("yes", "Vi kan först klockan tio")


def forged(road: Road, id: str, name: str, **other: object) -> None:
    """An answer as whoever has the portal may write it."""
    body = json.dumps({"answers": [{"question": name, "answer": "yes"}]})
    row = InboxRow(id * 32, road.contact, digest_of(id.encode()), "agency-a0", "answer", body, "", "", road.desk.now)
    with road.portal.writing() as db:
        inbox.add(db, replace(row, **other), "session")  # type: ignore[arg-type]


def test_an_answer_that_is_too_late_or_to_another_question_does_not_count(road: Road) -> None:
    (others,) = named(road.desk, "a1", "OP-000")
    forged(road, "a", others)
    forged(road, "b", "0" * 32)
    road.carry()
    assert road.states() == ["refused", "refused"]
    lock(road.desk.store, road.contact, "test", road.desk.now)
    forged(road, "c", road.name)
    road.carry()
    assert road.states() == ["refused", "refused", "aside"]
    road.paths["a0"] = readdress(road.desk.store, road.contact, "test", road.desk.now).path
    road.carry()
    phone = road.phone()
    page = phone.get("/questions")
    road.desk.now += timedelta(days=8)
    assert phone.post("/questions", road.fields(page, "yes")).status == 409
    assert "ring samordnaren" in phone.get("/questions").text
    forged(road, "d", road.name)
    forged(road, "e", road.name, reported=road.desk.now + timedelta(days=8))
    road.carry()
    assert road.states()[3:] == ["refused", "refused"], "by our clock, where the portal's goes ahead"
    assert answers(road.desk)["a0"] == "asked"


@pytest.mark.parametrize(("behind", "carried"), [(timedelta(), timedelta(days=8)), (timedelta(hours=1), timedelta())])
def test_an_answer_that_was_given_in_time_counts(road: Road, behind: timedelta, carried: timedelta) -> None:
    """However late it is carried; and where the portal's clock is `behind`: that it was asked is no later answer."""
    road.desk.now += timedelta(minutes=30)
    forged(road, "a", road.name, reported=road.desk.now - behind)
    road.desk.now += carried
    road.carry()
    assert road.states() == ["counts"]
    assert answers(road.desk)["a0"] == "yes"


def test_an_answer_that_was_sent_in_time_counts_a_week_later(road: Road) -> None:
    phone = road.phone()
    assert phone.post("/questions", road.fields(phone.get("/questions"), "yes")).status == 303
    road.desk.now += timedelta(days=8)
    road.carry()
    assert road.states() == ["counts"]
    assert answers(road.desk)["a0"] == "yes"


@pytest.mark.parametrize("is_late", [False, True])
def test_what_the_coordinator_entered_since_is_not_replaced_by_what_was_said_before(road: Road, is_late: bool) -> None:
    """The console was off when the party answered; she rang, and what was carried afterwards is older."""
    phone = road.phone()
    assert phone.post("/questions", road.fields(phone.get("/questions"), "yes")).status == 303
    road.desk.now += timedelta(days=8) if is_late else timedelta(hours=2)
    console = road.desk.browser()
    assert console.press("/proposal", question=road.name, party="a0", answer="no").status == 303
    road.desk.now += timedelta(hours=2)
    road.carry()
    assert road.states() == ["refused"]
    assert answers(road.desk)["a0"] == "no"
    if not is_late:
        assert phone.post("/questions", road.fields(phone.get("/questions"), "yes")).status == 303
        road.carry()
        assert answers(road.desk)["a0"] == "yes", "what is said after that counts"


def test_one_question_that_was_answered_since_keeps_no_other_from_counting(
    desk: Desk, portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.office.console.test_asking.HIT", TWO)
    road = Road(desk, portal).begin()
    names = [question.name for question in questions(desk.draft) if question.party == "a0"]
    assert len(names) > 1
    body = {"answers": [{"question": name, "answer": "yes", "remark": "", "instead": []} for name in names]}
    forged(road, "a", names[0], body=json.dumps(body))
    desk.now += timedelta(hours=2)
    answer_for(desk.store, "a0", {names[0]: "no"}, "test", desk.now)
    road.carry()
    assert road.states() == ["counts"]
    known = {question.name: question.answer for question in questions(desk.draft) if question.party == "a0"}
    assert known == {names[0]: "no", **dict.fromkeys(names[1:], "yes")}


YES_NO, NO_YES = ("yes", "no"), ("no", "yes")
IN_TIME, LATE = timedelta(hours=1), timedelta(days=8)


@pytest.mark.parametrize(
    ("order", "n_turns", "late"),
    often(
        [(YES_NO, 1, LATE), (NO_YES, 1, IN_TIME), (NO_YES, 2, LATE)], product((YES_NO, NO_YES), (1, 2), (IN_TIME, LATE))
    ),
)
def test_of_a_party_s_own_answers_the_one_that_was_said_last_counts(
    road: Road, order: tuple[str, str], n_turns: int, late: timedelta
) -> None:
    """A no five minutes after a yes, carried in either order, before and after the deadline."""
    said_at = {"yes": road.desk.now, "no": road.desk.now + timedelta(minutes=5)}
    road.desk.now += late
    for reply in order:
        body = json.dumps({"answers": [{"question": road.name, "answer": reply, "remark": "", "instead": []}]})
        forged(road, reply[0].replace("y", "a").replace("n", "b"), road.name, body=body, reported=said_at[reply])
        if n_turns == 2:
            road.carry()
            road.desk.now += timedelta(minutes=1)
    road.carry()
    assert answers(road.desk)["a0"] == "no"
    assert sorted(road.states()) == (["counts", "counts"] if order == ("yes", "no") else ["counts", "refused"])


def test_an_answer_to_what_is_asked_no_more_does_not_count_though_it_was_given_in_time(road: Road) -> None:
    phone = road.phone()
    assert phone.post("/questions", road.fields(phone.get("/questions"), "yes")).status == 303
    road.desk.now += timedelta(days=8)
    console = road.desk.browser()
    console.send(console.get("/"), "/start-over")
    road.carry()
    assert road.states() == ["refused"]


def test_a_party_that_answers_at_the_portal_is_asked_there_and_others_as_before(
    desk: Desk, portal: Database, mailbox: MailServer
) -> None:
    reachable_by_mail(desk.store)
    Road(desk, portal).begin()
    with desk.store.reading() as db:
        waits = {one.party: one.contact for one in owed.to_mail(db) if one.asks}
    assert waits.pop("a0")
    assert waits
    reachable_by_mail(desk.store, {"a0": "right@example.se"})
    assert waiting_questions(desk)["a0"][0] == "right@example.se", "as the party's mailbox was corrected"
    assert set(waits.values()) == {""}
    server = replace(mailbox, portal_url="https://portal.example.se")
    done = post(desk.store, server, "test", lambda: desk.now, lambda: carry(desk.store, portal, desk.now))
    assert {mailing.fault for mailing in done} == {""}
    (own,) = [mail for mail in Mailbox.received if "To: right@example.se" in mail]
    assert "öppnar bara era" in own
    assert "https://portal.example.se/k/" in own
    assert "/answers/" not in own
    assert all("/answers/" in mail for mail in Mailbox.received if mail != own and "kan ni" in mail)


def waiting_questions(desk: Desk) -> dict[str, tuple[str, str]]:
    """By party: the address and the contact of the question that waits."""
    with desk.store.reading() as db:
        return {one.party: (one.address, one.contact) for one in owed.all_of(db) if one.asks}


def revoked(road: Road) -> None:
    revoke(road.desk.store, road.contact, "test", road.desk.now)


def locked(road: Road) -> None:
    lock(road.desk.store, road.contact, "test", road.desk.now)


def narrowed(road: Road) -> None:
    narrow(road.desk.store, road.contact, ["report"], "test", road.desk.now)


@pytest.mark.parametrize(
    ("ended", "address"),
    often(
        [(revoked, ""), (locked, "a0@example.se"), (narrowed, "a0@example.se")],
        product((revoked, locked, narrowed), ("a0@example.se", "")),
    ),
)
def test_what_a_contact_can_no_longer_answer_its_party_is_asked(
    desk: Desk, portal: Database, mailbox: MailServer, ended: Callable[[Road], None], address: str
) -> None:
    reachable_by_mail(desk.store)
    road = Road(desk, portal).begin()
    assert waiting_questions(desk)["a0"] == ("a0@example.se", road.contact)
    reachable_by_mail(desk.store, {"a0": address})
    with desk.store.writing() as db:
        if not address:  # asked at a mailbox of its own, and the party has none
            contacts.CONTACTS.where(id=road.contact).set(db, email="own@example.se")
    assert waiting_questions(desk)["a0"] == (address or "own@example.se", road.contact)
    ended(road)
    assert waiting_questions(desk)["a0"] == (address, "")
    if address and ended is not revoked:
        with desk.store.writing() as db:
            for one in owed.all_of(db):
                owed.note(db, one, "mail", desk.now)
        ask_again(desk.store, "a0", "test", desk.now)
        assert waiting_questions(desk) == {"a0": (address, "")}, "nor is it asked anew where it does not count"
    post(desk.store, mailbox, "test", lambda: desk.now)
    own = [mail for mail in Mailbox.received if "To: a0@example.se" in mail]
    assert [mail for mail in Mailbox.received if "To: own@example.se" in mail] == []
    assert len(own) == bool(address)
    assert all("/answers/" in mail and "er sida" not in mail for mail in own)


def test_questions_and_answers_are_carried_without_the_key_of_the_sites(
    desk: Desk, portal: Database, mailbox: MailServer, tmp_path: Path
) -> None:
    reachable_by_mail(desk.store)
    road = Road(desk, portal).begin()
    name = road.name
    invite(desk.store, [Invitation("p0", "Yttre befäl", ["report"], "jour@example.se")], "test", desk.now, mail=True)
    with_key = desk.store.with_key(tmp_path / "key")
    assert encrypt_sites(with_key, "test", desk.now).n
    road.kept = Remembered()
    forged(road, "a", name)
    server = replace(mailbox, portal_url="https://portal.example.se")
    done = post(desk.store, server, "test", lambda: desk.now, lambda: carry(desk.store, portal, desk.now))
    assert {mailing.fault for mailing in done} == {""}
    road.carry()
    assert road.states() == ["counts"]
    with with_key.reading() as db:
        draft = opened_draft(db)
    assert {question.answer for question in questions(draft) if question.name == name} == {"yes"}
    assert any("/k/" in mail for mail in Mailbox.received)
