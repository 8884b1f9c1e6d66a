"""What is revoked in the console is closed outside in the same press; where the portal is away, the pages say so."""

from dataclasses import replace

import pytest

from arshjul.office.console.portal_sync import PortalSync
from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.store import contacts
from arshjul.office.store import outside_feeds as feeds
from arshjul.office.store.feed_cache import FeedCache
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.office.sync.sync import make_portal
from arshjul.portal.app import PortalServer
from arshjul.portal.store import contacts as portal_contacts
from arshjul.portal.store.schema import open_own
from arshjul.serving.sql.database import Database
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.office.console.test_reports import portal

__all__ = ["portal"]

STILL = "inte stängd än"
FEEDS, INSIDE = "https://kalender.example.se", "på det inre nätet"


def revoked(desk: Desk) -> None:
    """A contact and a calendar, given out and carried, and revoked on their pages."""
    (made,) = invite(desk.store, [Invitation("p0", "Yttre befäl", ["report"])], "test", desk.now)
    one = subscribe(desk.store, Wanted("police-p0"), "Någon", 90, "test", desk.now)
    browser = desk.browser()
    browser.press("/contacts/revoke", contact=made.contact.id)
    browser.press("/subscribers/revoke", subscriber=str(one.subscriber.id))


def carrying(desk: Desk, address: str) -> PortalSync:
    portal_sync = PortalSync(desk.store, address, lambda: desk.now, carries_feeds=True)
    desk.console = replace(desk.console, portal_sync=portal_sync)
    return portal_sync


def test_one_press_closes_both(desk: Desk, portal: Database) -> None:
    carrying(desk, portal.name).turn()
    revoked(desk)
    with portal.reading() as db:
        assert portal_contacts.contacts(db) == {}
        assert portal_contacts.addresses(db) == {}
    assert feeds.watch(portal).latest(FeedCache()).readers == {}
    browser = desk.browser()
    assert STILL not in browser.get("/contacts").text
    assert STILL not in browser.get("/subscribers").text


@pytest.mark.parametrize("where", ["/contacts/lock", "/reports/aside"])
def test_one_press_of_the_coordinator_shuts_it_out(desk: Desk, portal: Database, where: str) -> None:
    (made,) = invite(desk.store, [Invitation("p0", "Yttre befäl", ["report"])], "test", desk.now)
    carrying(desk, portal.name).turn()
    app = PortalServer(open_own(portal.name), clock=lambda: desk.now).application()
    intruder = Browser(app, host="localhost:8002")
    assert intruder.post(made.path, {}).status == 303
    assert intruder.get("/").status == 200
    browser = desk.browser()
    page = browser.get("/contacts")
    assert browser.send(page, where, contact=made.contact.id).status == 303
    assert intruder.get("/").status == 401
    page = browser.get("/contacts")
    assert "spärrad" in page.text
    assert 'action="/contacts/unlock"' not in page.body.decode()
    assert browser.send(page, "/contacts/address", contact=made.contact.id).status == 200
    with desk.store.reading() as db:
        contact = contacts.CONTACTS.get(db, made.contact.id)
    assert contact is not None
    assert contact.locked_at is None


def test_where_the_portal_is_away_it_is_said_until_it_is_back(desk: Desk, portal: Database) -> None:
    portal_sync = carrying(desk, "postgresql://nobody@127.0.0.1:1/none")
    revoked(desk)
    browser = desk.browser()
    for page in ("/contacts", "/subscribers"):
        assert browser.get(page).text.count(STILL) == 1, page
    portal_sync.portal_db = portal.name
    portal_sync.turn()
    for page in ("/contacts", "/subscribers"):
        assert STILL not in browser.get(page).text, page
    desk.console = replace(desk.console, portal_sync=None)
    assert STILL not in desk.browser().get("/contacts").text
    assert make_portal(portal.name)


def test_the_coordinator_s_own_calendar_is_said_to_work_inside_alone(desk: Desk, portal: Database) -> None:
    """It has titles, and is not carried: its address has not the host name of those that are."""
    desk.console = replace(desk.console, feeds_url=FEEDS)
    wanted = {"party": "coordinator", "level": "full", "content": "operations", "client": "", "label": "Samordnaren"}

    def handed(**other: str) -> str:
        browser = desk.browser()
        return browser.press("/subscribers", **{**wanted, **other}).text

    assert f"{FEEDS}/feeds/" in handed()
    assert INSIDE not in desk.browser().get("/subscribers").text
    carrying(desk, portal.name).turn()
    own = handed()
    assert INSIDE in own
    assert FEEDS not in own
    assert f"{FEEDS}/feeds/" in handed(party="police-p0")
    assert desk.browser().get("/subscribers").text.count(INSIDE) == 2, "of two of three"
