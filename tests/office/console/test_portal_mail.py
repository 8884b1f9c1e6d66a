"""Mails to contacts: their address, and what became of what they sent; nothing that a mailbox may not know."""

import re
from dataclasses import replace

import pytest

from arshjul.errors import InputError, Message, StorageError
from arshjul.office.contacts import telling
from arshjul.office.contacts.contacts import Invitation, invite, revoke
from arshjul.office.contacts.reports import enter_reports
from arshjul.office.draft.draft import opened_draft
from arshjul.office.mail.post import post
from arshjul.office.publishing.served_revision import served_scenario
from arshjul.office.store import contacts
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import Transaction
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.actions.sessions import admitted
from arshjul.portal.store.schema import open_own
from arshjul.serving.mail_server import MailServer
from arshjul.serving.sql.database import Database
from arshjul.year.domain.contact import MailWords
from arshjul.year.domain.scenario import Scenario
from tests import owed, years
from tests.office.console.conftest import Desk, reachable_by_mail
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


def test_who_is_revoked_meanwhile_is_mailed_nothing(desk: Desk, portal: Database, mailbox: MailServer) -> None:
    revoke(desk.store, invited(desk), "test", desk.now)
    assert waits(desk) == []
    assert mailed(desk, mailbox, portal) == []


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
    with desk.store.reading() as db:
        seen = opened_draft(db).stamp
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


def test_a_contact_without_a_mailbox_is_told_by_its_party_s(desk: Desk, portal: Database) -> None:
    reachable_by_mail(desk.store)
    reported(desk, portal, invited(desk, ""))
    assert [(wait.party, wait.address) for wait in waits(desk)] == [("p0", "p0@example.se")]


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


def test_a_correction_of_the_party_s_mailbox_moves_no_mail_to_a_contact(desk: Desk, portal: Database) -> None:
    reported(desk, portal, invited(desk))
    reachable_by_mail(desk.store, {"p0": "other@example.se"})
    assert {wait.address for wait in waits(desk) if wait.contact} == {"jour@example.se"}
