"""A workbook that is read and written back keeps its user's own columns, sheets, and entries of the year.

Or it keeps all but the sites.
"""

from dataclasses import replace

from arshjul.domain.scenario import Scenario
from arshjul.formats.tree import Node
from arshjul.formats.workbook import entry_tables, tables
from arshjul.formats.workbook.book import BookCell, BookSheet
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.headings import Head
from arshjul.formats.workbook.marked import copied_sheet, shown_value
from arshjul.formats.workbook.table import FAULTS_SHEET, READ_ME_SHEET, SheetTable, by_name, plain
from arshjul.formats.workbook.writing import scenario_workbook
from arshjul.sheets import Heading, Pen, SheetOut, Value, wording
from arshjul.texts import Words

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
    for one in book.sheets:
        is_written = plain(one.name) in known and known[plain(one.name)].id in written
        if plain(one.name) not in ours and not is_written:
            copied_sheet(pen, one, one.name, say)
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
    rows = [None if head is None or one is None or one.row == head.row else one.row for one in places]
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
    operations = {id: replace(one, sites=()) for id, one in year.operations.items()}
    objects = {id: replace(one, sites=()) for id, one in year.objects.items()}
    return scenario_workbook(replace(year, operations=operations, objects=objects))
