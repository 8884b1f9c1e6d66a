"""The tables found in a workbook, and their rows as parts of the tree: what all kinds of sheets share."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from arshjul.errors import Message, Problem
from arshjul.year.formats.scenario.scenario import REQUIRED
from arshjul.year.formats.tree import CellPlace, Loc, Node
from arshjul.year.formats.words import nearest, quoted
from arshjul.year.formats.workbook.book import BookCell, BookSheet
from arshjul.year.formats.workbook.calendar_notation import Day
from arshjul.year.formats.workbook.document import BookDocument
from arshjul.year.formats.workbook.headings import Found, Head, find_head, match, n_known
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.notation import BookContext, PhoneNumber
from arshjul.year.formats.workbook.rows import SheetRow, append, put, read_row
from arshjul.year.formats.workbook.table import FAULTS_SHEET, READ_ME_SHEET, Path, SheetTable, by_name, lists, plain
from arshjul.year.texts import counted

_MOST_LISTED = 10
_LAST_WEEK = 53
_LEADS = ("lead_agency",)
_GROUPS = ("any_of",)


def odd_rows(head: Head, lexicon: Lexicon) -> Iterator[Found]:
    for number in head.weeks:
        yield from _weeks(head, number)
    yield from _leads_without_team(head, lexicon)
    yield from _merged(head)
    for column, number in head.columns:
        if isinstance(column.notation, PhoneNumber):
            yield from _without_0(head, number)


def _without_0(head: Head, number: int) -> Iterator[Found]:
    """Telephone numbers that are stored as numbers: they are read and shown as they stand."""
    rows = [row for row, cells in head.rows() if number in cells and PhoneNumber.has_lost_its_0(cells[number])]
    yield from _told("phone-number", rows, head, number, lambda n, rows: counted(
        n,
        "The telephone number in row {rows} has lost its first 0 or +: format the cell as text, "
"and write it again.",
        "The telephone numbers in rows {rows} have lost their first 0 or +: format the cells as "
"text, and write them again.",
        rows=rows,
    ))  # fmt: skip


def _weeks(head: Head, number: int) -> Iterator[Found]:
    """Weeks without dates, which are not read, and weeks that are not those of the dates beside them."""
    before = [(column, n) for column, n in head.columns if n < number and isinstance(column.notation, Day)]
    if not before:
        return
    last, beside = max(before, key=lambda one: one[1])
    first = head.number((*last.path[:-1], "from")) or beside
    alone, other = [], []
    for row, cells in head.rows():
        if number not in cells:
            continue
        dates = [cells[n] for n in dict.fromkeys((first, beside)) if n in cells]
        if not dates:
            alone.append(row)
        elif _is_another(cells[number], dates):
            other.append(row)
    values = {"weeks": head.sheet.rows[head.row][number].shown, "dates": head.sheet.rows[head.row][first].shown}
    yield from _told("ignored-week", alone, head, number, lambda n, rows: counted(
        n,
        "{weeks} is not read, and row {rows} has no dates: write the week in {dates}, like v. 19.",
        "{weeks} is not read, and rows {rows} have no dates: write the weeks in {dates}, like v. 19.",
        rows=rows, **values,
    ))  # fmt: skip
    yield from _told("ignored-week", other, head, number, lambda n, rows: counted(
        n,
        "{weeks} differs from the dates in row {rows}, which count: are they right?",
        "{weeks} differs from the dates in rows {rows}, which count: are they right?",
        rows=rows, **values,
    ))  # fmt: skip


def _is_another(cell: BookCell, dates: Sequence[BookCell]) -> bool:
    digits = "".join(sign if sign.isdecimal() else " " for sign in cell.shown).split()
    weeks = {int(word) for word in digits if len(word) <= 2 and 0 < int(word) <= _LAST_WEEK}
    wanted = {date.value.isocalendar().week for date in dates if isinstance(date.value, datetime)}
    return (
        bool(weeks) and len(wanted) > 0 and all(isinstance(date.value, datetime) for date in dates) and weeks != wanted
    )


def _leads_without_team(head: Head, lexicon: Lexicon) -> Iterator[Found]:
    """Operations whose lead agency has a column, and sends no team."""
    leads, groups = head.number(_LEADS), head.number(_GROUPS)
    if leads is None or not head.teams:
        return
    rows = []
    for row, cells in head.rows():
        agency = lexicon.id("agencies", cells[leads].shown) if leads in cells else ""
        if agency in head.teams and head.teams[agency] not in cells and (groups is None or groups not in cells):
            rows.append(row)
    heading = head.shown(_LEADS)
    yield from _told("lead-without-team", rows, head, leads, lambda n, rows: counted(
        n,
        "The agency in {heading} has no teams in row {rows}: write how many, if it takes part.",
        "The agency in {heading} has no teams in rows {rows}: write how many, if it takes part.",
        rows=rows, heading=heading,
    ))  # fmt: skip


def _merged(head: Head) -> Iterator[Found]:
    """Merged cells below the headings: only the first of them holds what looks like the value of all."""
    read = {n for _, n in head.columns} | set(head.teams.values())
    for merged in head.sheet.merged:
        if (
            merged.last_row > head.row
            and merged.size > 1
            and not read.isdisjoint(range(merged.column, merged.last_column + 1))
        ):
            first = CellPlace(head.sheet.name, merged.row, merged.column).cell
            last = CellPlace(head.sheet.name, merged.last_row, merged.last_column).cell
            text = Message(
                "{first} to {last} are merged, with one value in {first}: split them and fill in each.",
                {"first": first, "last": last},
            )
            yield Found("merged", text, head.sheet.place(merged.row, merged.column))


def _told(kind: str, rows: list[int], head: Head, column: int, said: Callable[[int, str], Message]) -> Iterator[Found]:
    """The finding about those rows, at the first of them; none if there are none."""
    if rows:
        listed = ", ".join(map(str, rows[:_MOST_LISTED])) + (" …" if len(rows) > _MOST_LISTED else "")
        yield Found(kind, said(len(rows), listed), head.sheet.place(rows[0], column))


_OF_DATES = frozenset({"calendar", "milestones", "meetings"})
_FEW_GONE = 4
_ALIKE = 3  # a sheet with so many headings of another one is that sheet under another name
_NEEDED = 3  # a row that needs this many cells and has one is a heading


class Assembly:
    """Puts the rows of sheets into the document's tree. `known` are all sheets that may occur."""

    def __init__(
        self, document: BookDocument, wanted: Iterable[SheetTable], context: BookContext, known: Iterable[SheetTable]
    ) -> None:
        self.document, self.context, self.tree = document, context, document.tree
        self.wanted, tables = tuple(wanted), tuple(known)
        document.lexicon = context.lexicon
        document.names |= {word: table.sv for table in tables for word in (table.called, table.of_lines) if word}
        self.heads = {head.table.id: head for head in self._heads(by_name((*tables, *self.wanted)))}
        document.heads = self.heads
        document.names |= {
            head.table.called: head.sheet.name
            for head in self.heads.values()
            if head.table.called not in {"", "plan", "names"}
        }

    def begin(self) -> None:
        """Finds the columns of all sheets; ids and names are learnt before anything refers to them."""
        for head in self.heads.values():
            if head.table.ids:
                self._learn(head)
        self.match()

    def _learn(self, head: Head) -> None:
        match(head, Lexicon())
        for _, cells in head.rows():
            if id := word(cells, head.number(("id",))):
                self.context.lexicon.add(head.table.ids, id, word(cells, head.number((head.table.name,))))
        head.forget()

    def _heads(self, names: Mapping[str, SheetTable]) -> Iterator[Head]:
        """The tables that are there. Duplicate sheets and sheets without headings are reported."""
        ours = {plain(word) for word in (*FAULTS_SHEET, *READ_ME_SHEET)}
        seen: dict[str, str] = {}
        unread = []
        for sheet in self.document.sheets:
            table = names.get(plain(sheet.holds or sheet.name))
            if table is None:
                if sheet.cells and plain(sheet.name) not in ours:
                    unread.append(sheet)
            elif table.id in seen:
                values = {"other": seen[table.id]}
                text = Message("This sheet is the same as {other}: put the rows on one.", values)
                self.document.stopped_at(sheet.place(1, 1), "duplicate-section", text)
            else:
                seen[table.id] = sheet.name
                head = find_head(table, sheet) if table in self.wanted else None
                if head is not None:
                    yield head
                elif table in self.wanted and sheet.cells:
                    first = ", ".join(column.sv for column in table.all_columns[:4])
                    text = Message("The first ten rows have no headings: write {first} and so on.", {"first": first})
                    self.document.stopped_at(sheet.place(1, 1), "missing-key", text)
                    self.document.lost.update(lists(path)[0][0] for path in table.paths)
        if not unread:
            self._tell_removed(seen)
        for sheet in unread:
            self._tell_unread(sheet, {table.id: table for table in names.values() if table.id not in seen})

    def _tell_removed(self, seen: Collection[str]) -> None:
        """Warns that a sheet of dates is gone from a book that has nearly all others: it did not begin without."""
        gone = [table.sv for table in self.wanted if table.id in _OF_DATES and table.id not in seen]
        if gone and len(self.wanted) - len([table for table in self.wanted if table.id in seen]) <= _FEW_GONE:
            text = Message(
                "The sheet {sheets} is missing, with its dates: take it from the template if you need it.",
                {"sheets": gone},
            )
            self.document.warnings.append(Problem("ignored-sheet", text, self.document.file))

    def _tell_unread(self, sheet: BookSheet, missing: Mapping[str, SheetTable]) -> None:
        """An error if a sheet that is needed is missing, and this is probably it; else a warning."""
        name = quoted(sheet.name)
        table = _renamed(sheet, missing.values())
        if table is None:
            text = Message("The sheet {name} is your own, and is not read.", {"name": name})
            self.document.warn("ignored-sheet", text, sheet.place(1, 1))
            return
        values = {"name": name, "near": table.sv}
        text = Message("The sheet {name} is not read, and {near} is missing: rename it if they are the same.", values)
        needed = {table.called} & {*REQUIRED}
        if table in self.wanted and needed and not needed & self.document.lost:
            self.document.stopped_at(sheet.place(1, 1), "missing-key", text)
            self.document.lost |= needed
        else:
            self.document.warn("ignored-sheet", text, sheet.place(1, 1))

    def match(self) -> None:
        """Finds the columns, once the agencies are known; reports oddities of headings and hidden rows."""
        for head in self.heads.values():
            match(head, self.context.lexicon)
            for problem in head.errors:
                self.document.stopped_at(problem.place, problem.kind, problem.text)
            for problem in (*head.warnings, *odd_rows(head, self.context.lexicon)):
                self.document.warn(problem.kind, problem.text, problem.place)
            self._warn_of_hidden(head)

    def _warn_of_hidden(self, head: Head) -> None:
        sheet = head.sheet
        rows = [row for row, _ in head.rows() if row in sheet.hidden_rows]
        read = [*(n for _, n in head.columns), *head.teams.values()]
        columns = sorted(n for n in read if n in sheet.hidden_columns)
        if sheet.hidden:
            self.document.warn("hidden", Message("The sheet is hidden, but read."), sheet.place(1, 1))
        if rows:
            text = counted(
                len(rows),
                "Row {rows} is hidden, but read.",
                "{n} hidden rows are read: {rows}.",
                rows=", ".join(map(str, rows[:10])) + (" …" if len(rows) > 10 else ""),
            )
            self.document.warn("hidden", text, sheet.place(rows[0], 1))
        if columns:
            text = counted(len(columns), "A hidden column is read.", "{n} hidden columns are read.")
            self.document.warn("hidden", text, sheet.place(head.row, columns[0]))
        if sheet.protected:
            self.document.warn("protected", Message("The sheet is protected, but read."), sheet.place(1, 1))

    def rows(self, head: Head) -> Iterator[SheetRow]:
        """The rows of a sheet, each read; a heading between rows is reported and skipped."""
        owner = head.number(())
        for number, cells in head.rows():
            if owner not in cells and head.is_beside(cells):
                continue
            lone = _lone(head, cells) if head.table.called else None
            if lone is None:
                yield read_row(head, number, cells, self.context)
            else:
                self.document.stopped_at(lone.place, "lone-cell", _lone_text(head, lone))

    def made(self, head: Head, loc: Loc, value: object) -> Node:
        """The piece at that place of the tree, made with that value if there is none."""
        node = self.tree.at(loc)
        if node is None:
            node = Node(value, place=head.place)
            put(self.tree, loc, node)
        node.place = node.place or head.place
        return node

    def add(self, head: Head, row: SheetRow, loc: Loc) -> None:
        self.told(row, (*loc, append(self.made(head, loc, []), row.node)))

    def told(self, row: SheetRow, loc: Loc) -> None:
        for path, fault in row.faults:
            self.document.add(fault.kind, (*loc, *path), fault.text)

    def note_headings(self, head: Head, section: Path, keys: Mapping[Path, Path] | None = None) -> None:
        """Records each key's heading in this book; empty if its column is missing."""
        for column in head.table.columns:
            path = column.path if keys is None else keys.get(column.path)
            if path is None:
                continue
            is_lost = column.needed and head.number(column.path) is None
            self.document.headings[(*section, *path)] = "" if is_lost else head.shown(column.path)
            if column.notation.section in {"names", "programmes"}:
                self.document.words[*section, *path] = column.notation.section

    def told_apart(self, row: SheetRow, place: CellPlace) -> None:
        """Notes the unreadable cells of a row without a place in the tree; `place` is its owner's cell."""
        for path, fault in row.faults:
            at = place if path == () else row.node.places.get(path, row.place)
            self.document.stopped_at(at, fault.kind, fault.text)

    def missing(self, heading: str, place: CellPlace) -> None:
        text = Message("{heading} is missing: fill in this cell.", {"heading": heading})
        self.document.stopped_at(place, "missing-key", text)

    def not_for_row(self, head: Head, part: Node) -> None:
        """Notes a filled cell whose heading says nothing of this kind of row."""
        if part.place is not None:
            heading = head.sheet.rows[head.row][part.place.column].shown
            text = Message("{heading} does not belong in this kind of row: empty the cell.", {"heading": heading})
            self.document.stopped_at(part.place, "unknown-key", text)


