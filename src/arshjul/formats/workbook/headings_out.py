"""The headings that are written: their words, notes and widths, and the choices below them."""

from arshjul.formats.workbook import entry_tables, tables
from arshjul.formats.workbook.headings import TEAM_PREFIXES
from arshjul.formats.workbook.notation import Language, Ref
from arshjul.formats.workbook.table import WEEK_HEADING, Path, SheetColumn, SheetTable, plain
from arshjul.sheets import Heading
from arshjul.texts import Words

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
    """The language of a workbook in those words."""
    return "en" if say.language == "en" else "sv"


def colour_of(table: SheetTable) -> str:
    """The colour of a sheet's tab: planning, secrets, offers, or events."""
    return _COLOURS.get(table.id, "#9AA5B1")


def heading_of(column: ShownColumn, say: Words) -> Heading:
    """The heading of a column."""
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
    table = next((one for one in tables.SCENARIO_TABLES if one.ids == column.notation.section), None)
    if table is None:
        return ""
    letter = "B" if column.notation.named and table is not tables.OPERATIONS else "A"
    return f"='{table.title(language)}'!${letter}$2:${letter}${_REFERRED}"
