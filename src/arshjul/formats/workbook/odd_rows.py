"""What stands in the rows of a table and is not read as it looks: told once for a sheet, with its rows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from arshjul.errors import Message
from arshjul.formats.tree import CellPlace
from arshjul.formats.workbook.book import BookCell
from arshjul.formats.workbook.calendar_notation import Day
from arshjul.formats.workbook.headings import Found, Head
from arshjul.formats.workbook.lexicon import Lexicon
from arshjul.formats.workbook.notation import PhoneNumber
from arshjul.texts import counted

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
    wanted = {one.value.isocalendar().week for one in dates if isinstance(one.value, datetime)}
    return bool(weeks) and len(wanted) > 0 and all(isinstance(one.value, datetime) for one in dates) and weeks != wanted


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
    for one in head.sheet.merged:
        if one.last_row > head.row and one.size > 1 and not read.isdisjoint(range(one.column, one.last_column + 1)):
            first = CellPlace(head.sheet.name, one.row, one.column).cell
            last = CellPlace(head.sheet.name, one.last_row, one.last_column).cell
            text = Message(
                "{first} to {last} are merged, with one value in {first}: split them and fill in each.",
                {"first": first, "last": last},
            )
            yield Found("merged", text, head.sheet.place(one.row, one.column))


def _told(kind: str, rows: list[int], head: Head, column: int, said: Callable[[int, str], Message]) -> Iterator[Found]:
    """The finding about those rows, at the first of them; none if there are none."""
    if rows:
        listed = ", ".join(map(str, rows[:_MOST_LISTED])) + (" …" if len(rows) > _MOST_LISTED else "")
        yield Found(kind, said(len(rows), listed), head.sheet.place(rows[0], column))
