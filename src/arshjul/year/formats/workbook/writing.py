"""A scenario as sheets: every key in its column, so that reading them back gives the same; and the empty template."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from arshjul.errors import Message
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_json import log_mapping
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.tree import Node, nodes
from arshjul.year.formats.workbook import entry_tables, tables
from arshjul.year.formats.workbook.calendar_notation import Day
from arshjul.year.formats.workbook.document import BookDocument
from arshjul.year.formats.workbook.headings import TEAM_PREFIXES
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.notation import BookContext, Language, Ref, Written
from arshjul.year.formats.workbook.settings_rows import LANGUAGES, SettingRow, setting_rows
from arshjul.year.formats.workbook.table import READ_ME_SHEET, WEEK_HEADING, Path, Row, SheetColumn, SheetTable, plain
from arshjul.year.formats.yaml_guard import read_yaml
from arshjul.year.sheets import Form, Heading, SheetOut, Tone, workbook_bytes
from arshjul.year.texts import Words, counted

ShownColumn = SheetColumn | str | tuple[str, Path]
"""A column of a table, or an agency's by its id, or the weeks beside the dates that end with those keys."""
_REFERRED = 2000  # rows of a sheet offered by a drop-down
_TAKEN = {plain(word) for column in tables.OPERATIONS.columns for word in (column.sv, column.en, *column.also)} | {
    plain(word) for word in WEEK_HEADING
}
_COLOURS = {
    "operations": "#1F4E79", "sites": "#B42318", "officers": "#2F6B4F", "teams": "#2F6B4F",
    **{table.id: "#C58A00" for table in entry_tables.ENTRY_TABLES},
}  # fmt: skip


def language_of(say: Words) -> Language:
    return "en" if say.language == "en" else "sv"


def colour_of(table: SheetTable) -> str:
    return _COLOURS.get(table.id, "#9AA5B1")


def heading_of(column: ShownColumn, say: Words) -> Heading:
    language = language_of(say)
    if isinstance(column, str):
        word = column if plain(column) not in _TAKEN else f"{TEAM_PREFIXES[language == 'en'].capitalize()}{column}"
        note = say("Teams of {agency}: 1 needed, (1) optional. Empty: takes no part.", agency=column)
        return Heading(word, 5, "centre", note, tone="team")
    if isinstance(column, tuple):
        note = say("ISO week of the dates. Not read.")
        return Heading(WEEK_HEADING[language == "en"], 9, "centre", note, tone="quiet")
    word = column.heading(language)
    return Heading(
        word,
        max(column.notation.width, 1.3 * max(map(len, word.split())) + 1),
        column.notation.form,
        "" if column.note is None else say.say(column.note),
        column.notation.words(language),
        _source(column, language),
        "needed" if column.needed else "",
    )


def _source(column: SheetColumn, language: Language) -> str:
    """The range of another sheet with a column's choices, for single words only."""
    if not isinstance(column.notation, Ref):
        return ""
    table = next((sheet for sheet in tables.SCENARIO_TABLES if sheet.ids == column.notation.section), None)
    if table is None:
        return ""
    letter = "B" if column.notation.named and table is not tables.OPERATIONS else "A"
    return f"='{table.title(language)}'!${letter}$2:${letter}${_REFERRED}"


Mapping_ = Mapping[str, Any]
_FIRST = 15  # the columns of operations that come first and fit on a page, without agencies'


def scenario_workbook(scenario: Scenario, entries: Entries | None = None) -> bytes:
    """The scenario as a workbook, in its own language, with what is learnt among the entries."""
    return workbook_bytes(scenario_sheets(scenario, entries), words(scenario.language))


def scenario_sheets(scenario: Scenario, entries: Entries | None = None) -> list[SheetOut]:
    """Its sheets, those for what happens empty; and those of what is learnt, if anything is."""
    return SheetWriter(scenario, "en" if scenario.language == "en" else "sv", entries or Entries()).sheets()


