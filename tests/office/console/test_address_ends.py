"""The page of calendars says 30 days ahead that an address ends, and until when each is in force."""

from datetime import UTC, timedelta

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.publishing.address_term import ending, ending_said
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from tests.builders import swedish
from tests.office.console.conftest import Desk

REMEDY = "Lämna ut nya"


def test_the_page_says_that_an_address_ends_soon_and_when(desk: Desk) -> None:
    subscribe(desk.store, Wanted("agency-a0"), "Eva", 40, "test", desk.now)
    early = desk.browser().get("/subscribers").text
    assert REMEDY not in early
    assert "gäller till tisdag 2 februari 2027" in early
    desk.now += timedelta(days=10, hours=1)
    shown = desk.browser().get("/subscribers").text
    with desk.store.reading() as db:
        said = ending_said(ending(db, desk.now), desk.now.tzinfo or UTC)
    assert said is not None
    assert swedish().say(said) in shown
    assert REMEDY in shown
    desk.now += timedelta(days=31)
    assert REMEDY not in desk.browser().get("/subscribers").text, "it has ended"


def test_the_page_of_contacts_says_so_of_theirs(desk: Desk) -> None:
    invite(desk.store, [Invitation("a0", "Vakthavande", ["answer"])], "test", desk.now, 40)
    assert "Bjud då in varje kontakt på nytt" not in desk.browser().get("/contacts").text
    desk.now += timedelta(days=10, hours=1)
    shown = desk.browser().get("/contacts").text
    assert (
        "En adress till en kalender eller kontakt upphör tisdag 2 februari 2027. Bjud då in varje kontakt på nytt"
        in shown
    )
