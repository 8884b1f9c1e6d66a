"""`replan --changes FILE`, as README documents it."""

import json
from pathlib import Path

import pytest

from tests.acceptance.calendars import feeds
from tests.acceptance.command import MARCH, Outcome, arshjul, contents, done, load, placements, slot

NAME = "exempelstad-varen-2027.arshjul"
NEW = """\
operations:
  - id: OP-9
    title: Fler salonger
    programme: gvi
    lead_agency: skatteverket
    sector: beauty
    area: hamnen
    priority: 1
    officers: 2
    agencies: {skatteverket: 1}
"""


def mended(folder: Path, out: Path, changes: str, as_of: str = MARCH) -> Outcome:
    file = out.parent / "changes.yaml"
    file.write_text(changes)
    seen = done("replan", folder, "--changes", file, "--as-of", as_of, "-o", out)
    done("verify", out)
    return seen


def test_new_operation_is_placed_with_notice_and_told(made_tutorial: Path, tmp_path: Path) -> None:
    mended(made_tutorial, tmp_path / "out", NEW)
    plan, changes = load(tmp_path / "out" / "plan.json"), load(tmp_path / "out" / "changes.json")
    placed = placements(plan)["OP-9"]
    assert placed["date"] >= "2027-03-25"
    assert changes["new"] == [{"operation": "OP-9", "new": {k: placed[k] for k in ("date", "shift", "police")}}]
    told = {entry["party"]: entry["operations"] for entry in changes["tell"]}
    assert told["skatteverket"] == ["OP-9"]
    assert told[placed["police"]] == ["OP-9"]
    assert f"OP-9@{NAME}" in feeds(tmp_path / "out")["agency-skatteverket"]
    assert "OP-9" in [op["id"] for op in load(tmp_path / "out" / "scenario.json")["operations"]]


def test_cancelled_one_leaves_the_plan_and_everybody_is_told(made_tutorial: Path, tmp_path: Path) -> None:
    mended(made_tutorial, tmp_path / "out", "cancelled: [OP-2]\n")
    plan, changes = load(tmp_path / "out" / "plan.json"), load(tmp_path / "out" / "changes.json")
    assert "OP-2" not in placements(plan)
    assert [change["operation"] for change in changes["dropped"]] == ["OP-2"]
    told = {entry["party"]: entry["operations"] for entry in changes["tell"]}
    # changes.json: `tell` names every party of what is dropped, its agencies no less than its police.
    for party in ("miljo", "skatteverket", "lpo-exempelstad"):
        assert told.get(party) == ["OP-2"], told
        feed = f"{'police' if party.startswith('lpo') else 'agency'}-{party}"
        assert feeds(tmp_path / "out")[feed][f"OP-2@{NAME}"]["STATUS"] == "CANCELLED"


def test_cancelled_one_is_not_placed_again(made_tutorial: Path, tmp_path: Path) -> None:
    mended(made_tutorial, tmp_path / "a", "cancelled: [OP-3]\n")
    mended(tmp_path / "a", tmp_path / "b", NEW, "2027-03-12T07:00")
    assert "OP-3" not in placements(load(tmp_path / "b" / "plan.json"))
    assert "OP-9" in placements(load(tmp_path / "b" / "plan.json"))


def test_pinned_elsewhere_moves_there_even_where_it_is_near(made_tutorial: Path, tmp_path: Path) -> None:
    mended(
        made_tutorial,
        tmp_path / "out",
        "pinned: [{operation: OP-3, date: 2027-04-01, shift: day}]\n",
        "2027-03-05T07:00",
    )
    plan = load(tmp_path / "out" / "plan.json")
    assert slot(placements(plan)["OP-3"])[:2] == ("2027-04-01", "day")
    assert plan["base"]["hit"] == ["OP-3"]


