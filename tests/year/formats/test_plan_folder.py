"""A plan folder: what is written is read, and every doubt about it is told."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from arshjul.errors import ArshjulError, InputError, Message, Refused
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.change import ChangeCause, Changes, Move
from arshjul.year.domain.entries.amended import Given
from arshjul.year.domain.entries.amendment import (
    Amendment,
    Cancelled,
    FewerOfficers,
    LeftOut,
    MilestoneHeld,
    Nominated,
    OtherDates,
    Outcome,
    Pinned,
    Promoted,
    TeamsLost,
    Unpinned,
    WithoutPolice,
)
from arshjul.year.domain.entries.entries import Choice, Entries
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Operation, Pin, Placement
from arshjul.year.domain.parties import Matching, TeamLine
from arshjul.year.domain.plan import Base, Plan, Price, Reason, Unplaced
from arshjul.year.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.changes_json import changes_mapping, read_changes
from arshjul.year.formats.plan.plan_folder import (
    digest,
    kept_plan_bytes,
    kept_plan_of,
    plan_bytes,
    read_plan_folder,
    scenario_bytes,
    write_plan_folder,
)
from arshjul.year.formats.plan.plan_json import UnsoundPlan, plan_of
from arshjul.year.formats.reading import read_scenario
from tests import builders
from tests.year.formats.folders import RIGHT, SECRETS

SCENARIO = read_scenario(RIGHT).scenario
ZONE = ZoneInfo("Europe/Stockholm")
PLACED = Placement("OP-001", Slot(date(2027, 3, 2), "day"), "lpo-city", ("skatteverket",))
REPORTED = datetime(2027, 1, 10, 8, 15, tzinfo=ZONE)
YEARS_END, OPEN_END = date(2027, 12, 31), date(2027, 1, 20)
CHANGES: tuple[Amendment, ...] = (
    Nominated(Operation("OP-9", "Ny", "akc", "miljo", "food", "city", fixed=Pin(PLACED.slot, "lpo-city"))),
    Cancelled("OP-7"),
    Promoted("OP-4"),
    Unpinned("OP-4"),
    Pinned("OP-002", Pin(PLACED.slot, "border")),
    OtherDates("OP-002", "miljo", (Span(YEARS_END, YEARS_END), Span(date(2027, 5, 1), YEARS_END)), "ill"),
    TeamsLost("miljo", Span(date(2027, 5, 1), YEARS_END), ("day",), frozenset({0, 2}), 1, "ill", id="B1"),
    TeamsLost("miljo", Span(YEARS_END, YEARS_END)),
    FewerOfficers("OP-002", 1),
    WithoutPolice("OP-002", PLACED.slot),
    LeftOut("OP-002"),
    MilestoneHeld("OP-002", "nomination", date(2027, 1, 9)),
    MilestoneHeld("OP-002", "nomination", None),
)
PLAN = Plan(
    as_of=datetime(2027, 1, 10, 9, 30, tzinfo=ZONE),
    placements=(PLACED, Placement("OP-002", Slot(date(2027, 3, 4), "night"), None)),
    unplaced=(
        Unplaced("OP-003", (Reason("follow-up", 40, Message("{a} and {b}", {"a": "x{y}", "b": 2})),)),
        Unplaced("OP-004"),
    ),
    levels=(Level("musts", 0, 0), Level("points", 4, 3), Level("quality", 229, None)),
    prices=(Price("even-load", "miljo 2027-03", 229, Message("uneven")),),
    entries=Entries.of(
        withdrawals=(
            Withdrawal("W-1", REPORTED, ("lpo-city",), date(2027, 1, 11), None, ("day",), 1, "match", 2, OPEN_END),
            Withdrawal("W-2", REPORTED, ("border",), date(2027, 1, 11), date(2027, 1, 12), revision=2),
        ),
        given_back=(GivenBack("G-1", "W-1", date(2027, 1, 12), None, ("day",), None, reported=REPORTED, revision=2),),
        choices=(Choice("balanced", reported=REPORTED, revision=2),),
        still=(Still("W-1", YEARS_END, reported=REPORTED, revision=2),),
        outcomes=(
            Outcome("OP-001", PLACED.slot.day, "done", 2, {"skatteverket": 1}, {"controls": 3}, "ok", revision=2),
            Outcome("OP-002", date(2027, 3, 4), "called-off", reported=REPORTED, revision=2),
        ),
        changes=tuple(replace(change, reported=REPORTED, revision=2) for change in CHANGES),
    ),
    base=Base(1, datetime(2027, 1, 10, 9, 30, tzinfo=ZONE), {"OP-001": PLACED}, frozenset({"OP-002", "OP-001"})),
    given=Given(
        {"OP-002": Operation("OP-002", "Ny", "akc", "miljo", "food", "city", officers=3), "OP-9": None},
        {"miljo": (TeamLine(Matching(), 2),)},
    ),
    revision=2,
    option="balanced",
)


def files(plan: Plan = PLAN) -> dict[str, bytes]:
    scenario = scenario_bytes(SCENARIO)
    return {
        "scenario.json": scenario,
        "plan.json": plan_bytes(plan, SCENARIO, scenario, words("en")),
        "feeds/coordinator.ics": b"BEGIN:VCALENDAR",
    }


def said(plan: Plan) -> list[str]:
    return [str(reason.text) for unplaced in plan.unplaced for reason in unplaced.reasons]


def test_a_plan_written_is_read_the_same(tmp_path: Path) -> None:
    write_plan_folder(tmp_path / "plan", files())
    read = read_plan_folder(tmp_path / "plan")
    assert read.scenario == SCENARIO
    assert said(read.plan) == said(PLAN) == ["x{y} and 2"]
    assert files(read.plan) == files(PLAN)
    for name in ("as_of", "placements", "levels", "entries", "base", "unpinned", "revision", "option"):
        assert getattr(read.plan, name) == getattr(PLAN, name)
    assert read.status == "feasible"
    assert read.bytes("feeds/coordinator.ics") == b"BEGIN:VCALENDAR"
    assert read.bytes("feeds.json") is None


def test_a_database_keeps_a_read_plan_and_a_made_one_in_the_same_bytes_without_the_hash(tmp_path: Path) -> None:
    write_plan_folder(tmp_path / "plan", files())
    kept = kept_plan_of(read_plan_folder(tmp_path / "plan"))
    assert kept == kept_plan_bytes(PLAN, SCENARIO, words("en"))
    assert digest(files()["scenario.json"]).encode() in files()["plan.json"]
    assert "scenario" not in json.loads(kept)


def test_plan_json_has_its_documented_form() -> None:
    plan = json.loads(files()["plan.json"])
    assert plan["format"] == "arshjul-plan/1"
    assert plan["as_of"] == "2027-01-10T09:30"
    assert plan["scenario"] == hashlib.sha256(files()["scenario.json"]).hexdigest()
    assert plan["status"] == "feasible"
    assert plan["levels"][2] == {"id": "quality", "value": 229, "bound": None}
    assert plan["placements"][0] == {
        "operation": "OP-001",
        "date": "2027-03-02",
        "shift": "day",
        "police": "lpo-city",
        "optional_agencies": ["skatteverket"],
    }
    assert plan["placements"][1]["police"] is None
    assert plan["unplaced"][0] == {
        "operation": "OP-003",
        "reasons": [{"rule": "follow-up", "slots": 40, "text": "x{y} and 2"}],
    }
    assert plan["prices"] == [{"rule": "even-load", "about": "miljo 2027-03", "points": 229, "text": "uneven"}]
    assert plan["withdrawals"][0] == {
        "id": "W-1",
        "reported": "2027-01-10T08:15",
        "police": ["lpo-city"],
        "from": "2027-01-11",
        "until_further_notice": True,
        "until": "2027-12-31",
        "assumed": "2027-01-20",
        "revision": 2,
        "shifts": ["day"],
        "officers_left": 1,
        "cause": "match",
    }
    assert plan["base"]["hit"] == ["OP-001", "OP-002"]


def test_sites_stand_in_scenario_json_alone() -> None:
    for name, data in files().items():
        found = any(secret in data.decode() for secret in SECRETS)
        assert found == (name == "scenario.json")


OTHERS = {
    "format": "arshjul-plan/1",
    "revision": 1,
    "as_of": "2026-11-01T09:00",
    "status": "feasible",
    "levels": [{"id": "musts", "value": 0, "bound": 0, "seconds": 0.2}],
    "unplaced": [{"operation": "OP-003", "reasons": []}],
    "prices": [],
    "withdrawals": [],
    "placements": [
        {"operation": "OP-001", "date": "2027-03-02", "shift": "day", "police": "lpo-city", "optional_agencies": []},
        {"operation": "OP-001", "date": "2027-03-03", "shift": "day", "police": "nobody"},
        {"operation": "OP-999", "date": "2028-03-03", "shift": "day", "police": "lpo-city"},
    ],
    "more": {"keys": 1},
}


def test_what_a_plan_names_and_its_scenario_has_not_is_told() -> None:
    with pytest.raises(UnsoundPlan) as refused:
        plan_of(OTHERS, SCENARIO)
    assert {problem.path for problem in refused.value.problems} >= {"placements[1].police", "placements[2].operation"}


@pytest.mark.parametrize(
    ("change", "path", "kind"),
    [
        ({"as_of": "2026-11-01T09:00+01:00"}, "as_of", "bad-value"),
        ({"as_of": 3}, "as_of", "wrong-type"),
        ({"status": "perfect"}, "status", "bad-value"),
        ({"placements": {}}, "placements", "wrong-type"),
        ({"placements": [{"operation": "OP-001"}]}, "placements[0].date", "missing-key"),
        ({"placements": [{**OTHERS["placements"][0], "shift": "dag"}]}, "placements[0].shift", "unknown-id"),  # type: ignore[index]
        ({"levels": [{"id": "musts", "value": "0"}]}, "levels[0].value", "wrong-type"),
        ({"revision": 0}, "revision", "bad-value"),
        ({"base": {"as_of": "2026-11-01T09:00"}}, "base.placements", "missing-key"),
        ({"withdrawals": [{"id": "W-1"}]}, "withdrawals[0].from", "missing-key"),
    ],
)
def test_a_plan_json_that_cannot_be_used_is_told(change: Mapping[str, object], path: str, kind: str) -> None:
    with pytest.raises(InputError) as refused:
        plan_of({**OTHERS, **change}, SCENARIO)
    assert (path, kind) in {(problem.path, problem.kind) for problem in refused.value.problems}
    assert {problem.file for problem in refused.value.problems} == {"plan.json"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_plan_folder(tmp_path / "plan", files())
    return tmp_path / "plan"


def test_a_scenario_edited_since_is_refused(folder: Path) -> None:
    edited = (folder / "scenario.json").read_text().replace('"officers": 2', '"officers": 3')
    (folder / "scenario.json").write_text(edited)
    with pytest.raises(Refused, match="edited"):
        read_plan_folder(folder)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("plan.json", None, "plan.json is missing"),
        ("scenario.json", None, "scenario.json is missing"),
        ("plan.json", b"{", "plan.json cannot be read"),
        ("scenario.json", b"{}", "scenario.json is not of the format"),
        ("scenario.json", b"[]", "scenario.json is not of the format"),
        ("scenario.json", b'{"format": "arshjul-scenario/7"}', "another version"),
        ("plan.json", b'{"format": "arshjul-plan/7"}', "another version"),
        ("plan.json", b"3", "plan.json is not of the format"),
    ],
)
def test_a_folder_with_a_broken_file_is_refused(folder: Path, name: str, data: bytes | None, says: str) -> None:
    (folder / name).unlink()
    if data is not None:
        (folder / name).write_bytes(data)
    with pytest.raises(InputError, match=says):
        read_plan_folder(folder)


@pytest.mark.parametrize("given", ["nowhere", "a-file", "empty", "scenario"])
def test_what_is_no_plan_folder_is_refused(tmp_path: Path, given: str) -> None:
    (tmp_path / "a-file").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "scenario").symlink_to(RIGHT)
    with pytest.raises(InputError, match="arshjul plan"):
        read_plan_folder(tmp_path / given)


def test_a_plan_folder_is_replaced_and_its_users_files_stay(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    (folder / "wheel.svg").write_text("<svg/>")
    write_plan_folder(folder, {"scenario.json": b"{}", "plan.json": b"{}"})
    assert {entry.name for entry in folder.iterdir()} == {"notes.txt", "scenario.json", "plan.json"}


def test_parts_of_a_plan_folder_can_be_written_anew(folder: Path) -> None:
    before = (folder / "plan.json").read_bytes()
    write_plan_folder(folder, {"feeds/a.ics": b"new"}, keep=("scenario.json", "plan.json"))
    assert (folder / "plan.json").read_bytes() == before
    assert [entry.name for entry in (folder / "feeds").iterdir()] == ["a.ics"]


@pytest.mark.parametrize("inside", ["letter.txt", "plan.json"])
def test_a_folder_of_other_things_is_never_replaced(tmp_path: Path, inside: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / inside).write_text('{"format": "other"}')
    with pytest.raises(InputError, match="holds other things than a plan"):
        write_plan_folder(tmp_path / "mine", files())
    assert [entry.name for entry in (tmp_path / "mine").iterdir()] == [inside]


def test_an_endless_name_is_told() -> None:
    with pytest.raises(ArshjulError):
        read_plan_folder(Path("x" * 5000))
    with pytest.raises(ArshjulError):
        write_plan_folder(Path("x" * 5000), files())


def test_a_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(ArshjulError, match="is a file"):
        write_plan_folder(tmp_path / "mine", files())
    assert (tmp_path / "mine").read_text() == "x"


def test_an_empty_folder_is_written_into(tmp_path: Path) -> None:
    write_plan_folder(tmp_path, files())
    assert read_plan_folder(tmp_path).scenario == SCENARIO


# changes.json tells the causes of each change, and of each agency's absence, and takes neither for the other.


OLD, NEW = builders.placement("OP-1"), builders.placement("OP-1", day=date(2027, 3, 9))
MOVED = Changes(moved=(Move("OP-1", OLD, NEW),))
WITHDRAWN, SHORT = ChangeCause("withdrawal", id="W-1"), ChangeCause("teams", party="a1", given="sjuka")
ABSENCES = {
    "OP-1": (replace(SHORT, absent="a1"), ChangeCause("knock-on", id="OP-1", absent="a2")),
    "OP-2": (ChangeCause("asked", party="a1", absent="a1"), replace(SHORT, absent="a1")),
}


def test_each_absence_has_its_own_causes_and_a_first_plan_none() -> None:
    lost = {"OP-2": ("a1",), "OP-1": ("a2", "a1", "a3")}
    told = changes_mapping(MOVED, {}, causes={"OP-1": (WITHDRAWN,)}, lost=lost, absences=ABSENCES)
    no, short = {"kind": "asked", "party": "a1"}, {"kind": "teams", "party": "a1"}
    assert told["absences"] == [
        {"operation": "OP-1", "agency": "a2", "cause": {"kind": "knock-on", "id": "OP-1"}},
        {"operation": "OP-1", "agency": "a1", "cause": short},
        {"operation": "OP-1", "agency": "a3"},
        {"operation": "OP-2", "agency": "a1", "cause": no, "causes": [no, short]},
    ]
    moved = json.loads(json.dumps(told["moved"]))[0]
    assert moved["cause"] == {"kind": "withdrawal", "id": "W-1"}
    assert "causes" not in moved
    assert "sjuka" not in str(told), "an agency's own words are for it and the coordinator"
    assert read_changes(told, "changes.json") == MOVED
    assert changes_mapping(Changes(), {})["absences"] == []
