"""The console's page of contacts: invited, changed, locked and revoked; addresses are shown once."""

import re
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from arshjul.office.console.portal_sync import PortalSync
from arshjul.office.contacts.contacts import Invitation, invite, known_contacts, lock, narrow, readdress
from arshjul.office.store import contacts
from arshjul.office.store import outside_feeds as feeds
from arshjul.office.store.contacts import Contact
from arshjul.office.store.feed_cache import FeedCache
from arshjul.office.subscribers.read_feed import digest_of_token
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.portal.app import PortalServer
from arshjul.portal.store import contacts as portal_contacts
from arshjul.portal.store.schema import open_own
from arshjul.serving.sql.database import Database
from arshjul.year.domain.contact import MAY
from tests import owed
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.test_offers import CALL
from tests.office.console.test_reports import portal

__all__ = ["portal"]

WANTED = {"party": "police-p0", "function": "Yttre befäl", "may": ["report"]}


OFFICER = ("police-p0", "Yttre befäl")
DETAILS = re.compile(r"<details>.*?</details>", re.DOTALL)
ADDRESS = re.compile(r"https://portal\.example\.se/k/([\w-]{43})")


def opened(desk: Desk) -> Browser:
    desk.console = replace(desk.console, portal_url="https://portal.example.se")
    return desk.browser()


def press(browser: Browser, what: str, one: Contact, **more: str | list[str]) -> Page:
    return browser.press(f"/contacts/{what}", contact=one.id, **more)


def open_digests(desk: Desk) -> set[str]:
    with desk.store.reading() as db:
        return {digest for digest, validity in contacts.validities(db).items() if validity.open_until}


def test_an_address_is_shown_once_and_taken_over_and_revoked(desk: Desk) -> None:
    browser = opened(desk)
    shown = browser.press("/contacts", **WANTED)
    (first,) = ADDRESS.findall(shown.text)
    assert not re.search(r"/k/[\w-]", browser.get("/contacts").text)
    (one,) = known_contacts(desk.store)
    assert (one.party, one.may, one.email) == ("police-p0", ("report",), "")
    (second,) = ADDRESS.findall(press(browser, "address", one).text)
    assert second != first
    assert open_digests(desk) == {digest_of_token(second).hex()}
    own = browser.get(f"/contacts/{one.id}").body.decode()
    (asked,) = [part for part in DETAILS.findall(own) if "/contacts/revoke" in part]
    assert asked.index("Återkalla<") < asked.index("upphör genast, för gott") < asked.index("Avsluta kontakten")
    assert press(browser, "revoke", one).status == 303
    assert open_digests(desk) == set()
    assert "LPO 0 Yttre befäl avboka återkallad" in browser.get("/contacts").text


def test_a_contact_is_named_by_a_function_that_no_other_of_its_party_has_and_what_was_typed_stays(desk: Desk) -> None:
    browser = opened(desk)
    for name in ("Kalle Svensson", "Anna-Karin Berg", "Åsa Lind-Öberg"):
        page = browser.press("/contacts", **{**WANTED, "function": name})
        assert page.status == 422
        assert f"Funktion, aldrig en person: {name} liknar ett personnamn: är det en funktion?" in page.text
        assert page.field("function") == name
    wrong = browser.press("/contacts", party="police-p0", function="<b>Vakt</b>", email="nowhere")
    assert wrong.status == 422
    assert "Får saknas: fyll i" in wrong.text
    assert 'value="&lt;b&gt;Vakt&lt;/b&gt;"' in wrong.body.decode()
    assert not known_contacts(desk.store)
    assert browser.send(page, "/contacts", **{**WANTED, "function": "Kalle Svensson", "sure": "on"}).status == 200
    for function in ("LPO City", "Jour Öst 2", "Samordnare", "Operativ samordnare City", "Yttre befäl"):
        assert browser.press("/contacts", **{**WANTED, "function": function}).status == 200
    page = browser.press("/contacts", **{**WANTED, "function": "yttre befäl", "sure": "on"})
    assert page.status == 422
    assert "yttre befäl är redan inbjuden" in page.text
    assert browser.press("/contacts", **{**WANTED, "party": "police-p1"}).status == 200, "of another party it may"
    (one,) = [known for known in known_contacts(desk.store) if (known.party, known.function) == OFFICER]
    press(browser, "revoke", one)
    assert browser.press("/contacts", **WANTED).status == 200, "its successor may"


