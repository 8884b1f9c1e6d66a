"""today: the morning after a withdrawal, from the outside."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.acceptance.command import MARCH, arshjul, contents, done, load, placements, slot
from tests.acceptance.conftest import SHOOTING
from tests.acceptance.small_year import (
    MADE,
    Entry,
    changes,
    operation,
    planned,
    replanned,
    saved,
    withdrawal,
    written,
    year,
)

KEYS = {
    "as_of", "operations", "meetings", "hit", "free_teams", "ready", "no_outcome", "doubtful", "unknown_ends",
    "unanswered", "due", "empty",
}  # fmt: skip


def test_the_morning_of_the_shooting(made_tutorial: Path) -> None:
    before = contents(made_tutorial)
    asked = ("today", made_tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH)
    found = done(*asked, "--json").json()
    assert contents(made_tutorial) == before
    assert found.keys() == KEYS
    assert found["as_of"] == MARCH
    (hit,) = found["hit"]
    assert (hit["operation"], hit["date"], hit["shift"]) == ("OP-3", "2027-03-11", "day")
    assert [call["party"] for call in hit["call"]] == ["miljo", "arbetsmiljoverket", "lpo-exempelstad"]
    assert [way_out["kind"] for way_out in hit["rungs"]] == ["move", "move", "move", "move-others"]
    for way_out in hit["rungs"]:
        assert way_out["asks"] == (way_out["date"] < "2027-03-25")
        pin = {"operation": "OP-3", "date": way_out["date"], "shift": way_out["shift"], "police": way_out["police"]}
        assert pin in way_out["changes"]["pinned"]
    slot = {"date": "2027-03-11", "shift": "day"}
    assert found["free_teams"] == [
        {"agency": "miljo", **slot, "teams": 1},
        {"agency": "arbetsmiljoverket", **slot, "teams": 2},
    ]
    parties = ["miljo", "arbetsmiljoverket", "lpo-exempelstad"]
    assert found["operations"] == [{"operation": "OP-3", **slot, "police": "lpo-exempelstad", "parties": parties}]
    assert found["meetings"] == [{"meeting": "network-meeting", "date": "2027-03-17"}]
    note = done(*asked).out
    assert note.split("\n\n")[0].splitlines()[1] == (
        "  09:00–15:00 OP-3 (Fordon och verkstad, Hamnen): "
        "Miljöförvaltningen, Arbetsmiljöverket och LPO Exempelstad – berörs"
    )
    assert note.split("\n\n")[1] == "En insats berörs. Den börjar i dag 09:00–15:00."
    assert "Ring Miljöförvaltningen (Samordnaren)." in note


def test_a_quiet_day_says_so_and_a_moment_before_the_plan_is_refused(made_march: Path) -> None:
    found = done("today", made_march, "--as-of", MARCH, "--json").json()
    assert found["hit"] == found["free_teams"] == []
    assert "Ingen insats berörs." in done("today", made_march, "--as-of", MARCH).out
    outcome = arshjul("today", made_march, "--as-of", "2027-03-10T07:00")
    assert outcome.code == 2
    assert outcome.err.endswith("ange den eller en senare med --as-of.\n"), outcome


def test_a_way_out_is_taken_by_its_file_of_changes_and_one_that_is_none_is_refused(
    made_tutorial: Path, tmp_path: Path
) -> None:
    asked = ("--withdrawals", SHOOTING, "--as-of", MARCH)
    (hit,) = done("today", made_tutorial, *asked, "--json").json()["hit"]
    way_out = hit["rungs"][-1]
    way = done("today", made_tutorial, *asked, "--way", "OP-3:4").out
    assert json.loads(way) == way_out["changes"]
    (tmp_path / "changes.yaml").write_text(way)
    done(
        "replan", made_tutorial, *asked, "--changes", tmp_path / "changes.yaml", "-o", tmp_path / "new",
        "--choose", "fewest-changes",
    )  # fmt: skip
    done("verify", tmp_path / "new")
    changes = load(tmp_path / "new" / "changes.json")
    new = {move["operation"]: move["new"] for move in changes["moved"]}
    place = {key: way_out[key] for key in ("date", "shift", "police")}
    assert new == {"OP-3": place, **{move["operation"]: move["new"] for move in way_out["moves"]}}
    for way in ["OP-3:5", "OP-3", "OP-77:1", ""]:
        outcome = arshjul("today", made_tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH, "--way", way)
        assert (outcome.code, outcome.out) == (2, "")
        assert "OP-3:4" in outcome.err


# The morning on which police go: teams stand ready, a reserve is carried out, and the hit operation moves besides.


MORNING = "2027-03-11T06:30"
THURSDAY, FRIDAY = "2027-03-11", "2027-03-12"
WITHDRAWN = withdrawal("W-1", THURSDAY)
TWO_DAYS = {"from": THURSDAY, "to": FRIDAY}
"""In this window an operation hit on Thursday has one other slot: Friday by day."""
ELSEWHERE = operation("OP-5", "2027-04-20")
"""One that nothing of the morning touches."""


def reserve(id: str, **changed: Any) -> dict[str, Any]:
    """One of Miljöförvaltningen that needs no police, kept for such a morning."""
    return operation(id, reserve=True, **{"officers": 0, **changed})


def today(folder: Path, withdrawn: Entry = WITHDRAWN) -> dict[str, Any]:
    file = saved(folder.with_name("morning.yaml"), {"withdrawals": [withdrawn]})
    answer: dict[str, Any] = done("today", folder, "--as-of", MORNING, "--withdrawals", file, "--json").json()
    return answer


def rungs(answer: Mapping[str, Any], kind: str = "reserve", hit: str = "OP-1") -> list[dict[str, Any]]:
    """The ways out of one kind for a hit operation."""
    (held,) = [held for held in answer["hit"] if held["operation"] == hit]
    return [rung for rung in held["rungs"] if rung["kind"] == kind]


def carried_out(folder: Path, rung: Mapping[str, Any], withdrawn: Entry = WITHDRAWN) -> Path:
    """The folder after the withdrawal and the rung's own file of changes, which must verify."""
    later = replanned(folder, MORNING, withdrawals=[withdrawn], **rung["changes"])
    done("verify", later)
    return later


