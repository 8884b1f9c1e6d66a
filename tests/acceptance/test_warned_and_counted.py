"""Repeats, targets, reserves, what goes without police, and what counts as evaluated: each by the letter."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import arshjul, done, ids, levels, load, options, placements, slot
from tests.acceptance.small_year import (
    changes,
    event,
    operation,
    planned,
    replanned,
    saved,
    withdrawal,
    written,
    year,
)

AS_OF, LATER = "2027-03-15T09:00", "2027-03-16T09:00"


def test_repeat_that_its_window_cannot_hold_is_warned_of_and_a_target_is_called_by_its_id(tmp_path: Path) -> None:
    window = {"from": "2027-03-02", "to": "2027-03-18"}
    repeated = operation("OP-1", window=window, repeat={"times": 4, "every_days": [7, 9]})
    fits = operation("OP-2", repeat={"times": 2, "every_days": [7, 9]})
    target = {"id": "krogar", "from": "2027-03-01", "to": "2027-03-31", "at_least": 9}
    scenario = year([repeated, fits], targets=[target])
    checked = done("check", written(tmp_path / "checked", scenario), "--json").json()
    assert checked["errors"] == []
    repeats = {warning["path"] for warning in checked["warnings"] if warning["path"].endswith(".repeat")}
    assert repeats == {"operations[0].repeat"}
    plan = load(planned(tmp_path, scenario) / "plan.json")
    assert (sorted(placements(plan)), ids(plan["unplaced"])) == (
        ["OP-1.1", "OP-1.2", "OP-1.3", "OP-2.1", "OP-2.2"],
        ["OP-1.4"],
    )
    assert plan["status"] == "optimal"
    assert levels(plan)["points"] == (3, 3)
    assert plan["unplaced"][0]["reasons"]
    (price,) = [price for price in plan["prices"] if price["rule"] == "target"]
    assert price["about"] == "krogar"
    assert price["points"] == 3 * (9 - sum("2027-03" in placed["date"] for placed in plan["placements"]))
    assert "krogar" in price["text"]


def test_ties_to_a_reserve_are_warned_of_and_bind_nobody(tmp_path: Path) -> None:
    tied = [
        operation("R-1", reserve=True),
        operation("OP-1", same_slot_as="R-1"),
        operation("OP-2", after={"operation": "R-1", "min_days": 1}),
    ]
    checked = done("check", written(tmp_path / "checked", year(tied)), "--json").json()
    warned = {warning["path"]: warning["text"] for warning in checked["warnings"] if "reserv" in warning["text"]}
    assert warned.keys() == {"operations[1].same_slot_as", "operations[2].after"}
    assert all("R-1" in text for text in warned.values())
    folder = planned(tmp_path, year(tied))
    plan = load(folder / "plan.json")
    assert (plan["reserve"], sorted(placements(plan)), ids(plan["unplaced"])) == (["R-1"], ["OP-1"], ["OP-2"])


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OP-1 and OP-2 on two dates, and OP-1 goes without police."""
    tmp = tmp_path_factory.mktemp("without")
    before = planned(tmp, year([operation("OP-1", "2027-04-07", priority=3), operation("OP-2", "2027-04-21")]))
    return replanned(before, AS_OF, without_police=["OP-1"])


def test_what_goes_without_police_stands_as_pinned_whoever_withdraws(without: Path) -> None:
    (change,) = changes(without)["unit_changed"]
    assert (change["operation"], change["new"]) == ("OP-1", {"date": "2027-04-07", "shift": "day", "police": None})
    assert change["cause"] == {"kind": "asked", "id": "OP-1"}
    assert changes(without)["hit"] == ["OP-1"]
    after = replanned(without, LATER, withdrawals=[withdrawal("W-1", "2027-04-07")])
    assert changes(after)["hit"] == changes(after)["moved"] == changes(after)["unit_changed"] == []
    assert slot(placements(load(after / "plan.json"))["OP-1"]) == ("2027-04-07", "day", None)


def test_what_goes_without_police_is_held_in_all_options_where_another_would_have_its_place(tmp_path: Path) -> None:
    """Miljöförvaltningen has one team there, and what newly comes is worth more and may come on that date alone."""
    one_team = year([operation("OP-1", "2027-04-07", priority=3)])
    one_team["agencies"][0]["teams"] = [{"shift": "day", "teams": 1}]
    folder = replanned(planned(tmp_path, one_team), AS_OF, without_police=["OP-1"])
    new = operation("OP-9", priority=1, window={"from": "2027-04-07", "to": "2027-04-07"})
    entered = saved(tmp_path / "changes.yaml", {"operations": [new]})
    answered = done("replan", folder, "--changes", entered, "--as-of", LATER, "--options-only", "--json")
    for option in options(answered).values():
        assert (option["changed"], levels(option)["musts"]) == ([], (0, 0))
        assert {id: slot(placed) for id, placed in placements(option).items()} == {"OP-1": ("2027-04-07", "day", None)}


