"""Codes, and the addresses of calendars that a contact makes after one: shown once, told by mail, ended with it."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_string, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from arshjul.office.contacts.contacts import Invitation, invite, known_contacts, lock, readdress, revoke
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.mail.post import post
from arshjul.office.store import audit, readers
from arshjul.office.store import outside_feeds as feeds
from arshjul.office.store.events import Subscribed
from arshjul.office.store.feed_cache import FeedCache
from arshjul.office.store.store import open_store
from arshjul.office.subscribers.read_feed import read_feed
from arshjul.office.subscribers.subscribe import unsubscribe
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.actions import codes
from arshjul.portal.app import PortalServer
from arshjul.portal.store import inbox
from arshjul.portal.store.schema import open_own
from arshjul.portal.store.sessions import CODES
from arshjul.serving.mail_server import MailServer
from tests import owed, years
from tests.office.console.browser import Browser, Page
from tests.office.console.test_post import Mailbox, mailbox
from tests.portal.conftest import Office
from tests.serving import free_port

__all__ = ["mailbox"]

FEEDS = "https://feeds.example.se"
CODES_TO = "jour@example.se"


class Unit:
    """A contact of p0 with a mailbox for codes, and a portal that can mail."""

    def __init__(self, office: Office, mailbox: MailServer, **other: object) -> None:
        self.office, self.kept = office, Remembered(carries_feeds=True)
        Mailbox.received.clear()
        server = PortalServer(
            open_own(office.portal.name),
            clock=lambda: office.now,
            mail=mailbox,
            feeds_url=FEEDS,
            **other,  # type: ignore[arg-type]
        )
        self.app = server.application()
        function = f"Yttre befäl {len(known_contacts(office.store))}"
        wanted = Invitation("p0", function, ["report"], code_to=CODES_TO)
        (made,) = invite(office.store, [wanted], "test", office.now)
        self.contact, self.path = made.contact.id, made.path
        self.carry()

    def carry(self) -> None:
        for _ in range(2):
            carry(self.office.store, self.office.portal, self.office.now, self.kept)

    def phone(self) -> Browser:
        made = Browser(self.app, host="localhost:8002")
        assert made.post(self.path, {}).status == 303
        return made

    def post(self, phone: Browser, where: str, **fields: str) -> Page:
        own = {"token": phone.get("/code").field("token"), "contact": self.contact}
        return phone.post(where, {**own, **fields})

    def code(self, phone: Browser) -> str:
        """The code of the mail that comes when one is asked for."""
        assert self.post(phone, "/code").status == 303
        match = re.search(r"(\d{4}) (\d{4})\.", Mailbox.received[-1])
        assert match is not None
        return "".join(match.groups())

    def raised(self) -> Browser:
        phone = self.phone()
        assert self.post(phone, "/code/enter", code=self.code(phone)).headers["location"].startswith("/calendars")
        return phone

    def made(self, phone: Browser, content: str = "operations") -> str:
        """The token of a new calendar's address."""
        fields = phone.get("/calendars").hidden("key", "seen")
        shown = phone.post("/calendars", {**fields, "content": content})
        assert shown.status == 200, shown.text
        match = re.search(rf"{FEEDS}/feeds/([\w-]{{40,}})\.ics", shown.text)
        assert match is not None
        again = phone.post("/calendars", {**fields, "content": content})
        assert (again.status, match[1] in again.text) == (409, False), "a double press is one, and it is shown once"
        return match[1]

    def is_served(self, token: str) -> bool:
        cache = feeds.watch(self.office.portal).latest(FeedCache())
        return read_feed(cache, token, self.office.now) is not None


@pytest.fixture
def unit(office: Office, mailbox: MailServer) -> Unit:
    return Unit(office, mailbox)


def test_a_code_is_mailed_and_opens_the_calendars_for_eight_hours(unit: Unit) -> None:
    phone = unit.phone()
    assert unit.post(phone, "/calendars", content="operations").headers["location"].startswith("/code")
    code = unit.code(phone)
    (mail,) = Mailbox.received
    assert f"To: {CODES_TO}" in mail
    assert [word for word in (*years.SITES, years.TITLE, "OP-0", "/k/", "LPO") if word in mail] == []
    with unit.office.portal.reading() as db:
        held = [tuple(row) for row in db.execute(select(CODES.table))]
    assert code not in str(held)
    other = unit.phone()
    assert unit.post(other, "/code/enter", code=code).status == 422, "for the session that asked"
    assert unit.post(phone, "/code/enter", code=f"{code[:4]} {code[4:]}").status == 303
    assert "Skapa en adress" in phone.get("/calendars").text
    assert unit.post(phone, "/code/enter", code=code).status == 422, "once"
    unit.office.now += timedelta(hours=7, minutes=59)
    unit.made(phone)
    unit.office.now += timedelta(minutes=2)
    assert unit.post(phone, "/calendars", content="operations").headers["location"].startswith("/code")


