"""Issue A9: `ask`, `explain` and reasons agree."""

from pathlib import Path

from tests.acceptance.command import done, load
from tests.acceptance.small_year import MADE, UNITS, operation, planned, year
from tests.acceptance.test_remedies import drawn, nearest


def test_what_a_row_brings_in_is_not_out_of_reach(tmp_path: Path) -> None:
    """One more officer on 7 April brings in OP-6 by itself, beside OP-3."""
    one_day = {"from": "2027-04-07", "to": "2027-04-07"}
    operations = [
        operation("OP-1", "2027-04-07"),
        operation("OP-3", officers=5),
        operation("OP-4", designated="require"),
        operation("OP-6", window=one_day, officers=3),
    ]
    folder = planned(tmp_path, year(operations))
    asked = done("ask", folder, "--as-of", "2027-01-05T09:00", "--json").json()
    rows = [*asked["further"], *asked["combined"]]
    assert {id for row in rows for id in row["brings_in"]} & set(asked["out_of_reach"]) == set()


def test_what_one_designated_officer_would_bring_in_is_not_out_of_reach(tmp_path: Path) -> None:
    """The nearest slot of its reason lacks one, and is OP-3's too: one shift gives a place to either."""
    for seed in (0, 4, 13, 24):
        folder = planned(tmp_path / str(seed), drawn(seed))
        out = done("ask", folder, "--as-of", MADE, "--json").json()["out_of_reach"]
        wanted = {one["operation"]: nearest(one["reasons"]) for one in load(folder / "plan.json")["unplaced"]}
        by_police = {id for id, named in wanted.items() if named and named[1].keys() <= UNITS.keys()}
        assert by_police & set(out) == set(), seed
