"""Cards: a party writes what it may do at the portal, all read it on operations of its sectors, and it grows old."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.publishing.publish import refresh
from arshjul.office.store import revisions
from arshjul.office.store.revisions import FeedKey
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.app import PortalServer
from arshjul.portal.store import views
from arshjul.portal.store.schema import open_own
from arshjul.serving.sql.database import Database
from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.party import Party
from arshjul.year.domain.entries.learnt import PartyCard
from arshjul.year.formats.feeds.view_json import from_text
from tests import years
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.invited import InvitedTown
from tests.office.console.test_reports import portal
from tests.office.console.test_withdrawal import HIT
from tests.worlds import Worlds

__all__ = ["portal"]

MAY = "Gå in utan att säga till"
CARD = {
    "may": MAY,
    "may_not": "Leta i personliga saker",
    "phone": "Larmnumret, 031-390 06 11",
    "review_by": "2027-06-30",
}


class Town(InvitedTown):
    """a0 may write its card, a1 may not."""

    RIGHTS: ClassVar = {"a0": "card", "a1": "answer"}

    def cards(self) -> tuple[PartyCard, ...]:
        return self.draft().learnt_plan.entries.cards


@pytest.fixture
def town(worlds: Worlds, tmp_path: Path) -> Town:
    return Town.of(worlds, tmp_path)


def sent(phone: Browser, **other: str) -> Page:
    page = phone.get("/card")
    assert page.status == 200, page.text
    fields = page.hidden("key", "seen")
    return phone.post("/card", {**fields, **CARD, **other})


def test_what_a_party_writes_stands_where_all_read_it(town: Town) -> None:
    phone = town.phone("a0")
    home = phone.get("/").text
    assert "Om oss" in home
    assert "OP-000" in home
    assert "Informationsblad" not in home, "milestones are left to their calendar"
    answer = sent(phone)
    assert answer.status == 303, answer.text
    assert MAY in phone.get(answer.headers["location"]).text
    assert MAY in phone.get("/card").text, "filled in, though it has not been carried yet"
    town.carry()
    (card,) = town.cards()
    assert (card.party, card.may, str(card.review_by)) == ("a0", MAY, "2027-06-30")
    browser = town.desk.browser()
    assert MAY in browser.get("/cards").text
    assert MAY in browser.get("/operations/OP-000").text
    other = town.phone("a1")
    assert MAY in other.get("/cards").text
    assert other.get("/").text.count("Parternas befogenheter") == 1, "and not with each operation"
    assert MAY in phone.get("/card").text
    again = sent(phone, may="Något annat")
    assert again.status == 303
    town.carry()
    assert "Version 2" in browser.get("/cards").text
    assert MAY not in browser.get("/cards").text
    assert sent(phone, review_by="2026-12-31").status == 303
    town.desk.now = datetime.fromisoformat("2027-01-20T08:00:00+01:00")
    town.carry()
    for page in (town.desk.browser().get("/cards"), town.phone("a1").get("/cards")):
        assert "Skulle ses över senast" in page.text, "it says itself that it is old"
    assert "Översynen skulle vara klar" in town.phone("a0").get("/card").text


def test_it_stands_on_operations_of_its_sectors_alone(town: Town) -> None:
    operations = town.desk.draft.scenario.operations
    own = operations["OP-000"].sector
    assert sent(town.phone("a0"), sectors=own).status == 303
    town.carry()
    with town.portal.reading() as db:
        view = from_text(views.body(db, "agency-a0")[1])
    assert view.cards.sectors, "it has operations"
    for id, sector in view.cards.sectors.items():
        assert sector == operations[id].sector
        assert [card.party for card in view.cards.on(id)] == (["a0"] if sector == own else [])
    assert view.cards.on("OP-999") == []
    only = replace(view.cards, cards=tuple(replace(card, sectors=("no-such",)) for card in view.cards.cards))
    assert not any(only.on(id) for id in view.cards.sectors)


NEED = "Objektlistan tre dagar före"


def of_unit(town: Town) -> str:
    """The calendar of p0, which serves OP-000, as it is published now."""
    refresh(town.desk.store, "test", town.desk.now)
    with town.desk.store.reading() as db:
        key, number = FeedKey(*Channel(Party("police", "p0")).key), revisions.pointer(db) or 0
        row = next(feed for feed in revisions.feeds(db, number) if feed.key == key)
        return revisions.blob(db, row.ics).decode().replace("\r\n ", "")


def listed(town: Town) -> str:
    """The list of p0 at the portal."""
    return town.phone("p0").get("/unit-list").text


def test_the_police_read_what_those_who_come_need_to_know_and_no_card_that_names_a_site_or_a_title(town: Town) -> None:
    town.invited("p0", "answer")
    assert "De andra behöver veta" not in of_unit(town)
    assert sent(town.phone("a0"), before=NEED, told_when="Två dagar före. ").status == 303
    town.carry()
    said = f"De andra behöver veta: Myndighet 0: Två dagar före; {NEED}"
    assert said in of_unit(town).replace("\\;", ";")
    town.carry()
    assert said in listed(town)
    for secret in (f"{years.SITE_NAME} 0", f"{years.TITLE} 0", f"{years.SITE_REF} 0"):
        assert sent(town.phone("a0"), before=f"Nycklar till {secret}").status == 303
        town.carry()
        assert "Nycklar" in town.desk.browser().get("/cards").text
        assert "Nycklar" not in of_unit(town)
        town.carry()
        assert "Nycklar" not in listed(town)
    assert sent(town.phone("a0"), before=NEED, sectors="another").status == 303
    town.carry()
    assert NEED not in of_unit(town), "it is of another sector"


def test_no_title_of_an_operation_and_no_business_gets_in(town: Town) -> None:
    phone = town.phone("a0")
    assert sent(phone, may="").status == 422
    asked = sent(phone, looks_for="Ring 556016-0680 först")
    assert asked.status == 422
    assert "Ring 556016-0680" in asked.text, "what was typed stays"
    for text in ("Som på Kanariekrogen 0", "Se Kanarietiteln 1 här"):
        receipt = sent(phone, may=text).headers["location"]
        town.carry()
        assert "gäller tills ni skickar ett nytt" in phone.get(receipt).text, "nothing is told of the sites"
        with town.portal.reading() as db:
            assert text in views.body(db, "agency-a0")[1], "nor does its own page"
            assert all(text not in views.body(db, party)[1] for party in ("agency-a1", "police-p0"))
        assert "döljs för andra parter" in town.desk.browser().get("/cards").text
    browser = town.desk.browser()
    for text in ("Som på Kanariekrogen 0", "Se Kanarietiteln 1 här"):
        page = browser.get("/cards")
        refused = browser.send(page, "/cards", ask="cards", party="a1", **{**CARD, "may": text}, sure="on")
        assert refused.status == 422, text
    assert {card.party for card in town.cards()} == {"a0"}


def test_a_card_as_long_as_it_may_be_is_taken_in(town: Town) -> None:
    texts = dict.fromkeys(("may", "tools", "gives", "needs", "reach"), "å" * 1950)
    assert sent(town.phone("a0"), **texts).status == 303
    town.carry()
    (card,) = town.cards()
    assert card.may == texts["may"]


def test_she_writes_one_for_a_party_and_twice_is_once(town: Town) -> None:
    browser = town.desk.browser()
    fields = {"ask": "cards", "party": "a1", **CARD}
    page = browser.get("/cards")
    assert browser.send(page, "/cards", **fields).status == 303
    browser.send(page, "/cards", **fields)
    assert [card.party for card in town.cards()] == ["a1"]
    filled = browser.get("/cards?of=a1")
    assert filled.text.count(MAY) == 2, "in the card, and in the form"
    other = browser.send(page, "/cards", **{**fields, "may": "Något annat"})
    assert other.status == 409, "the page was opened before there was one"
    assert "Någon annan har sparat" in other.text
    assert "Något annat" in other.text, "as it was typed"
    again = {**fields, "may": "Något annat", "was": other.field("was")}
    assert browser.send(other, "/cards", **again).status == 303, "once it was told"
    assert [card.may for card in town.cards()] == [MAY, "Något annat"]


# -- what changed since a contact's last visit stands on its first page, and nothing that it has seen already


HOUR = timedelta(hours=1)


class Phones:
    """A browser of a contact of each of two units, let in at the desk's moment."""

    def __init__(self, desk: Desk, portal: Database) -> None:
        self.desk, self.portal, self.kept = desk, portal, Remembered()
        app = PortalServer(open_own(portal.name), clock=lambda: desk.now).application()
        made = invite(
            desk.store, [Invitation(literal, "Yttre befäl", ["report"]) for literal in ("p0", "p1")], "test", desk.now
        )
        self.carry()
        self.own = {contact.contact.party: Browser(app, host="localhost:8002") for contact in made}
        for contact in made:
            assert self.own[contact.contact.party].post(contact.path, {}).status == 303

    def carry(self) -> None:
        carry(self.desk.store, self.portal, self.desk.now, self.kept)

    def news(self, party: str) -> str | None:
        """What has changed, as the first page says; None where it says nothing of it."""
        text = self.own[f"police-{party}"].get("/").text
        return text.partition("Ändrat sedan ert senaste besök")[2].partition("De närmaste sex veckorna")[0] or None


