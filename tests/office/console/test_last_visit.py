"""What changed since a contact's last visit stands on its first page, and nothing that it has seen already."""

from datetime import timedelta

import pytest

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.app import PortalServer
from arshjul.portal.store.schema import open_own
from arshjul.serving.sql.database import Database
from tests import years
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.office.console.invited import InvitedTown
from tests.office.console.test_reports import portal
from tests.office.console.test_withdrawal import HIT

__all__ = ["portal"]

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


def published(desk: Desk) -> None:
    """OP-000 goes from p0 to p1."""
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    browser.press(path, option="fewest-changes")
    assert browser.publish(sure="on").status == 303


def test_what_was_published_since_the_last_visit_is_shown_once(desk: Desk, portal: Database) -> None:
    phones = Phones(desk, portal)
    assert phones.news("p0") is None, "on the first visit nothing was there before"
    desk.now += 2 * HOUR
    assert phones.news("p0") is None
    published(desk)
    phones.carry()
    desk.now += 2 * HOUR
    mine, theirs = phones.news("p0"), phones.news("p1")
    assert mine is not None
    assert theirs is not None
    assert "OP-000" in mine
    assert "OP-002" not in mine, "which is as it was"
    assert "OP-000" in theirs
    assert [word for word in (*years.SITES, years.TITLE) if word in mine + theirs] == []
    desk.now += HOUR / 2
    assert "OP-000" in (phones.news("p0") or ""), "a visit goes on"
    desk.now += 2 * HOUR
    assert "OP-000" not in (phones.news("p0") or "")


def test_a_plan_that_was_made_before_the_visit_and_published_after_it_is_news(desk: Desk, portal: Database) -> None:
    """Calendars say from when a plan is seen; what counts is when it was published."""
    phones = Phones(desk, portal)
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    browser.press(path, option="fewest-changes")
    desk.now += 2 * HOUR
    assert phones.news("p0") is None
    desk.now += 2 * HOUR
    assert browser.publish(sure="on").status == 303
    phones.carry()
    desk.now += HOUR
    assert "OP-000" in (phones.news("p0") or "")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_twice_within_an_hour_writes_nothing(desk: Desk, portal: Database, method: str) -> None:
    phones = Phones(desk, portal)
    desk.now += 2 * HOUR
    phones.news("p0")
    desk.now += HOUR / 2
    with portal.reading() as db:
        before = db.exec_driver_sql("SELECT * FROM session").all()
    phones.own["police-p0"].send_raw(method, "/", b"", {})
    with portal.reading() as db:
        assert db.exec_driver_sql("SELECT * FROM session").all() == before


def test_what_is_published_within_the_hour_of_the_first_visit_is_news(desk: Desk, portal: Database) -> None:
    """At 06:45 she calls off, at 06:55 she looks again."""
    phones = Phones(desk, portal)
    assert phones.news("p0") is None
    desk.now += HOUR / 12
    published(desk)
    phones.carry()
    desk.now += HOUR / 12
    assert "OP-000" in (phones.news("p0") or "")


def test_milestones_are_left_to_their_calendar(desk: Desk, portal: Database) -> None:
    text = InvitedTown(desk, portal).begin({"a0": "answer"}).phone("a0").get("/").text
    assert "OP-000" in text
    assert "Informationsblad" not in text
