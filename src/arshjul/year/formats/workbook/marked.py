"""A workbook returned with its problems marked in its own cells, and a first sheet that lists them.

Everything that the user typed stays in its place, read or not, so that the corrected workbook can be read as it is.
One that is read and written back keeps its user's own columns, sheets, and entries, or all but the sites.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from arshjul.errors import Problem
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.tree import Node
from arshjul.year.formats.workbook import entry_tables, tables
from arshjul.year.formats.workbook.assembly import word
from arshjul.year.formats.workbook.book import BookCell, BookSheet, read_book
from arshjul.year.formats.workbook.document import BookDocument
from arshjul.year.formats.workbook.headings import Head, find_head, match
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.survey import Spot, column_number
from arshjul.year.formats.workbook.table import FAULTS_SHEET, READ_ME_SHEET, SheetTable, by_name, plain
from arshjul.year.formats.workbook.writing import colour_of, heading_of, language_of, scenario_workbook
from arshjul.year.sheets import Heading, Mark, Pen, SheetOut, Value, head_height, note, wording
from arshjul.year.texts import Words

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


_FOR_PEOPLE = {tables.CALENDAR.id: ("id", "name")}
"""Columns that are written for people and not read."""


def rewritten(sheets: list[SheetOut], book: BookDocument, say: Words) -> bytes:
    """The sheets as a workbook, with everything else from the one that they were read from."""
    pen = Pen(wording(say))
    known = by_name((*tables.SCENARIO_TABLES, *entry_tables.ENTRY_TABLES))
    given = {known[plain(sheet.name)].id: sheet for sheet in book.sheets if plain(sheet.name) in known}
    for sheet in sheets:
        table = known[plain(sheet.title)]
        if table.id in given and _is_taken_whole(table, book):
            copied_sheet(pen, given[table.id], sheet.title, say)
        else:
            pen.sheet(_with_own(sheet, book.heads.get(table.id), book.tree))
    ours = {plain(word) for word in (*FAULTS_SHEET, *READ_ME_SHEET, *(sheet.title for sheet in sheets))}
    written = {known[plain(sheet.title)].id for sheet in sheets}
    for kept in book.sheets:
        is_written = plain(kept.name) in known and known[plain(kept.name)].id in written
        if plain(kept.name) not in ours and not is_written:
            copied_sheet(pen, kept, kept.name, say)
    return pen.finish()


def _is_taken_whole(table: SheetTable, book: BookDocument) -> bool:
    """True if the scenario does not determine its rows: entries of the year, and objects to bind."""
    head = book.heads.get(table.id)
    return table in entry_tables.ENTRY_TABLES or (
        table is tables.SITES and head is not None and any(head.is_beside(cells) for _, cells in head.rows())
    )


def _with_own(sheet: SheetOut, head: Head | None, tree: Node) -> SheetOut:
    """The sheet with the user's own columns, each value in its former row."""
    places = [] if head is None else [part.node.place for part in head.table.parts(tree)]
    rows = [None if head is None or place is None or place.row == head.row else place.row for place in places]
    if head is None or len(rows) != len(sheet.rows):
        return sheet
    source: BookSheet = head.sheet
    filled = [list(values) for values in sheet.rows]
    for key in _FOR_PEOPLE.get(head.table.id, ()):
        number, place = head.number((key,)), next(n for n, one in enumerate(head.table.columns) if one.path == (key,))
        for values, row in zip(filled, rows, strict=True):
            values[place] = _at(source, row, number)
    for number in head.own:
        for values, row in zip(filled, rows, strict=True):
            values.append(_at(source, row, number))
    own = [Heading(source.rows[head.row][number].shown, 20, "wrap", tone="quiet") for number in head.own]
    return replace(sheet, headings=[*sheet.headings, *own], rows=filled)


def _at(sheet: BookSheet, row: int | None, number: int | None) -> Value:
    cell: BookCell | None = None if row is None or number is None else sheet.cells.get((row, number))
    return None if cell is None else shown_value(cell)


def workbook_without_sites(year: Scenario) -> bytes:
    """The year as a workbook that may travel by mail: all but the sites of operations and objects."""
    operations = {id: replace(operation, sites=()) for id, operation in year.operations.items()}
    objects = {id: replace(object, sites=()) for id, object in year.objects.items()}
    return scenario_workbook(replace(year, operations=operations, objects=objects))