def test_who_takes_a_function_over_is_mailed_and_nothing_goes_to_the_former_mailbox(desk: Desk) -> None:
    browser = opened(desk)
    both = {"email": "before@example.se", "code_to": "codes@example.se"}
    browser.press("/contacts", **{**WANTED, **both})
    (one,) = known_contacts(desk.store)
    assert 'value="codes@example.se"' in browser.get(f"/contacts/{one.id}").body.decode()
    wrong = press(browser, "address", one, email="nowhere")
    assert wrong.status == 422
    assert "ingen e-postadress" in wrong.text
    assert press(browser, "address", one, email="after@example.se", code_to="new@example.se").status == 303
    (new,) = known_contacts(desk.store)
    assert (new.email, new.code_to) == ("after@example.se", "new@example.se")
    with desk.store.reading() as db:
        waits = [(mail.address, mail.opens) for mail in owed.all_of(db)]
    assert waits == [("after@example.se", True)]
    shown = press(browser, "address", one, email="")
    (token,) = ADDRESS.findall(shown.text)
    assert open_digests(desk) == {digest_of_token(token).hex()}
    with desk.store.reading() as db:
        assert owed.all_of(db) == []


def test_a_page_that_is_older_than_the_contact_changes_nothing(desk: Desk) -> None:
    """Another coordinator has taken it over, locked it or narrowed it since."""
    browser = opened(desk)
    browser.press("/contacts", **WANTED)
    (one,) = known_contacts(desk.store)
    for other in (
        lambda: readdress(desk.store, one.id, "Bo", desk.now, ""),
        lambda: readdress(desk.store, one.id, "Bo", desk.now, "new@example.se"),
        lambda: lock(desk.store, one.id, "Bo", desk.now),
        lambda: narrow(desk.store, one.id, [], "Bo", desk.now),
    ):
        old = browser.get(f"/contacts/{one.id}")
        other()
        there = known_contacts(desk.store)
        for what, more in (("address", {"email": "old@example.se"}), ("rights", {"may": "plan"})):
            late = browser.send(old, f"/contacts/{what}", was=old.field("was"), contact=one.id, **more)
            assert (late.status, "sidan har ändrats" in late.text.lower()) == (409, True), what
        assert known_contacts(desk.store) == there
    assert press(browser, "rights", one, may="plan").status == 303


def test_pages_give_what_goes_together_and_show_what_does_not_by_its_words(desk: Desk) -> None:
    browser = opened(desk)
    page = browser.get("/contacts")
    bundles = re.findall(r'<option value="([^"]*)"(?: selected)?>(Läsa|Delta|Planera):', page.body.decode())
    assert {*bundles} == {("read", "Läsa"), ("take-part", "Delta"), ("plan", "Planera")}
    browser.send(page, "/contacts", **{**WANTED, "may": "take-part"})
    (one,) = known_contacts(desk.store)
    assert one.may == ("offer", "report", "answer", "evaluate")
    for bundle, may, said in (("plan", tuple(MAY), "Planera"), ("read", (), "Läsa"), ("take-part", one.may, "Delta")):
        assert press(browser, "rights", one, may=bundle).status == 303
        assert known_contacts(desk.store)[0].may == may
        assert f">{said}</td>" in browser.get("/contacts").body.decode()
    narrow(desk.store, one.id, ["report", "card"], "test", desk.now)
    shown = browser.get("/contacts").body.decode()
    assert "avboka, skriva vad parten får göra" in shown
    assert not [said for said in ("Läsa", "Delta", "Planera") if f">{said}</td>" in shown]
    for wrong in ({"may": "everything"}, {}):
        assert press(browser, "rights", one, **wrong).status == 422, "nothing that there is, is chosen"
    assert known_contacts(desk.store)[0].may == ("report", "card")


def test_all_parties_are_invited_in_one_workbook_but_those_that_have_a_contact(desk: Desk) -> None:
    browser = opened(desk)
    browser.press("/contacts", **WANTED)
    before, page = open_digests(desk), browser.get("/contacts")
    book = browser.send(page, "/contacts", **{**WANTED, "party": "all", "email": ""})
    sheet = openpyxl.load_workbook(BytesIO(book.body)).worksheets[0]
    tokens = [ADDRESS.findall(str(cell.value)) for row in sheet.iter_rows() for cell in row]
    digests = {digest_of_token(token).hex() for found in tokens for token in found}
    assert digests == open_digests(desk) - before
    known = known_contacts(desk.store)
    n_parties = len(desk.console.years.now(desk.store).scenario.parties)
    assert len({contact.party for contact in known}) == len(known) == n_parties
    again = browser.press("/contacts", **{**WANTED, "party": "all"})
    assert again.status == 422


