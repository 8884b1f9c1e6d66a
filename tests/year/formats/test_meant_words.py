"""What is nearly right in a workbook is understood or asked about, never taken for something else in silence."""

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from arshjul.errors import InputError
from arshjul.office.draft.compare_scenario import workbook_scenario
from arshjul.year.domain.operation import Operation
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.workbook.reading import book_in
from arshjul.year.formats.workbook.writing import scenario_workbook

YEAR = Path(__file__).parents[3] / "scenarios" / "goteborg-2027"
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


def read(data: bytes, *edits: Edit) -> tuple[Mapping[str, Operation], str]:
    """The operations, none if the workbook cannot be used; and all that is said of it.

    To write, save and read it takes most of each test: one of them asks of many rows at once what it asks.
    """
    book, out = load_workbook(BytesIO(data)), BytesIO()
    for edit in edits:
        edit(book)
    book.save(out)
    say = words("sv").say
    try:
        scenario = workbook_scenario(book_in(out.getvalue(), "x.xlsx"))
    except InputError as error:
        return {}, " ".join(say(problem.text) for problem in error.problems)
    return scenario.scenario.operations, " ".join(map(say, scenario.notes))


def down(heading: str, given: Iterable[str]) -> list[Edit]:
    """Writes into the cells of the first operations, one each."""
    return [cell(heading, one, row) for row, one in enumerate(given, start=2)]


def test_a_date_needs_no_year(book: bytes) -> None:
    given = ["15 mars", "15 Mars", "den 15 mars", "15:e mars", "15 mar", "15 mars 2027"]
    operations, said = read(book, *down("Från", given), *down("Till", ["2027-12-31"] * len(given)))
    assert operations, said
    for one, operation in zip(given, operations.values(), strict=False):
        assert operation.window is not None
        assert str(operation.window.first) == "2027-03-15", one


def test_a_priority_may_be_a_word(book: bytes) -> None:
    high = ("hög", "Hög", "HÖG", "hog", "Hog", "högt", "1 hög", "1 - hög", "prio 1", "hög prioritet")
    meant = {
        **dict.fromkeys(high, 1),
        **dict.fromkeys(("medel", "Normal", "prioritet 2"), 2),
        **dict.fromkeys(("låg", "Låg", "lag", "3 (låg)"), 3),
    }
    operations, said = read(book, *down("Prioritet", meant))
    assert operations, said
    assert dict(zip(meant, (operation.priority for operation in operations.values()), strict=False)) == meant


def test_a_priority_that_says_two_things_or_none_is_asked_about(book: bytes) -> None:
    given = ["viktig", "1 låg", "hög låg", "prio", "4 hög", "prio 4"]
    operations, said = read(book, *down("Prioritet", given))
    assert not operations
    assert said.count("skriv 1 (hög), 2 eller 3 (låg)") == len(given), said


@pytest.mark.parametrize(
    "asked",
    [
        {
            ("miljo", "mijlo"): "Menade du miljo?",
            ("kronofogden", "kronofodgen"): "Menade du kronofogden?",
            ("Prioritet", "Prioritett"): "Menade du Prioritet?",
        },
        {("miljo", "Miljöförvaltning"): "Menade du Miljöförvaltningen?"},
        {
            ("Titel", "Titell"): 'döp om "Titell", om det är den',
            ("Bransch", "Branscher"): 'döp om "Branscher", om det är den',
            ("Ansvarig", "Ansvarg"): 'döp om "Ansvarg", om det är den',
        },
    ],
    ids=["may go", "the same, by its name", "needed"],
)
def test_a_heading_that_is_nearly_right_is_asked_about(book: bytes, asked: Mapping[tuple[str, str], str]) -> None:
    _, said = read(book, *(heading(*one) for one in asked))
    assert [one for one in asked.values() if one not in said] == [], said


def test_a_heading_of_ones_own_is_not_taken_for_a_missing_one(book: bytes) -> None:
    assert "om det är den" not in read(book, heading("Titel", "Diarienummer"))[1]


@pytest.mark.parametrize(
    "asked",
    [
        [
            ("Bransch", "Restauranger", 'Menade du "Restaurang"?'),
            ("Bransch", "Transporter", 'Menade du "Transport"?'),
        ],
        [
            ("Bransch", "Skönhetsvårdar", 'Menade du "Skönhetsvård"?'),
            ("Område", "Göteborgs City", 'Menade du "Göteborg City"?'),
            ("Ansvarig", "Skatteverkets", 'Menade du "Skatteverket"?'),
            ("Ansvarig", "Räddningstjänst", 'Menade du "Räddningstjänsten"?'),
            ("Enheter", "LPO Citys", 'Menade du "LPO City"?'),
            ("Pass", "Kvällar", 'Menade du "Kväll"?'),
        ],
    ],
    ids=["may be another", "is none"],
)
def test_another_number_or_case_of_a_name_is_asked_about(book: bytes, asked: list[tuple[str, str, str]]) -> None:
    _, said = read(book, *(cell(where, given, row) for row, (where, given, _) in enumerate(asked, start=2)))
    assert [one for *_, one in asked if one not in said] == [], said


def test_a_sector_that_stands_nowhere_else_is_asked_about(book: bytes) -> None:
    assert "finns inte bland orden för branscher" in read(book, cell("Bransch", "Frisor"))[1]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("restaurants", '"restaurants" står bara vid den här insatsen. Menade du "restaurant"?'),
        ("hairdresser", '"hairdresser" står bara vid den här insatsen.'),
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
    said = [
        words("sv").say(warning.text) for warning in read_scenario(tmp_path).warnings if warning.kind == "unknown-word"
    ]
    assert said == [asked] * bool(asked)


def test_a_sector_of_a_frame_that_no_operation_has_is_asked_about(tmp_path: Path) -> None:
    """Nothing would ever be bound by it."""
    shutil.copytree(YEAR.parent / "tutorial", tmp_path, dirs_exist_ok=True)
    operations = tmp_path / "operations.yaml"
    text = operations.read_text()
    operations.write_text(text.replace("    sector: ", "    frame: {sectors: [restaurant, kiosk]}\n    sector: ", 1))
    odd = [warning.path for warning in read_scenario(tmp_path).warnings if warning.kind == "unknown-word"]
    assert odd == ["operations[0].frame.sectors[1]"]
