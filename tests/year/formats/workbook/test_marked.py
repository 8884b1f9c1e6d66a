"""A marked workbook: the user's own values where they stood, what is wrong marked in its cell; put right, it is read."""

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from arshjul.errors import InputError
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.workbook.marked import marked_workbook
from tests.year.formats.workbook.books import RIGHT, SECRETS, book, data_of, saved

WRONG: dict[str, Any] = {
    "Insatser_H2": "12/5-27",
    "Insatser_A3": None,
    "Lag_F2": "#N/A",
    "Regler_A6": "lead_time",
    "Objekt_A2": "OP-9",
}


def marked(folder: Path, made: Any) -> Any:
    """The marked workbook of one that is wrong, as another library reads it."""
    with pytest.raises(InputError) as caught:
        read_scenario(saved(folder, made))
    data = marked_workbook(data_of(made), caught.value.problems, caught.value.warnings, words("sv"))
    assert data == marked_workbook(data_of(made), caught.value.problems, caught.value.warnings, words("sv"))
    return openpyxl.load_workbook(BytesIO(data))


def test_the_wrong_cells_are_marked_with_their_remedy(tmp_path: Path) -> None:
    made = marked(tmp_path, book(**WRONG))
    assert made.sheetnames == ["Fel", *RIGHT]
    for name in WRONG:
        sheet, _, cell = name.rpartition("_")
        spot = made[sheet][cell]
        assert spot.fill.fgColor.rgb == "FFFBE3E1", name
        assert spot.comment is not None
        assert len(spot.comment.text) > 10
    assert "2027-05-12" in made["Insatser"]["H2"].comment.text
    assert made["Insatser"]["B2"].fill.fgColor.rgb != "FFFBE3E1"
    listed = [[cell.value for cell in row] for row in made["Fel"].iter_rows(min_row=2)]
    assert [tuple(row[:4]) for row in listed] == [
        ("fel", "Insatser", "H2", "12/5-27"),
        ("fel", "Insatser", "A3", None),
        ("fel", "Objekt", "A2", "OP-9"),
        ("fel", "Lag", "F2", "#N/A"),
        ("fel", "Regler", "A6", "lead_time"),
    ]
    assert made["Fel"]["C2"].hyperlink.location == "'Insatser'!H2"
    assert not any(secret in str(row) for row in listed for secret in SECRETS)


def test_all_that_was_typed_stands_where_it_stood(tmp_path: Path) -> None:
    typed = book({**RIGHT, "Eget": [["a", 1.5, True], [None, "=1+1"]]}, **WRONG)
    typed["Eget"]["B2"].data_type = "s"
    typed["Insatser"]["R2"] = "min anteckning"
    made = marked(tmp_path, typed)
    for sheet in typed:
        for row in sheet.iter_rows():
            for cell in row:
                back = made[sheet.title][cell.coordinate].value
                assert (back.date() if hasattr(back, "date") else back) == cell.value, cell


def test_put_right_it_is_read_as_it_is(tmp_path: Path) -> None:
    made = marked(tmp_path, book(**WRONG))
    right = book()
    for name in WRONG:
        sheet, _, cell = name.rpartition("_")
        made[sheet][cell] = right[sheet][cell].value
    assert read_scenario(saved(tmp_path, made)).scenario == read_scenario(saved(tmp_path, right)).scenario


def test_an_error_value_stays_an_error_until_it_is_mended(tmp_path: Path) -> None:
    made = marked(tmp_path, book(Lag_F2="#N/A"))
    with pytest.raises(InputError) as caught:
        read_scenario(saved(tmp_path, made))
    assert [(problem.cell, problem.kind) for problem in caught.value.problems] == [("F2", "error-value")]
