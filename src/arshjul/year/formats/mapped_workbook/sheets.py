"""A user's own sheets as ours, by a mapping: other headings, the same cells in their places."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from arshjul.errors import Message
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.scenario.folder import read_file, shown
from arshjul.year.formats.tree import Document
from arshjul.year.formats.validation import validated
from arshjul.year.formats.words import Written, quoted, unknown
from arshjul.year.formats.workbook import tables
from arshjul.year.formats.workbook.book import BookCell, BookSheet
from arshjul.year.formats.workbook.headings import MOST_ABOVE, TEAM_PREFIXES
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.notation import split
from arshjul.year.formats.workbook.rows import is_teams
from arshjul.year.formats.workbook.table import SheetColumn, SheetTable, by_name, plain

FORMAT: Literal["arshjul-map/1"] = "arshjul-map/1"
SITE_PREFIXES = ("Objekt: ", "Sites: ")
"""The prefixes of headings of the sheet of sites when they are used among the operations."""
LISTED_TEAMS = ("Lag", "Teams")
"""The heading of a column whose cells list all agencies that come."""
_COUNTED = re.compile(r"(.*\S)\s+(\d+|\(\d+\))")
_OPTIONAL = re.compile(r"\((.*)\)")


class SheetMap(Written):
    """One of the user's sheets: which of ours it is, and its headings with ours; `always` is constant in each row.

    `ignored` are columns of no interest here. `leads_only` are agencies that lead operations and take part in none of
    them. Sites are in rows of their own below their operation, or in one cell with a line for each.
    """

    sheet: str
    holds: str
    columns: dict[str, str]
    always: dict[str, str | int] = Field(default_factory=dict)
    ignored: list[str] = Field(default_factory=list)
    leads_only: list[str] = Field(default_factory=list)

    @property
    def table(self) -> SheetTable:
        return TABLES[plain(self.holds)]


class BookMap(Written):
    """A whole spreadsheet: `rest` is the scenario that all other sheets come from, a path relative to the file."""

    format: Literal["arshjul-map/1"]
    rest: str
    sheets: list[SheetMap]


TABLES: Mapping[str, SheetTable] = by_name(tables.SCENARIO_TABLES)


@dataclass(frozen=True, slots=True)
class ReadMap:
    map: BookMap
    document: Document
    notes: list[Message] = field(default_factory=list)


def read_map(path: Path) -> ReadMap:
    return map_in(read_file(path, shown(Path(path.name))))


def map_in(document: Document) -> ReadMap:
    """InputError with all problems in the mapping."""
    book_map = None
    if document.whole:
        book_map = validated(BookMap, document, ())
        if book_map is not None:
            _judge(book_map, document)
    document.refuse(Message("{file} cannot be used.", {"file": document.file}))
    assert book_map is not None  # noqa: S101 - refused above
    return ReadMap(book_map, document)


def _judge(found: BookMap, document: Document) -> None:
    for n, sheet in enumerate(found.sheets):
        if not sheet.columns:
            document.add("bad-value", ("sheets", n, "columns"), Message("Name at least one column."))
        if plain(sheet.holds) not in TABLES:
            what = Message("There is no {given}", {"given": quoted(sheet.holds)})
            names = [table.sv for table in tables.SCENARIO_TABLES]
            document.add("unknown-id", ("sheets", n, "holds"), unknown(sheet.holds, names, what))
            continue
        known = known_headings(sheet.table)
        for key, headings in (("columns", sheet.columns.items()), ("always", ((ours, ours) for ours in sheet.always))):
            for place, ours in headings:
                if not _is_ours(ours, known):
                    what = Message(
                        "The sheet {sheet} has no column {given}", {"sheet": sheet.holds, "given": quoted(ours)}
                    )
                    document.add("unknown-id", ("sheets", n, key, place), unknown(ours, list(known.values()), what))


def _is_ours(heading: str, known: Mapping[str, str]) -> bool:
    word = plain(heading)
    return word in known or word.startswith(tuple(prefix.strip() for prefix in TEAM_PREFIXES))


@cache
def known_headings(table: SheetTable) -> Mapping[str, str]:
    """Every heading that a column may have, by its normalised form."""
    known = {plain(word): word for column in table.all_columns for word in column.headings}
    if table is tables.OPERATIONS:
        known |= {plain(word): word for word in LISTED_TEAMS}
        known |= {plain(word): word for column in tables.SITES.columns for word in site_headings(column)}
    return known


def site_headings(column: SheetColumn) -> tuple[str, str]:
    """A column of the sheet of sites as one of the sheet of operations, in both languages."""
    return f"{SITE_PREFIXES[0]}{column.sv}", f"{SITE_PREFIXES[1]}{column.en}"


def heading(*path: str) -> str:
    """Our heading for those keys of an operation; for `sites` and a key of a site; for `agencies`, all that come."""
    if path == ("agencies",):
        return LISTED_TEAMS[0]
    if path[0] == "sites":
        return next(site_headings(column)[0] for column in tables.SITES.columns if column.path == path[1:])
    return next(column.sv for column in tables.OPERATIONS.columns if column.path == path)


def team_heading(agency: str) -> str:
    return f"Lag: {agency}"


def listed_teams(part: str) -> tuple[str, str]:
    """An agency in a list and its teams as a column has them: 1 if none are given, in brackets if it is optional."""
    optional = _OPTIONAL.fullmatch(part)
    bare = optional[1].strip() if optional else part
    match = _COUNTED.fullmatch(bare)
    name, teams = (match[1], match[2]) if match else (bare, "1")
    return name, f"({teams.strip('()')})" if optional else teams


def no_teams(rest: Scenario) -> Message:
    values = {"example": quoted(team_heading(next(iter(rest.agencies), "miljo"))), "agencies": list(rest.agencies)}
    return Message(
        'No column says which agencies take part. Write in the mapping, "your heading": {example} '
        'for one agency\'s teams, "your heading": "Lag" for a list of all, or {example}: 1 under '
        "always. The agencies are {agencies}.",
        values,
    )


_IDS = set(map(plain, tables.OPERATIONS.columns[0].headings))
_FIRST, _LAST = (
    next(column for column in tables.OPERATIONS.columns if column.path == ("window", end)) for end in ("from", "to")
)
_MONTHS = ("månad", "month")
_LISTED = {plain(word) for word in LISTED_TEAMS}
_SITES = tuple(prefix.casefold().strip() for prefix in SITE_PREFIXES)
MOST = 0.8
"""The least share of a column's cells that must be of a kind for it to be of that kind."""
Row = dict[int, BookCell]