def _lone(head: Head, cells: Mapping[int, BookCell]) -> BookCell | None:
    """The only cell in a row that needs several, which is a heading between rows; None for other rows."""
    read = {n for _, n in head.columns} | set(head.teams.values())
    needed = sum(column.needed for column in head.table.columns)
    filled = [cell for n, cell in cells.items() if n in read]
    return filled[0] if len(filled) == 1 and needed >= _NEEDED and filled[0].kind == "text" else None


def _lone_text(head: Head, cell: BookCell) -> Message:
    values = {"given": quoted(cell.shown), "needed": [column.sv for column in head.table.columns if column.needed]}
    return Message("The row holds only {given}: fill in {needed}, or move a heading to a column of your own.", values)


def word(cells: dict[int, BookCell], number: int | None) -> str:
    """The text in a row's cell of that column; empty if there is none."""
    return cells[number].shown.strip() if number is not None and number in cells else ""


def _renamed(sheet: BookSheet, missing: Iterable[SheetTable]) -> SheetTable | None:
    """The missing sheet that this one probably is, by its name or else by its headings."""
    tables = tuple(missing)
    by_word = {word: table for table in tables for word in (table.sv, table.en)}
    if (near := nearest(sheet.name, by_word)) is not None:
        return by_word[near]
    alike = [(n_known(table, sheet), table) for table in tables]
    most, sheet_table = max(alike, key=lambda one: one[0], default=(0, None))
    return sheet_table if most >= _ALIKE else None
