"""Mails to contacts: their address, what became of what they sent, and what they are asked; nothing else is told."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from arshjul.errors import InputError, Message, StorageError
from arshjul.office.console.portal_sync import PortalSync
from arshjul.office.contacts import telling
from arshjul.office.contacts.contacts import Invitation, invite, lock, narrow, readdress, revoke
from arshjul.office.contacts.reports import enter_reports
from arshjul.office.draft.answers import hand_out, is_passed_on
from arshjul.office.draft.stored_draft import asked_draft
from arshjul.office.mail.post import post
from arshjul.office.publishing.served_revision import served_scenario
from arshjul.office.store import contacts, outbox
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import Transaction
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.actions.sessions import admitted
from arshjul.portal.app import PortalServer
from arshjul.portal.store.schema import open_own
from arshjul.serving.mail_server import MailServer
from arshjul.serving.sql.database import Database
from arshjul.year.domain.contact import MailWords
from arshjul.year.domain.scenario import Scenario
from tests import owed, years
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.test_asking import answers, asked
from tests.office.console.test_portal_questions import Road
from tests.office.console.test_post import Mailbox, mailbox
from tests.office.console.test_reports import portal, reported

__all__ = ["mailbox", "portal"]

PORTAL_URL = "https://portal.example.se"


def waits(desk: Desk) -> list[Owed]:
    with desk.store.reading() as db:
        return owed.all_of(db)


def mailed(desk: Desk, server: MailServer, portal: Database) -> list[str]:
    """The faults of what was tried."""
    server = replace(server, portal_url=PORTAL_URL)
    done = post(desk.store, server, "test", lambda: desk.now, lambda: carry(desk.store, portal, desk.now))
    return [mailing.fault for mailing in done]


def invited(desk: Desk, email: str = "jour@example.se") -> str:
    wanted = Invitation("p0", "Yttre befäl" if email else "Vakthavande", ["report"], email)
    (made,) = invite(desk.store, [wanted], "test", desk.now, mail=True)
    assert bool(made.token) is not bool(email), "one that is mailed is made then"
    return made.contact.id


def test_a_contact_is_mailed_its_address_which_the_portal_knows_by_then(
    desk: Desk, portal: Database, mailbox: MailServer
) -> None:
    invited(desk)
    with desk.store.reading() as db:
        assert contacts.addresses(db) == []
    assert mailed(desk, mailbox, portal) == [""]
    (mail,) = Mailbox.received
    assert "To: jour@example.se" in mail
    assert "Yttre befäl" in mail
    link = re.search(rf"{PORTAL_URL}/k/([\w-]{{40,}})", mail)
    assert link is not None
    assert admitted(open_own(portal.name), link[1], desk.now) is not None, "without another turn"
    assert [word for word in (*years.SITES, years.TITLE, "OP-0") if word in mail] == []
    assert mailed(desk, mailbox, portal) == []


def test_an_address_that_the_portal_cannot_know_is_not_mailed_and_closed(
    desk: Desk, portal: Database, mailbox: MailServer
) -> None:
    mailed_to, other = invited(desk), invited(desk, "")

    def away() -> None:
        raise StorageError(Message("away"))

    def refused() -> None:
        raise InputError(Message("No key."))

    server = replace(mailbox, portal_url=PORTAL_URL)
    faults = [
        mailing.fault
        for carried in (None, refused, away)
        for mailing in post(desk.store, server, "test", lambda: desk.now, carried)
    ]
    assert faults == ["no portal", "No key.", "portal"]
    with desk.store.reading() as db:
        closed = [(address.contact, address.revoked_at is not None) for address in contacts.addresses(db)]
    assert set(closed) == {(mailed_to, True), (other, False)}, "nobody else is shut out"
    assert "portalens databas" in desk.browser().get("/outbox").text
    assert not Mailbox.received
    assert mailed(desk, mailbox, portal) == [""], "it waits until the portal answers"


def test_who_is_mailed_and_where(desk: Desk, portal: Database, mailbox: MailServer) -> None:
    revoke(desk.store, invited(desk), "test", desk.now)
    assert waits(desk) == []
    assert mailed(desk, mailbox, portal) == [], "who is revoked meanwhile is mailed nothing"
    reachable_by_mail(desk.store)
    reported(desk, portal, invited(desk, ""))
    assert [(wait.party, wait.address) for wait in waits(desk)] == [("p0", "p0@example.se")], "it has no mailbox"
    reported(desk, portal, invited(desk), "e2")
    reachable_by_mail(desk.store, {"p0": "other@example.se"})
    assert "jour@example.se" in {wait.address for wait in waits(desk) if wait.contact}, "a contact's is its own"


def test_a_report_and_what_becomes_of_it_is_mailed_once_each(desk: Desk, portal: Database, mailbox: MailServer) -> None:
    reachable_by_mail(desk.store)
    contact = invited(desk)
    mailed(desk, mailbox, portal)
    Mailbox.received.clear()
    reported(desk, portal, contact)
    kept = Remembered()
    for _ in range(3):
        carry(desk.store, portal, desk.now, kept)
    assert [(wait.party, wait.address, wait.opens) for wait in waits(desk)] == [("p0", "jour@example.se", False)]
    seen = desk.draft.stamp
    enter_reports(desk.store, contact, "test", desk.now, seen)
    for _ in range(3):
        carry(desk.store, portal, desk.now, kept)
    assert len(waits(desk)) == 2
    assert all(wait.mail.subject.endswith("läget för det ni har skickat") for wait in waits(desk))
    assert mailed(desk, mailbox, portal) == [""], "in one mail"
    (mail,) = Mailbox.received
    for said in ("Skickat från er sida", "ring samordnaren genast", "- E1000000"):
        assert (said, mail.count(said)) == (said, 2 if said.startswith("-") else 1)
    assert "E1000000" in mail
    assert "2027-02-01 – 2027-02-01" in mail
    assert "hos samordnaren, inte avgjord än" in mail
    assert "ring samordnaren genast" in mail
    secrets = (*years.SITES, years.TITLE, "OP-0", "mig", "skjutning", "shooting", "/k/")
    assert [word for word in secrets if word in mail] == []


def test_the_coordinator_s_function_is_mailed_a_report(
    desk: Desk, portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_reply_to(db: Transaction) -> Scenario:
        return replace(served_scenario(db), mail=MailWords(reply_to="samordning@example.se"))

    monkeypatch.setattr(telling, "year_scenario", with_reply_to)
    reported(desk, portal, invited(desk))
    (mail,) = (wait.mail for wait in waits(desk) if wait.address == "samordning@example.se")
    assert mail.subject.endswith("LPO 0 har avbokat")
    assert "E1000000" in mail.text()
    assert [word for word in (*years.SITES, years.TITLE, "OP-0", "mig", "skjutning") if word in mail.text()] == []
    browser = desk.browser()
    assert "LPO 0 har avbokat" in browser.get("/outbox").text
    with desk.store.writing() as db:
        (own,) = (one for one in owed.all_of(db) if one.address == "samordning@example.se")
        owed.note(db, own, "trying", desk.now)
        owed.note(db, own, "failed", desk.now, "550 no such mailbox")
    page = browser.get("/outbox")
    assert "550 no such mailbox" in page.text
    assert "Att ringa" not in page.text, "she does not call herself"
    assert "Parter att meddela" not in browser.get("/").text


# -- a mail that asks a contact brings an address of its own: for its questions alone, until 14 days after the end


WEEKS = timedelta(days=14)


def mailed_address(road: Road, mailbox: MailServer) -> str:
    """The path of the address in the mail to a0."""
    desk, server = road.desk, replace(mailbox, portal_url=PORTAL_URL)
    post(desk.store, server, "test", lambda: desk.now, lambda: carry(desk.store, road.portal, desk.now))
    (mail,) = [one for one in Mailbox.received if "To: a0@example.se" in one]
    (token,) = re.findall(rf"{PORTAL_URL}/k/([\w-]{{40,}})", mail)
    return f"/k/{token}"


@pytest.fixture
def road(desk: Desk, portal: Database) -> Road:
    reachable_by_mail(desk.store)
    return Road(desk, portal).begin()


def test_an_address_to_answer_at_opens_the_questions_alone_for_a_while(road: Road, mailbox: MailServer) -> None:
    """That it opens nothing else is judged page by page in tests/portal/test_matrix.py."""
    address, desk, whole = mailed_address(road, mailbox), road.desk, road.phone()
    with desk.store.reading() as db:
        (one,) = (one for one in contacts.addresses(db) if one.page)
        deadline = asked_draft(db).deadline
    assert deadline is not None
    assert (one.page, one.expires_at) == ("questions", deadline + WEEKS)
    assert whole.post(address, {}).status == 303
    assert whole.get("/").status == 200, "it takes no page from who is in"
    phone = Browser(road.app, host="localhost:8002")
    assert "öppnar bara era frågor" in phone.get(address).text
    assert phone.post(address, {}).status == 303
    page = phone.get(phone.get("/").headers["location"])
    assert "Kan ni" in page.text
    sent = phone.post("/questions", road.fields(page, "yes"))
    assert sent.status == 303
    assert "Ja, vi kan" in phone.get(sent.headers["location"]).text, "its own receipt"
    road.carry()
    assert answers(desk)["a0"] == "yes"
    both = Browser(road.app, host="localhost:8002")
    for path, status in ((address, 303), (road.paths["a0"], 200)):
        both.post(path, {})
        assert both.get("/").status == status, "a whole address adds all pages"
    desk.now = deadline + WEEKS - timedelta(minutes=1)
    assert phone.get("/questions").status == 200
    desk.now += timedelta(minutes=2)
    assert (phone.get("/questions").status, phone.get(address).status) == (401, 404)
    desk.now -= timedelta(days=10)
    assert phone.get(address).status == 200
    revoke(desk.store, road.contact, "test", desk.now)
    road.carry()
    assert phone.get(address).status == 404, "and it ends with the contact"


def test_an_address_to_answer_at_is_handed_over_only_when_the_portal_knows_it(road: Road, mailbox: MailServer) -> None:
    def away() -> None:
        raise StorageError(Message("away"))

    server = replace(mailbox, portal_url=PORTAL_URL)
    for carried in (None, away):
        done = post(road.desk.store, server, "test", lambda: road.desk.now, carried)
        assert "portal" in " ".join(mailing.fault for mailing in done)
    assert not [one for one in Mailbox.received if "To: a0@example.se" in one]
    with road.desk.store.reading() as db:
        assert {one.revoked_at is not None for one in contacts.addresses(db) if one.page} == {True}
    assert mailed_address(road, mailbox)


def test_who_was_asked_by_mail_does_not_stand_as_one_to_call(road: Road, mailbox: MailServer) -> None:
    mailed_address(road, mailbox)

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
