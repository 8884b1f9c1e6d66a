"""A workbook returned with its problems marked in its own cells, and a first sheet that lists them.

Everything that the user typed stays in its place, read or not, so that the corrected workbook can be read as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from arshjul.errors import Problem
from arshjul.formats.workbook import entry_tables, tables
from arshjul.formats.workbook.assembly import word
from arshjul.formats.workbook.book import BookCell, BookSheet, read_book
from arshjul.formats.workbook.headings import Head, find_head, match
from arshjul.formats.workbook.lexicon import Lexicon
from arshjul.formats.workbook.survey import Spot, column_number
from arshjul.formats.workbook.table import FAULTS_SHEET, by_name, plain
from arshjul.formats.workbook.writing import colour_of, heading_of, language_of
from arshjul.sheets import Heading, Mark, Pen, SheetOut, head_height, note, wording
from arshjul.texts import Words

_LONGEST = 32_767  # characters of a cell
_LONGEST_TITLE = 31
_WIDE = 320  # characters that no page holds side by side
_TABLES = by_name((*tables.SCENARIO_TABLES, *entry_tables.ENTRY_TABLES))


def marked_workbook(data: bytes, wrong: Sequence[Problem], doubtful: Sequence[Problem], say: Words) -> bytes:
    """NoWorkbook if the bytes cannot be read."""
    ours = {plain(word) for word in FAULTS_SHEET}
    sheets = [sheet for sheet in read_book(data) if plain(sheet.name) not in ours]
    pen = Pen(wording(say))
    faults = _Faults(wrong, doubtful, say)
    titles = _titles(sheets, FAULTS_SHEET[language_of(say) == "en"])
    faults.write_list(pen, sheets, titles)
    agencies = _agencies(sheets)
    for sheet in sheets:
        _Copy(pen, sheet, faults, agencies).write(titles[sheet.position])
    return pen.finish()


def _agencies(sheets: Iterable[BookSheet]) -> Lexicon:
    """The agencies, which have columns of their own on another sheet."""
    lexicon = Lexicon()
    for sheet in sheets:
        head = find_head(tables.AGENCIES, sheet) if _TABLES.get(plain(sheet.name)) is tables.AGENCIES else None
        if head is not None:
            match(head, lexicon)
            for _, cells in head.rows():
                lexicon.add("agencies", word(cells, head.number(("id",))), word(cells, head.number(("name",))))
    return lexicon


def copied_sheet(pen: Pen, sheet: BookSheet, title: str, say: Words) -> None:
    _Copy(pen, sheet, _Faults((), (), say), Lexicon()).write(title)


def _titles(sheets: Iterable[BookSheet], list_title: str) -> dict[int, str]:
    taken, titles = {list_title.casefold()}, {}
    for sheet in sheets:
        clean = "".join(" " if sign in "[]:*?/\\" else sign for sign in sheet.name).strip("' ")[:_LONGEST_TITLE]
        title, n = clean or "?", 2
        while title.casefold() in taken:
            title = f"{clean[: _LONGEST_TITLE - 5]} ({n})"
            n += 1
        taken.add(title.casefold())
        titles[sheet.position] = title
    return titles


class _Faults:
    def __init__(self, wrong: Sequence[Problem], doubtful: Sequence[Problem], say: Words) -> None:
        self.say = say
        self.all = [(problem, True) for problem in wrong] + [(problem, False) for problem in doubtful]
        self.marks: dict[tuple[str, str], Mark] = {}
        for problem, is_wrong in self.all:
            spot = problem.sheet, problem.cell
            before = self.marks.get(spot)
            text = say.say(problem.text)
            if before is None:
                self.marks[spot] = Mark(text, is_wrong)
            elif text not in before.note:
                self.marks[spot] = Mark(f"{before.note}\n{text}", before.wrong or is_wrong)

    def write_list(self, pen: Pen, sheets: Sequence[BookSheet], titles: Mapping[int, str]) -> None:
        say = self.say
        shown = {(sheet.name, cell.place.cell): cell.shown for sheet in sheets for cell in sheet.cells.values()}
        rows = [
            [
                say("error") if wrong else say("warning"),
                one.sheet,
                one.cell,
                _given(one, shown) or None,
                say.say(one.text),
            ]
            for one, wrong in self.all
        ]
        headings = [
            Heading(say("Kind"), 10), Heading(say("Sheet"), 16), Heading(say("In cell"), 9),
            Heading(say("Value"), 34, "wrap"),
            Heading(say("Error, and remedy"), 90, "wrap"),
        ]  # fmt: skip
        if not rows:
            rows = [["", "", "", "", say("No errors.")]]
        title = FAULTS_SHEET[language_of(say) == "en"]
        about = say("Correct the marked cells and check the workbook again. This sheet is not read.")
        made = pen.sheet(SheetOut(title, headings, rows, kept=0, about=about, colour="#B42318"))
        named = {sheet.name: titles[sheet.position] for sheet in reversed(sheets)}
        for row, (one, _) in enumerate(self.all, start=1):
            if one.cell and one.sheet in named:
                quoted = named[one.sheet].replace("'", "''")
                made.write_url(row, 2, f"internal:'{quoted}'!{one.cell}", pen.form("link"), one.cell)
        made.activate()


def _given(problem: Problem, shown: Mapping[tuple[str, str], str]) -> str:
    """The text in the cell; that of a site is not repeated here."""
    return "" if "sites" in problem.path else shown.get((problem.sheet, problem.cell), "")[:500]


class _Copy:
    def __init__(self, pen: Pen, sheet: BookSheet, faults: _Faults, agencies: Lexicon) -> None:
        self.pen, self.sheet, self.faults = pen, sheet, faults
        table = _TABLES.get(plain(sheet.name))
        self.head = None if table is None else find_head(table, sheet)
        if self.head is not None:
            match(self.head, agencies)
        self.headings = {} if self.head is None else _headings(self.head, faults.say)

    def write(self, title: str) -> None:
        made = self.pen.book.add_worksheet(title)
        marks = self._marks()
        if self.head is not None:
            made.set_tab_color(colour_of(self.head.table))
            kept = min((n for _, n in self.head.columns), default=1)
            made.freeze_panes(self.head.row, kept)
            made.set_row(self.head.row - 1, head_height(self.headings.values()))
            made.repeat_rows(self.head.row - 1)
            made.repeat_columns(0, max(kept - 1, 0))
            made.set_paper(8)
        for column, heading in self.headings.items():
            made.set_column(column - 1, column - 1, heading.width)
        for (row, column), cell in self.sheet.cells.items():
            self._cell(made, row, column, cell, marks.pop((row, column), None))
        for spot in self._empty():
            if spot not in marks:
                self.pen.value(made, spot[0] - 1, spot[1] - 1, None, "text")
        for (row, column), mark in marks.items():
            self.pen.value(made, row - 1, column - 1, None, "text", mark)
        made.set_landscape()
        if sum(heading.width for heading in self.headings.values()) < _WIDE:
            made.fit_to_pages(1, 0)

    def _empty(self) -> Iterator[Spot]:
        for row, cells in () if self.head is None else self.head.rows():
            yield from ((row, column) for column in self.headings if column not in cells)

    def _marks(self) -> dict[Spot, Mark]:
        found = {}
        for (name, cell), mark in self.faults.marks.items():
            if name == self.sheet.name and cell:
                letters = cell.rstrip("0123456789")
                found[int(cell[len(letters) :]), column_number(letters)] = mark
        return found

    def _cell(self, made: Any, row: int, column: int, cell: BookCell, mark: Mark | None) -> None:
        heading = self.headings.get(column)
        if self.head is not None and row == self.head.row and mark is None:
            form = self.pen.form("head", heading.tone if heading is not None else "quiet")
            self.pen.cell(made, row - 1, column - 1, cell.shown, form)
            if heading is not None and heading.note:
                note(made, row - 1, column - 1, heading.note)
            return
        form = _form(cell, heading)
        looks = () if mark is None else ("wrong" if mark.wrong else "doubtful",)
        self.pen.cell(made, row - 1, column - 1, shown_value(cell), self.pen.form(form, *looks))
        if mark is not None:
            note(made, row - 1, column - 1, mark.note)


def _headings(head: Head, say: Words) -> dict[int, Heading]:
    own = {number: heading_of(column, say) for column, number in (*head.columns, *head.beside)}
    weeks = {number: heading_of(("week", ()), say) for number in head.weeks}
    return own | weeks | {number: heading_of(agency, say) for agency, number in head.teams.items()}


def _form(cell: BookCell, heading: Heading | None) -> str:
    if isinstance(cell.value, datetime):
        return "date" if cell.value.time() == time(0) else "moment"
    if isinstance(cell.value, time):
        return "hours"
    if isinstance(cell.value, float):
        return "number"
    return "wrap" if heading is None or heading.form in {"whole", "date", "moment"} else heading.form


def shown_value(cell: BookCell) -> Any:
    """The value to put into the cell: an error value as the text that it shows."""
    if cell.kind == "unreckoned":
        return None
    return cell.shown if cell.value is None else cell.value[:_LONGEST] if isinstance(cell.value, str) else cell.value
