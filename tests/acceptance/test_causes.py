"""The cause of a change is one thing, whatever tells of it."""

import json
from pathlib import Path

import pytest
import yaml

from tests.acceptance.command import done

SCENARIO = """
plan: {name: Hamnstad 2027, from: 2027-02-01, to: 2027-03-31, timezone: Europe/Stockholm, language: sv}
shifts: [{id: day, name: Dag, start: "08:00", end: "14:00"}]
areas: [{id: docks, name: Hamnen}]
police:
  - {id: lpo-docks, name: LPO Hamnen, kind: local, areas: [docks], contact: Samordnare,
     officers: [{weekdays: [wed], shift: day, officers: 5}]}
agencies:
  - {id: tull, name: Tullverket, kind: state, contact: Gruppchef, teams: [{shift: day, teams: 1}]}
operations:
  - {id: H-1, title: Verkstäder, programme: gvi, lead_agency: tull, sector: workshop, area: docks, officers: 3,
     agencies: {tull: 1}, window: {from: 2027-02-10, to: 2027-03-10}, preferred: {from: 2027-02-10, to: 2027-02-10}}
rules: {freeze_days: 0, notice_days: 0}
"""
WITHDRAWALS = """
withdrawals:
  - {id: A, reported: "2027-02-01T08:00", police: [lpo-docks], from: 2027-02-10, to: 2027-02-10,
     officers_left: 1, cause: shooting}
  - {id: B, reported: "2027-02-02T08:00", police: [lpo-docks], from: 2027-02-08, to: 2027-02-12,
     officers_left: LEFT, cause: match}
"""
_SHARED = [parent / "shared" / "causes" for parent in Path(__file__).resolve().parents]
SHARED = [path.parent for place in _SHARED for path in sorted(place.glob("*/withdrawals.yaml"))]
WORDS = {"A": "en skjutning", "B": "en match", "W-1": "en skjutning", "W-2": "en match"}


def made(folder: Path, left: int) -> tuple[Path, Path]:
    """A scenario and a file of withdrawals: A leaves too few there, B leaves so many."""
    scenario, withdrawals = folder / "scenario", folder / "withdrawals.yaml"
    scenario.mkdir()
    (scenario / "scenario.yaml").write_text(SCENARIO)
    withdrawals.write_text(WITHDRAWALS.replace("LEFT", str(left)))
    return scenario, withdrawals


def told(folder: Path, scenario: Path, withdrawals: Path, at: str) -> tuple[list[str], dict[str, str]]:
    """The withdrawals that changes.json names, and all that the coordinator and the unit read of the change."""
    before, after = folder / "before", folder / "after"
    done("plan", scenario, "-o", before, "--as-of", "2027-01-01T09:00")
    replanned = done("replan", before, "--withdrawals", withdrawals, "--as-of", at, "-o", after)
    done("verify", after)
    seen = {
        "replan": replanned.out,
        "diff": done("diff", before, after).out,
        "page": (after / "plan.html").read_text(),
        **{
            str(path.name): path.read_text().replace("\n ", "")
            for path in (after / "feeds").glob("*.ics")
            if path.name.startswith("police-") or path.name == "coordinator.ics"
        },
    }
    (move,) = json.loads((after / "changes.json").read_text())["moved"]
    causes = move.get("causes", [move["cause"]])
    assert causes[0] == move["cause"]
    assert json.loads(done("diff", before, after, "--json").out)["moved"] == [move]
    return [one["id"] for one in causes], seen


@pytest.mark.parametrize(("left", "expected"), [(5, ["A"]), (3, ["A"]), (2, ["A", "B"])])
def test_all_that_tells_of_a_change_names_the_withdrawals_that_bite(
    tmp_path: Path, left: int, expected: list[str]
) -> None:
    ids, seen = told(tmp_path, *made(tmp_path, left), "2027-02-03T09:00")
    assert ids == expected
    phrase = "på grund av " + " och av ".join(WORDS[id] for id in expected)
    for where, text in seen.items():
        assert phrase in text, where
        assert ("av en match" in text) == ("B" in expected), where


@pytest.mark.skipif(not SHARED, reason="the shared cases are not here")
@pytest.mark.parametrize("case", SHARED, ids=lambda path: str(path.name))
def test_shared_cases_name_what_bites(tmp_path: Path, case: Path) -> None:
    ids, seen = told(tmp_path, case / "scenario", case / "withdrawals.yaml", "2027-03-04T09:00")
    given = yaml.safe_load((case / "withdrawals.yaml").read_text())["withdrawals"]
    others = {one["id"] for one in given} - {*ids}
    assert ids == ["W-1"]
    for where, text in seen.items():
        assert f"på grund av {WORDS['W-1']}" in text, where
        assert not any(f"på grund av {WORDS[id]}" in text for id in others), where
