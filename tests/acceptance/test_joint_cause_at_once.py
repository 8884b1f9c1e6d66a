"""Issue A2: judged with and without it; where several bite together, all of them."""

from pathlib import Path

import pytest

from tests.acceptance.small_year import changes, operation, planned, replanned, withdrawal, year

BOTH = [{"kind": "withdrawal", "id": "W-1"}, {"kind": "scenario", "id": "OP-1"}]


@pytest.mark.parametrize("at_once", [False, True])
def test_withdrawal_and_edit_that_bite_only_together_are_both_named(at_once: bool, tmp_path: Path) -> None:
    """Four are offered, two were needed; W-1 leaves three, the edit needs four."""
    folder = planned(tmp_path, year([operation("OP-1", "2027-04-07")]))
    left, edited = [withdrawal("W-1", "2027-04-07", 3)], year([operation("OP-1", "2027-04-07", officers=4)])
    if at_once:
        after = replanned(folder, "2027-03-16T09:00", withdrawals=left, scenario=edited)
    else:
        after = replanned(replanned(folder, "2027-03-15T09:00", withdrawals=left), "2027-03-16T09:00", scenario=edited)
    (change,) = changes(after)["moved"]
    assert change.get("causes") == BOTH
