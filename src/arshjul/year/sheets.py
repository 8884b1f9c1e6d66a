"""Plain sheets to a workbook's bytes: headings with notes, widths, real dates, drop-downs, print set-up.

Nothing here depends on scenarios: sheets of a plan, a party or a report are written the same way. No text ever becomes
a formula or a link, and the same sheets give the same bytes.
"""

import csv
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any, Literal, TypeVar

from arshjul.errors import Message
from arshjul.year.texts import Words

Value = str | float | bool | date | datetime | time | None
Form = Literal["text", "whole", "date", "moment", "clock", "centre", "wrap", "share", "number"]
Tone = Literal["", "needed", "quiet", "team"]
Look = Literal["strong", "quiet", "some", "much", "full", "alarm"]
"""The emphasis of a cell: unusual, secondary, how much of an offer is used, or what must be seen first."""

LONGEST_LIST = 255  # the most characters that Excel takes for a drop-down's own words
LONGEST_NOTE = 1000
DATE_FORM, MOMENT_FORM = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_CREATED = datetime(2026, 1, 1)  # in every workbook, so that the same sheets give the same bytes
_EMPTY_ROWS = 200  # for new rows: formats and drop-downs extend this far beyond the last one
_UNFIT = re.compile("[\ud800-\udfff\ufffe\uffff]")  # excluded by XML; the library escapes the rest
_FORMULA = frozenset("=+-@\t\r\n")
_FONT = {"font_name": "Calibri", "font_size": 11}
INK, LINE, BLUE, PALE, QUIET, GREEN, ROSE, RED = (
    "#1F2933", "#D5DCE4", "#1F4E79", "#EAF1F8", "#7B8794", "#2F6B4F", "#FBE3E1", "#B42318",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its heading with a note, its width, and the format of its cells.

    `words` or `source` (a range, like "=Ord!$B$2:$B$99") are offered in a drop-down; another word causes a warning, not
    a refusal, which pasting would bypass anyway. `tone` is the heading's colour; a team's heading is vertical, since
    its cells are narrow.
    """

    text: str
    width: float = 14
    form: Form = "text"
    note: str = ""
    words: Sequence[str] = ()
    source: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Marks a cell as wrong or doubtful, with a note on what to do."""

    note: str
    wrong: bool = True


@dataclass(slots=True)
class SheetOut:
    """A sheet to be written: headings in row 1, rows below. `kept`: the number of columns that stay in sight.

    `open`: more rows will be added. `printed`: only that number of columns is printed. `groups`: the rows that begin a
    group, with a line above them. `looks` and `marks` are by row and column.
    """

    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Value]] = ()
    kept: int = 1
    open: bool = False
    printed: int | None = None
    about: str = ""
    colour: str = BLUE
    marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict)
    looks: Mapping[tuple[int, int], Look] = field(default_factory=dict)
    groups: Collection[int] = ()


Thing = TypeVar("Thing")
Column = tuple[Heading, Callable[[Thing], Value | Message]]
"""A column of a sheet: its heading, and a thing's value."""


def table(title: str, columns: Sequence[Column[Thing]], things: Iterable[Thing], say: Words, **more: Any) -> SheetOut:
    """A sheet with a row for each thing; `more` as `SheetOut` has it."""

    def cell(value: Value | Message) -> Value:
        return say.say(value) if isinstance(value, Message) else value

    rows = [[cell(value(thing)) for _, value in columns] for thing in things]
    return SheetOut(title, [heading for heading, _ in columns], rows, **more)


@dataclass(frozen=True, slots=True)
class BookTexts:
    """The texts of a workbook that are not in its sheets."""

    page: str
    warning: str
    warning_title: str


def wording(say: Words) -> BookTexts:
    """The texts in one language."""
    return BookTexts(
        say("Page &P of &N"),
        say("The word is not in the list. Keep it?"),
        say("Not in the list"),
    )


def workbook_bytes(sheets: Sequence[SheetOut], say: Words) -> bytes:
    """The workbook as bytes."""
    return Pen(wording(say)).write(sheets)


BYTE_ORDER = "\ufeff"
"""First character of a CSV: without it Excel takes UTF-8 for another encoding."""


