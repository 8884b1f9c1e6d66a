"""`history`: the logs of other years, from plan folders and files, kept by scenario.json and workbooks."""

import json
from datetime import date, datetime
from pathlib import Path
from shutil import copytree
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from arshjul.errors import InputError, Problem
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.amendment import (
    Cancelled,
    FewerOfficers,
    MilestoneHeld,
    Nominated,
    OtherDates,
    Pinned,
    TeamsLost,
    Unpinned,
    WithoutPolice,
)
from arshjul.year.domain.operation import FollowUp, Operation, Pin
from arshjul.year.domain.parties import Matching, TeamLine
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.plan.plan_folder import scenario_bytes, scenario_of_json
from arshjul.year.formats.reading import ScenarioFile, read_entries, read_scenario
from tests.examples import each
from tests.year.formats.folders import RIGHT as RIGHT_FOLDER
from tests.year.formats.workbook.books import RIGHT, Rows, book, saved

TUTORIAL = Path(__file__).parents[3] / "scenarios" / "tutorial"
YEAR = """
from: 2026-01-01
to: 2026-12-31
withdrawals:
  - {id: A, police: [lpo-exempelstad], from: 2026-03-06, to: 2026-03-07, shifts: [day], cause: shooting,
     reported: "2026-03-06T06:30"}
  - {id: B, police: [granspolisen, lpo-exempelstad], from: 2026-05-04, until_further_notice: true, cause: special-event}
"""


def read(folder: Path, history: str, **files: str) -> ScenarioFile:
    """The tutorial with such a section, and files beside it in a folder `years`."""
    copied = copytree(TUTORIAL, folder / "scenario")
    (copied / "learnt.yaml").write_text(f"history: {history}\n")
    (copied / "years").mkdir()
    for name, text in files.items():
        (copied / "years" / f"{name}.yaml").write_text(text)
    return read_scenario(copied)


def told(unit: str, day: str, *more: str) -> str:
    """A log of two days with a withdrawal."""
    one = ", ".join(["id: A", f"police: [{unit}]", f"from: {day}", f"to: {day}", *more])
    return f"[{{from: 2026-02-01, to: 2026-02-02, withdrawals: [{{{one}}}]}}]"


def wrong(folder: Path, history: str, **files: str) -> list[Problem]:
    with pytest.raises(InputError) as refused:
        read(folder, history, **files)
    return list(refused.value.problems)


def test_a_file_is_read_and_stands_whole_in_what_is_written(tmp_path: Path) -> None:
    scenario = read(tmp_path, "[years/a.yaml]", a=YEAR).scenario
    (log,) = scenario.history
    assert (str(log.year.first), str(log.year.last)) == ("2026-01-01", "2026-12-31")
    assert [(withdrawal.id, withdrawal.cause, withdrawal.last is None) for withdrawal in log.withdrawals] == [
        ("A", "shooting", False),
        ("B", "special-event", True),
    ]
    assert log.withdrawals[0].reported is not None
    assert log.withdrawals[0].reported.isoformat() == "2026-03-06T06:30:00+01:00"
    written = scenario_bytes(scenario)
    assert scenario_of_json(written) == scenario
    assert scenario_bytes(scenario_of_json(written)) == written
    within = json.loads(written)["history"]
    (tmp_path / "within").mkdir()
    assert read(tmp_path / "within", json.dumps(within)).scenario.history == scenario.history


def test_a_path_starts_where_its_file_lies(tmp_path: Path) -> None:
    read(tmp_path, "[]", a=YEAR)
    config = tmp_path / "config"
    (tmp_path / "scenario" / "learnt.yaml").unlink()
    (tmp_path / "scenario" / "years").rename(tmp_path / "years")
    config.mkdir()
    (config / "learnt.yaml").write_text("history: [../years/a.yaml]\n")
    plan = tmp_path / "scenario" / "plan.yaml"
    plan.write_text(plan.read_text().replace("plan:\n", "plan:\n  config: ../config\n", 1))
    (log,) = read_scenario(tmp_path / "scenario").scenario.history
    assert len(log.withdrawals) == 2


def test_nothing_is_written_where_nothing_is_known() -> None:
    assert "history" not in json.loads(scenario_bytes(read_scenario(TUTORIAL).scenario))


