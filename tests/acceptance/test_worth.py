"""What one more of a party would be worth, from the outside: held against the plan that is made with it."""

from pathlib import Path

import pytest

from tests.acceptance.command import arshjul, done, load

AS_OF = "2027-01-04T09:00"


def test_each_month_is_what_a_replan_with_it_delivers(tmp_path: Path) -> None:
    """A town of ten operations and one team on eight Tuesdays: the ninth and the tenth come in with one more."""
    town = tmp_path / "town"
    town.mkdir()
    (town / "town.yaml").write_text(_town(teams=""))
    done("plan", town, "-o", tmp_path / "plan", "--as-of", AS_OF)
    found = done("ask", tmp_path / "plan", "--worth", "agency-tax", "--as-of", AS_OF, "--json").json()
    assert (found["party"], found["left_out"], found["unaided"]) == ("tax", 2, 0)
    assert [one["month"] for one in found["months"]] == ["2027-02", "2027-03"]
    for one in found["months"]:
        more = "".join(
            f", {{from: {one['month']}-{day:02}, to: {one['month']}-{day:02}, shift: day, teams: 2}}"
            for day in {"2027-02": (2, 9, 16, 23), "2027-03": (2, 9, 16, 23)}[one["month"]]
        )
        (town / "town.yaml").write_text(_town(teams=more))
        given = (tmp_path / "plan", "--scenario", town, "--as-of", AS_OF)
        anew = tmp_path / f"anew-{one['month']}"
        done("replan", *given, "-o", anew, "--choose", "most-delivered")
        plan = load(anew / "plan.json")
        assert plan["status"] == "optimal"
        assert (one["shifts"], one["brings_in"], one["proven"]) == (4, 2 - len(plan["unplaced"]), True)
        assert one["points"] == 2 * 3 - next(level["value"] for level in plan["levels"] if level["id"] == "points")
    said = done("ask", tmp_path / "plan", "--worth", "tax", "--as-of", AS_OF).out
    assert "February 2027: 2 operations come in (6 points)" in said


@pytest.mark.parametrize("given", ["nobody", "coordinator"])
def test_a_party_that_is_none_is_said(made_tutorial: Path, given: str) -> None:
    refused = arshjul("ask", made_tutorial, "--worth", given)
    assert refused.code == 2
    assert given in refused.err


def _town(teams: str) -> str:
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
