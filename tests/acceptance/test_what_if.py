"""what-if, from the outside: held against plans made of a scenario in which somebody wrote the looser rule or offer."""

import copy
import json
import re
from datetime import date
from hashlib import sha256
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any

import pytest

from tests.acceptance.command import arshjul, contents, done, levels, load, placements
from tests.acceptance.small_year import MADE, MONTHS, NAMES, UNITS, operation, planned, written, year

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


# The nearest reason of what is left out, and `ask`: who does what they say gets the operation in.


POINTS = {1: 9, 2: 3, 3: 1}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SHORT = {"name": "Exempelstad 2027", "from": "2027-03-01", "to": "2027-03-12", "timezone": "Europe/Stockholm"}


def drawn(seed: int) -> dict[str, Any]:
    """Two weeks with few officers and teams for what is asked of them."""
    random = Random(seed)
    made = []
    for n in range(1, 7):
        lead, other = random.sample(list(NAMES), 2)
        more = {other: 1} if random.random() < 0.5 else {}
        first = random.choice(["2027-03-01", "2027-03-08", "2027-03-03"])
        made.append(
            operation(
                f"OP-{n}",
                lead_agency=lead,
                agencies={lead: random.choice([1, 1, 2]), **more},
                officers=random.choice([1, 2, 3]),
                priority=random.choice([1, 2, 3]),
                designated=random.choice(["none", "none", "require"]),
                window={"from": first, "to": "2027-03-12" if random.random() < 0.5 else first},
            )
        )
    made[5]["after"] = {"operation": "OP-5", "min_days": random.choice([1, 3]), "max_days": 9}
    scenario = year(made, plan={**SHORT, "language": "sv"})
    scenario["rules"]["operations_per_day"] = 2
    for agency in scenario["agencies"]:
        agency["teams"] = [{"shift": "day", "teams": random.choice([1, 2])}]
    for unit in scenario["police"]:
        unit["officers"] = [{"shift": "day", "weekdays": ["mon", "wed"], "officers": 3, "designated": 0}]
    return scenario


def offer(scenario: dict[str, Any], party: str, on: str, shift: str, more: dict[str, int]) -> None:
    """Adds to what a party offers at one slot of those that its first line, or none, tells of."""
    (one,) = [one for one in scenario["police"] + scenario["agencies"] if one["id"] == party]
    lines = one["officers" if party in UNITS else "teams"]
    days = lines[0].get("weekdays", WEEKDAYS)
    is_there = shift == "day" and WEEKDAYS[date.fromisoformat(on).weekday()] in days
    names = ("officers", "designated") if party in UNITS else ("teams",)
    now = {name: lines[0].get(name, 0) if is_there else 0 for name in names}
    lines.append({"from": on, "to": on, "shift": shift, **{name: now[name] + more.get(name, 0) for name in names}})


def nearest(reasons: list[dict[str, Any]]) -> tuple[str, dict[str, dict[str, int]]] | None:
    """The date that a reason names as nearest, and what it says that each party lacks there. None: it names none."""
    match = re.search(r"minst fattas \w+ (\d+) (\w+) (\d+), Dag \((.*)\)", reasons[-1]["text"])
    if match is None:
        return None
    on = date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1])).isoformat()
    lacks: dict[str, dict[str, int]] = {}
    for part in re.split(r", (?!\d)| och ", match[4]):
        (party,) = [id for id, name in {**NAMES, **UNITS}.items() if part.startswith(name)]
        lacks.setdefault(party, {}).update(lack(part))
    return on, lacks


def lack(said: str) -> dict[str, int]:
    """What one part of the sentence says that is missing."""
    if said.endswith("erbjuder ingen insatspolis"):
        return {"designated": 1}
    if missing := re.search(r" saknar (\w+) (poliser|polis|lag)$", said):
        return {"teams" if missing[2] == "lag" else "officers": number(missing[1])}
    offered = re.search(r" (?:erbjuder|har) (\w+) (poliser|polis|lag), (\d+) behövs$", said)
    assert offered is not None, said
    return {"teams" if offered[2] == "lag" else "officers": int(offered[3]) - number(offered[1])}


def number(word: str) -> int:
    return 1 if word in {"en", "ett"} else int(word)


def points(folder: Path) -> int:
    return levels(load(folder / "plan.json"))["points"][0]


def test_who_gives_what_the_nearest_reason_lacks_gets_it_in(tmp_path: Path) -> None:
    scenario = drawn(11)
    plan = load(planned(tmp_path / "before", scenario) / "plan.json")
    n_helped = 0
    for out in plan["unplaced"]:
        if (named := nearest(out["reasons"])) is None:
            continue
        on, lacks = named
        helped, asked = copy.deepcopy(scenario), out["operation"]
        for party, more in lacks.items():
            offer(helped, party, on, "day", more)
        (one,) = [one for one in helped["operations"] if one["id"] == asked]
        after = planned(tmp_path / asked, pinned(helped, plan, asked, on))
        (placed,) = [one for one in load(after / "plan.json")["placements"] if one["operation"] == asked]
        assert placed["date"] == on
        before = levels(plan)["points"][0]
        assert points(after) <= before - POINTS[one["priority"]], (asked, lacks)
        n_helped += 1
    assert n_helped > 0


def pinned(scenario: dict[str, Any], plan: dict[str, Any], more: str, on: str) -> dict[str, Any]:
    """The scenario in which all stand where they are, and one more comes on that date."""
    where = {id: placed["date"] for id, placed in placements(plan).items()} | {more: on}
    for one in scenario["operations"]:
        if one["id"] in where:
            one["fixed"] = {"date": where[one["id"]], "shift": "day"}
    return scenario


def test_further_shift_that_is_asked_for_brings_in_what_it_says(tmp_path: Path) -> None:
    scenario = drawn(7)
    folder = planned(tmp_path / "before", scenario)
    asked = done("ask", folder, "--as-of", MADE, "--json").json()
    assert asked["further"]
    row = asked["further"][0]
    helped = copy.deepcopy(scenario)
    offer(helped, row["police"], row["date"], row["shift"], {name: row[name] for name in ("officers", "designated")})
    after = planned(tmp_path / "after", helped)
    assert points(after) <= points(folder) - row["points"]


# Issue A9: `ask`, `explain` and reasons agree.


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
