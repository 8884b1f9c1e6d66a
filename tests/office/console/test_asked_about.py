"""Slips of the hand on the pages: what would change nothing, or begins in another year, is told at its field."""

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
from tests.office.console.test_withdrawal import HIT

WITHDRAWALS = "/withdrawals/new"
SURE = "Ja, det stämmer"
LOST = {"agency": "a1", "from": "2027-02-01", "to": "2027-02-28", "teams_left": "40"}
SUNDAY = {"from": "2027-02-07", "to": "2027-02-07"}
REFUSED = (
    ({"officers_left": "-1"}, "Poliser kvar: -1 är för litet: minst 0"),
    ({"officers_left": "12345678"}, "Poliser kvar: 12345678 är för stort"),
    ({"officers_left": "tre"}, "heltal"),
    ({"police": "p9"}, "p9"),
    ({"from": "x"}, "Från: "),
    ({"to": ""}, "Slutet saknas"),
    ({"shifts": "x"}, "x"),
    ({"until_further_notice": "on"}, 'Både "Till" och "Tills vidare" är angivna: behåll en av dem.'),
    (
        {"reported": "2027-01-04T08:00"},
        "Rapporterad: måndag 4 januari 2027 08:00 ligger i framtiden: nu är det torsdag 24 december 2026 13:00",
    ),
)
ASKED = (
    ({"officers_left": "100"}, "Högst"),
    ({"from": "2026-02-10"}, "Är det rätt år?"),
    ({"to": "2072-02-03"}, "Till: onsdag 3 februari 2072 ligger 44 år efter planens slut"),
    ({"to": "2028-02-03"}, "ligger efter planen"),
    (SUNDAY, "Inga poliser lånas ut"),
)


def test_a_slip_in_a_withdrawal_is_told_at_its_field_and_asked_about_where_it_can_be_meant(desk: Desk) -> None:
    browser = desk.browser()
    for rows, is_asked in ((REFUSED, False), (ASKED, True)):
        for other, said in rows:
            page = browser.press(WITHDRAWALS, **{**HIT, **other})
            told = page.text.replace("\xa0", "")
            assert (page.status, said in told, SURE in told) == (422, True, is_asked), (other, told)
    assert not desk.draft.entries_with().withdrawals
    assert browser.press(WITHDRAWALS, **{**HIT, **SUNDAY}, sure="on").status == 303
    assert browser.press(WITHDRAWALS, **HIT).status == 303
    longer = {**HIT, "to": "2072-02-03"}
    asked = sent(browser, "/withdrawals/A2", "withdrawals", **longer)
    assert (asked.status, "44 år efter planens slut" in asked.text) == (422, True)
    assert sent(browser, "/withdrawals/A2", "withdrawals", **longer, sure="on").status == 303


def test_what_would_change_nothing_is_told_beside_what_waits_already(desk: Desk) -> None:
    browser = desk.browser()
    for waits in (0, 1):
        refused = sent(browser, "/teams-lost", **LOST)
        assert (refused.status, "ändrar inget" in refused.text) == (422, True)
        assert len(desk.draft.entries_with().changes) == waits
        fewer = sent(browser, "/operations/OP-002", "fewer_officers", officers="2")
        assert (fewer.status, "inget ändras" in fewer.text) == (422, True)
        assert waits or sent(browser, "/operations/OP-002", "fewer_officers", officers="1").status == 303
    far = sent(browser, "/teams-lost", **{**LOST, "to": "2072-02-28", "teams_left": "0"})
    assert "Till: söndag 28 februari 2072 ligger 44 år efter" in far.text


def test_a_lock_that_a_rule_forbids_and_a_window_in_another_year_are_said_at_once(desk: Desk) -> None:
    browser, path = desk.browser(), "/operations/OP-001/edit"
    asked = sent(browser, "/operations/OP-003", "pinned", date="2027-03-14", shift="day")  # a Sunday
    assert asked.status == 422
    for said in ("OP-003 kan inte ligga", "14 mars 2027", SURE):
        assert said in asked.text
    assert not desk.draft.entries_with().changes
    assert sent(browser, "/operations/OP-003", "pinned", date="2027-03-16", shift="day").status == 303
    values = {"window.from": "2027-02-01", "window.to": "2072-06-18"}
    asked = sent(browser, path, **values)
    assert asked.status == 422
    assert "lördag 18 juni 2072 ligger 44 år efter planens slut" in asked.text
    assert SURE in asked.text
    assert desk.draft.given is None
    assert sent(browser, path, **values, sure="on").status == 303


def test_a_date_that_has_been_and_more_than_anybody_had_to_send_are_asked_about(desk: Desk) -> None:
    desk.now = datetime(2027, 2, 2, 12, tzinfo=UTC)
    browser = desk.browser()
    asked = browser.press(WITHDRAWALS, **HIT)
    assert asked.status == 422
    assert "Från: måndag 1 februari 2027 har passerat" in asked.text
    assert SURE in asked.text
    assert browser.send(asked, WITHDRAWALS, **HIT, sure="on").status == 303
    assert "har passerat" in sent(browser, "/teams-lost", **{**LOST, "teams_left": "0"}).text
    draft = desk.draft
    desk.now = draft.scenario.moments(draft.made_plan.placed["OP-001"].slot)[1]
    browser, path = desk.browser(), "/operations/OP-001"
    for field, said in (("officers", "lånar ut högst"), ("teams.a1", "erbjuder högst")):
        came = {"ask": "outcomes", "result": "done", field: "500"}
        asked = browser.press(path, **came)
        assert (asked.status, said in asked.text) == (422, True)
        assert browser.send(asked, path, **came, sure="on").status == 303


# -- a lock to a place where others have to be is asked about before it is taken, and afterwards said to be the cause


ITS_OWN, THERE = "OP-002", "OP-001"
SENTENCE = f"{THERE} (onsdag 3 februari 2027"
WHY = "Myndighet 0 skulle skicka 2 lag, har 1"


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
