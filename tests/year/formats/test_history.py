"""`history`: the logs of other years, from plan folders and files, kept by scenario.json and workbooks."""

import json
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from arshjul.errors import InputError, Problem
from arshjul.year.formats.plan.plan_folder import scenario_bytes, scenario_of_json
from arshjul.year.formats.reading import ScenarioFile, read_scenario
from arshjul.year.formats.workbook.writing import scenario_workbook
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


def test_a_workbook_keeps_it_to_the_last_byte(tmp_path: Path) -> None:
    quiet = "{from: 2025-01-01, to: 2025-06-30}"
    scenario = read(tmp_path, f"[years/a.yaml, {quiet}]", a=YEAR).scenario
    book = tmp_path / "book.xlsx"
    book.write_bytes(scenario_workbook(scenario))
    assert scenario_bytes(read_scenario(book).scenario) == scenario_bytes(scenario)


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