def test_what_this_scenario_does_not_have_is_told_and_left_out(tmp_path: Path) -> None:
    more = '  - {id: C, police: [elsewhere], from: 2026-06-01, to: 2026-06-01, cause: "somebody\'s words"}\n'
    scenario_file = read(tmp_path, "[years/a.yaml]", a=YEAR.replace("special-event", "her words") + more)
    (log,) = scenario_file.scenario.history
    assert [(withdrawal.id, withdrawal.cause) for withdrawal in log.withdrawals] == [("A", "shooting"), ("B", "")]
    (warning,) = [one for one in scenario_file.warnings if one.path == "history[0]"]
    assert (warning.kind, warning.file, warning.line) == ("unknown-id", "learnt.yaml", 1)


@pytest.mark.parametrize(
    ("history", "path", "said"),
    [
        ("[years/b.yaml]", "history[0]", "years/b.yaml"),
        ("[/tmp]", "history[0]", "path from this file"),
        ('["\\0"]', "history[0]", "Nothing is at"),
        (f"[{'a/' * 3000}]", "history[0]", "Nothing is at"),
        ('[""]', "history[0]", "not a plan folder"),
        ("[7]", "history[0]", "mapping"),
        ("[null]", "history[0]", "value is missing"),
        ("[years]", "history[0]", "not a plan folder"),
        ("[../scenario/plan.yaml]", "history[0]", "not a year's log"),
        ("[years/a.yaml, years/a.yaml]", "history[1]", "2026-01-01 to 2026-12-31"),
        ("[years/a.yaml, {from: 2026-12-31, to: 2027-01-01}]", "history[1]", "keep one"),
        ("years/a.yaml", "history", "list"),
        ("[{from: 2026-02-01, to: 2026-01-01}]", "history[0].to", "before it begins"),
        ("[{from: 2026-02-01}]", "history[0].to", "missing"),
        (told("nobody", "2026-02-01"), "history[0].withdrawals[0].police[0]", "nobody"),
        (told("lpo-exempelstad", "2026-03-01"), "history[0].withdrawals[0].from", "widen"),
        (told("lpo-exempelstad", "2026-02-01", "revision: 2"), "history[0].withdrawals[0].revision", "remove it"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(tmp_path: Path, history: str, path: str, said: str) -> None:
    (problem,) = [one for one in wrong(tmp_path, history, a=YEAR) if one.path.startswith("history")]
    assert (problem.path, problem.file, problem.line) == (path, "learnt.yaml", 1)
    assert said in str(problem.text)


def test_what_is_wrong_in_a_file_is_told_there_too(tmp_path: Path) -> None:
    problems = wrong(tmp_path, "[years/a.yaml]", a=YEAR.replace("to: 2026-03-07", "too: 2026-03-07"))
    assert {(problem.path, problem.line) for problem in problems} == {("history[0]", 1), ("withdrawals[0].too", 5)}


def test_a_workbook_is_no_log(tmp_path: Path) -> None:
    book = tmp_path / "scenario" / "years" / "book.xlsx"
    copied = copytree(TUTORIAL, tmp_path / "scenario")
    (copied / "years").mkdir()
    book.write_bytes(b"PK")
    (copied / "learnt.yaml").write_text("history: [years/book.xlsx]\n")
    with pytest.raises(InputError) as refused:
        read_scenario(copied)
    (problem,) = refused.value.problems
    assert "name a plan folder" in str(problem.text)


def test_a_row_of_a_workbook_that_no_year_holds_is_told_with_its_cell(tmp_path: Path) -> None:
    years: Rows = [["Från", "Till"], [date(2026, 1, 1), date(2026, 12, 31)]]
    rows: Rows = [
        ["Nr", "Enheter", "Från", "Till", "Orsak"],
        ["A", "LPO City", date(2026, 3, 6), date(2026, 3, 6), "shooting"],
        ["B", "lpo", date(2025, 3, 6), date(2025, 3, 6), None],
        ["C", "lpo", None, date(2026, 3, 6), None],
    ]
    sheets = {**RIGHT, "Tidigare år": years, "Tidigare avbokningar": rows}
    with pytest.raises(InputError) as refused:
        read_scenario(saved(tmp_path, book(sheets)))
    assert {(problem.sheet, problem.cell, problem.kind) for problem in refused.value.problems} == {
        ("Tidigare avbokningar", "C3", "outside-plan"),
        ("Tidigare avbokningar", "C4", "missing-key"),
    }
    right = read_scenario(saved(tmp_path, book({**sheets, "Tidigare avbokningar": rows[:2]}))).scenario
    assert [(withdrawal.id, withdrawal.police) for withdrawal in right.history[0].withdrawals] == [("A", ("lpo",))]


# Withdrawals and the other changes of a year under way, judged against the scenario.


SCENARIO = read_scenario(RIGHT_FOLDER).scenario
ZONE = ZoneInfo("Europe/Stockholm")


def written(folder: Path, text: str, name: str = "w.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def withdrawals_in(path: Path) -> tuple[Withdrawal, ...]:
    return read_entries([path], SCENARIO).withdrawals


def test_withdrawals_are_read(tmp_path: Path) -> None:
    text = """
withdrawals:
  - id: W-01
    reported: "2027-05-12T06:30"
    police: [lpo-city]
    from: 2027-05-12
    to: 2027-05-20
    shifts: [night]
    officers_left: 1
    cause: shooting
  - {id: W-02, reported: 2027-05-13T08:00:00, police: [border, lpo-city], from: 2027-05-21, until_further_notice: true}
"""
    assert withdrawals_in(written(tmp_path, text)) == (
        Withdrawal(
            "W-01",
            datetime(2027, 5, 12, 6, 30, tzinfo=ZONE),
            ("lpo-city",),
            date(2027, 5, 12),
            date(2027, 5, 20),
            ("night",),
            1,
            "shooting",
        ),
        Withdrawal(
            "W-02", datetime(2027, 5, 13, 8, tzinfo=ZONE), ("border", "lpo-city"), date(2027, 5, 21), None, None, 0, ""
        ),
    )


def test_a_withdrawal_stands_once_in_a_file(tmp_path: Path) -> None:
    text = """
withdrawals:
  - {id: W-01, reported: "2027-05-12T06:30", police: [lpo-city], from: 2027-05-12, until_further_notice: true}
  - {id: W-01, reported: "2027-05-14T06:30", police: [lpo-city], from: 2027-05-12, to: 2027-05-14}
"""
    with pytest.raises(InputError) as refused:
        withdrawals_in(written(tmp_path, text))
    assert [(p.path, p.kind) for p in refused.value.problems] == [("withdrawals[1].id", "bad-id")]


def test_a_withdrawal_may_reach_out_of_the_year(tmp_path: Path) -> None:
    text = """
withdrawals:
  - {id: W-01, reported: "2026-12-30T06:30", police: [lpo-city], from: 2026-12-30, until_further_notice: true}
  - {id: W-02, reported: "2027-12-30T06:30", police: [lpo-city], from: 2027-12-30, to: 2028-01-03}
"""
    assert len(withdrawals_in(written(tmp_path, text))) == 2


CHANGES = """
withdrawals:
  - {id: W-01, reported: "2027-05-12T06:30", police: [lpo-city], from: 2027-05-12, to: 2027-05-20}
agencies:
  - {agency: miljo, from: 2027-03-01, to: 2027-03-05, shifts: [day, night], weekdays: [mon], teams_left: 1}
  - {agency: skatteverket, from: 2027-03-01, to: 2027-03-01}
operations:
  - {id: OP-100, title: Ny, programme: akc, lead_agency: miljo, sector: food, area: city, after: {operation: OP-001}}
cancelled: [OP-004]
pinned:
  - {operation: OP-100, date: 2027-05-11, shift: day, police: border}
  - {operation: OP-002, date: 2027-05-12, shift: day, any_of: [miljo]}
fewer_officers: [{operation: OP-001, officers: 1}]
without_police: [{operation: OP-003, reported: "2027-05-01T08:00"}]
unpinned: [OP-001]
held: [{operation: OP-001, milestone: nomination, date: 2027-01-05}]
not_on:
  - {operation: OP-002, agency: miljo, dates: [2027-05-05, {from: 2027-06-01, to: 2027-06-04}]}
"""


def test_changes_are_read_with_dates_in_quotes_and_milestones_of_the_year(tmp_path: Path) -> None:
    read = read_entries([written(tmp_path, CHANGES)], SCENARIO)
    assert [withdrawal.id for withdrawal in read.withdrawals] == ["W-01"]
    week = Span(date(2027, 3, 1), date(2027, 3, 5))
    asked = (Span(date(2027, 5, 5), date(2027, 5, 5)), Span(date(2027, 6, 1), date(2027, 6, 4)))
    new = Operation("OP-100", "Ny", "akc", "miljo", "food", "city", after=FollowUp("OP-001"))
    assert read.changes == (
        Nominated(new),
        Cancelled("OP-004"),
        Unpinned("OP-001"),
        Pinned("OP-100", Pin(Slot(date(2027, 5, 11), "day"), "border")),
        Pinned("OP-002", Pin(Slot(date(2027, 5, 12), "day"), any_of=("miljo",))),
        OtherDates("OP-002", "miljo", asked),
        TeamsLost("miljo", week, ("day", "night"), frozenset({0}), 1),
        TeamsLost("skatteverket", Span(week.first, week.first)),
        FewerOfficers("OP-001", 1),
        WithoutPolice("OP-003", reported=datetime(2027, 5, 1, 8, tzinfo=ZONE)),
        MilestoneHeld("OP-001", "nomination", date(2027, 1, 5)),
    )
    with pytest.raises(InputError) as refused:
        read_entries([written(tmp_path, "held: [{operation: OP-1, milestone: nominate, date: 2027-01-05}]")], SCENARIO)
    (operation, milestone) = sorted(refused.value.problems, key=lambda problem: problem.path, reverse=True)
    assert (operation.kind, operation.path) == ("unknown-id", "held[0].operation")
    assert (milestone.kind, milestone.path) == ("unknown-id", "held[0].milestone")
    assert "nomination" in str(milestone.text)
    entries = {
        "pinned": [{"operation": "OP-001", "date": "2027-03-02", "shift": "day"}],
        "not_on": [{"operation": "OP-001", "agency": "miljo", "dates": ["2027-03-03"]}],
    }
    read = read_entries([written(tmp_path, json.dumps(entries))], SCENARIO)
    plain = yaml.safe_dump(entries).replace("'", "")
    assert read == read_entries([written(tmp_path, plain, "plain.yaml")], SCENARIO)
    assert len(read.changes) == 2
    span = Span(date(2027, 3, 1), date(2027, 3, 5))
    assert list(TeamsLost("miljo", span).lines()) == [TeamLine(Matching(None, None, *_ends(span)), 0, at_most=True)]
    both = TeamsLost("miljo", span, ("day", "night"), frozenset({0}), 1)
    assert list(both.lines()) == [
        TeamLine(Matching(frozenset({0}), shift, *_ends(span)), 1, at_most=True) for shift in ("day", "night")
    ]
    assert list(TeamsLost("miljo", span, ()).lines()) == []


def _ends(span: Span) -> tuple[date, date]:
    return span.first, span.last


def test_withdrawals_and_changes_come_together_and_so_do_their_problems(tmp_path: Path) -> None:
    text = 'withdrawals: [{id: W-9, reported: "2027-05-01T06:30", police: [border], from: 2027-05-12, to: 2027-05-20}]'
    read = read_entries([written(tmp_path, text), written(tmp_path, CHANGES, "changes.yaml")], SCENARIO)
    assert [withdrawal.id for withdrawal in read.withdrawals] == ["W-9", "W-01"]
    assert Cancelled("OP-004") in read.changes
    first, second = written(tmp_path, "cancel: []"), written(tmp_path, "cancelled: [OP-X]", "changes.yaml")
    with pytest.raises(InputError) as refused:
        read_entries([first, second], SCENARIO)
    assert [(p.file, p.path, p.kind) for p in refused.value.problems] == [
        (str(first), "cancel", "unknown-key"),
        (str(second), "cancelled[0]", "unknown-id"),
    ]
    wrong = 'withdrawals: [{id: W-1, police: ["LPO Nowhere"], from: 2027-05-12, to: 2027-05-10}]'
    with pytest.raises(InputError) as refused:
        withdrawals_in(written(tmp_path, wrong))
    assert {p.path for p in refused.value.problems} == {"withdrawals[0].police[0]", "withdrawals[0].to"}


WRONG = yaml.load((Path(__file__).parent / "wrong-changes.yaml").read_text(), yaml.CSafeLoader)


@each(WRONG)
def test_a_wrong_change_is_told_with_its_place(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_entries([written(tmp_path, case["text"])], SCENARIO)
    told = {(p.line, p.path, p.kind) for p in refused.value.problems}
    assert (case["line"], case["path"], case["kind"]) in told, told


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        withdrawals_in(tmp_path / "none.yaml")
    assert [problem.kind for problem in refused.value.problems] == ["unreadable"]