def options(desk: Desk) -> Browser:
    """OP-000 is to go from p0 to p1."""
    browser = desk.browser()
    browser.press("/withdrawals/new", **HIT)
    browser.plan()
    return browser


def test_what_was_published_since_the_last_visit_is_shown_once(desk: Desk, portal: Database) -> None:
    """Calendars say from when a plan is seen; what counts is when it was published, also of one made before."""
    phones = Phones(desk, portal)
    assert phones.news("p0") is None, "on the first visit nothing was there before"
    browser = options(desk)
    desk.now += 2 * HOUR
    assert phones.news("p0") is None
    desk.now += 2 * HOUR
    assert browser.publish(sure="on").status == 303
    phones.carry()
    desk.now += 2 * HOUR
    mine, theirs = phones.news("p0"), phones.news("p1")
    assert mine is not None
    assert theirs is not None
    assert "OP-000" in mine
    assert "OP-002" not in mine, "which is as it was"
    assert "OP-000" in theirs
    assert [word for word in (*years.SITES, years.TITLE) if word in mine + theirs] == []
    for method in ("GET", "HEAD"):
        desk.now += HOUR / 4
        with portal.reading() as db:
            before = db.exec_driver_sql("SELECT * FROM session").all()
        assert phones.own["police-p0"].send_raw(method, "/", b"", {}).status == 200
        with portal.reading() as db:
            assert db.exec_driver_sql("SELECT * FROM session").all() == before, "twice within an hour writes nothing"
    assert "OP-000" in (phones.news("p0") or ""), "a visit goes on"
    desk.now += 2 * HOUR
    assert "OP-000" not in (phones.news("p0") or "")


def test_what_is_published_within_the_hour_of_the_first_visit_is_news(desk: Desk, portal: Database) -> None:
    """At 06:45 she calls off, at 06:55 she looks again."""
    phones = Phones(desk, portal)
    assert phones.news("p0") is None
    desk.now += HOUR / 12
    assert options(desk).publish(sure="on").status == 303
    phones.carry()
    desk.now += HOUR / 12
    assert "OP-000" in (phones.news("p0") or "")
