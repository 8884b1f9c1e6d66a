"""Where fewer officers come than are wanted, all who read a number read that one, and it is news."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import done, load
from tests.acceptance.small_year import changes, event, operation, planned, replanned, unit, withdrawal, year

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
    assert {one["party"]: one["operations"] for one in changes(after)["tell"]} == {
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
