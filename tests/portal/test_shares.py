"""Whoever has a contact's address alone keeps the contact's function from nothing: what has a limit has shares."""

import re
import subprocess
import threading
import time
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from sqlalchemy import func, select

from arshjul.errors import NoAnswer
from arshjul.office.contacts.contacts import Invitation, invite, lock, readdress
from arshjul.office.mail.post import post
from arshjul.office.publishing.publish import refresh
from arshjul.office.store import audit, outbox, party_entries, revisions
from arshjul.office.store.events import ContactLocked, ContactReaddressed
from arshjul.office.sync import sync as carry_room
from arshjul.office.sync import sync_diff as carrying
from arshjul.portal.actions import codes
from arshjul.portal.actions.sessions import MOST_SESSIONS
from arshjul.portal.pages import PAGES
from arshjul.portal.store import contacts, inbox, sessions, tables
from arshjul.portal.store.inbox import InboxRow
from arshjul.portal.store.sessions import RAISED
from arshjul.portal.visit import Pace, TooOften
from arshjul.serving.mail_server import MailServer
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.folder import pdf
from arshjul.year.folder.pdf import pdf_of
from tests import owed
from tests.office.console.browser import Browser
from tests.office.console.test_post import Mailbox, mailbox
from tests.portal.conftest import NOW, Office
from tests.portal.test_calendars import Unit

__all__ = ["mailbox"]

HOUR = timedelta(hours=1)


def n_rows(office: Office, table: str) -> int:
    with office.portal.reading() as db:
        return db.execute(select(func.count()).select_from(tables.metadata.tables[table])).scalar() or 0


def pressed(office: Office, path: str, n: int) -> list[int]:
    """What a program is answered that presses the first button so often, and keeps no cookie."""
    return [office.stranger().post(path, {}).status for _ in range(n)]


def test_presses_without_a_cookie_end_no_session_that_is_in_use(office: Office) -> None:
    _, path = office.invited()
    own = office.stranger()
    own.post(path, {})
    answers = pressed(office, path, MOST_SESSIONS + 5)
    assert own.get("/").status == 200
    assert answers == [303] * (MOST_SESSIONS - 1) + [429] * 6
    refused = office.stranger().post(path, {})
    assert "vänta två timmar" in refused.text
    assert own.post(path, {}).status == 303, "who is in already comes in anew"
    office.now += 3 * HOUR
    own.get("/")
    assert pressed(office, path, MOST_SESSIONS + 5)[0] == 303, "of those that nobody uses the oldest gives way"
    assert own.get("/").status == 200
    assert n_rows(office, "session") == n_rows(office, "session_contact") == MOST_SESSIONS


def test_no_session_that_has_entered_a_code_is_ended(office: Office, mailbox: MailServer) -> None:
    unit = Unit(office, mailbox)
    phone = unit.raised()
    office.now += 3 * HOUR
    for _ in range(MOST_SESSIONS + 5):
        Browser(unit.app, host="localhost:8002").post(unit.path, {})
    assert phone.get("/").status == 200


def test_who_has_entered_a_code_gets_another_whatever_others_ask_for(office: Office, mailbox: MailServer) -> None:
    unit = Unit(office, mailbox)
    own = unit.raised()
    office.now += 9 * HOUR
    sent = [unit.post(phone, "/code").status for phone in [unit.phone() for _ in range(5)] for _ in range(3)]
    assert sent.count(303) == codes.MOST_OF_CONTACT
    assert own.post(unit.path, {}).status == 303, "and who comes in anew by the same browser has"
    assert unit.post(own, "/code").status == 303
    assert len(Mailbox.received) == 2 + codes.MOST_OF_CONTACT


def test_who_comes_in_anew_gets_no_more_codes_within_the_hour(office: Office, mailbox: MailServer) -> None:
    unit = Unit(office, mailbox)
    own = unit.raised()
    for _ in range(codes.MOST_OF_SESSION - 1):
        assert unit.post(own, "/code").status == 303
    n_mailed = len(Mailbox.received)
    assert own.post(unit.path, {}).status == 303
    unit.post(own, "/code")
    assert len(Mailbox.received) == n_mailed


