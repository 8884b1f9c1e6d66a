"""A call is beside the plan: no options, the parties have it at once, and nothing that befalls a plan loses it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from arshjul.office.draft.draft import opened_draft
from arshjul.office.publishing.ledger_entries import published as published_now
from arshjul.office.publishing.publish import refresh
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.contact import OfferCall
from tests import years
from tests.office.console.conftest import Desk
from tests.office.console.test_offers import CALL, Road, portal, road, sent
from tests.office.console.test_other_with_its_number import FIRST, YEAR, chosen, published

__all__ = ["portal", "road"]

THEIRS = OfferCall("H2", date(2027, 2, 1), span=Span(date(2027, 7, 1), date(2027, 8, 31)))


def calls(desk: Desk) -> set[str]:
    with desk.store.reading() as db:
        return {call.id for call in opened_draft(db).scenario.calls}


def called(desk: Desk) -> Desk:
    browser = desk.browser()
    assert browser.send(browser.get("/calls"), "/calls", **CALL).status == 303
    assert calls(desk) == {"H1"}
    return desk


def test_it_asks_for_no_options_and_is_no_edit(desk: Desk) -> None:
    browser = called(desk).browser()
    today = browser.get("/")
    assert "Räkna fram alternativ" not in today.text
    assert "Året redigerades" not in today.text
    assert "Allt är publicerat" in browser.get("/publish").text
    assert not published_now(desk.store, lambda _: None).is_overtaken
    assert refresh(desk.store, "timer", desk.now + timedelta(days=20)).is_new
    assert "Allt är publicerat" in browser.get("/publish").text
    assert calls(desk) == {"H1"}


def test_the_parties_have_it_and_answer_before_anything_is_published(road: Road) -> None:
    assert sent(road.phone(), **{"n-sun-day": "1"}).status == 303
    road.carry()
    assert road.states()["a0"] == "sent"


@pytest.mark.parametrize("keep", ["on", ""])
def test_whoever_starts_over_keeps_it_beside_what_others_have_published(desk: Desk, tmp_path: Path, keep: str) -> None:
    browser = called(desk).browser()
    year = replace(YEAR, calls=(THEIRS,))
    made = years.plan(year, {"OP-003": date(2027, 6, 1)}, before=FIRST)
    years.published(desk.store, years.write(tmp_path / "theirs", year, made), years.NOW + timedelta(days=1), seen=1)
    assert browser.send(browser.get("/"), "/start-over", keep=keep).status == 303
    assert calls(desk) == {"H1", "H2"}


def test_a_publishing_that_has_it_is_taken_back_without_it(desk: Desk) -> None:
    browser = called(desk).browser()
    chosen(browser)
    published(browser)
    assert calls(desk) == {"H1"}
    page = browser.get("/publish")
    sent = browser.send(page, "/publish/undo", revision="2", entered="gone")
    path = sent.headers["location"]
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 303
    published(browser)
    assert calls(desk) == {"H1"}