def test_pinned_where_it_is_stays_there(made_tutorial: Path, tmp_path: Path) -> None:
    old = placements(load(made_tutorial / "plan.json"))["OP-4"]
    pin = f"pinned: [{{operation: OP-4, date: {old['date']}, shift: {old['shift']}}}]\n"
    mended(made_tutorial, tmp_path / "out", pin)
    assert load(tmp_path / "out" / "plan.json")["placements"] == load(made_tutorial / "plan.json")["placements"]


def test_unpinned_one_may_move_and_need_not(made_tutorial: Path, tmp_path: Path) -> None:
    mended(made_tutorial, tmp_path / "out", "unpinned: [OP-3]\n", "2027-01-05T07:00")
    assert load(tmp_path / "out" / "plan.json")["placements"] == load(made_tutorial / "plan.json")["placements"]


def test_agency_that_asks_away_from_its_date_is_heard(made_tutorial: Path, tmp_path: Path) -> None:
    old = placements(load(made_tutorial / "plan.json"))["OP-5"]["date"]
    mended(made_tutorial, tmp_path / "out", f"not_on: [{{operation: OP-5, agency: skatteverket, dates: [{old}]}}]\n")
    plan = load(tmp_path / "out" / "plan.json")
    new = placements(plan)
    assert new["OP-5"]["date"] != old
    assert slot(new["OP-4"])[:2] == slot(new["OP-5"])[:2]
    assert "OP-5" in plan["base"]["hit"]
    # The wish lasts: the next replan does not bring it back.
    mended(tmp_path / "out", tmp_path / "next", NEW, "2027-03-12T07:00")
    assert placements(load(tmp_path / "next" / "plan.json"))["OP-5"]["date"] != old


@pytest.mark.parametrize(
    "entry",
    [
        "not_on: [{operation: OP-5, agency: skatteverket, dates: [DATE]",
        "agencies: [{agency: skatteverket, from: DATE, to: DATE",
    ],
)
def test_what_an_agency_gives_as_its_cause_is_told_to_it_and_the_coordinator(
    made_tutorial: Path, tmp_path: Path, entry: str
) -> None:
    old = placements(load(made_tutorial / "plan.json"))["OP-5"]["date"]
    mended(made_tutorial, tmp_path / "out", f"{entry.replace('DATE', old)}, cause: utbildning}}]\n")
    told = arshjul("diff", made_tutorial, tmp_path / "out").out
    coordinators, *letters = told.split("\nTill ")
    assert "(utbildning)" in coordinators
    assert {letter.partition(" ")[0] for letter in letters if "(utbildning)" in letter} == {"Skatteverket"}
    assert len(letters) > 1
    feeds = (tmp_path / "out" / "feeds").glob("*.ics")
    tell_it = {feed.stem for feed in feeds if "(utbildning)" in feed.read_text().replace("\n ", "")}
    assert tell_it == {f"{of}{part}" for of in ("coordinator", "agency-skatteverket") for part in ("", "-milestones")}


def test_agency_that_loses_teams_gives_none(made_tutorial: Path, tmp_path: Path) -> None:
    old = placements(load(made_tutorial / "plan.json"))["OP-4"]["date"]
    mended(
        made_tutorial,
        tmp_path / "out",
        f"agencies: [{{agency: skatteverket, from: {old}, to: {old}, teams_left: 0}}]\n",
    )
    for operation in ("OP-4", "OP-5"):
        assert placements(load(tmp_path / "out" / "plan.json"))[operation]["date"] != old


def test_withdrawals_may_stand_in_the_same_file(made_tutorial: Path, made_march: Path, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "scenarios" / "tutorial" / "withdrawals-example.yaml").read_text()
    mended(made_tutorial, tmp_path / "out", text)
    assert contents(tmp_path / "out") == contents(made_march)


def test_everything_at_once_gives_the_same_bytes_twice(made_tutorial: Path, tmp_path: Path) -> None:
    changes = NEW + (
        "agencies: [{agency: skatteverket, from: 2027-04-20, to: 2027-04-23, teams_left: 1}]\n"
        "cancelled: [OP-2]\n"
        "pinned: [{operation: OP-3, date: 2027-04-01, shift: day}]\n"
        "not_on: [{operation: OP-5, agency: skatteverket, dates: [2027-04-22, {from: 2027-04-15, to: 2027-04-16}]}]\n"
    )
    mended(made_tutorial, tmp_path / "a", changes)
    mended(made_tutorial, tmp_path / "b", changes)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