class SheetWriter:
    def __init__(self, scenario: Scenario, language: Language, entries: Entries, *, named: bool = False) -> None:
        mapping: dict[str, Any] = scenario_mapping(scenario) | log_mapping(entries)
        self.tree = nodes(mapping)
        self.language, self.say = language, words(language)
        self.context = BookContext(_lexicon(mapping), None, language, named)
        self.agencies = [str(agency["id"]) for agency in mapping["agencies"]]

    def rows(self) -> dict[str, list[Row]]:
        return {table.id: list(table.rows(self.tree)) for table in tables.SCENARIO_TABLES}

    def sheets(self) -> list[SheetOut]:
        rows = self.rows()
        made = [
            self._settings() if table is tables.SETTINGS_TABLE else self.sheet(table, rows[table.id])
            for table in tables.SCENARIO_TABLES
        ]
        learnt = ((table, list(table.rows(self.tree))) for table in entry_tables.LEARNT)
        made += [self.sheet(table, []) for table in entry_tables.ENTERED]
        return made + [self.sheet(table, found) for table, found in learnt if found]

    def sheet(self, table: SheetTable, rows: Iterable[Row]) -> SheetOut:
        given = list(rows)
        columns, used = self._filled_first(table, given)
        return SheetOut(
            table.title(self.language),
            [heading_of(column, self.say) for column in columns],
            [[self.cell(column, owner, item) for column in columns] for owner, item in given],
            kept=2 if table is tables.OPERATIONS else 1,
            open=True,
            printed=used,
            about="" if table.about is None else self.say.say(table.about),
            colour=colour_of(table),
        )

    def _filled_first(self, table: SheetTable, rows: list[Row]) -> tuple[list[ShownColumn], int]:
        """The columns, with those empty in every row last, and the number of columns to print.

        A table's own columns, or the first of many, keep their places, which people know.
        """
        columns = self.columns(table)
        own = columns.index(table.beside[0]) if table.beside else len(columns)
        first = len(self.agencies) + _FIRST if table.teams else own
        kept, rest = columns[:first], columns[first:]
        filled = [column for column in rest if any(self.cell(column, owner, item) is not None for owner, item in rows)]
        printed = first if table.teams else first + len(filled)
        return [*kept, *filled, *(column for column in rest if column not in filled)], printed

    def columns(self, table: SheetTable) -> list[ShownColumn]:
        columns: list[ShownColumn] = []
        for n, column in enumerate((*table.all_columns, *table.beside)):
            if table.teams and n == table.before_teams:
                columns += self.agencies
            columns.append(column)
            if isinstance(column.notation, Day) and column.path[-1] in {"to", "date"}:
                columns.append(("week", column.path))
        return columns

    def cell(self, column: ShownColumn, owner: object, item: Mapping_) -> Written:
        if isinstance(column, str):
            return _teams(column, item)
        if isinstance(column, tuple):
            return _weeks(item, column[1])
        value = _value(item, column.path) if column.path else owner or None
        if value is None or value == column.empty:
            return None
        return column.notation.write(value, self.context)

    def setting(self, row: SettingRow) -> Written:
        """The value of a setting; None for the default."""
        value = _value(self.tree.value, row.path)
        return (
            None if value is None or (value == [] and row.default is None) else row.notation.write(value, self.context)
        )

    def _settings(self) -> SheetOut:
        headings = [heading_of(column, self.say) for column in tables.SETTINGS_TABLE.columns]
        rows: list[list[Written]] = []
        for row in setting_rows():
            written = self.setting(row)
            default = None if row.default is None else row.notation.write(row.default, self.context)
            rows.append([row.id, self.say.say(row.name), written, default])
        wide = [34, 52, 22, 16]
        forms: tuple[Form, ...] = ("text", "wrap", "text", "text")
        tones: tuple[Tone, ...] = ("quiet", "", "needed", "quiet")
        made = [
            Heading(one.text, width, form, one.note, tone=tone)
            for one, width, form, tone in zip(headings, wide, forms, tones, strict=True)
        ]
        return SheetOut(tables.SETTINGS_TABLE.title(self.language), made, rows, kept=2, colour="#9AA5B1")