def test_a_device_that_was_signed_out_reads_no_more_when_it_comes_in_again(office: Office, mailbox: MailServer) -> None:
    """Its session goes on, by another contact."""
    unit = Unit(office, mailbox)
    lost, own = unit.raised(), unit.raised()
    assert lost.post(office.invited("p1")[1], {}).status == 303
    reads = f"/devices?as={unit.contact}"
    assert 'name="device"' in lost.get(reads).body.decode()
    (other,) = re.findall(r'name="device" value="(\w+)"', own.get(reads).body.decode())
    assert unit.post(own, "/devices", device=other).status == 303
    assert lost.post(unit.path, {}).status == 303
    assert 'name="device"' not in lost.get(reads).body.decode()


def test_nothing_stays_of_sessions_whose_contact_is_out(office: Office) -> None:
    _, path = office.invited()
    pressed(office, path, 3)
    _, other = office.invited("p1")
    pressed(office, other, 1)
    assert n_rows(office, "session") == n_rows(office, "session_contact") == 4
    with office.portal.writing() as db:
        contacts.ADDRESSES.where(digest=digest_of(path.removeprefix("/k/").encode())).remove(db)
    pressed(office, other, 1)
    assert n_rows(office, "session") == n_rows(office, "session_contact") == 2


def sent_rows(office: Office, contact: str, names: range, session: str) -> None:
    body = '{"from": "2027-03-02", "to": "2027-03-02", "officers_left": 0, "cause": "shooting"}'
    with office.portal.writing() as db:
        for name in names:
            key = digest_of(f"{session} {name}".encode())
            row = InboxRow(key[:32], contact, key, "police-p0", "report", body, "", "", office.now)
            inbox.add(db, row, session)