def mapped(sheets: list[BookSheet], read: ReadMap, lexicon: Lexicon) -> list[BookSheet]:
    """The sheets as the mapping reads them; names that they lack are noted. `lexicon` knows the agencies of a cell."""
    made: list[BookSheet] = []
    for n, one in enumerate(read.map.sheets):
        sheet = next((sheet for sheet in sheets if plain(sheet.name) == plain(one.sheet)), None)
        if sheet is None:
            names = [sheet.name for sheet in sheets if sheet.cells]
            text = Message(
                "The workbook has no sheet {given}, but {names}.", {"given": quoted(one.sheet), "names": names}
            )
            read.document.add("unknown-id", ("sheets", n, "sheet"), text)
            continue
        head = head_row(sheet, {plain(heading) for heading in (*one.columns, *one.ignored)})
        numbers = {plain(cell.shown): number for number, cell in sheet.rows.get(head, {}).items()}
        for heading in one.columns:
            if plain(heading) not in numbers:
                values = {"given": quoted(heading), "sheet": quoted(sheet.name)}
                text = Message(
                    "The sheet {sheet} no longer has the column {given}: write its new name, or remove the line.",
                    values,
                )
                read.document.add("unknown-id", ("sheets", n, "columns", heading), text)
        _judge_unsaid(read, n, sheet, head)
        ours = {numbers[plain(h)]: ours for h, ours in one.columns.items() if plain(h) in numbers}
        if ours:
            made += _Hers(sheet, one, head, ours, lexicon).sheets()
    return made


