"""A workbook that is read and written back: the same scenario, and what is the user's own stays."""

from pathlib import Path
from typing import Any

import openpyxl

from arshjul.actions.folder.workbook import workbook
from arshjul.formats.reading.scenario import read_scenario
from tests.formats.workbook.books import RIGHT, book, saved
from tests.formats.workbook.test_entries import CHANGES, OBJECTS, WITHDRAWALS


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


def test_written_twice_it_is_the_same(tmp_path: Path) -> None:
    path = saved(tmp_path, book({**RIGHT, "Eget": [["a", 1]], "Avbokningar": WITHDRAWALS}))
    workbook(path, tmp_path / "one.xlsx", lambda _: None)
    workbook(tmp_path / "one.xlsx", tmp_path / "two.xlsx", lambda _: None)
    one, two = (openpyxl.load_workbook(tmp_path / name) for name in ("one.xlsx", "two.xlsx"))
    assert one.sheetnames == two.sheetnames
    for sheet in one:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows == [[cell.value for cell in row] for row in two[sheet.title].iter_rows()], sheet.title