def test_what_is_above_the_share_of_a_contact_waits_and_a_code_has_one_of_its_own(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (carrying, carry_room):
        monkeypatch.setattr(room, "MOST_A_DAY", 3)
    contact, _ = office.invited()
    with office.portal.writing() as db:
        db.execute(RAISED.table.insert().values(session="own", contact=contact, until=office.now - HOUR))
    sent_rows(office, contact, range(5), "flood")
    office.carry()
    sent_rows(office, contact, range(1), "own")
    office.carry()
    assert len(office.entries()) == 4
    office.carry()
    assert len(office.entries()) == 4, "the others wait"
    with office.store.reading() as db:
        assert not party_entries.faults(db)
    office.now += timedelta(days=1, minutes=1)
    office.carry()
    assert len(office.entries()) == 6, "and are taken in another day"


def test_a_flood_of_lists_leaves_a_place_for_a_sheet() -> None:
    """The second list is refused at once; a sheet has a place, and waits."""
    begun, go, made = threading.Event(), threading.Event(), list[bytes]()

    def slow(_: object) -> bytes:
        begun.set()
        assert go.wait(20)
        return b"%PDF-"

    with mock.patch("arshjul.year.folder.pdf._made", slow):
        first = threading.Thread(target=pdf_of, args=({},), kwargs={"is_raised": False})
        first.start()
        assert begun.wait(20)
        with pytest.raises(NoAnswer):
            pdf_of({}, is_raised=False)
        sheet = threading.Thread(target=lambda: made.append(pdf_of({})))
        sheet.start()
        go.set()
        for thread in (first, sheet):
            thread.join()
    assert made == [b"%PDF-"]


# What takes space or time may be done so often within a day by a session, and none uses up another's.


LIMITED = {
    "/sheets/{operation}/read",
    "/sheets/{operation}/pdf",
    "/sheets/{operation}/{section}",
    "/sheets/{operation}/give",
    "/unit-list/pdf",
}


pytestmark = pytest.mark.usefixtures("hurried")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arshjul.portal.visit.DAY", timedelta(days=1))


def test_a_session_has_its_limit_and_none_uses_up_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that writes every party's part anew or starts a process; those of yesterday are forgotten where there are
    many.
    """
    limited = [page for page in PAGES if page.most_a_day is not None]
    assert {page.path for page in limited} == LIMITED
    for page in limited:
        assert page.method == "POST"
        made = Pace()
        for _ in range(page.most_a_day or 0):
            made.use(page, "one", NOW)
        with pytest.raises(TooOften):
            made.use(page, "one", NOW + timedelta(hours=23))
        made.use(page, "other", NOW)
        made.use(page, "one", NOW + timedelta(days=1))
    monkeypatch.setattr("arshjul.portal.visit.MOST_KEPT", 3)
    made, page = Pace(), limited[0]
    for n in range(3):
        made.use(page, f"old {n}", NOW)
    made.use(page, "late", NOW + timedelta(hours=23))
    made.use(page, "new", NOW + timedelta(hours=25))
    assert {session for session, _ in made._used} == {"late", "new"}


def test_two_sessions_of_one_contact_and_what_was_typed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    use = Pace.use
    monkeypatch.setattr(
        Pace, "use", lambda pace, page, session, now: use(pace, replace(page, most_a_day=3), session, now)
    )
    contact, path = office.invited("a1", "sheet")
    first, second = office.stranger(), office.stranger()
    for browser in (first, second):
        assert browser.post(path, {}).status == 303
    where = "/sheets/OP-000/B"
    fields = {"contact": contact, "purpose": "Kanariesyftet"}
    token = {n: browser.get("/sheets").field("token") for n, browser in enumerate((first, second))}
    answers = [first.post(where, {**fields, "token": token[0]}) for _ in range(4)]
    assert [answer.status == 429 for answer in answers] == [False, False, False, True]
    assert "Kanariesyftet" in answers[-1].body.decode(), "it can be sent again"
    assert second.post(where, {**fields, "token": token[1]}).status != 429


# -- who is locked is out at once, with all its sessions


def test_a_locked_contact_is_out_and_comes_back_by_a_new_address_alone(office: Office) -> None:
    id, path = office.invited()
    browser, intruder = office.stranger(), office.stranger()
    for one in (browser, intruder):
        assert one.post(path, {}).status == 303
    lock(office.store, id, "test", office.now)
    office.carry()
    for one in (browser, intruder):
        assert one.get("/").status == 401
    assert office.stranger().get(path).status == 404
    assert office.stranger().post(path, {}).status == 404
    made = readdress(office.store, id, "test", office.now)
    office.carry()
    assert made.contact.locked_at is None
    assert intruder.get("/").status == 401
    assert office.stranger().get(path).status == 404
    assert office.stranger().post(made.path, {}).status == 303
    with office.store.reading() as db:
        events = [line.action for line in audit.lines(db, ContactLocked, ContactReaddressed)]
    assert events == [ContactLocked.action, ContactReaddressed.action]


def test_no_mail_brings_it_an_address(office: Office, mailbox: MailServer) -> None:
    Mailbox.received.clear()
    wanted = Invitation("p0", "Yttre befäl", ["report"], email="befal@example.se")
    (made,) = invite(office.store, [wanted], "test", office.now, mail=True)
    lock(office.store, made.contact.id, "test", office.now)
    server = replace(mailbox, portal_url="https://portal.example.se")
    post(office.store, server, "test", lambda: office.now, office.carry)
    assert Mailbox.received == []


def test_devices_are_listed_and_one_is_signed_out_after_a_code(office: Office, mailbox: MailServer) -> None:
    unit = Unit(office, mailbox)
    intruder, own = unit.phone(), unit.phone()
    entered = unit.post(own, "/code/enter", code=unit.code(own), **{"for": "devices"})
    assert entered.headers["location"].startswith("/devices?"), "a code for devices leads back to them"
    page = own.get("/devices")
    assert page.text.count("senast använd") == 2
    assert page.text.count("den här inloggningen") == 1
    (other,) = re.findall(r'name="device" value="(\w+)"', page.body.decode())
    assert 'name="device"' not in intruder.get("/devices").body.decode()
    with office.portal.reading() as db:
        both = {row.digest for row in db.execute(select(sessions.SESSIONS.table))}
    for digest in both:
        refused = unit.post(intruder, "/devices", device=digest)
        assert refused.headers["location"].startswith("/code?"), "whoever has the address alone keeps nobody out"
    assert own.get("/").status == 200
    assert unit.post(own, "/devices", device="\x00").status == 303
    assert unit.post(own, "/devices", device=other).headers["location"].startswith("/devices")
    assert intruder.get("/").status == 401
    assert own.get("/devices").text.count("senast använd") == 1


def test_a_mail_tells_of_another_device_and_of_none_that_comes_again(office: Office) -> None:
    wanted = Invitation("p0", "Yttre befäl", ["report"], email="befal@example.se")
    (made,) = invite(office.store, [wanted], "test", office.now)
    office.carry()

    def told() -> list[str]:
        with office.store.reading() as db:
            oweds = owed.all_of(db)
        with office.store.writing() as db:
            for one in oweds:
                outbox.end(db, outbox.QUEUE.c.number == one.number)
        return [f"{one.address} {one.mail.body}" for one in oweds]

    own = office.stranger()
    own.post(made.path, {})
    office.carry()
    (mail,) = told()
    assert mail.startswith("befal@example.se ")
    assert "1 februari" in mail
    assert "07:10" in mail
    assert made.path not in mail
    office.now += timedelta(hours=2)
    own.post(made.path, {})
    office.carry()
    assert told() == [], "by the same browser"
    office.stranger().post(made.path, {})
    office.stranger().post(made.path, {})
    office.carry()
    assert len(told()) == 1


# -- a unit's one list on its own pages, and as a PDF that says the same


def test_a_unit_sees_all_that_is_asked_of_it_and_takes_it_along(office: Office) -> None:
    browser = office.browser("p0")
    home = browser.get("/")
    assert "Alla begäranden" in home.text
    page = browser.get("/unit-list")
    assert page.status == 200, page.text
    assert "Rätt att beställa" in page.text
    assert "OP-000" in page.text
    made = browser.post("/unit-list/pdf", page.hidden())
    assert made.headers["content-type"] == "application/pdf"
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made.body, stdout=subprocess.PIPE, check=True)
    assert "Rätt att beställa" in said.stdout.decode()
    assert "OP-000" in said.stdout.decode()
    agency = office.browser("a0", "answer")
    home = agency.get("/")
    assert "Alla begäranden" not in home.text
    assert agency.get("/unit-list").status == agency.post("/unit-list/pdf", home.hidden()).status == 404
    office.now += timedelta(days=28)
    assert refresh(office.store, "timer", office.now).is_new, "another revision of the same version of the plan"
    office.carry()
    with office.store.reading() as db:
        current = revisions.current(db)
    assert current is not None
    assert current.number != current.plan_revision
    assert f"planens version {current.plan_revision}" in browser.get("/unit-list").text


def test_what_makes_a_pdf_is_told_no_address_of_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSHJUL_PORTAL_DB", "postgresql://portal:kanarie@db/portal")
    made = subprocess.CompletedProcess([], 0, b"%PDF-")
    with mock.patch("arshjul.year.folder.pdf.subprocess.run", return_value=made) as run:
        assert pdf_of({}) == b"%PDF-"
    assert "kanarie" not in str(run.call_args)


def test_no_link_makes_a_pdf_and_a_contact_makes_fifty_a_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arshjul.portal.visit.DAY", timedelta(days=1))
    browser, other = office.browser("p0"), office.browser("p1")
    own, others = browser.get("/unit-list").hidden(), other.get("/unit-list").hidden()
    assert browser.get(f"/unit-list/pdf?as={own['contact']}").status == 405
    with mock.patch("arshjul.portal.pages.home.pdf_of", return_value=b"%PDF-") as made:
        assert [browser.post("/unit-list/pdf", own).status for _ in range(51)] == [200] * 50 + [429]
        assert other.post("/unit-list/pdf", others).status == 200, "each for itself"
        assert browser.get("/unit-list").status == 200
        office.now += timedelta(days=1)
        assert browser.post("/unit-list/pdf", browser.get("/unit-list").hidden()).status == 200
    assert made.call_count == 52


def test_whoever_comes_while_one_pdf_is_made_and_one_waits_is_refused_at_once() -> None:
    begun, go = threading.Semaphore(0), threading.Event()

    def slow(_: object) -> bytes:
        begun.release()
        assert go.wait(20)
        return b"%PDF-"

    with mock.patch("arshjul.year.folder.pdf._made", slow):
        there = [threading.Thread(target=pdf_of, args=({},)) for _ in range(2)]
        there[0].start()
        assert begun.acquire(timeout=20)
        there[1].start()
        for _ in range(2000):
            if pdf._PLACES[True]._value:
                time.sleep(0.01)
        assert not pdf._PLACES[True]._value
        with mock.patch("arshjul.year.folder.pdf.LIMIT_S", 60), pytest.raises(NoAnswer):
            pdf_of({})
        go.set()
        for thread in there:
            thread.join()
        assert pdf_of({}) == b"%PDF-"