def test_its_pin_yields_once_it_is_hit_and_it_stays_without(without: Path) -> None:
    lost = {"agency": "miljo", "from": "2027-04-07", "to": "2027-04-07", "teams_left": 0}
    after = replanned(without, LATER, agencies=[lost])
    (change,) = changes(after)["moved"]
    assert (change["operation"], change["new"]["police"], change["cause"]) == (
        "OP-1",
        None,
        {"kind": "teams", "party": "miljo"},
    )


def test_what_a_rule_forbids_without_police_is_left_out_and_said(tmp_path: Path) -> None:
    folder = planned(tmp_path, year([operation("OP-1", "2027-04-07")]))
    lost = {"agency": "miljo", "from": "2027-04-07", "to": "2027-04-07", "teams_left": 0}
    plan = load(replanned(folder, AS_OF, without_police=["OP-1"], agencies=[lost]) / "plan.json")
    (out,) = plan["unplaced"]
    assert (out["operation"], {reason["rule"] for reason in out["reasons"]}) == ("OP-1", {"agency-teams"})
    assert levels(plan)["musts"] == (1, 1)


OWN: list[dict[str, Any]] = [
    {"id": "uppf", "name": "Uppföljning", "days_after": 3, "counts_as": "evaluation"},
    {"id": "annat", "name": "Annat", "days_after": 4},
]
OLDER: list[dict[str, Any]] = [{"id": "joint-evaluation", "name": "Gemensam utvärdering", "days_after": 3}, OWN[1]]


@pytest.mark.parametrize("milestones", [OWN, OLDER], ids=["own", "older"])
def test_share_that_was_evaluated_goes_by_what_a_milestone_counts_as(
    milestones: list[dict[str, Any]], tmp_path: Path
) -> None:
    dates = {"OP-1": "2027-02-03", "OP-2": "2027-02-04", "OP-3": "2027-02-05", "OP-4": "2027-02-08"}
    both = {"miljo": 1, "skatt": 1}
    operations = [operation(id, day, agencies=both) for id, day in dates.items()]
    scenario = year(operations, cycle={"milestones": milestones})
    its = milestones[0]["id"]
    ticked = {"OP-1": {its: 1}, "OP-2": {"annat": 1}, "OP-3": {its: 0}, "OP-4": {its: 1, "annat": 1}}
    results = {"OP-1": "done", "OP-2": "without-police", "OP-3": "aborted", "OP-4": "done"}
    outcomes = [
        {"operation": id, "date": day, "result": results[id], "figures": ticked[id]} for id, day in dates.items()
    ]
    folder = replanned(planned(tmp_path, scenario), "2027-02-20T09:00", outcomes=outcomes)
    shares = re.findall(r"utvärderade, av genomförda: (.*)", done("report", folder).out)
    assert set(shares) == {"2 av 4"}, "on the first page and in the figures"
    due = done("today", folder, "--as-of", "2027-02-20T10:00", "--json").json()["due"]
    assert {(one["operation"], one["milestone"]) for one in due} == {
        ("OP-1", "annat"),
        ("OP-2", its),
        ("OP-3", its),
        ("OP-3", "annat"),
    }
    assert {one["counts_as"] for one in due if one["milestone"] == its} == {"evaluation"}
    assert all(one["overdue"] for one in due)


def test_word_that_no_milestone_can_count_as_is_refused(tmp_path: Path) -> None:
    wrong = year([operation("OP-1")], cycle={"milestones": [{**OWN[0], "counts_as": "utvärdering"}]})
    checked = arshjul("check", written(tmp_path / "s", wrong), "--json")
    assert checked.code == 2
    assert [error["path"] for error in checked.json()["errors"]] == ["cycle.milestones[0].counts_as"]


def test_title_stands_in_the_coordinator_s_calendar_alone(without: Path) -> None:
    for party, name in {"coordinator": "OP-2 Titel OP-2", "miljo": "OP-2 City: restaurang"}.items():
        found = event(without, party, "OP-2")
        assert found is not None
        assert found["SUMMARY"] == name
        assert ("Titel" in str(found.properties)) == (party == "coordinator")
