"""cost, from the outside: held against plans made of a scenario in which somebody wrote the looser rule."""

from pathlib import Path

import pytest

from tests.acceptance.command import arshjul, contents, done, load
from tests.acceptance.small_year import MADE, operation, planned, written, year

SPAN = {"plan": {"name": "Exempelstad 2027", "from": "2027-03-01", "to": "2027-03-31", "timezone": "Europe/Stockholm"}}


def town(spacing: int) -> dict[str, object]:
    rules = {"lead_time_days": 0, "sector_spacing_days": spacing, "operations_per_week": 5}
    operations = [operation(f"OP-{n}", title="Krogen Exempel", priority=n % 3 + 1) for n in range(1, 6)]
    return year(operations, rules=rules, **SPAN)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planned(tmp_path_factory.mktemp("town"), town(16))


def test_a_step_brings_in_what_the_looser_plan_has(plan: Path, tmp_path: Path) -> None:
    before = contents(plan)
    found = done("cost", plan, "sector-spacing", "--as-of", MADE, "--json").json()
    looser = planned(tmp_path, town(15))
    own, other = (load(folder / "plan.json") for folder in (plan, looser))
    assert (found["left_out"], found["points"]) == (len(own["unplaced"]), own["levels"][1]["value"])
    (one,) = found["steps"]
    assert (one["of"], one["proven"]) == ("sector_spacing_days", True)
    assert (one["musts"], one["points"]) == tuple(level["value"] for level in other["levels"][:2])
    assert one["came_in"] - one["went_out"] == len(own["unplaced"]) - len(other["unplaced"]) == 1
    assert contents(plan) == before
    said = done("cost", plan, "sector-spacing", "--as-of", MADE).out
    assert "15 i stället för 16" in said
    assert f"en insats kommer in: {one['operations']['came_in'][0]} (City, restaurang)." in said
    assert "Bevisat: ingen plan med den regeln låter mindre stå över." in said
    assert "Krogen" not in said
    assert len(said.splitlines()) <= 10


def test_a_level_below_names_no_operation(plan: Path) -> None:
    ids = {one["id"] for one in load(plan / "scenario.json")["operations"]}
    for level, told in (("area", "en i City"), ("busy", "en insats")):
        seen = done("cost", plan, "sector-spacing", "--as-of", MADE, "--level", level)
        assert told in seen.out
        found = done("cost", plan, "sector-spacing", "--as-of", MADE, "--level", level, "--json")
        assert not [id for id in ids if id in seen.out + found.out]


def test_rules_that_have_no_step_are_refused_with_those_that_do(plan: Path) -> None:
    for rule in ("open-day", "guessable", "sector_spacing"):
        refused = arshjul("cost", plan, rule)
        assert refused.code == 2
        assert rule in refused.err and "sector-spacing" in refused.err and "operations_per_day" in refused.err
    assert "sector-spacing" in arshjul("cost", plan).err
    assert arshjul("cost", plan, "operations_per_day").code == 2, "it is off"
    assert arshjul("cost", plan, "sector-spacing", "--level", "all").code == 2


def test_what_is_published_is_asked_too(plan: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ar.db'}"
    done("publish", plan, "--reason", "First", "--rehearsal", "--db", url)
    of_folder = done("cost", plan, "sector-spacing", "--as-of", MADE, "--json").json()
    assert done("cost", "sector-spacing", "--db", url, "--as-of", MADE, "--json").json() == of_folder
    assert arshjul("cost", written(tmp_path / "none", town(14)), "sector-spacing").code == 2
