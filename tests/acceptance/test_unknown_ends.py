"""A withdrawal until further notice is taken to last so long from the replan that reported it, and all are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import MARCH, done, load

OPEN_END = (
    'id: W-9, reported: "2027-03-11T06:15", police: [lpo-exempelstad], from: 2027-03-11, until_further_notice: true'
)
OTHER = 'id: W-10, reported: "2027-03-20T06:15", police: [granspolisen], from: 2027-03-22, to: 2027-03-22'
LATER = "2027-03-20T08:00"


def replanned(folder: Path, out: Path, entry: str, as_of: str) -> Path:
    file = out.with_suffix(".yaml")
    file.write_text(f"withdrawals:\n  - {{{entry}}}\n")
    done("replan", folder, "--withdrawals", file, "--as-of", as_of, "-o", out)
    done("verify", out)
    return out


def reports(folder: Path, id: str) -> list[dict[str, Any]]:
    return [withdrawal for withdrawal in load(folder / "plan.json")["withdrawals"] if withdrawal["id"] == id]


@pytest.fixture
def open_ended(made_tutorial: Path, tmp_path: Path) -> Path:
    return replanned(made_tutorial, tmp_path / "open", OPEN_END, MARCH)


def test_no_later_replan_about_something_else_moves_an_unknown_end(open_ended: Path, tmp_path: Path) -> None:
    assert [report["until"] for report in reports(open_ended, "W-9")] == ["2027-04-07"]
    next_one = replanned(open_ended, tmp_path / "next", OTHER, LATER)
    assert [report["until"] for report in reports(next_one, "W-9")] == ["2027-04-07"]
    # Nor is anyone hit on the dates that an extension would take.
    assert "until" not in reports(next_one, "W-10")[0]
    looked_at_anew = tmp_path / "anew"
    done("replan", open_ended, "--as-of", LATER, "-o", looked_at_anew)
    assert load(looked_at_anew / "plan.json")["base"]["hit"] == []


def test_reporting_the_id_again_renews_it_and_the_log_keeps_both_reports(open_ended: Path, tmp_path: Path) -> None:
    again = replanned(open_ended, tmp_path / "again", OPEN_END.replace("03-11T06", "03-20T06"), LATER)
    assert [report["until"] for report in reports(again, "W-9")] == ["2027-04-07", "2027-04-16"]
    answer = done("withdrawals", again, "--json").json()
    assert [logged["revision"] for logged in answer["withdrawals"]] == [2, 3]
    assert answer["unknown_ends"] == [{"withdrawal": "W-9", "until": "2027-04-16"}]
    first, second = done("withdrawals", again).out.splitlines()[:2]
    assert "Ersatt av en senare rapport" in first
    assert "Ersatt av en senare rapport" not in second


def test_a_report_with_an_end_takes_the_place_of_one_without(open_ended: Path, tmp_path: Path) -> None:
    entry = OPEN_END.replace("until_further_notice: true", "to: 2027-03-21")
    ended = replanned(open_ended, tmp_path / "ended", entry, LATER)
    assert done("withdrawals", ended, "--json").json()["unknown_ends"] == []
    assert "okänt slut" not in done("diff", open_ended, ended).out


def test_every_answer_says_until_when(open_ended: Path, made_tutorial: Path) -> None:
    ends = [{"withdrawal": "W-9", "until": "2027-04-07"}]
    asked = ("replan", open_ended, "--as-of", LATER, "--options-only")
    assert done(*asked, "--json").json()["unknown_ends"] == ends
    assert done("diff", made_tutorial, open_ended, "--json").json()["unknown_ends"] == ends
    said = "W-9 (LPO Exempelstad): okänt slut, räknas till och med onsdag 7 april 2027"
    for answer in (done(*asked), done("diff", made_tutorial, open_ended)):
        assert said in answer.out
    assert said in (open_ended / "plan.html").read_text()
    assert "7 april 2027" in done("withdrawals", open_ended).out


def test_what_has_run_out_is_told_no_more(open_ended: Path) -> None:
    asked = ("replan", open_ended, "--as-of", "2027-04-08T08:00", "--options-only", "--json")
    assert done(*asked).json()["unknown_ends"] == []


def test_plan_of_before_counts_its_unknown_ends_from_its_own_moment(open_ended: Path, tmp_path: Path) -> None:
    plan = load(open_ended / "plan.json")
    for withdrawal in plan["withdrawals"]:
        del withdrawal["until"]
    (open_ended / "plan.json").write_text(json.dumps(plan))
    done("verify", open_ended)
    done("replan", open_ended, "--as-of", LATER, "-o", tmp_path / "next")
    assert [report["until"] for report in reports(tmp_path / "next", "W-9")] == ["2027-04-07"]
