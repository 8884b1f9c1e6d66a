"""what-if, from the outside: held against plans made of a scenario in which somebody wrote the looser rule or offer."""

import re
from pathlib import Path

import pytest

from tests.acceptance.command import arshjul, contents, done, load
from tests.acceptance.small_year import MADE, operation, planned, written, year

NEW_YEAR = "2027-01-04T09:00"
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
    found = done("what-if", plan, "--rule", "sector-spacing", "--as-of", MADE, "--json").json()
    looser = planned(tmp_path, town(15))
    own, other = (load(folder / "plan.json") for folder in (plan, looser))
    assert (found["left_out"], found["points"]) == (len(own["unplaced"]), own["levels"][1]["value"])
    (one,) = found["steps"]
    assert (one["of"], one["proven"]) == ("sector_spacing_days", True)
    assert (one["musts"], one["points"]) == tuple(level["value"] for level in other["levels"][:2])
    assert one["came_in"] - one["went_out"] == len(own["unplaced"]) - len(other["unplaced"]) == 1
    assert contents(plan) == before
    said = done("what-if", plan, "--rule", "sector-spacing", "--as-of", MADE).out
    assert "15 i stället för 16" in said
    assert f"en insats får plats: {one['operations']['came_in'][0]} (City, restaurang)" in said
    assert "Bevisat: inget steg lämnar mindre oplacerat" in said
    assert "Krogen" not in said
    sentences, _, table = said.partition("\n\n")
    assert len(sentences.splitlines()) <= 10
    *_, step = table.splitlines()
    cells = re.split(r" {2,}", step)
    assert (cells[0].endswith(": 15 i stället för 16"), cells[1]) == (True, "1")
    assert str(one["points"]) in cells[2:]


def test_a_level_below_names_no_operation(plan: Path) -> None:
    ids = {one["id"] for one in load(plan / "scenario.json")["operations"]}
    for level, told in (("area", "en i City"), ("busy", "en insats får plats")):
        seen = done("what-if", plan, "--rule", "sector-spacing", "--as-of", MADE, "--level", level)
        assert told in seen.out
        outcome = done("what-if", plan, "--rule", "sector-spacing", "--as-of", MADE, "--level", level, "--json")
        assert not [id for id in ids if id in seen.out + outcome.out]


def test_rules_that_have_no_step_are_refused_with_those_that_do(plan: Path) -> None:
    for rule in ("open-day", "guessable", "sector_spacing"):
        refused = arshjul("what-if", plan, "--rule", rule)
        assert refused.code == 2
        assert rule in refused.err and "sector-spacing" in refused.err and "operations_per_day" in refused.err
    for asked in ((), ("--rule", "freeze", "--party", "miljo")):
        refused = arshjul("what-if", plan, *asked)
        assert refused.code == 2
        assert "--party" in refused.err and "sector-spacing" in refused.err
    assert arshjul("what-if", plan, "--rule", "operations_per_day").code == 2, "it is off"
    assert arshjul("what-if", plan, "--rule", "sector-spacing", "--level", "all").code == 2


def test_what_is_published_is_asked_too(plan: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ar.db'}"
    done("publish", plan, "--reason", "First", "--rehearsal", "--db", url)
    of_folder = done("what-if", plan, "--rule", "sector-spacing", "--as-of", MADE, "--json").json()
    assert done("what-if", "--db", url, "--rule", "sector-spacing", "--as-of", MADE, "--json").json() == of_folder
    assert arshjul("what-if", written(tmp_path / "none", town(14)), "--rule", "sector-spacing").code == 2


def test_each_month_is_what_a_replan_with_it_delivers(tmp_path: Path) -> None:
    """A town of ten operations and one team on eight Tuesdays: the ninth and the tenth come in with one more."""
    town = tmp_path / "town"
    town.mkdir()
    (town / "town.yaml").write_text(_tax_town(teams=""))
    done("plan", town, "-o", tmp_path / "plan", "--as-of", NEW_YEAR)
    found = done("what-if", tmp_path / "plan", "--party", "agency-tax", "--as-of", NEW_YEAR, "--json").json()
    assert (found["party"], found["left_out"], found["unaided"]) == ("tax", 2, 0)
    assert [one["of"] for one in found["steps"]] == ["2027-02", "2027-03"]
    for one in found["steps"]:
        more = "".join(
            f", {{from: {one['of']}-{day:02}, to: {one['of']}-{day:02}, shift: day, teams: 2}}"
            for day in {"2027-02": (2, 9, 16, 23), "2027-03": (2, 9, 16, 23)}[one["of"]]
        )
        (town / "town.yaml").write_text(_tax_town(teams=more))
        given = (tmp_path / "plan", "--scenario", town, "--as-of", NEW_YEAR)
        anew = tmp_path / f"anew-{one['of']}"
        done("replan", *given, "-o", anew, "--choose", "most-delivered")
        plan = load(anew / "plan.json")
        assert plan["status"] == "optimal"
        assert (one["came_in"], one["proven"]) == (2 - len(plan["unplaced"]), True)
        assert one["points"] == next(level["value"] for level in plan["levels"] if level["id"] == "points")
    said = done("what-if", tmp_path / "plan", "--party", "tax", "--as-of", NEW_YEAR).out
    assert "February 2027 (4 shifts) – 2 operations come in: OP-" in said


@pytest.mark.parametrize("given", ["nobody", "coordinator"])
def test_a_party_that_is_none_is_said(made_tutorial: Path, given: str) -> None:
    refused = arshjul("what-if", made_tutorial, "--party", given)
    assert refused.code == 2
    assert given in refused.err


def _tax_town(teams: str) -> str:
    operations = "\n".join(
        f"  - {{id: OP-{n}, title: Shop {n}, programme: akc, lead_agency: tax, sector: s{n}, area: north, "
        "officers: 2, agencies: {tax: 1}}"
        for n in range(1, 11)
    )
    return f"""
plan: {{name: Town 2027, from: 2027-02-01, to: 2027-03-29, timezone: Europe/Stockholm, language: en}}
shifts: [{{id: day, name: Day, start: "09:00", end: "15:00"}}]
areas: [{{id: north, name: North}}]
police:
  - {{id: lpo, name: Local police, kind: local, areas: [north],
     officers: [{{weekdays: [tue], shift: day, officers: 8}}]}}
agencies:
  - {{id: tax, name: Tax office, kind: state, staff_teams: 2,
     teams: [{{weekdays: [tue], shift: day, teams: 1}}{teams}]}}
operations:
{operations}
"""
