"""The columns of a table in a sheet: headings are found by their words, not their places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from arshjul.errors import Message
from arshjul.year.formats.tree import CellPlace
from arshjul.year.formats.words import nearest, quoted
from arshjul.year.formats.workbook.book import BookCell, BookSheet
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.table import WEEK_HEADING, Path, SheetColumn, SheetTable, plain

MOST_ABOVE = 10
TEAM_PREFIXES = ("lag: ", "teams: ")


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    text: Message
    place: CellPlace


@dataclass(slots=True)
class Head:
    """A table in a sheet: the row of its headings, each column's number, and each agency's.

    `beside` are columns of another table, `weeks` those of ISO weeks, `own` those that are not read.
    """

    table: SheetTable
    sheet: BookSheet
    row: int
    columns: list[tuple[SheetColumn, int]] = field(default_factory=list)
    teams: dict[str, int] = field(default_factory=dict)
    beside: list[tuple[SheetColumn, int]] = field(default_factory=list)
    weeks: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    errors: list[Found] = field(default_factory=list)
    warnings: list[Found] = field(default_factory=list)

    @property
    def place(self) -> CellPlace:
        """The first cell of the headings."""
        return self.sheet.place(self.row, min((n for _, n in self.columns), default=1))

    def number(self, path: Path) -> int | None:
        return next((n for column, n in self.columns if column.path == path), None)

    def is_beside(self, cells: Mapping[int, BookCell]) -> bool:
        """True if the row is another table's: it fills a column that only that one reads."""
        return any(number in cells for _, number in self.beside)

    def forget(self) -> None:
        """Its columns can then be matched again."""
        self.columns, self.teams, self.beside, self.weeks, self.own = [], {}, [], [], []
        self.errors, self.warnings = [], []

    def shown(self, path: Path) -> str:
        """The heading of those keys in the sheet; the standard one if it is missing."""
        number = self.number(path)
        if number is not None:
            return self.sheet.rows[self.row][number].shown
        return next((column.sv for column in self.table.all_columns if column.path == path), "")

    def rows(self) -> Iterator[tuple[int, dict[int, BookCell]]]:
        """The rows with any cell that is read."""
        read = {n for _, n in self.columns} | set(self.teams.values())
        for row in sorted(self.sheet.rows):
            cells = self.sheet.rows[row]
            if row > self.row and not read.isdisjoint(cells):
                yield row, cells


def find_head(table: SheetTable, sheet: BookSheet) -> Head | None:
    """The row of the first ten with most headings of the table; None if none has two."""
    best, most = _best_row(table, sheet)
    return Head(table, sheet, best) if most > 1 else None


def n_known(table: SheetTable, sheet: BookSheet) -> int:
    """The number of the table's headings in that row, if the sheet has hardly any others there; else 0."""
    best, most = _best_row(table, sheet)
    return most if 2 * most > len(_words(sheet, best)) else 0


def _best_row(table: SheetTable, sheet: BookSheet) -> tuple[int, int]:
    known = _known(table)
    best, most = 1, 0
    for row in range(1, MOST_ABOVE + 1):
        words = {known[word].path for word in _words(sheet, row).values() if word in known}
        if len(words) > most:
            best, most = row, len(words)
    return best, most


def match(head: Head, lexicon: Lexicon) -> None:
    """Matches columns. Missing and duplicate ones are errors, unknown ones warnings."""
    known, sheet = _known(head.table), head.sheet
    for number, word in _words(sheet, head.row).items():
        cell = sheet.rows[head.row][number]
        column = known.get(word)
        if column is not None and any(column is sheet_column for sheet_column in head.table.beside):
            head.beside.append((column, number))
        elif column is not None and head.number(column.path) is None:
            head.columns.append((column, number))
        elif column is not None:
            text = Message("The heading {given} stands twice: keep one.", {"given": quoted(cell.shown)})
            head.errors.append(Found("duplicate-key", text, cell.place))
        elif head.table.teams and (agency := _agency(word, cell.shown, lexicon)) is not None:
            if agency in head.teams:
                text = Message("The agency {given} has two columns: keep one.", {"given": quoted(agency)})
                head.errors.append(Found("duplicate-key", text, cell.place))
            head.teams.setdefault(agency, number)
        elif word in {plain(heading) for heading in WEEK_HEADING}:
            head.weeks.append(number)
        else:
            head.own.append(number)
            head.warnings.append(Found("ignored-column", _not_read(head, cell, lexicon), cell.place))
    if head.table.teams:
        head.warnings.extend(_without_column(head, lexicon))
    for column in head.table.all_columns:
        if column.needed and head.number(column.path) is None:
            head.errors.append(Found("missing-key", _not_there(head, column), head.place))