def _lexicon(mapping: Mapping_) -> Lexicon:
    lexicon = Lexicon()
    for section in ("shifts", "areas", "police", "agencies", "operations"):
        lexicon.add_all(section, mapping[section])
    for id, programme in mapping.get("programmes", {}).items():
        lexicon.add("programmes", id, programme["name"])
    for id, name in mapping["names"].items():
        lexicon.add("names", id, name)
    return lexicon


def _value(item: Any, path: Path) -> Any:
    for key in path:
        item = item.get(key) if isinstance(item, Mapping) else None
    return item


def _teams(agency: str, item: Mapping_) -> Written:
    needed, optional = item.get("agencies", {}).get(agency), item.get("optional_agencies", {}).get(agency)
    if needed is not None:
        return float(needed)
    return None if optional is None else f"({optional})"


def _weeks(item: Mapping_, last: Path) -> str | None:
    """The ISO week of a date, or the weeks from the first to the last: `5–22`."""
    ends = [_value(item, (*last[:-1], "from")), _value(item, last)]
    weeks = [str(date.fromisoformat(str(day)).isocalendar().week) for day in ends if day is not None]
    return "–".join(dict.fromkeys(weeks)) or None


_ORDER = (
    tables.SETTINGS_TABLE, tables.AREAS, tables.SHIFT_TABLE, tables.AGENCIES, tables.UNITS, tables.TEAMS,
    tables.OFFICERS, tables.PROGRAMMES, tables.NAMES_TABLE, tables.OPERATIONS, tables.SITES, tables.CALENDAR,
    tables.MILESTONES, tables.MEETINGS, tables.TARGETS, tables.CALLS, tables.EXCEPTIONS, tables.RISKS,
    tables.EARLIER_YEARS, tables.EARLIER_WITHDRAWALS, entry_tables.WITHDRAWALS, entry_tables.OUTCOMES,
    entry_tables.CHANGES,
)  # fmt: skip
"""The order in which the sheets are filled in."""


def template(say: Words) -> bytes:
    language = language_of(say)
    scenario = scenario_of(read_yaml(_written(language), f"{language}.yaml"))
    return workbook_bytes([_beginning(say), *scenario_sheets(scenario)], say)


def warn_of_examples(document: BookDocument) -> None:
    """Warns of the template's example operations and plan's name, where other operations stand beside them."""
    operations = document.tree.parts.get("operations", Node([])).parts.values()
    titles = {str(part.value): part for operation in operations if (part := operation.parts.get("title")) is not None}
    for given in _examples():
        left = [titles[operation["title"]] for operation in given["operations"] if operation["title"] in titles]
        if len(left) == len(operations):
            continue  # nobody has begun
        if left and (place := left[0].place) is not None:
            text = counted(
                len(left),
                "An example of the template stands here, and would be planned: remove the row.",
                "{n} examples of the template stand here, and would be planned: remove the rows.",
            )
            document.warn("example", text, place)
        name = document.tree.at(("plan", "name"))
        if name is not None and name.value == given["plan"]["name"] and name.place is not None:
            text = Message("The plan has the template's name, for all to read: give it yours.")
            document.warn("example", text, name.place)


@cache
def _examples() -> tuple[Any, ...]:
    return tuple(read_yaml(_written(language), f"{language}.yaml").tree.value for language in LANGUAGES)


def _written(language: str) -> bytes:
    return files("arshjul.year.formats.workbook").joinpath("templates", f"{language}.yaml").read_bytes()


def _beginning(say: Words) -> SheetOut:
    language = language_of(say)
    rows: list[list[str | float]] = [
        [float(n), table.title(language), say.say(table.step or table.about or table.word)]
        for n, table in enumerate(_ORDER, start=1)
    ]
    last = say("Save the workbook and run arshjul check: errors have sheet and cell.")
    rows.append([float(len(rows) + 1), "", last])
    title = READ_ME_SHEET[language == "en"]
    headings = [Heading(say("Step"), 7, "whole"), Heading(say("Sheet"), 16), Heading(say("Action"), 110, "wrap")]
    return SheetOut(title, headings, rows, kept=0, about=say("How to fill in this workbook"), colour="#1F4E79")