def _judge_unsaid(read: ReadMap, n: int, sheet: BookSheet, head: int) -> None:
    """Notes the user's columns that are not in the mapping. One that may hold teams is an error."""
    one = read.map.sheets[n]
    known = {plain(heading) for heading in (*one.columns, *one.ignored)}
    unsaid = {k: cell for k, cell in sheet.rows.get(head, {}).items() if plain(cell.shown) not in known}
    asked = {k: found for k in unsaid if one.table.teams and (found := marks(sheet, head, k)) is not None}
    for k, (count, of) in asked.items():
        values = {"given": quoted(unsaid[k].shown), "sheet": quoted(sheet.name), "n": count, "of": of}
        text = Message(
            "In the column {given} of {sheet}, {n} of {of} cells hold an x or a number. Write it under "
            'columns ({given}: "Lag: …" for teams), or under ignored.',
            values,
        )
        read.document.add("unsaid-column", ("sheets", n, "columns", unsaid[k].shown), text)
    if new := [cell.shown for k, cell in unsaid.items() if k not in asked]:
        values = {"sheet": quoted(sheet.name), "new": ", ".join(map(quoted, new))}
        read.notes.append(Message("New in {sheet}, and not read: {new}. Name it in the mapping.", values))


def marks(sheet: BookSheet, head: int, column: int) -> tuple[int, int] | None:
    """The number of cells below a heading that may be teams, and of filled ones; None if most are something else."""
    cells = [row[column] for number, row in sheet.rows.items() if number > head and column in row]
    count = sum(map(is_teams, cells))
    return (count, len(cells)) if count and count >= MOST * len(cells) else None


def head_row(sheet: BookSheet, headings: set[str]) -> int:
    rows = range(1, MOST_ABOVE + 1)
    return max(rows, key=lambda row: (sum(plain(c.shown) in headings for c in sheet.rows.get(row, {}).values()), -row))


