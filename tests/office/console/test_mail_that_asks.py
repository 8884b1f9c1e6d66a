"""A mail that asks a contact brings an address of its own: for its questions alone, until 14 days after the end."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from arshjul.errors import Message, StorageError
from arshjul.office.console.portal_sync import PortalSync
from arshjul.office.contacts.contacts import Invitation, invite, lock, narrow, readdress, revoke
from arshjul.office.draft.answers import hand_out, is_passed_on
from arshjul.office.draft.draft import asked_draft
from arshjul.office.mail.post import post
from arshjul.office.store import contacts, outbox
from arshjul.office.store.contacts import ContactAddress
from arshjul.office.sync.sync import carry
from arshjul.portal.app import PortalServer
from arshjul.portal.pages import PAGES
from arshjul.portal.store.schema import open_own
from arshjul.serving.mail_server import MailServer
from arshjul.serving.sql.database import Database
from tests import owed
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.test_asking import answers, asked
from tests.office.console.test_portal_questions import Road
from tests.office.console.test_post import Mailbox, mailbox
from tests.office.console.test_reports import portal
from tests.portal.test_guards import path

__all__ = ["mailbox", "portal"]

PORTAL_URL = "https://portal.example.se"
WEEKS = timedelta(days=14)


def of_one_page(desk: Desk) -> list[ContactAddress]:
    with desk.store.reading() as db:
        return [address for address in contacts.addresses(db) if address.page]


def mailed(road: Road, mailbox: MailServer) -> str:
    """The path of the address in the mail to a0."""
    server = replace(mailbox, portal_url=PORTAL_URL)
    post(
        road.desk.store,
        server,
        "test",
        lambda: road.desk.now,
        lambda: carry(road.desk.store, road.portal, road.desk.now),
    )
    (mail,) = [one for one in Mailbox.received if "To: a0@example.se" in one]
    (token,) = re.findall(rf"{PORTAL_URL}/k/([\w-]{{40,}})", mail)
    return f"/k/{token}"


@pytest.fixture
def road(desk: Desk, portal: Database) -> Road:
    reachable_by_mail(desk.store)
    return Road(desk, portal).begin()


def test_it_opens_the_questions_and_nothing_else(road: Road, mailbox: MailServer) -> None:
    address = mailed(road, mailbox)
    with road.desk.store.reading() as db:
        deadline = asked_draft(db).deadline
    assert deadline is not None
    assert [(contact_address.page, contact_address.expires_at) for contact_address in of_one_page(road.desk)] == [
        ("questions", deadline + WEEKS)
    ]
    phone = Browser(road.app, host="localhost:8002")
    assert "öppnar bara era frågor" in phone.get(address).text
    assert phone.post(address, {}).status == 303
    first = phone.get("/")
    assert first.status == 303
    page = phone.get(first.headers["location"])
    assert "Kan ni" in page.text
    token = page.field("token")
    for party_page in [one for one in PAGES if one.needs_session]:
        if party_page.path in ("/", "/questions", "/receipts/{entry}", "/out", "/language"):
            continue
        answer = (
            phone.get(path(party_page))
            if party_page.method == "GET"
            else phone.post(path(party_page), {"token": token})
        )
        assert answer.status == 403, party_page
    sent = phone.post("/questions", road.fields(page, "yes"))
    assert sent.status == 303
    assert "Ja, vi kan" in phone.get(sent.headers["location"]).text, "its own receipt"
    road.carry()
    assert answers(road.desk)["a0"] == "yes"


def test_it_takes_no_page_from_who_is_in_and_a_whole_address_adds_them(road: Road, mailbox: MailServer) -> None:
    address, phone = mailed(road, mailbox), road.phone()
    assert phone.post(address, {}).status == 303
    assert phone.get("/").status == 200, "still let in to all"
    other = Browser(road.app, host="localhost:8002")
    other.post(address, {})
    assert other.get("/").status == 303
    other.post(road.paths["a0"], {})
    assert other.get("/").status == 200


def test_it_ends_14_days_after_the_deadline_and_with_the_contact(road: Road, mailbox: MailServer) -> None:
    address, phone = mailed(road, mailbox), Browser(road.app, host="localhost:8002")
    phone.post(address, {})
    with road.desk.store.reading() as db:
        deadline = asked_draft(db).deadline
    assert deadline is not None
    road.desk.now = deadline + WEEKS - timedelta(minutes=1)
    assert phone.get("/questions").status == 200
    road.desk.now += timedelta(minutes=2)
    assert phone.get("/questions").status == 401
    assert phone.get(address).status == 404
    road.desk.now -= timedelta(days=10)
    assert phone.get(address).status == 200
    revoke(road.desk.store, road.contact, "test", road.desk.now)
    road.carry()
    assert phone.get(address).status == 404


def test_it_is_handed_over_only_when_the_portal_knows_it(road: Road, mailbox: MailServer) -> None:
    def away() -> None:
        raise StorageError(Message("away"))

    server = replace(mailbox, portal_url=PORTAL_URL)
    for carried in (None, away):
        done = post(road.desk.store, server, "test", lambda: road.desk.now, carried)
        assert "portal" in " ".join(mailing.fault for mailing in done)
    assert not [one for one in Mailbox.received if "To: a0@example.se" in one]
    assert {address.revoked_at is not None for address in of_one_page(road.desk)} == {True}
    assert mailed(road, mailbox)


def test_who_was_asked_by_mail_does_not_stand_as_one_to_call(road: Road, mailbox: MailServer) -> None:
    mailed(road, mailbox)

    def way() -> str:
        text = road.desk.browser().get("/proposal").body.decode()
        (row,) = [one for one in text.split("<tr>") if 'href="#to-agency-a0"' in one or 'href="#to-police-a0"' in one]
        return row

    assert "har en svarsadress" in way()
    revoke(road.desk.store, road.contact, "test", road.desk.now)
    assert "per telefon" in way()


def test_a_contact_with_a_mailbox_is_asked_again_though_its_party_has_none(desk: Desk) -> None:
    browser = desk.browser()
    asked(browser)
    (made,) = invite(desk.store, [Invitation("a0", "Samordnare", ["answer"], "own@example.se")], "test", desk.now)
    page = browser.get("/proposal")
    assert browser.send(page, "/proposal/mail", party="a0").status == 303
    with desk.store.reading() as db:
        assert [one.address for one in owed.all_of(db) if one.asks] == ["own@example.se"]
    no_mailbox, at_contact = "Mejladress saknas.", "Bara frågor mejlas till deras portalkontakt"
    with desk.store.writing() as db:
        mail = owed.all_of(db)[0].mail
        outbox.add(db, "a0", "", mail, "test", desk.now)
    called = browser.get("/outbox")
    assert (no_mailbox in called.text, at_contact in called.text) == (False, True)
    assert "mailto:own@example.se" in called.body.decode()
    revoke(desk.store, made.contact.id, "test", desk.now)
    called = browser.get("/outbox")
    assert (no_mailbox in called.text, at_contact in called.text) == (True, False)


def test_an_address_from_before_is_passed_on_to_the_portal_and_then_is_none(desk: Desk, portal: Database) -> None:
    asked(desk.browser())
    token, portal_sync = (
        hand_out(desk.store, "a0", "test", desk.now),
        PortalSync(desk.store, portal.name, lambda: desk.now),
    )
    desk.console = replace(desk.console, portal_sync=portal_sync, portal_url=PORTAL_URL)
    address, stranger = f"/answers/{token}", desk.stranger()
    assert stranger.get(address).status == 200, "nobody of the party answers at the portal yet"
    (made,) = invite(desk.store, [Invitation("a0", "Samordnare", ["answer"])], "test", desk.now)
    passed = stranger.get(address)
    assert (passed.status, passed.headers["location"]) == (303, f"{PORTAL_URL}/k/{token}")
    assert stranger.get("/answers/x").status == 404
    carry(desk.store, portal, desk.now)
    phone = Browser(PortalServer(open_own(portal.name), clock=lambda: desk.now).application(), host="localhost:8002")
    assert phone.post(f"/k/{token}", {}).status == 303
    assert phone.get("/questions").status == 200
    assert phone.get("/").status == 303, "its questions alone"
    desk.now += timedelta(days=8)
    assert stranger.get(address).status == 404
    carry(desk.store, portal, desk.now)
    assert phone.get(f"/k/{token}").status == 404
    desk.now -= timedelta(days=8)
    revoke(desk.store, made.contact.id, "test", desk.now)
    assert stranger.get(address).status == 404, "it is nobody's again"


@pytest.mark.parametrize("way", ["revoke", "lock", "narrow", "readdress", "another right"])
def test_who_is_shut_out_does_not_answer_at_the_party_s_older_address(desk: Desk, way: str) -> None:
    asked(desk.browser())
    store, now = desk.store, desk.now
    first, second = (invite(store, [Invitation("a0", name, ["answer"])], "test", now)[0] for name in ("A", "B"))
    token, other = hand_out(store, "a0", "test", now), hand_out(store, "a1", "test", now)
    id = first.contact.id
    ways: dict[str, Callable[[], object]] = {
        "revoke": lambda: revoke(store, id, "test", now),
        "lock": lambda: lock(store, id, "test", now),
        "narrow": lambda: narrow(store, id, ["report"], "test", now),
        "readdress": lambda: readdress(store, id, "test", now),
        "another right": lambda: narrow(store, id, ["answer", "report"], "test", now),
    }
    ways[way]()
    stays = way == "another right"
    assert is_passed_on(store, token, now) == stays, "nor in the name of the party's other contact"
    if not stays:
        revoke(store, second.contact.id, "test", now)
        assert desk.stranger().get(f"/answers/{token}").status == 404
        own = hand_out(store, "a0", "test", now)
        assert desk.stranger().get(f"/answers/{own}").status == 200, "the coordinator hands out another"
    assert desk.stranger().get(f"/answers/{other}").status == 200
