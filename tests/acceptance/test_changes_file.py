"""`replan --changes FILE`, as README documents it."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.calendars import feeds
from tests.acceptance.command import MARCH, Outcome, arshjul, contents, done, load, placements, slot
from tests.acceptance.small_year import (
    changes,
    event,
    operation,
    planned,
    replanned,
    unit,
    withdrawal,
    year,
)

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


def test_a_new_operation_is_placed_with_notice_and_a_cancelled_one_leaves_the_plan_and_all_are_told(
    made_tutorial: Path, tmp_path: Path
) -> None:
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
    mended(made_tutorial, tmp_path / "without", "cancelled: [OP-2]\n")
    plan, changes = load(tmp_path / "without" / "plan.json"), load(tmp_path / "without" / "changes.json")
    assert "OP-2" not in placements(plan)
    assert [change["operation"] for change in changes["dropped"]] == ["OP-2"]
    told = {entry["party"]: entry["operations"] for entry in changes["tell"]}
    # changes.json: `tell` names every party of what is dropped, its agencies no less than its police.
    for party in ("miljo", "skatteverket", "lpo-exempelstad"):
        assert told.get(party) == ["OP-2"], told
        feed = f"{'police' if party.startswith('lpo') else 'agency'}-{party}"
        assert feeds(tmp_path / "without")[feed][f"OP-2@{NAME}"]["STATUS"] == "CANCELLED"


def test_what_has_come_near_is_confirmed_once(made_tutorial: Path, tmp_path: Path) -> None:
    mended(made_tutorial, tmp_path / "a", NEW)
    mended(tmp_path / "a", tmp_path / "b", "cancelled: [OP-9]\n", "2027-03-12T07:00")
    first, again = (set(load(tmp_path / made / "changes.json")["confirmed"]) for made in ("a", "b"))
    assert first
    assert first.isdisjoint(again)


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


def test_withdrawals_may_stand_in_the_same_file(made_tutorial: Path, made_march: Path, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "scenarios" / "tutorial" / "withdrawals-example.yaml").read_text()
    mended(made_tutorial, tmp_path / "out", text)
    assert contents(tmp_path / "out") == contents(made_march)


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


# Where fewer officers come than are wanted, all who read a number read that one, and it is news.


DAY = "2027-04-07"
WANTED: dict[str, Any] = {"officers": 4, "officers_least": 2}


def description(folder: Path, party: str, operation: str = "OP-1") -> str:
    found = event(folder, party, operation)
    assert found is not None
    return str(found["DESCRIPTION"]).replace("\\n", "\n").replace("\\,", ",")


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All four come, and two are enough."""
    first = planned(tmp_path_factory.mktemp("fewer"), year([operation("OP-1", DAY, officers=4)]))
    return replanned(first, "2027-03-29T09:00", fewer_officers=[{"operation": "OP-1", "officers": 2}])


def test_lead_unit_and_coordinator_read_how_many_come_and_that_it_is_news(agreed: Path) -> None:
    after = replanned(agreed, "2027-04-02T08:00", withdrawals=[withdrawal("W-1", DAY, left=2)])
    for party in ("coordinator", "miljo", "lpo-city"):
        assert "Poliser: 4\n" in description(agreed, party)
        assert "Poliser: 2 (önskat: 4)" in description(after, party)
        first, *_ = description(after, party).splitlines()
        assert first != description(agreed, party).splitlines()[0], party
        assert "2" in first, (party, first)
        assert "4" in first, (party, first)
    assert {change["party"]: change["operations"] for change in changes(after)["tell"]} == {
        "miljo": ["OP-1"],
        "lpo-city": ["OP-1"],
    }
    assert "2 poliser (önskat: 4)" in (after / "plan.html").read_text(encoding="utf-8")
    done("verify", after)
    assert ["officers" in load(folder / "plan.json")["placements"][0] for folder in (agreed, after)] == [False, True]


def test_two_at_one_time_share_what_the_unit_lends(tmp_path: Path) -> None:
    """Six come: both have the three and two that they need, and the first by priority the one that is left."""
    city = unit("lpo-city", officers=[{"shift": "day", "officers": 6}])
    first = operation("OP-1", DAY, **{**WANTED, "officers_least": 3, "priority": 3})
    second = operation("OP-2", DAY, **{**WANTED, "priority": 1})
    folder = planned(tmp_path, year([first, second], police=[city, unit("lpo-nord")]))
    assert "Poliser: 3 (önskat: 4)" in description(folder, "lpo-city")
    assert "Poliser: 3 (önskat: 4)" in description(folder, "lpo-city", "OP-2")
    assert {one["operation"]: one["officers"] for one in load(folder / "plan.json")["placements"]} == {
        "OP-1": 3,
        "OP-2": 3,
    }
