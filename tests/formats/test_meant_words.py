"""What is nearly right in a workbook is understood or asked about, never taken for something else in silence."""

import re
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from arshjul.actions.draft.sent_workbook import workbook_scenario
from arshjul.domain.operation import Operation
from arshjul.errors import InputError
from arshjul.formats.catalogues import words
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.workbook.reading import book_in
from arshjul.formats.workbook.writing import scenario_workbook

YEAR = Path(__file__).parents[2] / "scenarios" / "goteborg-2027"
Edit = Callable[[Workbook], None]


@pytest.fixture(scope="module")
def book() -> bytes:
    return scenario_workbook(read_scenario(YEAR).scenario)


def column(sheet: Worksheet, heading: str) -> int:
    return next(n for n, cell in enumerate(sheet[1], start=1) if cell.value == heading)


def cell(heading: str, value: str, row: int = 2) -> Edit:
    """Writes into the cell of an operation, by default the first one's."""

    def edit(book: Workbook) -> None:
        sheet = book["Insatser"]
        sheet.cell(row, column(sheet, heading), value)

    return edit


def heading(old: str, new: str) -> Edit:
    def edit(book: Workbook) -> None:
        sheet = book["Insatser"]
        sheet.cell(1, column(sheet, old), new)

    return edit


def read(data: bytes, *edits: Edit) -> tuple[Operation | None, str]:
    """The first operation, if the workbook can be used; and all that is said of it."""
    book, out = load_workbook(BytesIO(data)), BytesIO()
    for edit in edits:
        edit(book)
    book.save(out)
    say = words("sv").say
    try:
        found = workbook_scenario(book_in(out.getvalue(), "x.xlsx"))
    except InputError as error:
        return None, " ".join(say(one.text) for one in error.problems)
    return found.scenario.operations["OP-001"], " ".join(map(say, found.notes))


@pytest.mark.parametrize("given", ["15 mars", "15 Mars", "den 15 mars", "15:e mars", "15 mar", "15 mars 2027"])
def test_a_date_needs_no_year(book: bytes, given: str) -> None:
    operation, _ = read(book, cell("Från", given))
    assert operation is not None
    assert operation.window is not None
    assert str(operation.window.first) == "2027-03-15"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        *(
            (one, 1)
            for one in ("hög", "Hög", "HÖG", "hog", "Hog", "högt", "1 hög", "1 - hög", "prio 1", "hög prioritet")
        ),
        *((one, 2) for one in ("medel", "Normal", "prioritet 2")),
        *((one, 3) for one in ("låg", "Låg", "lag", "3 (låg)")),
    ],
)
def test_a_priority_may_be_a_word(book: bytes, given: str, meant: int) -> None:
    operation, said = read(book, cell("Prioritet", given))
    assert operation is not None, said
    assert operation.priority == meant


@pytest.mark.parametrize("given", ["viktig", "1 låg", "hög låg", "prio", "4 hög", "prio 4"])
def test_a_priority_that_says_two_things_or_none_is_asked_about(book: bytes, given: str) -> None:
    operation, said = read(book, cell("Prioritet", given))
    assert operation is None
    assert "skriv 1 (hög), 2 eller 3 (låg)" in said


@pytest.mark.parametrize(
    ("right", "wrong", "asked"),
    [
        ("miljo", "mijlo", "Menade du miljo?"),
        ("kronofogden", "kronofodgen", "Menade du kronofogden?"),
        ("miljo", "Miljöförvaltning", "Menade du Miljöförvaltningen?"),
        ("Prioritet", "Prioritett", "Menade du Prioritet?"),
        ("Titel", "Titell", 'Är det den som heter "Titell"?'),
        ("Bransch", "Branscher", 'Är det den som heter "Branscher"?'),
        ("Ansvarig", "Ansvarg", 'Är det den som heter "Ansvarg"?'),
    ],
)
def test_a_heading_that_is_nearly_right_is_asked_about(book: bytes, right: str, wrong: str, asked: str) -> None:
    assert asked in read(book, heading(right, wrong))[1]


def test_a_heading_of_ones_own_is_not_taken_for_a_missing_one(book: bytes) -> None:
    assert "Är det den" not in read(book, heading("Titel", "Diarienummer"))[1]


@pytest.mark.parametrize(
    ("where", "given", "asked"),
    [
        ("Bransch", "Restauranger", 'Menade du "Restaurang"?'),
        ("Bransch", "Skönhetsvårdar", 'Menade du "Skönhetsvård"?'),
        ("Bransch", "Transporter", 'Menade du "Transport"?'),
        ("Område", "Göteborgs City", 'Menade du "Göteborg City"?'),
        ("Ansvarig", "Skatteverkets", 'Menade du "Skatteverket"?'),
        ("Ansvarig", "Räddningstjänst", 'Menade du "Räddningstjänsten"?'),
        ("Enheter", "LPO Citys", 'Menade du "LPO City"?'),
        ("Pass", "Kvällar", 'Menade du "Kväll"?'),
    ],
)
def test_another_number_or_case_of_a_name_is_asked_about(book: bytes, where: str, given: str, asked: str) -> None:
    assert asked in read(book, cell(where, given))[1]


def test_a_sector_that_stands_nowhere_else_is_asked_about(book: bytes) -> None:
    assert "finns inte bland orden för branscher" in read(book, cell("Bransch", "Frisor"))[1]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("restaurants", '"restaurants" står bara vid den här insatsen, och tas som det står. Menade du "restaurant"?'),
        ("hairdresser", '"hairdresser" står bara vid den här insatsen, och tas som det står.'),
        ("restaurant", ""),
    ],
)
def test_the_same_where_there_are_no_words(tmp_path: Path, given: str, asked: str) -> None:
    """Each sector of the year is that of several operations."""
    shutil.copytree(YEAR.parent / "tutorial", tmp_path, dirs_exist_ok=True)
    plan, operations = tmp_path / "plan.yaml", tmp_path / "operations.yaml"
    plan.write_text(re.sub(r"^names:\n(  .*\n)+", "", plan.read_text(), flags=re.M))
    text = re.sub(r"sector: \w+", "sector: restaurant", operations.read_text())
    for sector in ("vehicle", "cleaning"):
        text = text.replace("sector: restaurant", f"sector: {sector}", 2)
    first, _, last = text.rpartition("sector: restaurant")
    operations.write_text(f"{first}sector: {given}{last}")
    said = [words("sv").say(one.text) for one in read_scenario(tmp_path).warnings if one.kind == "unknown-word"]
    assert said == [asked] * bool(asked)
