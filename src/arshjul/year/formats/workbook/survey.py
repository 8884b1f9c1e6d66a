"""Facts that the library that reads the values omits: error values, uncalculated formulas, hidden parts.

It reads `#N/A` as an empty text and an uncalculated formula as 0. So the sheets' XML is read once more, keeping only
what is needed.
"""

import re
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate

from arshjul.errors import Message
from arshjul.year.formats.tree import CellPlace
from arshjul.year.formats.workbook.package import ENTITIES, TEXTS, NoWorkbook, Parts

MOST_ROWS = 20_000
MOST_CELLS = 1_500_000  # of the rectangles around all filled cells, which the library builds in full
MOST_FILLED = 200_000  # filled cells of a book: 5000 operations have that many
MOST_TEXT = 20_000_000  # characters of all cells together: a text stored once in the file may be in many cells
MOST_SHEETS = 100
_LAST_COLUMN = 16_384  # of any spreadsheet: XFD
_MOST_MERGED = 200
_STRICT = "http://purl.oclc.org/ooxml/"
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Merged:
    row: int
    column: int
    last_row: int
    last_column: int

    @property
    def size(self) -> int:
        return (self.last_row - self.row + 1) * (self.last_column - self.column + 1)


@dataclass(slots=True)
class SheetSurvey:
    """One worksheet: its position among all sheets, and its oddities, by row and column from 1."""

    name: str
    part: str
    position: int
    hidden: bool = False
    protected: bool = False
    errors: dict[Spot, str] = field(default_factory=dict)
    unreckoned: set[Spot] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list["Merged"] = field(default_factory=list)
    filled: int = 0
    last_row: int = 0
    last_column: int = 0


def survey(parts: Parts) -> list[SheetSurvey]:
    """NoWorkbook if the sheets cannot be read or are too many."""
    try:
        sheets = _sheets(parts)
        spent = _Spent(_lengths(parts.get(TEXTS, b"")))
        for sheet in sheets:
            _Surveyor(sheet, spent).survey(parts[sheet.part])
    except (ExpatError, LookupError, ValueError, UnicodeError):
        text = Message("A part of the workbook is damaged: save it again as .xlsx.")
        raise NoWorkbook("syntax", text) from None
    return sheets


@dataclass(slots=True)
class _Spent:
    """Sums over the cells of all sheets; `lengths` are those of the texts that cells share."""

    lengths: list[int]
    filled: int = 0
    laid_out: int = 0
    characters: int = 0