def csv_rows(rows: Iterable[Iterable[object]]) -> str:
    """The rows of a CSV as Excel opens it where decimals have a comma: cells are parted by semicolons.

    Decimals have a comma. A text that a spreadsheet could take for a formula gets an apostrophe. `BYTE_ORDER` belongs
    before it.
    """
    written = StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows(map(_as_text, rows))
    return written.getvalue()


def _as_text(row: Iterable[object]) -> list[object]:
    return [_cell(cell) for cell in row]


def _cell(cell: object) -> object:
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    return f"'{cell}" if isinstance(cell, str) and cell and cell[0] in _FORMULA else cell


class Pen:
    """Writes one workbook."""

    def __init__(self, wording: BookTexts) -> None:
        from xlsxwriter import Workbook  # noqa: PLC0415 - most commands write no workbook

        self.wording, self.data = wording, BytesIO()
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "in_memory": True,
        }
        self.book: Any = Workbook(self.data, options)
        self.book.set_properties({"title": "arshjul", "author": "", "created": _CREATED})
        self.formats: dict[tuple[str, ...], Any] = {}

    def write(self, sheets: Sequence[SheetOut]) -> bytes:
        """Writes all sheets, and returns the file's bytes."""
        for sheet in sheets:
            self.sheet(sheet)
        return self.finish()

    def finish(self) -> bytes:
        """Closes the workbook, and returns the file's bytes."""
        self.book.close()
        return self.data.getvalue()

    def form(self, form: str, *looks: str) -> Any:
        """The format of a cell."""
        key = (form, *looks)
        if key not in self.formats:
            self.formats[key] = self.book.add_format(_look(form, looks))
        return self.formats[key]

    def sheet(self, sheet: SheetOut) -> Any:
        """Writes a sheet."""
        made = self.book.add_worksheet(sheet.title)
        made.set_tab_color(sheet.colour)
        for n, heading in enumerate(sheet.headings):
            made.set_column(n, n, heading.width, self.form(heading.form))
            middle = ["centre"] if heading.form in _CENTRED else []
            made.write_string(0, n, _fit(heading.text), self.form("head", heading.tone, *middle))
            if heading.note:
                note(made, 0, n, heading.note)
        for row, values in enumerate(sheet.rows, start=1):
            for n, value in enumerate(values):
                self._value(made, sheet, row, n, value)
        self._set_up(made, sheet)
        return made

    def _value(self, made: Any, sheet: SheetOut, row: int, column: int, value: Value) -> None:
        form, mark, look = sheet.headings[column].form, sheet.marks.get((row, column)), sheet.looks.get((row, column))
        if mark is not None:
            self.value(made, row, column, value, form, mark)
        else:
            looks = [*([look] if look else []), *(["first"] if row in sheet.groups else [])]
            self.cell(made, row, column, value, self.form(_fitting(value, form), *looks))

    def value(
        self, made: Any, row: int, column: int, value: Value, form: str = "text", mark: Mark | None = None
    ) -> None:
        """Writes a cell: a date as a date, a number as a number, a text as a text."""
        looks = () if mark is None else ("wrong" if mark.wrong else "doubtful",)
        self.cell(made, row, column, value, self.form(_fitting(value, form), *looks))
        if mark is not None:
            note(made, row, column, mark.note)

    def cell(self, made: Any, row: int, column: int, value: Value, form: Any) -> None:
        """Writes a cell with that format."""
        match value:
            case None:
                made.write_blank(row, column, None, form)
            case bool():
                made.write_boolean(row, column, value, form)
            case datetime() | date() | time():
                made.write_datetime(row, column, value, form)
            case int() | float():
                made.write_number(row, column, value, form)
            case _:
                made.write_string(row, column, _fit(str(value)), form)

    def _set_up(self, made: Any, sheet: SheetOut) -> None:
        last = max(len(sheet.rows), 1)
        made.freeze_panes(1, sheet.kept)
        made.set_row(0, head_height(sheet.headings))
        made.autofilter(0, 0, last, len(sheet.headings) - 1)
        made.hide_gridlines(2)
        made.set_landscape()
        printed = list(sheet.headings)[: sheet.printed]
        made.set_paper(8 if sum(heading.width for heading in printed) > 160 else 9)
        made.fit_to_pages(1, 0)
        made.repeat_rows(0)
        made.set_margins(0.4, 0.4, 0.6, 0.6)
        made.set_header(f'&L&"Calibri,Bold"{_for_print(sheet.title)}&R{_for_print(sheet.about)[:180]}')
        made.set_footer(f"&R{self.wording.page}")
        made.print_area(0, 0, last, len(printed) - 1)
        if sheet.open:
            for n, heading in enumerate(sheet.headings):
                self._choose(made, n, heading, last + _EMPTY_ROWS)

    def _choose(self, made: Any, column: int, heading: Heading, last: int) -> None:
        """The drop-down of a column, which warns of other words but allows them."""
        words = list(heading.words)
        if not heading.source and (not words or len(",".join(words)) > LONGEST_LIST):
            return
        made.data_validation(1, column, last, column, {
            "validate": "list", "source": heading.source or words, "error_type": "warning",
            "error_title": self.wording.warning_title, "error_message": self.wording.warning,
        })  # fmt: skip