@dataclass(frozen=True, slots=True)
class _Hers:
    """A sheet of the user's: `ours` is our heading for each of its column numbers."""

    sheet: BookSheet
    map: SheetMap
    head: int
    ours: dict[int, str]
    lexicon: Lexicon

    def sheets(self) -> Iterator[BookSheet]:
        """The sheet as one of ours, followed by one of sites if they are among the operations.

        A row that has only sites, or the number of the operation above, continues with that operation's sites.
        """
        sites = [number for number, heading in self.ours.items() if is_site(heading)]
        listed = [number for number, heading in self.ours.items() if plain(heading) in _LISTED]
        own = [number for number in self.ours if number not in (*sites, *listed)]
        id_column = next((number for number in own if plain(self.ours[number]) in _IDS), 0)
        rows: dict[int, Row] = {}
        found: list[tuple[int, Row]] = []
        above: BookCell | None = None
        for row in sorted(number for number in self.sheet.rows if number > self.head):
            cells = self.sheet.rows[row]
            kept = {number: self._month(number, cells[number]) for number in own if number in cells}
            id = cells.get(id_column)
            goes_on = above is not None and (not kept or (id is not None and id.shown == above.shown))
            if kept and not (sites and goes_on):
                rows[row] = kept | self._always(row, min(kept))
            above = id or above
            found += ((row, site) for site in _sites(cells, sites, above))
        teams = self._teams(rows, listed)
        ends = self._ends(own)
        headings = {number: self.ours[number] for number in own} | self._always_headings() | teams
        headings |= dict.fromkeys(ends, _LAST.sv)
        lent = dict.fromkeys(self._always_headings(), min(self.ours)) | dict.fromkeys(teams, min(listed, default=0))
        yield self._sheet(self.map.holds, headings, rows, lent | ends)
        if sites:
            yield self._site_sheet(found, dict(enumerate(sites, 2)), id_column)

    def _teams(self, rows: dict[int, Row], listed: list[int]) -> dict[int, str]:
        """A column for each agency that those columns list: adds its teams to the rows, and returns its heading."""
        beyond = max(self.sheet.rows[self.head]) + len(self.map.always) + 2
        numbers: dict[str, int] = {}
        for row, kept in rows.items():
            for number in listed:
                if number not in self.sheet.rows[row]:
                    continue
                cell = self.sheet.rows[row][number]
                for part in split(cell.shown):
                    name, teams = listed_teams(part)
                    agency = self.lexicon.id("agencies", name)
                    column = numbers.setdefault(agency, beyond + len(numbers))
                    kept[column] = replace(cell, kind="text", value=teams, shown=teams)
        return {n: team_heading(agency) for agency, n in numbers.items()}

    def _month(self, number: int, cell: BookCell) -> BookCell:
        """The cell; in a column of months, the month whose first date a spreadsheet made of "feb 2027"."""
        of = plain(self.sheet.rows[self.head][number].shown)
        if of not in _MONTHS or not isinstance(cell.value, datetime) or cell.value.day != 1:
            return cell
        text = f"{cell.value:%Y-%m}"
        return replace(cell, kind="text", value=text, shown=text)

    def _ends(self, own: list[int]) -> dict[int, int]:
        """An empty column of last dates, with that of the first dates: weeks and months there end themselves."""
        there = {plain(word) for word in (*self.ours.values(), *self.map.always)}
        starts = (
            [n for n in own if plain(self.ours[n]) in map(plain, _FIRST.headings)]
            if there.isdisjoint(map(plain, _LAST.headings))
            else []
        )
        return {max(self.sheet.rows[self.head]) + len(self.map.always) + 1: start for start in starts[:1]}

    def _always_headings(self) -> dict[int, str]:
        beyond = max(self.sheet.rows[self.head]) + 1
        return dict(enumerate(self.map.always, beyond))

    def _always(self, row: int, column: int) -> Row:
        """The cells with constant values; problems with them are reported at that cell."""
        place = self.sheet.place(row, column)
        values = {n: str(self.map.always[heading]) for n, heading in self._always_headings().items()}
        return {n: BookCell("text", value, place, value) for n, value in values.items()}

    def _site_sheet(self, found: list[tuple[int, Row]], columns: dict[int, int], id_column: int) -> BookSheet:
        """A row for each site; `columns` maps our column numbers to the user's."""
        headings = {1: tables.INSATS.sv} | {
            n: self.ours[number].partition(":")[2].strip() for n, number in columns.items()
        }
        numbered = list(enumerate(found, self.head + 1))
        of = columns | {1: id_column or columns[2]}
        return replace(
            self._sheet(tables.SITES.sv, headings, {n: cells for n, (_, cells) in numbered}, of),
            rows_from={n: row for n, (row, _) in numbered},
            hidden_rows=frozenset(n for n, (row, _) in numbered if row in self.sheet.hidden_rows),
            hidden_columns=frozenset(n for n, number in columns.items() if number in self.sheet.hidden_columns),
        )

    def _sheet(
        self, holds: str, headings: dict[int, str], rows: dict[int, Row], columns_from: dict[int, int]
    ) -> BookSheet:
        """`columns_from` are the user's columns for those of ours."""
        ref = tables.SITES.columns[0].sv
        if TABLES[plain(holds)] is tables.SITES and ref not in headings.values():
            # Every site has a reference, which may be empty: an empty column expresses that.
            columns_from = {**columns_from, max(headings) + 1: columns_from.get(max(headings), max(headings))}
            headings = {**headings, max(headings) + 1: ref}
        places = {n: self.sheet.place(self.head, columns_from.get(n, n)) for n in headings}
        head = {n: BookCell("text", word, places[n], word) for n, word in headings.items()}
        every = {self.head: head, **rows}
        cells = {(row, n): cell for row, found in every.items() for n, cell in found.items()}
        return replace(self.sheet, holds=holds, cells=cells, rows=every, columns_from=columns_from)


def is_site(heading: str) -> bool:
    return plain(heading).startswith(_SITES)


def _sites(cells: Row, columns: list[int], owner: BookCell | None) -> Iterator[Row]:
    lines = {n: _by_line(cells[number]) for n, number in enumerate(columns, 2) if number in cells}
    for k in range(max(map(len, lines.values()), default=0)):
        site = {n: parts[k] for n, parts in lines.items() if k < len(parts)}
        yield site if owner is None else {1: owner, **site}


def _by_line(cell: BookCell) -> list[BookCell]:
    if not isinstance(cell.value, str) or "\n" not in cell.value.replace("\r", "\n"):
        return [cell]
    lines = (line.strip() for line in cell.value.replace("\r", "\n").split("\n"))
    return [replace(cell, value=line, shown=line) for line in lines if line]