def test_who_has_not_answered_stands_first_and_each_device_is_signed_out(desk: Desk, portal: Database) -> None:
    portal_sync = PortalSync(desk.store, portal.name, lambda: desk.now)
    desk.console = replace(desk.console, portal_sync=portal_sync)
    browser = opened(desk)
    browser.press("/calls", **CALL)
    wanted = [Invitation(party, "Samordnare", ["offer"]) for party in ("p0", "a0")]
    made = invite(desk.store, [*wanted, Invitation("p1", "Vakthavande", ["report"])], "test", desk.now)
    for _ in range(2):
        portal_sync.turn()
    own = PortalServer(open_own(portal.name), clock=lambda: desk.now).application()
    phones = [Browser(own, host="localhost:8002") for _ in range(2)]
    for phone in phones:
        assert phone.post(made[1].path, {}).status == 303
    portal_sync.turn()
    silent, rest = browser.get("/contacts").text.partition("Har inte svarat")[2].split("Polisenheter")
    assert "Samordnare saknas" in silent
    assert "öppnat, inte svarat" in silent
    assert "inte öppnat" in silent.replace("öppnat, inte svarat", "")
    assert "Vakthavande" in rest.partition("Utan kontakt")[0]
    contact = made[1].contact.id
    page = browser.get(f"/contacts/{contact}")
    first, second = re.findall(r'name="device" value="(\w+)"', page.body.decode())
    assert second != first
    assert browser.send(page, "/contacts/device", contact=contact, device=first).status == 303
    assert sorted(phone.get("/").status for phone in phones) == [200, 401], "the other one stays"
    assert browser.get(f"/contacts/{contact}").body.decode().count('name="device"') == 1
    assert "avslutade en kontakts inloggning" in browser.get("/log").text


# -- what is revoked is closed outside in the same press; where the portal is away, the pages say so


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


def test_one_press_closes_both_and_where_the_portal_is_away_it_is_said_until_it_is_back(
    desk: Desk, portal: Database
) -> None:
    portal_sync, pages = carrying(desk, "postgresql://nobody@127.0.0.1:1/none"), ("/contacts", "/subscribers")
    revoked(desk)
    browser = desk.browser()
    assert [browser.get(page).text.count(STILL) for page in pages] == [1, 1]
    portal_sync.portal_db = portal.name
    portal_sync.turn()
    assert [browser.get(page).text.count(STILL) for page in pages] == [0, 0]
    revoked(desk)
    with portal.reading() as db:
        assert portal_contacts.contacts(db) == {}
        assert portal_contacts.addresses(db) == {}
    assert feeds.watch(portal).latest(FeedCache()).readers == {}
    assert [browser.get(page).text.count(STILL) for page in pages] == [0, 0]
    desk.console = replace(desk.console, portal_sync=None)
    assert STILL not in desk.browser().get("/contacts").text


@pytest.mark.parametrize("where", ["/contacts/lock", "/reports/aside"])
def test_one_press_of_the_coordinator_shuts_it_out_and_a_new_address_lets_it_in(
    desk: Desk, portal: Database, where: str
) -> None:
    (made,) = invite(desk.store, [Invitation("p0", "Yttre befäl", ["report"])], "test", desk.now)
    carrying(desk, portal.name).turn()
    app = PortalServer(open_own(portal.name), clock=lambda: desk.now).application()
    intruder = Browser(app, host="localhost:8002")
    assert intruder.post(made.path, {}).status == 303
    assert intruder.get("/").status == 200
    browser = desk.browser()
    assert press(browser, "rights", made.contact, may=["report", "offer"]).status == 303
    assert browser.press(where, contact=made.contact.id).status == 303
    assert intruder.get("/").status == 401
    (locked,) = known_contacts(desk.store)
    assert (locked.may, locked.locked_at) == (("offer", "report"), desk.now)
    page = browser.get("/contacts")
    assert "spärrad" in page.text
    assert 'action="/contacts/unlock"' not in page.body.decode()
    assert browser.send(page, "/contacts/address", contact=made.contact.id).status == 200
    assert known_contacts(desk.store)[0].locked_at is None


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
