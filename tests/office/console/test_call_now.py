"""Scenes of a coordinator's year: who is to be called at once, and what a message says that waited meanwhile."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.errors import InputError, Message
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.store import outbox
from arshjul.office.store.store import make_store
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.planning.verify import prices
from tests import years
from tests.office.console.conftest import Desk
from tests.office.console.test_revision_messages import (
    APRIL,
    EARLY,
    EVE,
    MAILED_TO,
    MARCH,
    Town,
    known,
    said,
    town,
    untold,
)

__all__ = ["known", "town", "untold"]

FIRST_DAY = date(2027, 2, 1)
LATER, MUCH_LATER = date(2027, 2, 8), date(2027, 2, 15)


def urgent(town: Town, moment: datetime | None = None) -> dict[str, str]:
    """The parties that are to be called at once, each with what is to be said at once."""
    found = {}
    for wait in town.waits(moment and moment.replace(tzinfo=UTC)):
        if wait.urgent:
            found[wait.party] = "\n".join(wait.mail.body.splitlines()[: wait.soon + wait.passed])
    return found


def test_what_was_moved_far_ahead_untold_and_is_off_on_the_day_is_said_by_the_date_that_calendars_showed(
    town: Town,
) -> None:
    town.publish({"OP-000": LATER}, EARLY)
    waits = town.publish({"OP-000": MUCH_LATER}, datetime(2027, 2, 8, 6, 50))
    assert urgent(town).keys() == {"a0", "a1", "p0"}
    for wait in waits:
        assert "flyttad från måndag 8 februari 2027 09:00–15:00 till måndag 15 februari 2027" in wait.mail.body
        assert "(meddelat samma dag)" in wait.mail.body, "the notice is the same for all that know the same"


def test_what_can_be_read_no_more_is_told_as_if_nobody_had_seen_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.publish({"OP-000": LATER}, EARLY)

    def read_no_more(*_: object) -> None:
        raise InputError(Message("It is of an older form."))

    monkeypatch.setattr("arshjul.office.publishing.revision_messages.year_of_json", read_no_more)
    browser = Desk(town.store, EVE.replace(tzinfo=UTC)).browser()
    assert browser.get("/").status == 200
    assert "måndag 8 februari 2027" in browser.get("/outbox").text


def test_what_nobody_was_told_climbs_as_its_day_comes_near_and_stays_with_true_words(town: Town) -> None:
    town.publish({"OP-000": LATER}, EARLY)
    assert urgent(town, datetime(2027, 1, 20, 9)) == {}
    assert urgent(town, EVE).keys() == {"a0", "a1", "p0"}, "it was to be on 1 February by what they were told"
    browser = Desk(town.store, datetime(2027, 2, 2, 9, tzinfo=UTC)).browser()
    page = browser.get("/").text
    assert "Inom två dygn" not in page
    assert "Har börjat, utan det här beskedet: OP-000" in page
    assert "meddelat samma dag" not in page
    page = Desk(town.store, datetime(2027, 2, 6, 9, tzinfo=UTC)).browser().get("/").text
    assert "Inom två dygn: OP-000" in page, "the new date is near"
    assert "Parter att meddela 3 parter" in page


def test_the_years_first_message_untold_and_off_on_the_day_is_said_on_the_telephone(untold: Town) -> None:
    untold.publish({"OP-000": LATER}, EARLY)
    untold.publish({"OP-000": MUCH_LATER}, datetime(2027, 2, 8, 6, 50))
    assert urgent(untold).keys() == {"a0", "a1", "p0"}
    for text in urgent(untold).values():
        assert "flyttad från måndag 8 februari 2027" in text
    mailed = "\n".join(wait.mail.body for wait in untold.waits() if wait.address)
    assert "flyttad från måndag 8 februari 2027" in mailed, "the mail says what is off today too"


def test_a_first_message_counts_what_lies_ahead(untold: Town) -> None:
    untold.waits(datetime(2027, 2, 2, 9, tzinfo=UTC))
    for party in ("a0", "a1", "p0"):
        assert "En insats: OP-001 (Restaurang, Göteborg City), onsdag 3 februari 2027" in "\n".join(
            said(untold.waits(), party)
        )
        assert "OP-000" not in "\n".join(said(untold.waits(), party))


def test_who_went_is_told_when_it_is_held_now(tmp_path: Path) -> None:
    year = years.scenario(2, 2, 2)
    first = years.plan(year)
    town = Town(years.with_calendars(make_store(str(tmp_path / "y.db")), year), tmp_path)
    years.published(town.store, years.write(tmp_path / "0", year, first))

    def published(n: int, day: date, before: Plan) -> Plan:
        as_of = EARLY + timedelta(days=n)
        made = years.plan(year, {"OP-000": day}, as_of, before)
        placed = tuple(replace(placement, police="p1") for placement in made.placements)
        made = replace(made, placements=placed)
        made = replace(made, prices=prices(context_of(year, made), made))
        read = years.write(tmp_path / str(n), year, made, before)
        publish(town.store, read, Cause("skäl", "test", as_of.replace(tzinfo=UTC)), telling=MAILED_TO)
        return made

    second = published(1, FIRST_DAY, first)
    assert "LPO 1 tar över, måndag 1 februari 2027" in said(town.waits(), "p0")[0]
    published(2, LATER, second)
    (told,) = said(town.waits(), "p0")
    assert "LPO 1 tar över, måndag 8 februari 2027 09:00–15:00 i stället för måndag 1 februari 2027" in told


def test_the_phone_list_says_why_each_stands_there_and_counts_parties(town: Town) -> None:
    town.publish({"OP-000": MARCH, "OP-001": APRIL}, EVE)
    page = Desk(town.store, EVE.replace(tzinfo=UTC)).browser().get("/outbox").text
    assert "Att ringa: 3" in page
    assert re.search(r"Myndighet 0 .*Alltid per telefon\. Inom två dygn: .* Myndighet 1", page)
    assert re.search(r"Myndighet 1 .*Mejladress saknas\. Inom två dygn: ", page)
    assert "Dessutom: OP-001" in page


def test_what_was_written_anew_since_the_page_was_opened_is_not_told_by_its_button(town: Town) -> None:
    town.publish({"OP-000": MARCH, "OP-001": APRIL}, EARLY)
    desk = Desk(town.store, datetime(2027, 2, 1, 7, 50, tzinfo=UTC))
    browser = desk.browser()
    page = browser.get("/outbox")
    shown = [wait for wait in town.waits(desk.now) if wait.about or not wait.address]
    desk.now = datetime(2027, 2, 1, 8, 1, tzinfo=UTC)
    desk.browser("auditor").get("/outbox")
    waits, (call,) = town.waits(desk.now), (owed for owed in shown if owed.about)
    assert call.number not in {wait.number for wait in waits}, "OP-001 is soon, too"
    told = browser.send(page, "/outbox", message=[str(owed.number) for owed in reversed(shown)])
    assert told.status == 409
    assert "Beskedet har ändrats, och inget noterades. Läs det och bocka av igen." in told.text
    assert town.waits() == waits
    (now,) = (wait for wait in waits if wait.about)
    for _ in range(2):
        assert browser.send(browser.get("/outbox"), "/outbox", message=str(now.number)).status == 303
    assert not [wait for wait in town.waits() if wait.about]


def test_all_who_are_to_be_called_now_are_ticked_at_once(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EVE)
    browser = Desk(town.store, EVE.replace(tzinfo=UTC)).browser()
    page = browser.get("/")
    assert re.search(r"Alla \d+ har fått besked", page.text)
    numbers = [str(wait.number) for wait in town.waits() if wait.urgent]
    last = page.body.decode().rpartition('<button class="quiet">Alla ')[0].rpartition("<form")[2]
    assert re.findall(r'name="message" value="(\d+)"', last) == numbers, "those that are urgent, and no others"
    done = browser.send(page, "/outbox", message=numbers, **{"from": "today"})
    assert (done.status, done.headers["location"]) == (303, "/?ticked=told")
    assert not urgent(town)


def test_all_mails_that_were_sent_by_hand_are_taken_out_at_once(town: Town) -> None:
    with town.store.writing() as db:
        for party in ("a0", ""):
            outbox.add(db, party, f"{party}@example.se", PartyMail("Ett", "Två"), "test", years.NOW)
    browser = Desk(town.store, EARLY.replace(tzinfo=UTC)).browser()
    page = browser.get("/outbox")
    assert "Utkorgen" in browser.get("/contacts").text, "it stands among the parties' pages"
    last = page.body.decode().rpartition("<form")[2]
    assert "Alla är skickade för hand" in last
    browser.send(page, "/outbox", message=re.findall(r'name="message" value="(\d+)"', last))
    assert not town.waits()
    assert "Alla är skickade" not in browser.get("/outbox").text
