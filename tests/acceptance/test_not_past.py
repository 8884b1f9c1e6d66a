"""A plan is for what is to come: nothing is placed in the past, and a year that has begun goes on by replan."""

from pathlib import Path

import pytest

from tests.acceptance.command import ROOT, arshjul, contents, done, load

TUTORIAL = ROOT / "scenarios" / "tutorial"


def test_first_plan_places_nothing_before_its_moment(tmp_path: Path) -> None:
    done("plan", TUTORIAL, "-o", tmp_path / "out", "--as-of", "2027-03-11T10:00")
    plan = load(tmp_path / "out" / "plan.json")
    assert min((p["date"], p["shift"]) for p in plan["placements"]) >= ("2027-03-11", "evening")
    reasons = {u["operation"]: {reason["rule"] for reason in u["reasons"]} for u in plan["unplaced"]}
    # OP-3 is pinned to the morning of that day.
    assert reasons["OP-3"] == {"not-past"}
    done("verify", tmp_path / "out")


def test_plan_made_when_the_year_is_over_is_empty_and_says_why(tmp_path: Path) -> None:
    done("plan", TUTORIAL, "-o", tmp_path / "out", "--as-of", "2037-01-04T09:00")
    plan = load(tmp_path / "out" / "plan.json")
    assert plan["placements"] == []
    assert all("not-past" in {reason["rule"] for reason in u["reasons"]} for u in plan["unplaced"])
    done("verify", tmp_path / "out")


def test_verify_names_what_a_first_plan_has_in_its_past(made_tutorial: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    for name in ("scenario.json", "plan.json"):
        text = (made_tutorial / name).read_text()
        (folder / name).write_text(text.replace('"as_of": "2027-01-04T09:00"', '"as_of": "2027-03-11T09:01"'))
    seen = arshjul("verify", folder, "--json")
    assert seen.code == 1, seen
    named = {id for breach in seen.json()["breaches"] if breach["rule"] == "not-past" for id in breach["operations"]}
    assert "OP-3" in named


def refused(folder: Path, scenario: Path, as_of: str) -> str:
    """What `plan` says when it refuses to write into the folder, which stays as it was."""
    before = contents(folder)
    seen = arshjul("plan", scenario, "-o", folder, "--as-of", as_of)
    assert seen.code == 4, seen
    assert "arshjul replan" in seen.err, seen
    assert contents(folder) == before
    return seen.err


def test_plan_that_has_begun_is_not_planned_anew(tutorial: Path) -> None:
    _, first = min((p["date"], p["operation"]) for p in load(tutorial / "plan.json")["placements"])
    said = refused(tutorial, TUTORIAL, "2027-06-01T09:00")
    assert first in said


def test_folder_that_holds_a_replan_is_not_planned_anew(march: Path) -> None:
    refused(march, TUTORIAL, "2027-03-11T07:00")


@pytest.mark.parametrize("change", ["name", "edited"])
def test_neither_another_name_nor_an_edited_scenario_opens_a_year_that_has_begun(
    march: Path, tmp_path: Path, change: str
) -> None:
    scenario = tmp_path / "scenario"
    scenario.mkdir()
    for file in TUTORIAL.glob("[op]*.yaml"):
        text = file.read_text()
        (scenario / file.name).write_text(text.replace("name: Exempelstad våren 2027", "name: Exempelstad våren 2028"))
    if change == "edited":
        file = march / "scenario.json"
        file.write_bytes(file.read_bytes() + b"\n")
        scenario = TUTORIAL
    refused(march, scenario, "2027-06-01T09:00")


def test_plan_goes_on_in_a_folder_whose_plan_has_not_begun(tutorial: Path) -> None:
    done("plan", TUTORIAL, "-o", tutorial, "--as-of", "2027-01-20T09:00")
