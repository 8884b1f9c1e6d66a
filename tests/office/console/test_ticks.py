"""What was ticked in the outbox is taken back: it waits as if nobody had ticked it, whatever has come meanwhile."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.errors import Refused
from arshjul.office.draft.draft import AlreadyDone
from arshjul.office.mail.mailing import KEPT, take_back, tick, ticks
from arshjul.office.store import outbox
from arshjul.year.domain.contact import PartyMail
from tests import years
from tests.databases import copied
from tests.office.console.conftest import Desk
from tests.office.console.test_revision_messages import APRIL, EARLY, EVE, MARCH, Town, known, said, town

__all__ = ["known", "town"]

NEXT_DAY = EARLY + timedelta(days=1)


def waits(town: Town, moment: datetime) -> list[tuple[str, str, str, bool]]:
    """What waits at that moment, whatever its numbers."""
    there = town.waits(moment.replace(tzinfo=UTC))
    return sorted((owed.party, owed.address, owed.mail.text(), bool(owed.about)) for owed in there)


@pytest.mark.parametrize("party", ["a0", "a1", "p0"])
@pytest.mark.parametrize("as_of", [EARLY, EVE])
def test_what_is_taken_back_waits_as_if_it_had_not_been_ticked(
    known: bytes, town: Town, tmp_path: Path, party: str, as_of: datetime
) -> None:
    """Also where another change has been published meanwhile. a0 has mail, and is called besides of what is soon."""
    twin = Town(copied(known, tmp_path / "twin.db"), tmp_path / "twin")
    for one in (town, twin):
        one.publish({"OP-000": MARCH}, as_of)
    numbers = [wait.number for wait in town.waits() if wait.party == party]
    tick(town.store, numbers, "Eva", as_of.replace(tzinfo=UTC))
    assert not said(town.waits(), party)
    take_back(town.store, numbers, "Eva", as_of.replace(tzinfo=UTC))
    assert waits(town, as_of) == waits(twin, as_of)

    numbers = [wait.number for wait in town.waits() if wait.party == party]
    tick(town.store, numbers, "Eva", as_of.replace(tzinfo=UTC))
    later = as_of + timedelta(hours=5)
    for one in (town, twin):
        one.publish({"OP-000": MARCH, "OP-001": APRIL}, later)
    take_back(town.store, numbers, "Eva", later.replace(tzinfo=UTC))
    assert waits(town, later) == waits(twin, later)


def test_the_page_takes_it_back_and_the_log_has_both(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EVE)
    desk = Desk(town.store, EVE.replace(tzinfo=UTC))
    browser = desk.browser()
    numbers = [str(wait.number) for wait in town.waits()]
    assert "Avbockat" not in browser.get("/outbox").text
    assert browser.send(browser.get("/"), "/outbox", message=numbers, **{"from": "today"}).status == 303
    assert "Fel part?" in browser.get("/?ticked=told").text
    page = browser.get("/outbox")
    assert "Avbockat" in page.text
    assert "Myndighet 1 fick besked" in page.text
    assert "Myndighet 0 fick ett eget mejl" in page.text
    assert 'action="/outbox/back"' not in desk.browser("auditor").get("/outbox").body.decode()
    other = desk.browser("deputy")
    assert browser.send(page, "/outbox/back", message=numbers).status == 303
    assert other.send(other.get("/outbox"), "/outbox/back", message=numbers).status == 409, "it is taken back already"
    assert "Avbockat" not in browser.get("/outbox").text
    log = browser.get("/log").text
    parties = {wait.party for wait in town.waits()}
    assert parties == {"a0", "a1", "p0"}
    assert log.count("tog tillbaka en bock i utkorgen") == len(parties)
    assert "(2 på en gång)" in log, "what is alike stands in one line"
    assert "ringde en part" in log
    assert "meddelade en part med eget mejl" in log


def test_a_page_that_was_opened_before_ticks_nothing_that_was_put_back_and_written_anew(town: Town) -> None:
    town.publish({"OP-000": MARCH}, EARLY)
    now, next_day = EARLY.replace(tzinfo=UTC), NEXT_DAY.replace(tzinfo=UTC)
    (number,) = (wait.number for wait in town.waits() if wait.party == "a1")
    tick(town.store, [number], "Eva", now)
    tick(town.store, [number], "Eva", now)  # pressed twice
    take_back(town.store, [number], "Eva", now)
    town.publish({"OP-000": MARCH, "OP-001": APRIL}, NEXT_DAY)
    assert number not in {wait.number for wait in town.waits()}
    with pytest.raises(Refused, match="has changed"):
        tick(town.store, [number], "Eva", next_day)


def test_words_are_kept_for_a_while_and_not_of_what_holds_no_more(town: Town) -> None:
    with town.store.writing() as db:
        for _ in range(3):
            outbox.add(db, "a1", "", PartyMail("Ämne", "Rad"), "test", years.NOW)
    now = EARLY.replace(tzinfo=UTC)
    ended, old, new = (wait.number for wait in town.waits())
    tick(town.store, [ended, old], "Eva", now)
    with town.store.writing() as db:
        outbox.end(db, [ended])
    assert [one.numbers for one in ticks(town.store, now)] == [(old,)], "the other one has ended"
    with pytest.raises(AlreadyDone):
        take_back(town.store, [ended], "Eva", now)
    late = now + KEPT + timedelta(days=1)
    assert not ticks(town.store, late)
    tick(town.store, [new], "Eva", late)
    with town.store.reading() as db:
        assert {queued.number: queued.mail.body for queued in outbox.QUEUE.all(db)} == {
            ended: "",
            old: "",
            new: "Rad",
        }
    with town.store.writing() as db:
        outbox.forget_ticked(db, late)
    take_back(town.store, [new], "Eva", late + KEPT)
    tick(town.store, [new], "Eva", late + KEPT)
    with town.store.writing() as db:
        outbox.forget_ticked(
            db, late + KEPT + timedelta(days=1)
        )  # by the timer of `post`, though nobody ticks any more
    with pytest.raises(AlreadyDone):
        take_back(town.store, [new], "Eva", late + 2 * KEPT)


def test_what_is_not_of_a_revision_waits_as_it_was(town: Town) -> None:
    with town.store.writing() as db:
        outbox.add(db, "a1", "", PartyMail("Ämne", "Rad"), "test", years.NOW)
    now = EARLY.replace(tzinfo=UTC)
    (new,) = (wait.number for wait in town.waits())
    tick(town.store, [new], "Eva", now)
    take_back(town.store, [new], "Eva", now)
    assert [wait.number for wait in town.waits()] == [new]
