"""The differences of two scenarios, cell by cell as a workbook shows them: by heading, with names for ids."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.workbook import tables
from arshjul.year.formats.workbook.notation import Written
from arshjul.year.formats.workbook.settings_rows import setting_rows
from arshjul.year.formats.workbook.table import SheetTable
from arshjul.year.formats.workbook.writing import SheetWriter, ShownColumn, language_of
from arshjul.year.texts import Words, counted

SECRET = tables.SITES
"""The sheet of which only the fact of a difference is reported."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs: the sheet, its row as people know it, the heading, and both texts, empty for nothing.

    `id` and `key` identify the operation and its value for programs, on the sheet of operations. A row that is new or
    gone has no heading, and one text.
    """

    sheet: str
    row: str
    heading: str
    old: str
    new: str
    id: str = ""
    key: str = ""


def cell_changes(old: Scenario, new: Scenario, say: Words) -> Iterator[CellChange]:
    """All differences, sheet by sheet, without operations that only one of them has."""
    before, after = _Side.of(old, say), _Side.of(new, say)
    for table in tables.SCENARIO_TABLES:
        if table is tables.SETTINGS_TABLE:
            yield from _settings(before, after)
        elif table is SECRET:
            yield from _sites(before, after)
        elif table.called and any(column.path == ("id",) for column in table.columns):
            yield from _items(table, before, after)
        else:
            yield from _lines(table, before, after)


@dataclass(frozen=True, slots=True)
class _Side:
    writer: SheetWriter
    say: Words
    rows: Mapping[str, list[tuple[object, Mapping[str, Any]]]]

    @classmethod
    def of(cls, scenario: Scenario, say: Words) -> "_Side":
        writer = SheetWriter(scenario, language_of(say), Entries(), named=True)
        return cls(writer, say, {id: list(rows) for id, rows in writer.rows().items()})

    def title(self, table: SheetTable) -> str:
        return table.title(language_of(self.say))

    def name(self, section: str, id: object) -> str:
        return self.writer.context.lexicon.name(section, str(id)) or str(id)

    def heading(self, column: ShownColumn) -> str:
        if isinstance(column, str):
            return self.say("Teams: {agency}", agency=self.name("agencies", column))
        return "" if isinstance(column, tuple) else column.heading(language_of(self.say))

    def cells(self, table: SheetTable, item: Mapping[str, Any]) -> dict[tuple[str, str], str]:
        """The texts of a row, by heading and key."""
        found = {}
        for column in self.writer.columns(table):
            if isinstance(column, tuple) or column in tables.TAKEN_OFFERS:
                continue
            key = "agencies" if isinstance(column, str) else next(iter(column.path), "")
            if (text := self.text(self.writer.cell(column, "", item))) != "":
                found[self.heading(column), key] = text
        return found

    def whole(self, table: SheetTable, item: Mapping[str, Any]) -> str:
        return ", ".join(f"{heading} {text}" for (heading, _), text in self.cells(table, item).items())

    def text(self, value: Written) -> str:
        match value:
            case None:
                return ""
            case datetime():
                return self.say.moment(value)
            case date():
                return self.say.day(value)
            case float():
                return f"{value:g}"
            case _:
                return str(value)


def _items(table: SheetTable, before: _Side, after: _Side) -> Iterator[CellChange]:
    was, now = ({str(item["id"]): item for _, item in side.rows[table.id]} for side in (before, after))
    title = after.title(table)
    for id in dict.fromkeys((*was, *now)):
        item = now.get(id) or was[id]
        name = str(item.get("title", item.get("name", id)))
        if id in was and id in now:
            old, new = before.cells(table, was[id]), after.cells(table, now[id])
            is_own = table is tables.OPERATIONS
            row, whose = (f"{id} {name}", id) if is_own else (name, "")
            for place in dict.fromkeys((*old, *new)):
                if old.get(place) != new.get(place):
                    heading, key = place
                    yield CellChange(title, row, heading, old.get(place, ""), new.get(place, ""), whose, key)
        elif table is not tables.OPERATIONS:
            side, words = (after, "new") if id in now else (before, "old")
            yield CellChange(title, name, "", **{"old": "", "new": "", words: side.whole(table, item)})


def _lines(table: SheetTable, before: _Side, after: _Side) -> Iterator[CellChange]:
    """The rows without an id of their own: those that went, and those that came."""
    was, now = (
        Counter((str(owner), side.whole(table, item)) for owner, item in side.rows[table.id])
        for side in (before, after)
    )
    section = "" if table.owner is None else table.owner.notation.section
    for kind, lines, side in (("old", was - now, before), ("new", now - was, after)):
        for (owner, text), n in lines.items():
            whole = {"old": "", "new": "", kind: text if n == 1 else f"{n} × {text}"}
            yield CellChange(after.title(table), side.name(section, owner), "", **whole)


def _settings(before: _Side, after: _Side) -> Iterator[CellChange]:
    for row in setting_rows():
        usual = "" if row.default is None else after.text(row.notation.write(row.default, after.writer.context))
        usual = usual and after.say("{value}, as usual", value=usual)
        old, new = (side.text(side.writer.setting(row)) or usual for side in (before, after))
        if old != new:
            yield CellChange(after.title(tables.SETTINGS_TABLE), after.say.say(row.name), "", old, new)


def _sites(before: _Side, after: _Side) -> Iterator[CellChange]:
    """The operations whose sites differ, with only the number of sites, since sites are secret."""
    was, now = (
        {str(one["id"]): one.get("sites", []) for _, one in side.rows["operations"]} for side in (before, after)
    )
    for id in was:
        if id in now and was[id] != now[id]:
            old, new = (after.say.say(_n_sites(len(sites))) for sites in (was[id], now[id]))
            new = new if old != new else after.say("{sites}, others than before", sites=new)
            row = f"{id} {after.name('operations', id)}"
            yield CellChange(after.title(tables.OPERATIONS), row, after.title(SECRET), old, new, id, "sites")


def _n_sites(n: int) -> Any:
    return counted(n, "one site", "{n} sites")
