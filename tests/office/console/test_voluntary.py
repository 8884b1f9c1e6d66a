"""A voluntary agency says no, and a must falls: said first wherever the coordinator decides, and to each party."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arshjul.office.store import revisions
from arshjul.office.store.store import make_store
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.verify import prices
from tests import owed, years
from tests.office.console.conftest import Desk, desk_like
from tests.office.console.test_asking import named
from tests.office.console.test_withdrawal import HIT
from tests.worlds import Worlds

VOLUNTARY = "a2"


def joined_year(folder: Path, _: Worlds) -> None:
    """The world of a published year in which an agency has a part in OP-000 of its own free will."""
    year = years.scenario(2, 3, 2)
    first = replace(year.operations["OP-000"], agencies={"a0": 1, "a1": 1}, optional_agencies={VOLUNTARY: 1})
    joined(folder, replace(year, operations={**year.operations, "OP-000": first}), VOLUNTARY, "OP-000")


@pytest.fixture
def desk(worlds: Worlds, tmp_path: Path) -> Desk:
    return desk_like(worlds.of(joined_year) / "y.db", tmp_path)


def joined(folder: Path, year: Scenario, agency: str, operation: str) -> Desk:
    """A console over that year, published with the agency in its voluntary part of the operation."""
    made = years.plan(year)
    placed = tuple(
        replace(placement, optional_agencies=(agency,)) if placement.operation == operation else placement
        for placement in made.placements
    )
    made = replace(made, placements=placed)
    made = replace(made, prices=prices(context_of(year, made), made))
    store = make_store(str(folder / "y.db"))
    years.published(store, years.write(folder / "plan", year, made))
    return Desk(store)


def test_a_voluntary_agency_says_no_and_it_goes_on_without_it(desk: Desk) -> None:
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    assert "frivillig" not in browser.get(path).text
    assert browser.press(f"{path}/ask", option="fewest-changes").status == 303
    page = browser.get("/proposal")
    assert page.text.count("Ni är frivilliga, med ett lag: insatsen genomförs även utan er.") == 1
    browser.send(page, "/proposal", question=named(desk, VOLUNTARY, "OP-000"), party=VOLUNTARY, answer="no")
    again = browser.press("/options").headers["location"]
    options = browser.get(again)
    assert "OP-000 utan Myndighet 2" in options.text
    browser.send(options, again, option="fewest-changes")
    shown = browser.get("/publish")
    assert (
        "OP-000 (Restaurang, Göteborg City), måndag 1 februari 2027 09:00–15:00: LPO 1 tar över från LPO 0, "
        "på grund av en skjutning; "
        "nu utan Myndighet 2, på grund av att Myndighet 2 tackade nej (39 dagars varsel)."
    ) in shown.text
    browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", sure="on")
    with desk.store.reading() as db:
        told = {one.party: one.mail.body for one in owed.all_of(db) if one.tells}
        calendars = {
            row.party.partition("-")[2]: revisions.blob(db, row.ics)
            .decode()
            .replace("\r\n ", "")
            .replace("\\,", ",")
            .replace("\\;", ";")
            for row in revisions.feeds(db, 2)
            if (row.level, row.content) == ("full", "all")
        }
    when = "måndag 1 februari 2027 09:00–15:00"
    taken = "LPO 1 tar över från LPO 0, på grund av att poliser drogs tillbaka"
    said = {
        "a0": f"{taken}; nu utan Myndighet 2",
        "a1": f"{taken}; nu utan Myndighet 2",
        VOLUNTARY: f"ni deltar inte längre {when}, den genomförs utan er, på grund av att ni tackade nej",
        "p0": f"LPO 1 tar över, {when}, på grund av en skjutning",
        "p1": f"ni tar över från LPO 0, {when}, på grund av att poliser drogs tillbaka",
    }
    assert told.keys() == said.keys()
    for party, sentence in said.items():
        assert f": {sentence} (39 dagars varsel)." in told[party]
        there = sentence.replace(f", {when}, ", ", ") if party == "p1" else sentence  # its event has the date
        assert f"{there[0].upper()}{there[1:]}." in calendars[party], party


DAY = date(2027, 2, 1)
SAID = "Ett oplacerat måste: OP-000 (Restaurang, Göteborg City)."
BOTH_UNITS = {**HIT, "police": ["p0", "p1"]}


@pytest.fixture
def must_desk(tmp_path: Path) -> Desk:
    """A published year: one operation is a must with a single date, the other one has a voluntary agency."""
    year = years.scenario(2, 3, 2)
    must = replace(year.operations["OP-000"], must=True, window=Span(DAY, DAY), shifts=("day",))
    other = replace(year.operations["OP-001"], agencies={"a0": 1, "a1": 1}, optional_agencies={"a2": 1})
    return joined(tmp_path, replace(year, operations={"OP-000": must, "OP-001": other}), "a2", "OP-001")


def test_a_must_that_falls_is_said_first_and_in_red(must_desk: Desk) -> None:
    browser = must_desk.browser()
    path = browser.press("/teams-lost", agency="a2", **{"from": "2027-02-03", "to": "2027-02-03"}).headers["location"]
    differs = browser.get(path.partition("?")[0]).text.partition("Insatser som skiljer")[2]
    assert "OP-001" in differs
    assert "som i dag utan Myndighet 2" in differs, "an agency that an operation loses is said before the choice"
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    assert "Ett oplacerat måste" not in browser.get(path).text, "musts stand"
    path = browser.press("/withdrawals/new", **{**BOTH_UNITS, "sure": "on"}).headers["location"]
    options = browser.get(path)
    assert SAID in options.text
    assert options.text.index(SAID) < options.text.index("Inställda insatser")
    assert b'class="wrong out" role="alert"' in options.body
    assert re.search(r"OP-000 [^:]*? måste berörs", options.text)
    browser.send(options, path, option="fewest-changes")
    shown = browser.get("/publish")
    assert b'<p class="wrong out" role="alert">' in shown.body
    assert shown.text.index(SAID) < shown.text.index("Ändringar")
