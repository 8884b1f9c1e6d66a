"""Addresses of calendars for all parties at once: in a workbook that is given once, or in a mail to each."""

import re
from dataclasses import replace
from datetime import UTC, timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.mail.post import post
from arshjul.office.publishing.address_term import ending, ending_said
from arshjul.office.publishing.contacts import parties_reached
from arshjul.office.store import audit, readers
from arshjul.office.store.readers import Subscriber
from arshjul.office.subscribers.subscribe import Wanted, closed_by_a_restore, subscribe, unsubscribe, without_address
from arshjul.serving.sql.errors import Damaged
from tests import owed
from tests.builders import swedish
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
    assert browser.press("/subscribers/all", content="milestones").status == 200
    assert {subscriber.party for subscriber in live(desk, "milestones")} == {str(party) for party in lacking}
    assert browser.press("/subscribers/all", content="x").status == 422


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


# -- the page of calendars says 30 days ahead that an address ends, and until when each is in force


REMEDY = "Lämna ut nya"


def test_the_page_says_that_an_address_ends_soon_and_when(desk: Desk) -> None:
    subscribe(desk.store, Wanted("agency-a0"), "Eva", 40, "test", desk.now)
    early = desk.browser().get("/subscribers").text
    assert REMEDY not in early
    assert "gäller till tisdag 2 februari 2027" in early
    desk.now += timedelta(days=10, hours=1)
    shown = desk.browser().get("/subscribers").text
    with desk.store.reading() as db:
        said = ending_said(ending(db, desk.now), desk.now.tzinfo or UTC)
    assert said is not None
    assert swedish().say(said) in shown
    assert REMEDY in shown
    desk.now += timedelta(days=31)
    assert REMEDY not in desk.browser().get("/subscribers").text, "it has ended"


# -- after a restore the coordinator hands all addresses out anew, in one workbook


def test_addresses_that_a_restore_closed_are_handed_out_in_a_workbook(desk: Desk, tmp_path: Path) -> None:
    for name in ("Ett", "Två"):
        subscribe(desk.store, Wanted("agency-a0"), name, 400, "test", desk.now)
    assert "säkerhetskopia" not in desk.browser().get("/subscribers").text
    backup(desk.store, tmp_path / "copy.db", desk.now)
    desk.now += timedelta(hours=1)
    restore(tmp_path / "copy.db", desk.url, "it", desk.now, replace=True)
    elsewhere = desk.browser().get("/subscribers").text
    assert "Sätt kalenderserverns adress framför" in elsewhere
    assert "--feeds-url" not in elsewhere, "she starts no server"
    desk.console = replace(desk.console, feeds_url="https://kalender.example.se")
    browser = desk.browser()
    shown = browser.get("/subscribers")
    assert "2 personers adresser" in shown.text
    given = browser.send(shown, "/subscribers/anew")
    assert 'filename="adresser.xlsx"' in given.headers["content-disposition"]
    (sheet,) = load_workbook(BytesIO(given.body)).worksheets
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert (
        len([cell for cell in cells if re.fullmatch(r"https://kalender.example.se/feeds/[\w-]{40,}\.ics", cell)]) == 2
    )
    assert "säkerhetskopia" not in browser.get("/subscribers").text
    assert browser.send(shown, "/subscribers/anew").status == 409, "once"


def test_of_the_log_only_the_lines_of_addresses_are_read(desk: Desk) -> None:
    """It grows for years, and the page of calendars is opened every day: a line that cannot be read is not met."""
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE audit SET at = 'long ago' WHERE action NOT IN ('restore', 'unsubscribe', 'reissue')")
    with desk.store.reading() as db:
        assert closed_by_a_restore(db) == []
        with pytest.raises(Damaged):
            audit.lines(db)


def test_a_line_of_no_known_form_shuts_out_no_subscriber(desk: Desk) -> None:
    given = subscribe(desk.store, Wanted("agency-a0"), "Registratorn", 400, "test", desk.now)
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE audit SET about = '?' WHERE action = 'subscribe'")
    later = subscribe(desk.store, Wanted("agency-a1"), "Växeln", 400, "test", desk.now)
    assert later.subscriber.id > given.subscriber.id


def test_who_was_altered_gets_no_new_address_after_a_restore(desk: Desk, tmp_path: Path) -> None:
    for name in ("Ett", "Två"):
        subscribe(desk.store, Wanted("agency-a0"), name, 400, "test", desk.now)
    backup(desk.store, tmp_path / "copy.db", desk.now)
    restore(tmp_path / "copy.db", desk.url, "it", desk.now, replace=True)
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE subscriber SET level = 'full', label = 'Någon' WHERE label = 'Ett'")
    with desk.store.reading() as db:
        assert [person.label for person in closed_by_a_restore(db)] == ["Två"]