def head_height(headings: Iterable[Heading]) -> float:
    """The height of a row of headings: two lines, or more for vertical ones."""
    upright = max((len(heading.text) for heading in headings if heading.tone == "team"), default=0)
    return min(165, max(32, 6.4 * upright + 8))


def note(made: Any, row: int, column: int, text: str) -> None:
    """A note on a cell, in a box of sufficient size."""
    lines = sum(1 + len(line) // 42 for line in text.splitlines())
    options = {
        "author": "arshjul",
        "x_scale": 2.2,
        "y_scale": max(0.5, 0.27 * (lines + 1)),
        "font_size": 9,
        "color": "#FFFBEA",
    }
    made.write_comment(row, column, _fit(text)[:LONGEST_NOTE], options)


def _fitting(value: Value, form: str) -> str:
    """The form of a cell: a text stays a text in a column for numbers or dates."""
    if isinstance(value, datetime):
        return "moment"
    if isinstance(value, date):
        return "date"
    if isinstance(value, str) and form in {"whole", "date", "moment"}:
        return "wrap"
    return form


def _for_print(text: str) -> str:
    return _fit(text).replace("&", "&&")


def _fit(text: str) -> str:
    return _UNFIT.sub("", text)


_LOOKS: Mapping[str, Mapping[str, object]] = {
    "strong": {"bold": True},
    "quiet": {"font_color": QUIET},
    "some": {"bg_color": PALE},
    "much": {"bg_color": "#FFF4D6"},
    "full": {"bg_color": ROSE, "bold": True},
    "alarm": {"font_color": RED, "bold": True},
    "first": {"top": 1, "top_color": QUIET},
}
_CENTRED = frozenset({"whole", "clock", "centre", "share", "number"})
_HEADS = {"": BLUE, "needed": "#16324F", "quiet": QUIET, "team": GREEN}
_FORMS: Mapping[str, Mapping[str, object]] = {
    "text": {"num_format": "@"},
    "whole": {"num_format": "0", "align": "center"},
    "date": {"num_format": DATE_FORM, "align": "left"},
    "moment": {"num_format": MOMENT_FORM, "align": "left"},
    "clock": {"num_format": "@", "align": "center"},
    "centre": {"num_format": "@", "align": "center"},
    "wrap": {"num_format": "@", "text_wrap": True},
    "share": {"num_format": "0 %", "align": "center"},
    "number": {"num_format": "General", "align": "center"},
    "hours": {"num_format": "hh:mm", "align": "center"},
    "link": {"font_color": BLUE, "underline": 1},
    "head": {
        "bold": True,
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "valign": "bottom",
        "border": 1,
        "border_color": "#FFFFFF",
    },
}


def _look(form: str, looks: Sequence[str]) -> dict[str, object]:
    look = {**_FONT, "font_color": INK, "valign": "top", "bottom": 1, "bottom_color": LINE, **_FORMS[form]}
    if form == "head":
        look |= {"bg_color": _HEADS[looks[0] if looks else ""]}
        if "centre" in looks:
            look |= {"align": "center"}
        if "team" in looks:
            look |= {"rotation": 90, "valign": "bottom", "align": "center", "text_wrap": False}
    elif "wrong" in looks:
        look |= {"bg_color": ROSE, "font_color": RED, "border": 1, "border_color": RED}
    elif "doubtful" in looks:
        look |= {"bg_color": "#FFF4D6", "border": 1, "border_color": "#C58A00"}
    else:
        for trait in looks:
            look |= _LOOKS[trait]
    return look
