"""Whoever is locked is out at once, with all its sessions, and comes back by a new address alone."""

import re
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from arshjul.office.contacts.contacts import Invitation, invite, lock, readdress
from arshjul.office.mail.post import post
from arshjul.office.store import audit, outbox
from arshjul.office.store.events import ContactLocked, ContactReaddressed
from arshjul.portal.store import sessions, tables
from arshjul.serving.mail_server import MailServer
from tests import owed
from tests.office.console.test_post import Mailbox, mailbox
from tests.portal.conftest import Office
from tests.portal.test_calendars import Unit

__all__ = ["mailbox"]


def test_a_locked_contact_reads_nothing_and_comes_in_no_more(office: Office) -> None:
    id, path = office.invited()
    browser, other = office.stranger(), office.stranger()
    for one in (browser, other):
        assert one.post(path, {}).status == 303
    lock(office.store, id, "test", office.now)
    office.carry()
    for one in (browser, other):
        assert one.get("/").status == 401
    assert office.stranger().get(path).status == 404
    assert office.stranger().post(path, {}).status == 404


def test_it_comes_back_by_a_new_address_and_who_was_in_does_not(office: Office) -> None:
    id, path = office.invited()
    intruder = office.stranger()
    intruder.post(path, {})
    lock(office.store, id, "test", office.now)
    office.carry()
    made = readdress(office.store, id, "test", office.now)
    office.carry()
    assert made.contact.locked_at is None
    assert intruder.get("/").status == 401
    assert office.stranger().get(path).status == 404
    assert office.stranger().post(made.path, {}).status == 303
    with office.store.reading() as db:
        events = [line.action for line in audit.lines(db, ContactLocked, ContactReaddressed)]
    assert events == [ContactLocked.action, ContactReaddressed.action]


def test_its_calendars_end_too(office: Office, mailbox: MailServer) -> None:
    unit = Unit(office, mailbox)
    phone = unit.raised()
    page = phone.get("/calendars")
    fields = {name: page.field(name) for name in ("key", "seen")}
    address = unit.post(phone, "/calendars", content="operations", **fields)
    assert address.status == 200
    unit.carry()
    with office.portal.reading() as db:
        assert len(db.execute(select(tables.feed_address)).all()) == 1
    lock(office.store, unit.contact, "test", office.now)
    unit.carry()
    with office.portal.reading() as db:
        assert db.execute(select(tables.feed_address)).all() == []


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
    intruder = unit.phone()
    own = unit.raised()
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


def test_a_code_for_devices_leads_back_to_them(office: Office, mailbox: MailServer) -> None:
    unit = Unit(office, mailbox)
    phone = unit.phone()
    entered = unit.post(phone, "/code/enter", code=unit.code(phone), **{"for": "devices"})
    assert entered.headers["location"].startswith("/devices?")


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
