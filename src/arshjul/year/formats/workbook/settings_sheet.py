"""The sheet of settings as the sections that its rows belong to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span
from arshjul.year.formats.tree import CellPlace, Node
from arshjul.year.formats.words import quoted, unknown
from arshjul.year.formats.workbook.assembly import Assembly, word
from arshjul.year.formats.workbook.book import BookCell
from arshjul.year.formats.workbook.dates import Unreadable
from arshjul.year.formats.workbook.headings import Head
from arshjul.year.formats.workbook.notation import BookContext
from arshjul.year.formats.workbook.rows import put, tree_of, value_in
from arshjul.year.formats.workbook.settings_rows import SettingRow, known_settings, setting_rows
from arshjul.year.formats.workbook.sheet_kinds import ReadSheet
from arshjul.year.formats.workbook.table import Path, RowPart, plain


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SettingSheet(ReadSheet):
    """A row is a setting, by its keys. This sheet is read first, since others need the plan's year."""

    @property
    def called(self) -> str:
        """The section that is missing if there is no sheet of settings."""
        return "plan"

    def read(self, book: Assembly, head: Head) -> None:
        values = head.number(("value",))
        places: dict[Path, CellPlace] = {}
        for row, cells in head.rows():
            setting = _named(book, head, cells)
            if setting is None or values is None:
                continue
            place = head.sheet.place(row, values)
            if setting.path in places:
                text = Message("{given} stands twice: keep one.", {"given": quoted(setting.id)})
                book.document.stopped_at(place, "duplicate-key", text)
                continue
            places[setting.path] = place
            if values in cells:
                _put_value(book, setting, cells[values])
            elif (beside := cells.get(head.number(("default",)) or 0)) is not None and not _is_default(setting, beside):
                given = {"given": beside.shown, "default": head.shown(("default",)), "value": head.shown(("value",))}
                text = Message("{given} in {default} is not read: write it in {value} to set it.", given)
                book.document.warn("ignored-value", text, beside.place)
        _tell_places(book, head, places)
        _learn_year(book)

    def parts(self, tree: Node) -> Iterator[RowPart]:
        """One for each setting, even if it has no row."""
        for setting in setting_rows():
            section = tree.parts.get(setting.path[0], Node({}))
            yield RowPart("", setting.id, Node(None, place=section.places.get(setting.path[1:])))


def _is_default(setting: SettingRow, cell: BookCell) -> bool:
    """True if the cell shows what counts where no value stands, in any language."""
    contexts: tuple[BookContext, ...] = (BookContext(language="sv"), BookContext(language="en"))
    written = (
        [] if setting.default is None else [setting.notation.write(setting.default, context) for context in contexts]
    )
    return any(cell.value == value or cell.shown == str(value) for value in written)


def _named(assembly: Assembly, head: Head, cells: dict[int, BookCell]) -> SettingRow | None:
    known = known_settings()
    words = [word(cells, head.number((key,))) for key in ("id", "name")]
    setting_row = next((known[plain(word)] for word in words if plain(word) in known), None)
    if setting_row is None:
        what = Message("There is no {given}", {"given": quoted(next((word for word in words if word), ""))})
        text = unknown(words[0], [row.id for row in setting_rows()], what)
        assembly.document.stopped_at(cells[min(cells)].place, "unknown-key", text)
    return setting_row


def _put_value(assembly: Assembly, setting: SettingRow, cell: BookCell) -> None:
    try:
        value = value_in(cell, setting.notation, assembly.context)
    except Unreadable as error:
        value = cell.shown
        assembly.document.add(error.kind, setting.path, error.text)
    put(assembly.tree, setting.path, tree_of(value, cell.place))


def _tell_places(assembly: Assembly, head: Head, places: dict[Path, CellPlace]) -> None:
    """Gives each section the cells of its keys, even of empty or missing ones."""
    assembly.tree.parts.setdefault("plan", Node({}, place=head.place))
    for setting in setting_rows():
        assembly.document.headings[setting.path] = setting.id
        if setting.path not in places:
            assembly.document.absent.add(setting.path)
        section = assembly.tree.parts.get(setting.path[0])
        if section is not None:
            section.places[setting.path[1:]] = places.get(setting.path, head.place)


def _learn_year(assembly: Assembly) -> None:
    ends = [assembly.tree.at(("plan", key)) for key in ("from", "to")]
    first, last = (None if end is None else end.value for end in ends)
    if isinstance(first, date) and isinstance(last, date) and first <= last:
        assembly.context.year = Span(first, last)