def _not_there(head: Head, column: SheetColumn) -> Message:
    values = {"heading": f"{column.sv} ({column.en})" if column.sv != column.en else column.sv}
    if (near := _misspelt(head, column)) is not None:
        return Message(
            "The column {heading} is missing: rename {given}, if that is it.", {**values, "given": quoted(near)}
        )
    return _unmapped(column) if head.sheet.holds else Message("The column {heading} is missing: add it.", values)


def _unmapped(column: SheetColumn) -> Message:
    """The message that a user's own sheet has no such column, with what to write in its mapping instead."""
    values = {"heading": quoted(column.sv), "line": f'"{column.sv}": "…"'}
    if column.path in (("id",), ("title",)):
        return Message("No column is {heading}: name yours under columns in the mapping.", values)
    return Message(
        "No column is {heading}: name yours under columns in the mapping or, if it is the same in each row, "
        "write {line} under always.",
        values,
    )


def _misspelt(head: Head, column: SheetColumn) -> str | None:
    shown = [head.sheet.rows[head.row][number].shown.strip() for number in head.own]
    return nearest(column.sv, shown) or nearest(column.en, shown)


def _without_column(head: Head, lexicon: Lexicon) -> Iterator[Found]:
    """A warning of the agencies without a column, but for those of which one is nearly called so."""
    agencies = lexicon.all("agencies")
    if agencies and not head.teams:
        text = Message(
            "No column is an agency's, so only the lead takes part. Add a column for each agency, "
            "headed by its id: {agencies}.",
            {"agencies": agencies},
        )
        yield Found("no-teams", text, head.place)
        return
    meant = {nearest(head.sheet.rows[head.row][n].shown, lexicon.known_words("agencies")) for n in head.own}
    nearly = {lexicon.id("agencies", word) for word in meant if word is not None}
    if without := [id for id in agencies if id not in head.teams and id not in nearly]:
        text = Message(
            "{agencies} has no column, and so no operations: add a column headed by its id, if needed.",
            {"agencies": without},
        )
        yield Found("no-teams", text, head.place)


@cache
def _known(table: SheetTable) -> Mapping[str, SheetColumn]:
    known: dict[str, SheetColumn] = {}
    columns = (*table.all_columns, *table.beside)
    for column in columns:
        for word in (column.sv, column.en):
            known.setdefault(plain(word), column)
    for column in columns:
        for word in column.also:
            known.setdefault(plain(word), column)
    return known


def _words(sheet: BookSheet, row: int) -> dict[int, str]:
    return {n: plain(cell.shown) for n, cell in sorted(sheet.rows.get(row, {}).items()) if cell.kind == "text"}


def _agency(word: str, shown: str, lexicon: Lexicon) -> str | None:
    for prefix in ("", *TEAM_PREFIXES):
        if word.startswith(prefix) and lexicon.knows("agencies", shown.strip()[len(prefix) :]):
            return lexicon.id("agencies", shown.strip()[len(prefix) :])
    return None


def _not_read(head: Head, cell: BookCell, lexicon: Lexicon) -> Message:
    words = {word: column.sv for column in head.table.all_columns for word in (column.en, column.sv)}
    if plain(head.sheet.holds or head.sheet.name) != plain(head.table.sv):
        words |= {column.en: column.en for column in head.table.all_columns}
    if head.table.teams:
        words = {**{word: word for word in lexicon.known_words("agencies")}, **words}
    near = words.get(nearest(cell.shown.strip(), words) or "")
    values = {"given": quoted(cell.shown), "near": near or ""}
    if near is None:
        return Message("The column {given} is your own, and is not read.", values)
    return Message("The column {given} is not read. Did you mean {near}?", values)
