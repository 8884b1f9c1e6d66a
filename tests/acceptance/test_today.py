"""today: the morning after a withdrawal, from the outside."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command import MARCH, arshjul, contents, done, load
from tests.acceptance.conftest import SHOOTING

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


def test_a_quiet_day_says_so(made_march: Path) -> None:
    found = done("today", made_march, "--as-of", MARCH, "--json").json()
    assert found["hit"] == found["free_teams"] == []
    assert "Ingen insats berörs." in done("today", made_march, "--as-of", MARCH).out


def test_a_moment_before_the_plan_is_refused(made_march: Path) -> None:
    outcome = arshjul("today", made_march, "--as-of", "2027-03-10T07:00")
    assert outcome.code == 2
    assert "2027" in outcome.err


def test_a_way_out_is_taken_by_its_file_of_changes(made_tutorial: Path, tmp_path: Path) -> None:
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


@pytest.mark.parametrize("way", ["OP-3:5", "OP-3", "OP-77:1", ""])
def test_a_way_out_that_is_none_is_refused_with_those_there_are(made_tutorial: Path, way: str) -> None:
    outcome = arshjul("today", made_tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH, "--way", way)
    assert (outcome.code, outcome.out) == (2, "")
    assert "OP-3:4" in outcome.err
