"""year.md 6.1: a moved operation's event says for 30 days, first in its description, from when to when it was moved."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.small_year import event, operation, planned, replanned, withdrawal, year

PARTS: dict[str, Any] = {"agencies": {"miljo": 1, "skatt": 1}}
LATER: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "officers": ({"officers": 1}, ("coordinator", "lpo-city")),
    "joined": ({"optional_agencies": {"tillstand": 1}}, ("coordinator", "miljo", "skatt")),
    "left": ({"agencies": {"miljo": 1}}, ("coordinator", "miljo")),
    "teams": ({"agencies": {"miljo": 2, "skatt": 1}}, ("miljo",)),
    "leads": ({"lead_agency": "skatt"}, ("coordinator", "miljo", "skatt", "lpo-city")),
    "without police": ({}, ("coordinator", "miljo", "skatt")),
}


@pytest.mark.parametrize("name", LATER)
def test_move_is_told_for_30_days_whatever_else_changes(name: str, tmp_path: Path) -> None:
    changed, readers = LATER[name]
    before = planned(tmp_path, year([operation("OP-1", "2027-04-07", **PARTS)]))
    moved = replanned(before, "2027-03-15T09:00", withdrawals=[withdrawal("W-1", "2027-04-07")])
    made = year([operation("OP-1", "2027-04-07", **{**PARTS, **changed})])
    entered = {"scenario": made} if changed else {"without_police": ["OP-1"]}
    after = replanned(moved, "2027-03-17T09:00", **entered)
    said = {party: str(found["DESCRIPTION"]) for party in readers if (found := event(after, party))}
    assert [party for party, text in said.items() if "lyttad från onsdag 7 april" not in text] == []