def test_a_code_ends_after_half_an_hour_and_five_tries_and_comes_three_times_an_hour(unit: Unit) -> None:
    """For a session; for a contact ten times."""
    first = unit.phone()
    code = unit.code(first)
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    for left in (4, 3, 2, 1):
        page = unit.post(first, "/code/enter", code=wrong)
        assert page.status == 422
        assert f"Försök kvar: {left}" in page.text
    unit.post(first, "/code/enter", code=wrong)
    assert unit.post(first, "/code/enter", code=code).status == 422
    code = unit.code(first)
    unit.office.now += timedelta(minutes=30)
    assert unit.post(first, "/code/enter", code=code).status == 422
    assert unit.post(first, "/code").status == 303
    refused = unit.post(first, "/code")
    assert refused.status == 429
    assert "vänta en timme" in refused.text
    phones = [unit.phone() for _ in range(3)]
    sent = [unit.post(phone, "/code").status for phone in phones for _ in range(3)]
    assert (sent.count(303), sent.count(429)) == (7, 2)
    assert len(Mailbox.received) == 10
    unit.office.now += timedelta(minutes=61)
    assert unit.post(first, "/code").status == 303


def test_without_a_mailbox_for_codes_or_a_mail_server_nothing_is_raised(unit: Unit, mailbox: MailServer) -> None:
    (made,) = invite(unit.office.store, [Invitation("p1", "Vakthavande", ["report"])], "test", unit.office.now)
    unit.carry()
    phone = Browser(unit.app, host="localhost:8002")
    phone.post(made.path, {})
    page = phone.get("/code")
    assert "fråga samordnaren" in page.text
    assert phone.post("/code", {"token": page.field("token"), "contact": made.contact.id}).status == 422
    away = Unit(unit.office, replace(mailbox, port=free_port()))
    phone = away.phone()
    answers = [away.post(phone, "/code") for _ in range(codes.MOST_OF_SESSION + 1)]
    assert [answer.status for answer in answers] == [503] * 4, "what the server did not take does not count"
    assert "kunde inte skickas" in answers[0].text


def test_a_calendar_is_served_within_a_turn_told_by_mail_and_five_are_the_most(unit: Unit) -> None:
    phone = unit.raised()
    tokens = []
    for n in range(5):
        unit.office.now += timedelta(seconds=1)
        tokens.append(unit.made(phone, "operations" if n else "all"))
        unit.carry()
    assert all(map(unit.is_served, tokens))
    page = phone.get("/calendars")
    assert page.text.count("öppen: dela inte adressen") == 5
    assert not any(token in page.text for token in tokens)
    assert "mån 1 feb 07:10" in page.text, "as clocks there say"
    refused = unit.post(phone, "/calendars", content="operations", key="e" * 64)
    assert refused.status == 409
    with unit.office.store.reading() as db:
        told = [one.mail for one in owed.all_of(db) if one.address == CODES_TO and "inloggning" not in one.mail.subject]
        logged = [line.event for line in audit.lines(db, Subscribed)]
        (known, *_) = readers.SUBSCRIBERS.all(db)
    assert len(told) == 5
    assert all("En ny adress till er kalender" in mail.body for mail in told)
    assert not any(token in mail.body for mail in told for token in tokens)
    assert len(logged) == 5
    assert (known.party, known.level, known.label) == ("police-p0", "full", "Yttre befäl 1")
    receipt = re.search(r"/receipts/\w+", phone.get("/").body.decode())
    assert receipt is not None
    assert "Kalender" in phone.get(receipt.group()).text


def test_calendars_end_one_by_one_and_with_the_contact_its_lock_and_its_address(unit: Unit) -> None:
    office, phone = unit.office, unit.raised()
    tokens = [unit.made(phone), unit.made(phone)]
    unit.carry()
    with office.store.reading() as db:
        one, _ = readers.SUBSCRIBERS.all(db)
    unsubscribe(office.store, one.id, "test", office.now)
    unit.carry()
    assert [unit.is_served(token) for token in tokens].count(True) == 1
    assert "återkallad" in phone.get("/calendars").text
    for ends in (readdress, lock, revoke):
        ends(office.store, unit.contact, "test", office.now)
        unit.carry()
        assert not any(map(unit.is_served, tokens)), ends
        if ends is not revoke:  # who comes in anew makes another
            unit.path = readdress(office.store, unit.contact, "test", office.now).path
            unit.carry()
            tokens.append(unit.made(unit.raised()))
            unit.carry()
            assert unit.is_served(tokens[-1])


