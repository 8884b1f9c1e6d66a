"""A lock to a place where others have to be: asked about before it is taken, and afterwards said to be the cause."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from arshjul.office.store.store import make_store
from arshjul.year.domain.operation import Pin
from arshjul.year.domain.parties import Matching, TeamLine
from tests import years
from tests.office.console.conftest import NOW, Desk
from tests.office.console.test_entry_forms import sent

ITS_OWN, THERE = "OP-002", "OP-001"
SENTENCE = f"{THERE} (onsdag 3 februari 2027"
WHY = "Myndighet 0 skulle skicka 2 lag, har ett"


def desk_of(folder: Path, **other: Any) -> Desk:
    """A console over a year whose first agency has one team, and of which an operation is fixed on 3 February."""
    year = years.scenario()
    place = years.plan(year).placed[THERE]
    one_team = replace(year.agencies["a0"], teams=(TeamLine(Matching(), 1),))
    there = replace(year.operations[THERE], **{"fixed": Pin(place.slot, place.police), **other})
    year = replace(year, agencies={**year.agencies, "a0": one_team}, operations={**year.operations, THERE: there})
    store = make_store(str(folder / "y.db"), wal=False)
    years.published(store, years.write(folder / "plan", year, years.plan(year)))
    return Desk(store, NOW)


@pytest.fixture
def scarce(tmp_path: Path) -> Desk:
    return desk_of(tmp_path)


def test_it_is_asked_about_then_said_to_be_the_cause_and_gone_when_it_is_taken_back(scarce: Desk) -> None:
    browser, page, there = scarce.browser(), f"/operations/{ITS_OWN}", {"date": "2027-02-03", "shift": "day"}
    asked = sent(browser, page, "pinned", **there)
    assert asked.status == 422
    assert f"{ITS_OWN} kan inte ligga där bredvid {SENTENCE}" in asked.text
    assert WHY in asked.text
    assert "Ja, det stämmer" in asked.text
    assert not scarce.draft.entries_with().changes

    taken = sent(browser, page, "pinned", sure="on", **there)
    assert taken.status == 303
    options = browser.get(taken.headers["location"]).text
    assert f"låst där den inte kan ligga bredvid {SENTENCE}" in options
    assert WHY in options
    assert "ta bort låsningen" in options
    assert "Alla tre alternativ är lika bra" not in options
    assert f"Alla tre alternativ är lika, och ställer in {ITS_OWN}" in options

    today = browser.get("/").text
    assert "En insats berörs" in today
    assert f"låst där den inte kan ligga bredvid {SENTENCE}" in today
    assert "Ring Myndighet" not in today
    assert "utan att andra insatser" not in today

    (number,) = [entry.number for entry in scarce.draft.waiting]
    assert browser.press("/take-back", entry=str(number)).status == 303
    assert "berörs" not in browser.get("/").text


def test_of_another_one_that_makes_way_the_lock_is_said_to_be_the_cause(tmp_path: Path) -> None:
    scarce = desk_of(tmp_path, priority=3)
    browser = scarce.browser()
    taken = sent(browser, f"/operations/{ITS_OWN}", "pinned", sure="on", date="2027-02-03", shift="day")
    options = browser.get(taken.headers["location"]).text
    assert f"viker för en låsning, eftersom den inte kan ligga bredvid {ITS_OWN} (onsdag 3 februari" in options
    assert "ta bort låsningen" in options


def test_so_it_is_beside_one_that_stays_because_it_is_near(tmp_path: Path) -> None:
    scarce = desk_of(tmp_path, fixed=None)
    browser, page, there = scarce.browser(), f"/operations/{ITS_OWN}", {"date": "2027-02-03", "shift": "day"}
    assert sent(browser, page, "pinned", **there).status == 303, "far ahead the other one moves"
    assert browser.press("/take-back", entry="1").status == 303
    scarce.now = datetime(2027, 2, 1, 8, tzinfo=UTC)
    asked = sent(scarce.browser(), page, "pinned", **there)
    assert asked.status == 422
    assert f"{ITS_OWN} kan inte ligga där bredvid {SENTENCE}" in asked.text
