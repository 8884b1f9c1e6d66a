"""what-if, from the outside: held against plans made of a scenario in which somebody wrote the looser rule or offer."""

import json
import re
from hashlib import sha256
from pathlib import Path
from shutil import copytree

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


@pytest.mark.parametrize("given", ["nobody", "coordinator"])
def test_a_party_that_is_none_is_said(made_tutorial: Path, given: str) -> None:
    refused = arshjul("what-if", made_tutorial, "--party", given)
    assert refused.code == 2
    assert given in refused.err


# stress: a table for people, figures for programs, and what is refused.


BEFORE = "2027-01-10T08:00"


def test_stress_counts_drawn_years(made_tutorial: Path, tmp_path: Path) -> None:
    folder = copytree(made_tutorial, tmp_path / "plan")
    before = contents(folder)
    asked = ("stress", folder, "--years", "3", "--seed", "4", "--as-of", BEFORE)
    seen = done(*asked, "--json").json()
    plan = seen["outcome"]
    assert plan["answered"] == plan["proven"] > 0
    assert plan["held"]["low"] <= plan["held"]["mean"] <= plan["held"]["high"] <= plan["placed"]
    assert {one["cause"]: one["withdrawals"] for one in seen["rates"]}["shooting"] == 0
    after = contents(folder)
    assert {name for name in after if after[name] != before.get(name)} == {"stress.json", "plan.html"}
    kept = json.loads((folder / "stress.json").read_text())
    assert kept["plan"] == sha256((folder / "plan.json").read_bytes()).hexdigest()
    assert {key: kept[key] for key in seen if key != "rates"} == {key: seen[key] for key in seen if key != "rates"}
    sites = [site for load in json.loads(before["scenario.json"])["operations"] for site in load.get("sites", ())]
    secrets = {word for site in sites for word in site.values() if len(word) > 4}
    assert secrets
    assert not [word for word in secrets if word.encode() in after["stress.json"] + after["plan.html"]]
    shown = done(*asked)
    assert "Färre än 10 år" in shown.err
    said = shown.out
    assert contents(folder) == after
    assert "3 år simulerade; bygger bara på antaganden:" in said
    assert "hålls på första datumet" in said
    assert "varsel 11,5 dagar" in said
    assert "276" not in said
    assert "i procent av åren" in said
    points = plan["points"]["mean"]
    assert f"placerade prioritetspoäng vid årets slut: {points:.1f}".replace(".", ",") in said


def test_figures_are_shown_beside_their_own_plan_alone(made_tutorial: Path, tmp_path: Path) -> None:
    folder = copytree(made_tutorial, tmp_path / "plan")
    done("stress", folder, "--years", "2", "--as-of", BEFORE)
    page, figures = folder / "plan.html", folder / "stress.json"
    shown = page.read_bytes()
    assert 'id="stressed"' in shown.decode()
    done("wheel", folder)
    assert page.read_bytes() == shown
    kept = figures.read_text()
    figures.write_text(kept.replace('"plan": "', '"plan": "0'))
    done("wheel", folder)
    assert 'id="stressed"' not in page.read_text()
    figures.write_text(kept.replace('"years": 2', '"years": "two"'))
    wrong = arshjul("wheel", folder)
    assert wrong.code == 2
    assert "arshjul stress" in wrong.err


def test_stress_refuses_what_cannot_be(made_tutorial: Path, made_march: Path) -> None:
    late = arshjul("stress", made_tutorial, "--as-of", "2028-02-01T08:00")
    assert late.code == 2
    assert "--as-of" in late.err
    twice = arshjul("stress", made_march, "--history", made_march)
    assert twice.code == 2
    assert f"--history {made_march}" in twice.err
    assert arshjul("stress", made_tutorial, "--choose", "all").code == 2
    assert arshjul("stress", made_tutorial, "--executor", "dask://nowhere").code == 2
    assert arshjul("stress", made_tutorial, "--years", "1").code == 2