def _lengths(data: bytes) -> list[int]:
    lengths: list[int] = []

    def start(name: str, _: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            if len(lengths) == MOST_FILLED:
                text = Message("The workbook has more than {most} texts: remove some.", {"most": MOST_FILLED})
                raise NoWorkbook("too-large", text)
            lengths.append(0)

    def characters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    if data:
        parser = ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_entities
        parser.StartElementHandler, parser.CharacterDataHandler = start, characters
        parser.Parse(data, True)
    return lengths


def _sheets(parts: Parts) -> list[SheetSurvey]:
    targets: dict[str, tuple[str, str]] = {}
    surveys: list[SheetSurvey] = []
    n_sheets = 0

    def relation(name: str, given: dict[str, str]) -> None:
        if name == "Relationship":
            targets[given["Id"]] = given["Type"].rpartition("/")[2], given["Target"]

    def sheet(name: str, given: dict[str, str]) -> None:
        nonlocal n_sheets
        if any(value.startswith(_STRICT) for key, value in given.items() if key.startswith("xmlns")):
            text = Message("The workbook is Strict Open XML: save it as Excel workbook (.xlsx).")
            raise NoWorkbook("strict", text)
        if name != "sheet":
            return
        named = {key.rpartition(":")[2]: value for key, value in given.items()}
        kind, target = targets[named["id"]]
        part = target[1:] if target.startswith("/") else normpath(join("xl", target))
        if kind == "worksheet":
            surveys.append(SheetSurvey(given["name"], part, n_sheets, given.get("state", "visible") != "visible"))
        n_sheets += 1

    _walk(parts["xl/_rels/workbook.xml.rels"], relation)
    _walk(parts["xl/workbook.xml"], sheet)
    if n_sheets > MOST_SHEETS:
        text = Message("The workbook has more than {most} sheets: divide it.", {"most": MOST_SHEETS})
        raise NoWorkbook("too-large", text)
    return surveys


def _walk(data: bytes, element: object) -> None:
    """Calls `element` with the name, without its prefix, and the attributes of each element."""
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = _no_entities
    parser.StartElementHandler = lambda name, given: element(name.rpartition(":")[2], given)  # type: ignore[operator]
    parser.Parse(data, True)


def _no_entities(*_: object) -> NoReturn:
    raise NoWorkbook("entity", ENTITIES)


class _Surveyor:
    def __init__(self, sheet: SheetSurvey, spent: _Spent) -> None:
        self.sheet, self.spent = sheet, spent
        self.row = self.column = self.hidden_to = 0
        self.type = ""
        self.has_formula = self.has_value = False
        self.text: list[str] | None = None
        self.rows: set[int] = set()
        self.names: dict[str, str] = {}

    def survey(self, data: bytes) -> None:
        parser = ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_entities
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.characters
        parser.Parse(data, True)
        self.sheet.filled = len(self.rows)
        self.spent.laid_out += self.sheet.last_row * self.sheet.last_column

    def start(self, name: str, given: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self.cell(given)
            case "row":
                self.row = int(given["r"]) if "r" in given else self.row + 1
                self.column = 0
                if given.get("hidden") in {"1", "true"}:
                    self.sheet.hidden_rows.add(self.row)
            case "is":
                self.has_value = True
            case "v":
                self.text = []
            case "f":
                self.has_formula = True
            case "col":
                if given.get("hidden") in {"1", "true"}:
                    self.hide(int(given["min"]), min(int(given["max"]), _LAST_COLUMN))
            case "mergeCell":
                self.merge(given.get("ref", ""))
            case "sheetProtection":
                self.sheet.protected = given.get("sheet") in {"1", "true"}

    def merge(self, ref: str) -> None:
        """Nobody merges thousands of them by hand."""
        ends = [_ADDRESS.fullmatch(end) for end in ref.split(":")]
        if len(self.sheet.merged) < _MOST_MERGED and len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            first, last = ((int(end[2]), column_number(end[1])) for end in (ends[0], ends[1]))
            self.sheet.merged.append(Merged(*first, *last))

    def hide(self, first: int, last: int) -> None:
        """Each is noted once, however often a hostile file repeats it."""
        self.sheet.hidden_columns.update(range(max(first, self.hidden_to + 1), last + 1))
        self.hidden_to = max(self.hidden_to, last)

    def cell(self, given: dict[str, str]) -> None:
        self.column += 1
        if "r" in given:
            if (address := _ADDRESS.fullmatch(given["r"])) is None:  # the library would lay out up to any row
                raise ValueError(given["r"])
            self.row, self.column = int(address[2]), column_number(address[1])
        self.type = given.get("t", "n")
        self.has_formula = self.has_value = False

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "v" and self.text is not None:
            self.has_value = bool(self.text) or self.type == "str"  # else a formula that was never calculated
            if self.type == "s" and self.text:
                self.spent.characters += self.spent.lengths[int("".join(self.text))]
            if self.type == "e":
                self.sheet.errors[self.row, self.column] = "".join(self.text)[:20]
            self.text = None
        elif local == "c" and (self.has_value or self.has_formula):
            self.note()

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def note(self) -> None:
        sheet = self.sheet
        if not self.has_value:
            sheet.unreckoned.add((self.row, self.column))
        self.rows.add(self.row)
        sheet.last_row, sheet.last_column = max(sheet.last_row, self.row), max(sheet.last_column, self.column)
        self.spent.filled += 1
        if (
            len(self.rows) > MOST_ROWS
            or self.spent.laid_out + sheet.last_row * sheet.last_column > MOST_CELLS
            or self.spent.filled > MOST_FILLED
            or self.spent.characters > MOST_TEXT
        ):
            values = {"rows": MOST_ROWS, "cells": MOST_CELLS, "filled": MOST_FILLED, "text": MOST_TEXT}
            text = Message(
                "The workbook is too large from here on. Read are {rows} rows of a sheet, {cells} cells, "
                "{filled} of them filled in, and {text} characters: remove some.",
                values,
            )
            cell = CellPlace(sheet.name, self.row, self.column).cell
            raise NoWorkbook("too-large", text, sheet.name, cell)


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
