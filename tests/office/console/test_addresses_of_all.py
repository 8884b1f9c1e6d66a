"""Addresses of calendars for all parties at once: in a workbook that is given once, or in a mail to each."""

import re
from dataclasses import replace
from email import message_from_string, policy
from email.message import EmailMessage
from io import BytesIO

import pytest
from openpyxl import load_workbook

from arshjul.office.mail.post import post
from arshjul.office.publishing.contacts import parties_reached
from arshjul.office.store import readers
from arshjul.office.store.readers import Subscriber
from arshjul.office.subscribers.subscribe import Wanted, subscribe, unsubscribe, without_address
from tests import owed
from tests.office.console.browser import Page
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.mail_stand_in import StandIn
from tests.office.console.test_first_mail import CALENDAR, FEEDS, text_of


def live(desk: Desk, content: str = "operations") -> list[Subscriber]:
    with desk.store.reading() as db:
        return [
            subscriber
            for subscriber in readers.SUBSCRIBERS.all(db)
            if subscriber.revoked_at is None and subscriber.content == content
        ]


def addresses(sent: Page) -> dict[str, str]:
    """The addresses in a workbook, by party."""
    (sheet,) = load_workbook(BytesIO(sent.body)).worksheets
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    return {row[1]: row[6] for row in rows if re.fullmatch(rf"{FEEDS}/feeds/[\w-]{{43}}\.ics", row[6])}


def test_every_party_without_an_address_gets_one_in_the_workbook(desk: Desk) -> None:
    desk.console = replace(desk.console, feeds_url=FEEDS)
    handed = subscribe(desk.store, Wanted("agency-a0"), "Registratorn", None, "test", desk.now)
    revoked = subscribe(desk.store, Wanted("police-p0"), "Växeln", None, "test", desk.now)
    unsubscribe(desk.store, revoked.subscriber.id, "test", desk.now)
    browser = desk.browser()
    lacking = [str(party) for party in without_address(desk.store, "operations", desk.now)]
    assert "agency-a0" not in lacking
    assert "police-p0" in lacking, "whose address is revoked has none"
    shown = browser.get("/subscribers")
    assert f"insatser ({len(lacking)})" in shown.text
    sent = browser.send(shown, "/subscribers/all", content="operations")
    assert 'filename="adresser.xlsx"' in sent.headers["content-disposition"]
    assert len(addresses(sent)) == len(lacking)
    assert sorted(subscriber.party for subscriber in live(desk)) == sorted([*lacking, "agency-a0"])
    assert [subscriber.id for subscriber in live(desk) if subscriber.party == "agency-a0"] == [handed.subscriber.id]
    assert without_address(desk.store, "operations", desk.now) == []
    assert browser.send(shown, "/subscribers/all", content="operations").body == sent.body, "a double click"
    shown = browser.get("/subscribers")
    assert browser.send(shown, "/subscribers/all", content="operations").status == 409, "once"
    assert "lämnade ut en kalenderadress" in browser.get("/log").text


def test_milestones_are_another_calendar_and_only_of_those_who_have_them(desk: Desk) -> None:
    browser = desk.browser()
    subscribe(desk.store, Wanted("agency-a0"), "Registratorn", None, "test", desk.now)
    lacking = without_address(desk.store, "milestones", desk.now)
    assert {party.kind for party in lacking} == {"agency"}
    assert "a0" in [party.id for party in lacking]
    assert browser.send(browser.get("/subscribers"), "/subscribers/all", content="milestones").status == 200
    assert {subscriber.party for subscriber in live(desk, "milestones")} == {str(party) for party in lacking}
    assert browser.send(browser.get("/subscribers"), "/subscribers/all", content="x").status == 422


def test_an_address_of_both_counts_for_each(desk: Desk) -> None:
    subscribe(desk.store, Wanted("agency-a0", content="all"), "Registratorn", None, "test", desk.now)
    for content in ("operations", "milestones", "all"):
        assert "agency-a0" not in map(str, without_address(desk.store, content, desk.now))


def test_those_with_a_mailbox_are_mailed_and_the_others_are_named(desk: Desk) -> None:
    reachable_by_mail(desk.store, {"p0": ""})
    subscribe(desk.store, Wanted("agency-a0"), "Registratorn", None, "test", desk.now)
    browser = desk.browser()
    shown = browser.get("/subscribers")
    assert "Utan mejladress, bara arbetsbok: LPO 0" in shown.text
    with desk.store.reading() as db:
        mailed = {id for id, one in parties_reached(db).items() if one.email} - {"a0"}
    assert mailed
    assert f"Lägg {len(mailed)} mejl i utkorgen" in shown.text
    assert browser.send(shown, "/subscribers/mail").headers["location"] == "/outbox"
    with desk.store.reading() as db:
        waits = owed.to_mail(db)
    assert {wait.party for wait in waits} == mailed
    shown = browser.get("/subscribers")
    assert browser.send(shown, "/subscribers/mail").status == 409, "it waits already"
    assert len(live(desk)) == 1, "an address is made when its mail goes"
    assert "lade en kalenderadress i utkorgen" in browser.get("/log").text
    with StandIn() as mail:
        gone = post(desk.store, replace(mail.server, feeds_url=FEEDS), "timer", lambda: desk.now)
    assert [mailing.fault for mailing in gone] == [""] * len(mailed)
    letters = [message_from_string(one.raw, _class=EmailMessage, policy=policy.default) for one in mail.mails]
    tokens = {token for letter in letters for token in CALENDAR.findall(text_of(letter))}
    assert len(tokens) == len(mailed), "to each its own"
    for letter in letters:
        assert letter["Subject"].endswith("er kalender")
        assert len(list(letter.iter_attachments())) == 1, "its part as a workbook"
        for said in ("Hej!", "Planen i er egen kalender:", "Outlook"):
            assert said in text_of(letter)
    assert {subscriber.party.partition("-")[2] for subscriber in live(desk) if "(mejlad)" in subscriber.label} == mailed
    shown = browser.get("/subscribers")
    assert browser.send(shown, "/subscribers/mail").status == 409, "they have one now"


@pytest.mark.parametrize("path", ["/subscribers/all", "/subscribers/mail"])
def test_an_auditor_hands_out_none(desk: Desk, path: str) -> None:
    browser = desk.browser("auditor")
    shown = browser.get("/subscribers")
    assert path.encode() not in shown.body
    assert browser.post(path, {"token": "x"}).status == 403
    assert live(desk) == []
