"""The blank information sheet, to be laid before others without any portal: all fields as they are declared."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.acceptance.command import arshjul, done

REQUIRED = ["purpose", "legal_ground", "decision", "reference", "premises", "visits", "open_matter", "risk", "checks"]
"""By section B, C, D, E and F: what has to be answered."""
NOT_REQUIRED = ["hours", "entrances", "languages", "order"]


def sections() -> list[tuple[str, str, dict[str, str]]]:
    """Letter, title, and title by id of each field, of every section that the published schema declares."""
    declared: list[Mapping[str, Any]] = done("schema", "sheet").json()["properties"]["sections"]["items"]["oneOf"]
    return [
        (
            held["properties"]["section"]["const"][0],  # "C-place" is of section C
            held["title"],
            {id: field["title"] for id, field in held["properties"]["values"]["properties"].items()},
        )
        for held in declared
    ]


def letters_missing(lines: Sequence[str]) -> set[str]:
    """The letters that stand before no title of theirs in any line."""
    declared = sections()
    there = {
        letter
        for letter, title, _ in declared
        for line in lines
        if re.search(rf"\b{letter}\b.*{re.escape(title)}", line)
    }
    assert {letter for letter, _, _ in declared} == set("ABCDEFGHIJ")
    return set("ABCDEFGHIJ") - there


def rows(file: Path) -> list[list[str]]:
    """The texts of each row of all its sheets, a sheet's name as a row of its own."""
    held: list[list[str]] = []
    book = openpyxl.load_workbook(file)
    for sheet in book:
        held.append([sheet.title])
        held += [[str(value) for value in row if value is not None] for row in sheet.iter_rows(values_only=True)]
    return held


def pdf_lines(file: Path) -> list[str]:
    """The texts of a PDF, a line for each place where the pen is set down: glyphs by their fonts' own tables."""
    pikepdf = pytest.importorskip("pikepdf")
    lines: list[str] = []
    with pikepdf.open(file) as pdf:
        for page in pdf.pages:
            fonts = {name: glyphs(font) for name, font in page.resources.get("/Font", {}).items()}
            font: dict[int, str] = {}
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    font = fonts[str(operands[0])]
                elif str(operator) in {"BT", "Tm", "Td"}:
                    lines.append("")
                elif str(operator) in {"Tj", "TJ"}:
                    runs = operands[0] if str(operator) == "TJ" else operands
                    for raw in (bytes(run) for run in runs if isinstance(run, pikepdf.String)):
                        lines[-1] += "".join(
                            font.get(int.from_bytes(raw[at : at + 2]), "") for at in range(0, len(raw), 2)
                        )
    return lines


def glyphs(font: Any) -> dict[int, str]:
    """Text by glyph, as /ToUnicode says it."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for part in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(r"<(\w+)>\s*<(\w+)>", part):
            found[int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for part in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", part):
            for n in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + n] = chr(int(text, 16) + n)
    return found


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The blank workbook: no portal, no key and no plan is there."""
    file = tmp_path_factory.mktemp("blank") / "mall.xlsx"
    done("sheet", "--blank", "-o", file)
    return file


def test_workbook_has_every_section_and_every_field(book: Path) -> None:
    lines = [" ".join(row) for row in rows(book)]
    assert letters_missing(lines) == set()
    fields = [title for _, _, fields in sections() for title in fields.values()]
    assert len(fields) > 40
    assert [title for title in fields if not [line for line in lines if title in line]] == []


def test_required_fields_are_marked_and_others_are_not(book: Path) -> None:
    """A column of its own says of every field whether it must be answered."""
    titles = {id: title for _, _, fields in sections() for id, title in fields.items()}
    sheet = openpyxl.load_workbook(book).worksheets[0]
    header, *lines = [[value or "" for value in row] for row in sheet.iter_rows(values_only=True)]
    at, marked = header.index("Krävs"), header.index("Fält")

    def marks(ids: Iterable[str]) -> set[str]:
        return {line[at] for line in lines for id in ids if line[marked].startswith(titles[id])}

    assert marks(REQUIRED) == {"ja"}
    assert marks(NOT_REQUIRED) == {""}


def test_workbook_has_room_to_write_and_is_nobodys(book: Path) -> None:
    """Nothing in it is a formula or an answer, and the same program gives the same bytes."""
    assert not [text for row in rows(book) for text in row if text.startswith("=")]
    again = book.with_name("again.xlsx")
    done("sheet", "--blank", "-o", again)
    assert again.read_bytes() == book.read_bytes()


def test_pdf_has_every_section_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="PDF is an optional extra")
    pikepdf = pytest.importorskip("pikepdf")
    files = [tmp_path / "mall.pdf", tmp_path / "again.pdf"]
    for file in files:
        done("sheet", "--blank", "-o", file)
    assert files[0].read_bytes() == files[1].read_bytes()
    lines = pdf_lines(files[0])
    assert letters_missing([" ".join(lines[at : at + 3]) for at in range(len(lines))]) == set()
    unbroken = "".join("".join(lines).split())  # a title may go on in the next line
    assert [t for _, _, fields in sections() for t in fields.values() if "".join(t.split()) not in unbroken] == []
    with pikepdf.open(files[0]) as pdf:
        assert pdf.Root.MarkInfo.Marked  # it can be read aloud
        assert str(pdf.Root.Lang).startswith("sv")
        assert "/CreationDate" not in pdf.docinfo


@pytest.mark.parametrize("name", ["mall.json", "mall.docx", "mall", "mall.xls"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    answer = arshjul("sheet", "--blank", "-o", tmp_path / name)
    assert answer.code == 2
    assert ".pdf" in answer.err
    assert ".xlsx" in answer.err
    assert not (tmp_path / name).exists()