def test_what_was_closed_since_a_copy_stays_closed_and_another_calendar_can_be_made(unit: Unit, tmp_path: Path) -> None:
    """All that the portal has is carried in anew, the row that asks for the calendar too."""
    office = unit.office
    backup(office.store, tmp_path / "copy.db", office.now)
    office.now += timedelta(minutes=5)
    phone = unit.raised()
    token = unit.made(phone)
    unit.carry()
    with office.store.reading() as db:
        (subscriber,) = readers.SUBSCRIBERS.all(db)
    unsubscribe(office.store, subscriber.id, "test", office.now)
    office.now += timedelta(minutes=5)
    restore(tmp_path / "copy.db", str(tmp_path / "back.db"), "test", office.now, keep=True)
    office.store = open_store(str(tmp_path / "back.db"))
    office.now += timedelta(minutes=5)
    unit.kept = Remembered(carries_feeds=True)
    for _ in range(2):
        unit.carry()
    assert [entry.state for entry in office.entries()] == ["refused"]
    assert not unit.is_served(token)
    other = unit.made(phone)
    unit.carry()
    assert unit.is_served(other)


def test_a_forged_row_makes_no_sixth_calendar_and_takes_over_no_address(unit: Unit) -> None:
    phone = unit.raised()
    unit.made(phone)
    with unit.office.portal.reading() as db:
        (row,) = inbox.LATEST.where(contact=unit.contact).all(db, 10)
    unit.carry()
    body = row.body
    with open_own(unit.office.portal.name).writing() as db:
        for n in range(8):
            other = body if n == 0 else body.replace('"digest": "', f'"digest": "{n:02x}')[:-2] + "}"
            other = re.sub(r'("digest": ")([0-9a-f]{64})[0-9a-f]*', r"\1\2", other)
            inbox.add(db, replace(row, id=f"{n}" * 32, key=f"{n:064x}", body=other), "forged")
    unit.carry()
    with unit.office.store.reading() as db:
        assert len([subscriber for subscriber in readers.SUBSCRIBERS.all(db) if subscriber.revoked_at is None]) <= 5


def test_behind_a_proxy_that_signs_people_in_its_header_does(office: Office, mailbox: MailServer) -> None:
    vouched = {"eva": {"police-p0"}, "guest": {"police-p1", "agency-a0"}}
    unit = Unit(office, mailbox, trust_header="Remote-User", vouched=vouched)
    phone = unit.phone()
    for name in ("guest", "-", "Eva", "mallory", "eva "):
        assert "(kräver kod)" in phone.get("/calendars", {"remote-user": name}).text, "nobody who reads for that party"
    assert "(kräver kod)" in phone.get("/calendars").text
    page = phone.get("/calendars", {"remote-user": "eva"})
    assert "Skapa en adress" in page.text
    assert "(kräver kod)" not in page.text
    fields = page.hidden("key", "seen")
    own = {"origin": "http://localhost:8002", "sec-fetch-site": "same-origin"}
    assert phone.post("/calendars", {**fields, "content": "all"}, {**own, "remote_user": "eva"}).status == 400
    assert phone.post("/calendars", {**fields, "content": "all"}, {**own, "remote-user": "eva"}).status == 200
    assert (
        "(kräver kod)" in Unit(office, mailbox, vouched=vouched).phone().get("/calendars", {"remote-user": "eva"}).text
    )


# The mail with a code: made as all mails are; a mail server that hangs stops nobody, and no lost code counts.


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a mail server that takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as there:
        yield there.getsockname()[1]


def test_it_has_the_headers_and_the_sender_of_every_other_mail(office: Office, mailbox: MailServer) -> None:
    unit = Unit(office, mailbox)
    unit.code(unit.phone())
    code = message_from_string(Mailbox.received[-1].split("\n\n")[0], policy=policy.default)
    wanted = Invitation("p1", "Vakthavande", ["report"], email="p1@example.se")
    invite(office.store, [wanted], "test", office.now, mail=True)
    server = replace(mailbox, portal_url="https://portal.example.se")
    post(office.store, server, "test", lambda: office.now, office.carry)
    others = [message_from_string(one.split("\n\n")[0], policy=policy.default) for one in Mailbox.received[1:]]
    assert others
    for other in others:
        assert code["From"] == other["From"]
        assert code["Reply-To"] == other["Reply-To"]
        assert {*code.keys()} == {*other.keys()}
    assert code["Date"].datetime == office.now
    assert code["Auto-Submitted"] == "auto-generated"
    unit.code(unit.phone())
    again = message_from_string(Mailbox.received[-1].split("\n\n")[0], policy=policy.default)
    assert again["Message-ID"] != code["Message-ID"]


def test_a_server_that_hangs_is_waited_for_some_seconds_by_two_and_others_are_told_at_once(
    office: Office, mailbox: MailServer, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert codes.LIMIT_S == 8
    monkeypatch.setattr(codes, "LIMIT_S", 1.0)
    unit = Unit(office, replace(mailbox, port=silent))
    phones = [unit.phone() for _ in range(6)]
    answers = list[tuple[int, str]]()

    def ask(n: int) -> None:
        answer = unit.post(phones[n], "/code")
        answers.append((answer.status, answer.text))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun < 10
    assert [status for status, _ in answers] == [503] * 6
    assert sum("upptagen" in text for _, text in answers) >= 2
    assert codes.PLACES._value == 2
