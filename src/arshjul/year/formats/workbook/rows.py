"""A row of a sheet as the mapping that the schema judges, each piece with its cell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from arshjul.errors import Message
from arshjul.year.formats.tree import CellPlace, Loc, Node
from arshjul.year.formats.words import quoted
from arshjul.year.formats.workbook.book import BookCell
from arshjul.year.formats.workbook.calendar_notation import Day
from arshjul.year.formats.workbook.dates import Unreadable, span_in
from arshjul.year.formats.workbook.headings import Head
from arshjul.year.formats.workbook.notation import YES, BookContext, Notation
from arshjul.year.formats.workbook.table import Path, SheetColumn

_TEAMS = re.compile(r"(\()?\s*(\d{1,7})\s*(?(1)\))", re.ASCII)


@dataclass(slots=True)
class SheetRow:
    """A row as read: its mapping, and the unreadable cells by their keys."""

    node: Node
    place: CellPlace
    faults: list[tuple[Path, Unreadable]] = field(default_factory=list)
    owner: str | None = None
    owner_place: CellPlace | None = None


def read_row(head: Head, row: int, cells: Mapping[int, BookCell], context: BookContext) -> SheetRow:
    """The row's mapping; unreadable values stay in it as they are, and are among the faults."""
    sheet = head.sheet
    first = min(
        number for number in cells if any(number == n for _, n in head.columns) or number in head.teams.values()
    )
    identity = head.number(("id",)) or head.number(()) or first
    read = SheetRow(Node({}, place=sheet.place(row, identity)), sheet.place(row, identity))
    for column, number in head.columns:
        place = sheet.place(row, number)
        if column.path:
            read.node.places[column.path] = place
        if number in cells:
            _read_cell(read, column, cells[number], context)
        elif not column.path:
            read.owner_place = place
        elif column.empty is not None:
            put(read.node, column.path, Node(column.empty, place=place))
    for agency, number in head.teams.items():
        read.node.places["agencies", agency] = read.node.places["optional_agencies", agency] = sheet.place(row, number)
        if number in cells:
            _read_teams(read, agency, cells[number])
    _end_weeks(read, head, cells, context)
    return read


def _read_cell(read: SheetRow, column: SheetColumn, cell: BookCell, context: BookContext) -> None:
    try:
        value = value_in(cell, column.notation, context)
    except Unreadable as error:
        read.faults.append((column.path, error))
        value = cell.shown
    if not column.path:
        read.owner, read.owner_place = str(value), cell.place
    else:
        put(read.node, column.path, tree_of(value, cell.place))


def value_in(cell: BookCell, notation: Notation, context: BookContext) -> object:
    """Unreadable if the cell does not fit."""
    refuse_without_value(cell)
    return notation.read(cell, context)


def refuse_without_value(cell: BookCell) -> None:
    if cell.kind == "error":
        values = {"given": cell.shown}
        text = Message("The formula gives {given}: correct it, or write the value.", values)
        raise Unreadable("error-value", text)
    if cell.kind == "unreckoned":
        text = Message("The formula has no stored value: save the file in Excel or LibreOffice, or write the value.")
        raise Unreadable("no-value", text)


def _read_teams(read: SheetRow, agency: str, cell: BookCell) -> None:
    """Reads an agency's teams: `1` required, `(1)` optional; `x` and the like mean one."""
    try:
        refuse_without_value(cell)
    except Unreadable as error:
        read.faults.append((("agencies", agency), error))
        put(read.node, ("agencies", agency), Node(cell.shown, place=cell.place))
        return
    match = _teams(cell)
    key = "optional_agencies" if match and match[1] else "agencies"
    value: object = int(match[2]) if match else cell.shown
    if match is None:
        values = {"given": quoted(cell.shown)}
        text = Message("{given} is not a number of teams: write 1 if needed, (1) if optional, or nothing.", values)
        read.faults.append(((key, agency), Unreadable("wrong-type", text)))
    put(read.node, (key, agency), Node(value, place=cell.place))


def is_teams(cell: BookCell) -> bool:
    return _teams(cell) is not None


def _teams(cell: BookCell) -> re.Match[str] | None:
    word = "".join(cell.shown.split()).casefold()
    if word.strip("()") in YES:
        word = word.replace(word.strip("()"), "1")
    return _TEAMS.fullmatch(word) if cell.kind in {"text", "number", "flag"} else None


def _end_weeks(read: SheetRow, head: Head, cells: Mapping[int, BookCell], context: BookContext) -> None:
    """Replaces a missing last date by that of the week or period given as the first date, unless the end is unknown."""
    if read.node.parts.get("until_further_notice", Node(None)).value is True:
        return
    for column, number in head.columns:
        if not isinstance(column.notation, Day) or column.notation.end != "first" or number not in cells:
            continue
        path = (*column.path[:-1], "to")
        last = head.number(path)
        if last is None or last in cells or any(faulty == column.path for faulty, _ in read.faults):
            continue
        span = span_in(cells[number], context.year)
        if span.first != span.last:
            put(read.node, path, Node(span.last, place=cells[number].place))


def tree_of(value: object, place: CellPlace) -> Node:
    node = Node(value, place=place)
    if isinstance(value, Mapping):
        node.parts = {key: tree_of(part, place) for key, part in value.items()}
    elif isinstance(value, list):
        node.parts = {n: tree_of(part, place) for n, part in enumerate(value)}
    return node


def put(node: Node, path: Loc, leaf: Node) -> None:
    """Mappings on the way are made."""
    for key in path[:-1]:
        node = node.parts.setdefault(key, Node({}, place=leaf.place))
    node.parts[path[-1]] = leaf


def settle(node: Node) -> object:
    """Updates every mapping's and list's plain data from its parts, and returns it."""
    if isinstance(node.value, dict):
        node.value = {key: settle(part) for key, part in node.parts.items()}
    elif isinstance(node.value, list):
        node.value = [settle(node.parts[n]) for n in range(len(node.parts))]
    return node.value


def append(node: Node, part: Node) -> int:
    position = len(node.parts)
    node.parts[position] = part
    return position