BAD: dict[str, tuple[str, str]] = {  # tests/year/formats/wrong-changes.yaml has all
    "one that another follows": ("cancelled: [OP-1]", "OP-2"),
    "one of two tied": ("cancelled: [OP-4]", "OP-5"),
    "unknown section": ("cancel: [OP-2]", "cancelled"),
    "pinned twice": (
        "pinned: [{operation: OP-3, date: 2027-04-01, shift: day}, {operation: OP-3, date: 2027-04-08, shift: day}]",
        "changes.yaml:1",
    ),
    "unknown key": (NEW + "    colour: red\n", "colour"),
    "syntax": ("cancelled: [OP-2", "changes.yaml"),
    "nothing": ("", "changes.yaml"),
    "history cancelled": ("cancelled: [OP-7]", "OP-7"),
    # What has started is history and stays.
    "history pinned elsewhere": ("pinned: [{operation: OP-7, date: 2027-04-08, shift: day}]", "OP-7"),
    "pinned in the past": ("pinned: [{operation: OP-3, date: 2027-02-04, shift: day}]", "OP-3"),
}


@pytest.mark.parametrize("name", BAD, ids=lambda name: name.replace(" ", "-"))
def test_bad_changes_are_refused_and_leave_the_folder(tutorial: Path, tmp_path: Path, name: str) -> None:
    changes, word = BAD[name]
    before = contents(tutorial)
    file = tmp_path / "changes.yaml"
    file.write_text(changes + "\n" if changes else "")
    seen = arshjul("replan", tutorial, "--changes", file, "--as-of", MARCH, "-o", tutorial)
    assert seen.code == 2, seen
    assert word in seen.err, seen
    assert contents(tutorial) == before


def test_lost_optional_agency_is_told_and_all_who_see_it_leave(made_tutorial: Path, tmp_path: Path) -> None:
    # Issue 4, 5: "No operation loses an optional agency that it had where that can be helped; where it cannot, the
    # change list says so."
    old = placements(load(made_tutorial / "plan.json"))["OP-1"]
    assert old["optional_agencies"] == ["arbetsmiljoverket"]
    day = old["date"]
    lost = f"agencies: [{{agency: arbetsmiljoverket, from: {day}, to: {day}, teams_left: 0}}]\n"
    seen = mended(made_tutorial, tmp_path / "out", lost, "2027-02-01T08:00")
    plan, changes = load(tmp_path / "out" / "plan.json"), load(tmp_path / "out" / "changes.json")
    assert slot(placements(plan)["OP-1"]) == slot(old)
    assert placements(plan)["OP-1"]["optional_agencies"] == []
    told_of = {change["party"]: change["operations"] for change in changes["tell"]}
    everybody = ("miljo", "skatteverket", "arbetsmiljoverket", "lpo-exempelstad")
    assert told_of == {party: ["OP-1"] for party in everybody}
    assert "Arbetsmiljöverket" in seen.out
    assert changes["lost_agencies"] == {"OP-1": ["arbetsmiljoverket"]}
    why = {"kind": "teams", "party": "arbetsmiljoverket"}
    assert changes["absences"] == [{"operation": "OP-1", "agency": "arbetsmiljoverket", "cause": why}]
    difference = arshjul("diff", made_tutorial, tmp_path / "out", "--json")
    assert json.loads(difference.out)["absences"] == changes["absences"]
    told = feeds(tmp_path / "out")
    assert told["agency-arbetsmiljoverket"][f"OP-1@{NAME}"]["STATUS"] == "CANCELLED"
    assert told["agency-miljo"][f"OP-1@{NAME}"]["STATUS"] != "CANCELLED"
