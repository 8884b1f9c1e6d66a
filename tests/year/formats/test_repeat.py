"""An operation that repeats: what it stands for, where mistakes of it are told, and how it is written back."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.amendment import Cancelled, Nominated, Pinned
from arshjul.year.domain.operation import FollowUp, Pin
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.check import judged
from arshjul.year.formats.json_guard import json_bytes, json_data
from arshjul.year.formats.reading import read_entries, read_scenario
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.tree import Document, nodes
from tests.year.rules.faults.planting import Fault, planted

PLAN = """\
plan: {name: Repeats, from: 2027-01-01, to: 2027-12-31, timezone: Europe/Stockholm}
shifts: [{id: day, name: Dag, start: "09:00", end: "15:00"}]
areas: [{id: city, name: City}]
police: [{id: lpo, name: LPO, kind: local, areas: [city], officers: [{officers: 4}]}]
agencies: [{id: miljo, name: Miljö, kind: municipal, teams: [{teams: 2}]}]
operations:
  - {id: OP-0, title: First, programme: akc, lead_agency: miljo, sector: taxi, area: city}
"""
SIX = """\
  - id: OP-1
    title: Again
    programme: akc
    lead_agency: miljo
    sector: taxi
    area: city
    officers: 2
    must: true
    window: {from: 2027-02-01, to: 2027-10-31}
    after: {operation: OP-0, min_days: 7}
    repeat: {times: 6, every_days: [28, 42]}