def where(folder: Path) -> dict[str, tuple[str, str, str | None]]:
    """Every placed operation's date, shift and unit."""
    return {id: slot(placed) for id, placed in placements(load(folder / "plan.json")).items()}


def test_hit_one_moves_besides(tmp_path: Path) -> None:
    """OP-9 takes Thursday with the teams that stand ready, and OP-1 the only slot that its window leaves it: Friday."""
    hit = operation("OP-1", THURSDAY, window=TWO_DAYS)
    folder = planned(tmp_path, year([hit, ELSEWHERE, reserve("OP-9")]))
    answer = today(folder)
    (move,) = rungs(answer, "move")
    assert (move["date"], move["shift"], move["police"]) == (FRIDAY, "day", "lpo-city")
    (rung,) = rungs(answer)
    assert rung["operation"] == "OP-9"
    assert (rung["date"], rung["shift"], rung["police"]) == (THURSDAY, "day", None)
    assert set(rung["ask"]) >= {"miljo", "lpo-city"}  # the unit serves OP-1 on Friday, and has to be asked
    assert "left_out" not in rung["changes"]
    assert rung["changes"]["promoted"] == ["OP-9"]
    later = carried_out(folder, rung)
    assert where(later) == {
        "OP-1": (FRIDAY, "day", "lpo-city"),
        "OP-5": ("2027-04-20", "day", "lpo-city"),
        "OP-9": (THURSDAY, "day", None),
    }
    told = changes(later)
    assert [moved["operation"] for moved in told["moved"]] == ["OP-1"]
    assert [new["operation"] for new in told["new"]] == ["OP-9"]
    assert told["dropped"] == []
    assert load(later / "plan.json")["reserve"] == []
    assert {tell["party"] for tell in told["tell"]} == {"miljo", "lpo-city"}


# what-if, from the outside: held against plans made of a scenario in which somebody wrote the looser rule or offer.


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
