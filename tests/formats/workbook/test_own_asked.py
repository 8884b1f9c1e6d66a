"""What a proposed mapping does not know stops the import until somebody says what it is: nothing is dropped unsaid."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from arshjul.actions.folder.own_spreadsheet import own_scenario, propose_mapping
from arshjul.errors import InputError, Problem
from arshjul.formats.own.mapping import read_map
from arshjul.formats.own.reading import OwnScenario
from tests.formats.workbook.test_own import TUTORIAL, hers

HEADINGS = [
    "Nr",
    "Titel",
    "Bransch",
    "Område",
    "Poliser",
    "Ansvarig",
    "miljo",
    "Skatt",
    "Tillstånd",
    "Bemanning",
    "Mapp",
]
ROWS: list[list[Any]] = [
    ["OP-1", "Lunchställen", "Restaurang", "Centrum", 2, "miljo", "x", "x", "x", 1, "grön"],
    ["OP-2", "Verkstäder", "Fordon och verkstad", "Hamnen", 4, "miljo", 1, "(x)", None, 2, "blå"],
    ["OP-3", "Städbolag", "Städ", "Centrum", 2, "miljo", "x", None, "(1)", None, None],
]  # fmt: skip


def proposed(folder: Path, headings: list[str] = HEADINGS, rows: list[list[Any]] = ROWS) -> tuple[Path, Path]:
    book, file = hers(folder, headings, rows), folder / "map.yaml"
    propose_mapping(book, file, TUTORIAL, lambda _: None)
    return book, file


def problems(book: Path, file: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        own_scenario(book, file, lambda _: None)
    assert str(book.parent) not in f"{caught.value} {[one.file for one in caught.value.problems]}"
    return list(caught.value.problems)


def read(book: Path, file: Path) -> OwnScenario:
    return own_scenario(book, file, lambda _: None)


def said(file: Path, *lines: str, key: str = "columns") -> None:
    file.write_text(file.read_text().replace(f"    {key}:", "\n      ".join([f"    {key}:", *lines])))


def test_a_column_of_marks_is_never_ignored_by_itself(tmp_path: Path) -> None:
    book, file = proposed(tmp_path)
    (sheet,) = read_map(file).map.sheets
    assert sheet.ignored == ["Mapp"]
    assert sheet.columns["Skatt"] == "Lag: skatteverket", "the only agency whose name begins so"
    assert '# "Tillstånd": "…"' in file.read_text()
    found = problems(book, file)
    assert [one.kind for one in found] == ["unsaid-column", "unsaid-column"]
    assert ["Tillstånd" in str(one.text) for one in found] == [True, False]
    said(file, '"Tillstånd": "Lag: polisen"', '"Bemanning": "Minst poliser"')
    assert {one.kind for one in problems(book, file)} == {"unknown-id"}
    file.write_text(file.read_text().replace('"Tillstånd": "Lag: polisen"', ""))
    said(file, '- "Tillstånd"', key="ignored")
    operations = read(book, file).scenario.operations
    assert {id: one.officers_least for id, one in operations.items()} == {"OP-1": 1, "OP-2": 2, "OP-3": None}
    assert operations["OP-2"].optional_agencies == {"skatteverket": 1}


def test_a_new_column_of_marks_stops_the_next_month_too(tmp_path: Path) -> None:
    book, file = proposed(tmp_path, HEADINGS[:8], [row[:8] for row in ROWS])
    assert len(read(book, file).scenario.operations) == 3
    hers(tmp_path, HEADINGS[:9], [row[:9] for row in ROWS])
    assert [one.kind for one in problems(book, file)] == ["unsaid-column"]


def test_a_new_column_with_nothing_in_it_stops_nothing(tmp_path: Path) -> None:
    book, file = proposed(tmp_path, HEADINGS[:8], [row[:8] for row in ROWS])
    hers(tmp_path, HEADINGS[:9], [[*row[:8], None] for row in ROWS])
    made = read(book, file)
    assert len(made.scenario.operations) == 3
    assert any("Tillstånd" in str(note) for note in made.notes), "it is told all the same"


def test_a_lead_that_takes_no_part_is_asked_about(tmp_path: Path) -> None:
    rows = [[*row[:5], "skatteverket", row[6], None] for row in ROWS]
    book, file = proposed(tmp_path, HEADINGS[:8], rows)
    (found,) = problems(book, file)
    assert found.kind == "lead-absent"
    assert "Skatteverket leads 3 operations" in str(found.text)
    file.write_text(file.read_text() + "    leads_only: [skatteverket]\n")
    assert {one.lead_agency for one in read(book, file).scenario.operations.values()} == {"skatteverket"}


def test_two_agencies_that_begin_alike_are_asked_about(tmp_path: Path) -> None:
    book, file = proposed(tmp_path, [*HEADINGS[:7], "M"], [row[:8] for row in ROWS])
    assert [one.kind for one in problems(book, file)] == ["unsaid-column"], "a letter says nothing"


def test_a_hidden_column_is_told_in_her_own_sheet(tmp_path: Path) -> None:
    """Among the sites, which are a sheet of ours, her columns have other numbers."""
    headings = [*HEADINGS[:7], "Objekt", "Adress"]
    book, file = proposed(tmp_path, headings, [[*row[:7], "Krogen", "Gatan"] for row in ROWS])
    for letter, told in (("B", ["B3"]), ("H", ["H3"]), ("I", ["I3"])):
        made = load_workbook(hers(tmp_path, headings, [[*row[:7], "Krogen", "Gatan"] for row in ROWS]))
        made.worksheets[0].column_dimensions[letter].hidden = True
        made.save(book)
        notes = [str(note) for note in read(book, file).notes]
        assert [note.partition(":")[0] for note in notes if "hidden" in note] == [f"Planering 2027, {told[0]}"]
