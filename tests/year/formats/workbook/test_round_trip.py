"""A scenario written as a workbook and read back is the same, to the last field."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, given
from openpyxl import load_workbook

from arshjul.errors import InputError
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.operation import Operation, Site
from arshjul.year.domain.scenario import Programme, Scenario
from arshjul.year.domain.withdrawal import WithdrawalHistory
from arshjul.year.folder.workbook import workbook
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_folder import scenario_bytes
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.workbook.differences import cell_changes
from arshjul.year.formats.workbook.tables import OPERATIONS
from arshjul.year.formats.workbook.writing import scenario_workbook, template
from arshjul.year.texts import Words
from tests.builders import operation, scenario
from tests.examples import examples, often
from tests.known_cases import FOLDERS
from tests.year.formats.strategies import scenarios
from tests.year.formats.workbook.books import RIGHT, book, saved
from tests.year.formats.workbook.test_entries import CHANGES, OBJECTS, WITHDRAWALS

ROOT = Path(__file__).parents[4]
SHIPPED = sorted(path.parent for path in (ROOT / "scenarios").glob("*/plan.yaml"))


def back(folder: Path, scenario: Scenario) -> Scenario:
    path = folder / "book.xlsx"
    path.write_bytes(scenario_workbook(scenario))
    return read_scenario(path).scenario


@pytest.mark.parametrize(
    "folder",
    often((one for one in SHIPPED if one.name == "tutorial"), SHIPPED),
    ids=lambda folder: folder.name,
)
def test_a_shipped_scenario_comes_back(tmp_path: Path, folder: Path) -> None:
    scenario = read_scenario(folder).scenario
    assert scenario_bytes(back(tmp_path, scenario)) == scenario_bytes(scenario)


RIGHT_CASES = [folder for folder in FOLDERS if not folder.name.startswith("wrong-")]


@pytest.mark.skipif(not RIGHT_CASES, reason="the cases lie beside the project")
@pytest.mark.parametrize("folder", often(RIGHT_CASES[::3], RIGHT_CASES), ids=lambda folder: folder.name)
def test_a_known_case_comes_back(tmp_path: Path, folder: Path) -> None:
    scenario = read_scenario(folder / "scenario").scenario
    assert scenario_bytes(back(tmp_path, scenario)) == scenario_bytes(scenario)


@examples(4, 100, phases=[Phase.generate])
@given(scenario=scenarios())
def test_any_scenario_comes_back(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> None:
    read = back(tmp_path_factory.mktemp("book"), scenario)
    holidays = scenario.calendar.holidays  # the workbook names their country
    assert replace(read, calendar=replace(read.calendar, holidays=holidays), objects=scenario.objects) == scenario


def test_every_key_of_an_operation_has_a_column() -> None:
    columns = {column.path[0] for column in OPERATIONS.columns} | {"agencies", "optional_agencies", "sites"}
    assert {field.alias or name for name, field in shape(Operation).model_fields.items()} <= columns


def test_a_programme_is_read_by_its_name_and_what_is_wrong_names_its_cell(tmp_path: Path) -> None:
    made = openpyxl.load_workbook(BytesIO(template(words("sv"))))
    programmes, operations = made["Program"], made["Insatser"]
    assert [cell.value for cell in programmes[1]] == ["Id", "Namn", "Ägare", "Syfte"]
    column = next(cell.column for cell in operations[1] if cell.value == "Program")
    assert operations.cell(2, column).value == "AKC"
    programmes.append(["gvi", "GVI", "raddning", "minska gängvåldet"])
    operations.cell(2, column).value = "GVI"
    read = read_scenario(saved(tmp_path, made)).scenario
    assert read.operations["EX-1"].programme == "gvi"
    assert read.programmes["gvi"] == Programme("gvi", "GVI", "raddning", "minska gängvåldet")
    programmes["C3"] = "lpo"
    with pytest.raises(InputError) as refused:
        read_scenario(saved(tmp_path, made))
    (problem,) = refused.value.problems
    assert (problem.sheet, problem.cell, problem.kind) == ("Program", "C3", "unknown-id")
    assert "polisenhet" in words("sv").say(problem.text)


def test_the_same_scenario_gives_the_same_bytes_and_written_twice_it_is_the_same(tmp_path: Path) -> None:
    scenario = read_scenario(ROOT / "scenarios" / "tutorial").scenario
    assert scenario_workbook(scenario) == scenario_workbook(scenario)
    path = saved(tmp_path, book({**RIGHT, "Eget": [["a", 1]], "Avbokningar": WITHDRAWALS}))
    workbook(path, tmp_path / "one.xlsx", lambda _: None)
    workbook(tmp_path / "one.xlsx", tmp_path / "two.xlsx", lambda _: None)
    one, two = (openpyxl.load_workbook(tmp_path / name) for name in ("one.xlsx", "two.xlsx"))
    assert one.sheetnames == two.sheetnames
    for sheet in one:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows == [[cell.value for cell in row] for row in two[sheet.title].iter_rows()], sheet.title


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_first_sheet_of_the_template_tells_of_every_other(language: str) -> None:
    made = load_workbook(BytesIO(template(words(language))))
    first, *others = made.sheetnames
    told = [sheet for _, sheet, text in made[first].iter_rows(min_row=2, values_only=True) if sheet and text]
    assert sorted(told) == sorted(others)


# A workbook that is read and written back: the same scenario, and what is the user's own stays.


def again(folder: Path, made: Any) -> Any:
    """The workbook written back, and read by another library."""
    path = saved(folder, made)
    workbook(path, folder / "again.xlsx", lambda _: None)
    assert read_scenario(folder / "again.xlsx").scenario == read_scenario(path).scenario
    return openpyxl.load_workbook(folder / "again.xlsx")


def column(sheet: Any, heading: str) -> list[object]:
    """The values below a heading."""
    number = next(cell.column for cell in sheet[1] if cell.value == heading)
    return [row[number - 1].value for row in sheet.iter_rows(min_row=2)]


def test_columns_of_ones_own_are_kept_beside_their_rows(tmp_path: Path) -> None:
    made = book()
    made["Insatser"]["Q1"], made["Insatser"]["Q3"] = "Anteckning", "ring dem"
    rows = [
        ["syns", "Enhet", "Antal", "Veckodagar"],
        ["b", "lpo", 4, None],
        [None, "lpo", 2, "mån"],
        ["=1", "lpo", 1, "tis"],
    ]
    del made["Poliser"]
    sheet = made.create_sheet("Poliser")
    for row in rows:
        sheet.append(row)
    sheet["A4"].data_type = "s"
    made["Regler"]["D1"], made["Regler"]["D6"] = "Beslut", "nämnden"
    back = again(tmp_path, made)
    assert column(back["Insatser"], "Anteckning") == [None, "ring dem"]
    assert column(back["Poliser"], "syns") == ["b", None, "=1"]
    assert back["Poliser"]["A4"].data_type != "f"
    decided = dict(zip(column(back["Regler"], "Id"), column(back["Regler"], "Beslut"), strict=True))
    assert {id for id, value in decided.items() if value} == {"rules.lead_time_days"}
    assert column(back["Kalender"], "Namn") == ["Semester"]


def test_sheets_of_ones_own_and_of_the_year_are_kept(tmp_path: Path) -> None:
    sheets = {**RIGHT, "Eget": [["a", 1]], "Avbokningar": WITHDRAWALS, "Ändringar": CHANGES, "Objekt": OBJECTS}
    back = again(tmp_path, book(sheets))
    assert [cell.value for cell in back["Eget"][1]] == ["a", 1]
    assert column(back["Avbokningar"], "Nr") == ["W-1", "W-2", "G-1", None]
    assert column(back["Ändringar"], "Insats") == ["OP-1", "OP-2", None, "OP-1"]
    assert column(back["Objekt"], "Id") == [None, "O-17", "O-17", "O-18"]


# The differences of two scenarios as a preview shows them come in the scenario's order, whatever hashes are.


IDS = [f"OP-{n}" for n in range(30, 0, -1)]


def test_sites_that_differ_and_another_year_s_dates_are_told() -> None:
    before = [operation(id) for id in IDS]
    after = [replace(one, sites=(*one.sites, Site("2027-0013"))) for one in before]
    told = [change.id for change in cell_changes(scenario(before), scenario(after), Words()) if change.key == "sites"]
    assert told == IDS
    known = replace(scenario([]), history=(WithdrawalHistory(Span(date(2025, 1, 1), date(2025, 12, 31)), ()),))
    later = replace(known, history=(WithdrawalHistory(Span(date(2026, 1, 1), date(2026, 12, 31)), ()),))
    changed = [(change.old, change.new) for change in cell_changes(known, later, Words("en"))]
    assert changed == [
        ("From Wednesday 1 January 2025, To Wednesday 31 December 2025", ""),
        ("", "From Thursday 1 January 2026, To Thursday 31 December 2026"),
    ]
