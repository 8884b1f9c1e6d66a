"""Where fewer officers come than are wanted, all who read a number read that one, and it is news."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import done, load
from tests.acceptance.small_year import UNITS, changes, event, operation, planned, replanned, unit, withdrawal, year

DAY = "2027-04-07"
WANTED: dict[str, Any] = {"officers": 4, "officers_least": 2}


def said(folder: Path, party: str, operation: str = "OP-1") -> str:
    found = event(folder, party, operation)
    assert found is not None
    return str(found["DESCRIPTION"]).replace("\\n", "\n").replace("\\,", ",")


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All four come, and two are enough."""
    first = planned(tmp_path_factory.mktemp("fewer"), year([operation("OP-1", DAY, officers=4)]))
    return replanned(first, "2027-03-29T09:00", fewer_officers=[{"operation": "OP-1", "officers": 2}])


def test_lead_unit_and_coordinator_read_how_many_come_and_that_it_is_news(agreed: Path) -> None:
    after = replanned(agreed, "2027-04-02T08:00", withdrawals=[withdrawal("W-1", DAY, left=2)])
    for party in ("coordinator", "miljo", "lpo-city"):
        assert "Poliser: 4\n" in said(agreed, party)
        assert "Poliser: 2 (önskat: 4)" in said(after, party)
        first, *_ = said(after, party).splitlines()
        assert first != said(agreed, party).splitlines()[0], party
        assert "2" in first, (party, first)
        assert "4" in first, (party, first)
    assert {change["party"]: change["operations"] for change in changes(after)["tell"]} == {
        "miljo": ["OP-1"],
        "lpo-city": ["OP-1"],
    }
    assert "2 poliser (önskat: 4)" in (after / "plan.html").read_text(encoding="utf-8")
    done("verify", after)
    assert ["officers" in load(folder / "plan.json")["placements"][0] for folder in (agreed, after)] == [False, True]


def test_what_is_given_back_is_news_too(agreed: Path) -> None:
    after = replanned(agreed, "2027-04-02T08:00", withdrawals=[withdrawal("W-1", DAY, left=2)])
    again = replanned(after, "2027-04-03T08:00", given_back=[{"id": "G-1", "withdrawal": "W-1"}])
    for party in ("miljo", "lpo-city"):
        assert "Poliser: 4\n" in said(again, party)
        assert said(again, party).splitlines()[0] != said(after, party).splitlines()[0]


def test_what_is_past_keeps_the_number_that_came(agreed: Path) -> None:
    after = replanned(agreed, "2027-04-07T12:00", withdrawals=[withdrawal("W-1", DAY, left=2)])
    assert "Poliser: 4\n" in said(after, "lpo-city")


def test_two_at_one_time_share_what_the_unit_lends(tmp_path: Path) -> None:
    """Six come: both have the three and two that they need, and the first by priority the one that is left."""
    city = unit("lpo-city", officers=[{"shift": "day", "officers": 6}])
    first = operation("OP-1", DAY, **{**WANTED, "officers_least": 3, "priority": 3})
    second = operation("OP-2", DAY, **{**WANTED, "priority": 1})
    folder = planned(tmp_path, year([first, second], police=[city, unit("lpo-nord")]))
    assert "Poliser: 3 (önskat: 4)" in said(folder, "lpo-city")
    assert "Poliser: 3 (önskat: 4)" in said(folder, "lpo-city", "OP-2")
    assert {one["operation"]: one["officers"] for one in load(folder / "plan.json")["placements"]} == {
        "OP-1": 3,
        "OP-2": 3,
    }


# What is news for 30 days stays beside what is newer, and says nothing that the calendar says below anyway.


DAY_NEWS_STAYS_TOLD, LATER, LAST = "2027-05-05", "2027-05-12", "2027-05-19"
PLACE = {"place": "Polishuset, entrén", "at": "08:30"}
OPERATION = operation(
    "OP-1", DAY_NEWS_STAYS_TOLD, police=["lpo-city", "lpo-nord"], agencies={"miljo": 1, "skatt": 1}, meet=PLACE
)


def pinned(day: str, police: str = "lpo-nord") -> dict[str, Any]:
    return {"pinned": [{"operation": "OP-1", "date": day, "shift": "day", "police": police}]}


def news(folder: Path, party: str) -> list[str]:
    """The lines of OP-1 above the one on where all meet."""
    found = event(folder, party)
    assert found is not None
    text = str(found["DESCRIPTION"]).replace("\\n", "\n").replace("\\,", ",")
    lines = text.splitlines()
    assert sum("Polishuset" in line for line in lines) == 1, lines
    return lines[: lines.index("Samling 08:30 Polishuset, entrén")]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planned(tmp_path_factory.mktemp("news"), year([OPERATION], police=[unit(id) for id in UNITS]))


@pytest.fixture(scope="module")
def taken_over(first: Path) -> Path:
    return replanned(first, "2027-04-09T09:00", withdrawals=[withdrawal("W-1", DAY_NEWS_STAYS_TOLD)])


TAKEN_OVER = "Ni tar över från LPO City, på grund av att poliser drogs tillbaka."


def test_a_unit_that_takes_over_reads_so_for_30_days_though_the_operation_moves(taken_over: Path) -> None:
    assert news(taken_over, "lpo-nord") == [TAKEN_OVER]
    moved = replanned(taken_over, "2027-04-12T09:00", **pinned(LATER))
    line, *rest = news(moved, "lpo-nord")
    assert line.startswith("Flyttad från onsdag 5 maj")
    assert rest == [TAKEN_OVER]
    assert news(replanned(moved, "2027-05-09T08:00"), "lpo-nord") == [line, TAKEN_OVER]
    assert news(replanned(moved, "2027-05-10T08:00"), "lpo-nord") == [line]


def test_who_joins_reads_so_though_its_role_and_the_date_change(first: Path) -> None:
    joins = {**OPERATION, "agencies": {"miljo": 1, "skatt": 1, "tillstand": 1}}
    joined = replanned(first, "2027-04-09T09:00", scenario=year([joins], police=[unit(id) for id in UNITS]))
    comes = "Ni deltar nu, på grund av ändrade förutsättningar."
    assert news(joined, "tillstand") == [comes]
    leads = {**joins, "agencies": {**joins["agencies"], "tillstand": 2}, "lead_agency": "tillstand"}
    changed = replanned(joined, "2027-04-11T09:00", scenario=year([leads], police=[unit(id) for id in UNITS]))
    moved = replanned(changed, "2027-04-12T09:00", **pinned(LATER, "lpo-city"))
    last, leading, first_line = news(moved, "tillstand")
    assert last.startswith("Flyttad från onsdag 5 maj")
    assert leading.startswith("Ni leder nu")
    assert first_line == comes


def test_of_two_moves_the_first_is_told_too(first: Path) -> None:
    once = replanned(first, "2027-04-09T09:00", **pinned(LATER, "lpo-city"))
    twice = replanned(once, "2027-04-11T09:00", **pinned(LAST, "lpo-city"))
    for party in ("coordinator", "miljo", "skatt", "lpo-city"):
        last, before = news(twice, party)
        assert last.startswith("Flyttad från onsdag 12 maj 2027 09:00–15:00 till onsdag 19 maj"), party
        assert before.startswith("Flyttad från onsdag 5 maj 2027 09:00–15:00 till onsdag 12 maj"), party