"""
REPEAT_LINE = PLAN.count("\n") + SIX.count("\n")


def read(tmp_path: Path, more: str, put: str = "", for_: str = "") -> Scenario:
    (tmp_path / "all.yaml").write_text(PLAN + SIX.replace(for_, put) + more)
    return read_scenario(tmp_path).scenario


def read_back(scenario: Scenario) -> Scenario:
    data = json_bytes(scenario_mapping(scenario))
    return scenario_of(Document(nodes(json_data(data, "scenario.json")), "scenario.json"), is_json=True)


def another(id: str, more: str = "") -> str:
    return f"  - {{id: {id}, title: Other, programme: akc, lead_agency: miljo, sector: taxi, area: city{more}}}\n"


SINGLE_ONES = ", not_same_day_as: [OP-1.3], not_same_week_as: [OP-1.6], after: {operation: OP-1.2}"


def test_it_stands_for_so_many_each_after_the_one_before_and_is_kept_as_written(tmp_path: Path) -> None:
    scenario = read(tmp_path, another("OP-2", SINGLE_ONES))
    operations = dict(scenario.operations)
    assert operations.pop("OP-2").after == FollowUp("OP-1.2")
    assert list(operations) == ["OP-0", "OP-1.1", "OP-1.2", "OP-1.3", "OP-1.4", "OP-1.5", "OP-1.6"]
    assert operations["OP-1.1"].after == FollowUp("OP-0", 7)
    for n in range(2, 7):
        assert operations[f"OP-1.{n}"].after == FollowUp(f"OP-1.{n - 1}", 28, 42)
        copy = replace(operations[f"OP-1.{n}"], id="OP-1.1", after=operations["OP-1.1"].after)
        assert copy == operations["OP-1.1"]
    written = scenario_mapping(scenario)["operations"]
    assert isinstance(written, list)
    assert [one["id"] for one in written] == ["OP-0", "OP-1", "OP-2"]
    assert written[1]["repeat"] == {"times": 6, "every_days": [28, 42]}
    assert written[1]["after"] == {"operation": "OP-0", "min_days": 7}
    assert "repeat" not in written[0]
    assert read_back(scenario) == scenario


CHANGES = (
    Cancelled("OP-1.6"),
    Pinned("OP-1.1", Pin(Slot(date(2027, 3, 2), "day"))),
    Pinned("OP-1.4", Pin(Slot(date(2027, 7, 2), "day"))),
)


def test_what_is_changed_by_itself_is_written_by_itself_also_beside_one_of_the_written_id(tmp_path: Path) -> None:
    usual = read(tmp_path, "")
    for change in CHANGES:
        scenario = change.on(usual)
        written = scenario_mapping(scenario)["operations"]
        assert isinstance(written, list)
        assert [one["id"] for one in written] == list(scenario.operations)
        assert read_back(scenario) == scenario
    beside = Nominated(replace(usual.operations["OP-0"], id="OP-1")).on(usual)
    assert read_back(beside) == beside
    alone = CHANGES[1].on(read(tmp_path, "", "times: 1", "times: 6"))
    assert read_back(alone) == alone


def refused(tmp_path: Path, more: str, put: str = "", for_: str = "") -> set[tuple[str, int | None, str]]:
    with pytest.raises(InputError) as caught:
        read(tmp_path, more, put, for_)
    return {(problem.path, problem.line, problem.kind) for problem in caught.value.problems}


AT_REPEAT = ("operations[1].repeat", REPEAT_LINE, "bad-id")


def test_an_id_that_is_taken_or_too_long_is_told_at_the_repeat(tmp_path: Path) -> None:
    assert refused(tmp_path, another("OP-1.4")) == refused(tmp_path, another("OP-1")) == {AT_REPEAT}
    for taken in (another("op-1.2"), another("OP-1", ", repeat: {times: 1, every_days: [1, 2]}")):
        ((path, _, _),) = refused(tmp_path, taken)
        assert path in {"operations[1].repeat", "operations[2].id", "operations[2].repeat"}
    before = refused(tmp_path, SIX, another("OP-1.2"), SIX)
    assert before == {("operations[2].repeat", REPEAT_LINE + 1, "bad-id")}
    assert refused(tmp_path, "", "id: " + "X" * 63, "id: OP-1") == {AT_REPEAT}
    assert read(tmp_path, "", "id: " + "X" * 62, "id: OP-1")


@pytest.mark.parametrize(
    ("put", "path", "kind"),
    [
        ("{times: 0, every_days: [28, 42]}", ".times", "bad-value"),
        ("{times: six, every_days: [28, 42]}", ".times", "wrong-type"),
        ("{times: 6, every_days: [42, 28]}", ".every_days", "bad-value"),
        ("{times: 6, every_days: [28]}", ".every_days", "bad-value"),
        ("{times: 6, every_days: [28, 30, 42]}", ".every_days", "bad-value"),
        ("{times: 6, every_days: 28}", ".every_days", "wrong-type"),
        ("{times: 6, every_days: [-1, 42]}", ".every_days[0]", "bad-value"),
        ("{times: 6}", ".every_days", "missing-key"),
        ("{every_days: [1, 2]}", ".times", "missing-key"),
        ("{times: 6, every_days: [1, 2], days: 3}", ".days", "unknown-key"),
        ("6", "", "wrong-type"),
        ("{times: 5000, every_days: [0, 42]}", "", "too-large"),
    ],
)
def test_a_wrong_repeat_is_told_with_its_place(tmp_path: Path, put: str, path: str, kind: str) -> None:
    told = refused(tmp_path, "", f"repeat: {put}", "repeat: {times: 6, every_days: [28, 42]}")
    assert told == {(f"operations[1].repeat{path}", REPEAT_LINE, kind)}


@pytest.mark.parametrize(
    ("between", "room"),
    [
        ("[54, 60]", None),  # 272 days lie between the first and the last date: 5 x 54 is 270
        ("[55, 60]", 5),
        ("[280, 300]", 1),
    ],
)
def test_a_window_that_cannot_hold_all_of_them_is_a_warning(tmp_path: Path, between: str, room: int | None) -> None:
    read(tmp_path, "", between, "[28, 42]")
    warnings = judged(read_scenario(tmp_path)).warnings
    told = [(w.path, w.line, w.text.values["n"]) for w in warnings if w.kind == "no-room"]
    assert told == ([] if room is None else [("operations[1].repeat", REPEAT_LINE, room)])


def test_it_has_no_pin_and_no_twin_its_written_id_is_nobodys_and_the_single_ones_are_offered(tmp_path: Path) -> None:
    for key in ("fixed: {date: 2027-03-02, shift: day}", "same_slot_as: OP-0"):
        told = refused(tmp_path, "", f"must: false\n    {key}", "must: true")
        assert told == {("operations[1].repeat", REPEAT_LINE + 1, "bad-value")}
    with pytest.raises(InputError) as caught:
        read(tmp_path, another("OP-2", ", not_same_day_as: [OP-1]"))
    (problem,) = caught.value.problems
    assert (problem.path, problem.kind) == ("operations[2].not_same_day_as[0]", "unknown-id")
    assert "OP-1." in str(problem.text)


@pytest.mark.parametrize(
    ("put", "path", "kind"),
    [
        ("operation: OP-1.3, min_days: 7", "operations[1].after", "cycle"),
        ("operation: OP-9, min_days: 7", "operations[1].after.operation", "unknown-id"),
        ("operation: OP-0, min_days: 7}\n    not_same_day_as: [OP-1.2]\n    not_on: []\n    interest: {", "", ""),
    ],
)
def test_what_it_names_is_judged_once_where_it_is_written(tmp_path: Path, put: str, path: str, kind: str) -> None:
    told = refused(tmp_path, "", put, "operation: OP-0, min_days: 7")
    where = path or "operations[1].not_same_day_as[0]"
    assert [one[0] for one in told] == [where]
    assert not kind or {one[2] for one in told} == {kind}


def test_a_doubt_is_told_where_it_is_written(tmp_path: Path) -> None:
    text = PLAN + SIX.replace("officers: 2", "officers: 5") + another("OP-2", ", officers: 6")
    (tmp_path / "all.yaml").write_text(text + "rules: {sector_spacing_days: 60}\n")
    warnings = judged(read_scenario(tmp_path)).warnings
    assert {w.path for w in warnings if w.kind == "never-offered"} == {
        "operations[1].officers",
        "operations[2].officers",
    }
    assert {w.path for w in warnings if w.kind == "no-slot"} == {"operations[1]", "operations[2]"}
    (tmp_path / "all.yaml").write_text(PLAN + SIX + "rules: {sector_spacing_days: 60}\n")
    warnings = judged(read_scenario(tmp_path)).warnings
    assert {(w.path, w.line) for w in warnings if w.kind == "no-room"} == {("operations[1].repeat", REPEAT_LINE)}


def test_a_newly_nominated_one_repeats_too_also_in_json(tmp_path: Path) -> None:
    scenario = read(tmp_path, "")
    (tmp_path / "changes.yaml").write_text(
        "operations:\n" + SIX.replace("OP-1", "NEW") + "pinned: [{operation: NEW.2, date: 2027-06-01, shift: day}]\n"
    )
    entries = read_entries([tmp_path / "changes.yaml"], scenario)
    new = [change.operation for change in entries.changes if isinstance(change, Nominated)]
    assert [operation.id for operation in new] == [f"NEW.{n}" for n in range(1, 7)]
    assert new[2].after == FollowUp("NEW.2", 28, 42)
    (tmp_path / "changes.yaml").write_text("operations:\n" + SIX + another("OP-1.3"))
    with pytest.raises(InputError) as caught:
        read_entries([tmp_path / "changes.yaml"], scenario)
    assert {(p.path, p.kind) for p in caught.value.problems} == {
        ("operations[0].repeat", "bad-id"),
        ("operations[1].id", "bad-id"),
    }
    again = json.loads(json_bytes(scenario_mapping(scenario)))["operations"][1]
    (tmp_path / "changes.json").write_text(json.dumps({"operations": [{**again, "id": "NEW"}]}))
    assert len(read_entries([tmp_path / "changes.json"], scenario).changes) == 6


FAULTS = (
    Fault("year.domain.operation", "FollowUp(before, ", "FollowUp(ids[0], ", "all follow the first"),
    Fault(
        "year.domain.operation",
        "for before, id in pairwise(ids)",
        "for before, id in [*pairwise(ids)][1:]",
        "one is lost",
    ),
    Fault("year.domain.operation", "written.id in operations", "False", "the written id is somebody's"),
    Fault("year.domain.operation", "or written.fixed is not None", "", "a pin is written as the repeat's"),
    Fault(
        "year.domain.operation",
        "tuple(there[position : position + len(whole)]) != whole",
        "False",
        "a change is forgotten",
    ),
    Fault("year.formats.scenario.sections", "if id not in taken:", "if True:", "an id that is taken is told twice"),
    Fault("year.formats.scenario.sections", "if n_left < 0:", "if False:", "there is no end to them"),
    Fault(
        "year.formats.scenario.sections",
        "if loc[2:3] and loc[2] in place.made",
        "if False",
        "told at what is not written",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_caught(tmp_path: Path, fault: Fault) -> None:
    with planted(fault), pytest.raises((AssertionError, InputError, ValueError, pytest.fail.Exception)):
        _all_that_holds(tmp_path)


def test_without_a_fault_nothing_is_caught(tmp_path: Path) -> None:
    _all_that_holds(tmp_path)


def _all_that_holds(tmp_path: Path) -> None:
    test_it_stands_for_so_many_each_after_the_one_before_and_is_kept_as_written(tmp_path)
    test_what_is_changed_by_itself_is_written_by_itself_also_beside_one_of_the_written_id(tmp_path)
    test_an_id_that_is_taken_or_too_long_is_told_at_the_repeat(tmp_path)
    test_a_wrong_repeat_is_told_with_its_place(tmp_path, "{times: 5000, every_days: [0, 42]}", "", "too-large")
    test_a_doubt_is_told_where_it_is_written(tmp_path)
