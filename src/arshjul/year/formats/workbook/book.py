"""A flat picture of a workbook: its sheets with their filled cells, by value and kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from arshjul.errors import Message
from arshjul.year.formats.tree import CellPlace
from arshjul.year.formats.workbook.package import NoWorkbook, parts_of, repacked
from arshjul.year.formats.workbook.survey import Merged, SheetSurvey, Spot, survey

Value = str | float | bool | date | datetime | time
Kind = Literal["text", "number", "flag", "date", "time", "error", "unreckoned"]

ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
"""The error values that a cell can show. A marked workbook has them as texts."""


@dataclass(frozen=True, slots=True)
class BookCell:
    """A filled cell. `value` is None for an error, or a formula that was never calculated."""

    kind: Kind
    value: Value | None
    place: CellPlace
    shown: str


@dataclass(frozen=True, slots=True)
class BookSheet:
    """A worksheet: its cells by row and column, counted from 1.

    `holds`: the name by which it is read, if not its own. `rows_from` and `columns_from` map rows and columns to those
    in the file, if they differ.
    """

    name: str
    position: int
    cells: dict[Spot, BookCell] = field(default_factory=dict)
    rows: dict[int, dict[int, BookCell]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Merged, ...] = ()
    hidden: bool = False
    protected: bool = False
    holds: str = ""
    rows_from: Mapping[int, int] = field(default_factory=dict)
    columns_from: Mapping[int, int] = field(default_factory=dict)

    def place(self, row: int, column: int) -> CellPlace:
        row, column = self.rows_from.get(row, row), self.columns_from.get(column, column)
        return CellPlace(self.name, row, column, self.position)


def read_book(data: bytes) -> list[BookSheet]:
    """NoWorkbook if the bytes cannot or must not be read."""
    parts = parts_of(data)
    surveys = survey(parts)
    packed = repacked(parts)
    parts.clear()
    values = _values(packed, surveys)
    return [_sheet(one, rows) for one, rows in zip(surveys, values, strict=True)]


def _values(packed: Any, surveys: list[SheetSurvey]) -> list[list[list[Any]]]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - most commands open no workbook

    try:
        with CalamineWorkbook.from_filelike(packed) as workbook:
            return [
                workbook.get_sheet_by_index(sheet.position).to_python(skip_empty_area=False) if sheet.filled else []
                for sheet in surveys
            ]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a panic of the library is no Exception
        text = Message("The workbook cannot be read: save it again as .xlsx.")
        raise NoWorkbook("syntax", text) from None


def _sheet(found: SheetSurvey, rows: list[list[Any]]) -> BookSheet:
    sheet = BookSheet(
        found.name,
        found.position,
        hidden_rows=frozenset(found.hidden_rows),
        hidden_columns=frozenset(found.hidden_columns),
        merged=tuple(found.merged),
        hidden=found.hidden,
        protected=found.protected,
    )
    odd = {**dict.fromkeys(found.unreckoned, ""), **found.errors}
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            if value != "" and (row, column) not in odd:
                _put(sheet, row, column, _cell(value, sheet.place(row, column)))
    for (row, column), shown in odd.items():
        place = sheet.place(row, column)
        _put(sheet, row, column, BookCell("error" if shown else "unreckoned", None, place, shown))
    return sheet


def _put(sheet: BookSheet, row: int, column: int, cell: BookCell | None) -> None:
    if cell is not None:
        sheet.cells[row, column] = cell
        sheet.rows.setdefault(row, {})[column] = cell


def _cell(value: Any, place: CellPlace) -> BookCell | None:
    """The cell with that value; None if it shows nothing."""
    match value:
        case bool():
            cell: BookCell | None = BookCell("flag", value, place, "TRUE" if value else "FALSE")
        case int() | float():
            cell = BookCell("number", float(value), place, f"{value:.15g}")
        case datetime():
            shown = str(value.date()) if value.time() == time(0) else value.isoformat(" ", "minutes")
            cell = BookCell("date", value, place, shown)
        case date():
            cell = BookCell("date", datetime.combine(value, time(0)), place, str(value))
        case time():
            cell = BookCell("time", value, place, value.isoformat("minutes"))
        case timedelta():
            cell = _duration(value, place)
        case _:
            cell = _text(str(value), place)
    return cell


def _text(text: str, place: CellPlace) -> BookCell | None:
    bare = text.strip()
    if not bare:
        return None
    return BookCell("error", None, place, bare) if bare in ERRORS else BookCell("text", text, place, bare)


def _duration(value: timedelta, place: CellPlace) -> BookCell:
    """Hours and minutes: a clock time if they are less than a day."""
    minutes = round(value.total_seconds() / 60)
    if 0 <= minutes < 24 * 60:
        clock = time(minutes // 60, minutes % 60)
        return BookCell("time", clock, place, clock.isoformat("minutes"))
    return BookCell("text", f"{minutes // 60}:{minutes % 60:02}", place, f"{minutes // 60}:{minutes % 60:02}")
