"""today: the morning after a withdrawal, from the outside."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.acceptance.command import MARCH, arshjul, contents, done, load, placements, slot
from tests.acceptance.conftest import SHOOTING
from tests.acceptance.small_year import (
    Entry,
    changes,
    operation,
    planned,
    replanned,
    saved,
    withdrawal,
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
    assert "2027" in outcome.err


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
