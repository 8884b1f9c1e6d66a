"""The empty workbook: every sheet with its headings, three example rows to overwrite, and a page of instructions."""

from functools import cache
from importlib.resources import files
from typing import Any

from arshjul.errors import Message
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.tree import Node
from arshjul.formats.workbook import entry_tables, tables
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.settings_rows import LANGUAGES
from arshjul.formats.workbook.table import READ_ME_SHEET
from arshjul.formats.workbook.writing import language_of, scenario_sheets
from arshjul.formats.yaml_guard import read_yaml
from arshjul.sheets import Heading, SheetOut, workbook_bytes
from arshjul.texts import Words, counted

_STEPS = (
    (tables.SETTINGS_TABLE, Message("The plan's name and dates. Other values may stay.")),
    (tables.AREAS, Message("Your areas instead of the examples: a lasting id, and a name.")),
    (tables.SHIFT_TABLE, Message("Shifts, with clock times.")),
    (tables.AGENCIES, Message("The agencies. The id of each heads a column in the sheet of operations.")),
    (tables.UNITS, Message("The police units, and their areas.")),
    (tables.TEAMS, Message("Each agency's teams, and when.")),
    (tables.OFFICERS, Message("Each unit's officers, and when.")),
    (tables.PROGRAMMES, Message("A row is a programme, and the agency that owns it.")),
    (tables.NAMES_TABLE, Message("Your words for sectors.")),
    (tables.OPERATIONS, Message("A row for each operation. Point at a heading for help. Dark headings are needed.")),
    (tables.SITES, Message("The sites. Secret: this workbook is for you alone.")),
    (tables.CALENDAR, Message("Dates without operations. The country's public holidays need no row.")),
    (tables.MILESTONES, Message("Dates around every operation, like planning meeting and evaluation, for the calendars.")),
    (tables.MEETINGS, Message("The year's meetings: network meetings, the annual report.")),
    (tables.TARGETS, Message("If any: a number of operations of some kinds.")),
    (tables.CALLS, Message("A row is a call for offers between two dates.")),
    (tables.EXCEPTIONS, Message("Dates with larger limits than the sheets Agencies and Rules.")),
    (tables.RISKS, Message("Shifts that are often withdrawn. The plan avoids them.")),
    (tables.EARLIER_YEARS, Message("A row is a year with known withdrawals. They price dates that are often withdrawn.")),
    (tables.EARLIER_WITHDRAWALS, Message("A row is a withdrawal in an earlier year.")),
    (entry_tables.WITHDRAWALS, Message("During the year: withdrawals.")),
    (entry_tables.OUTCOMES, Message("During the year: outcomes.")),
    (entry_tables.CHANGES, Message("During the year: changes.")),
)  # fmt: skip


def template(say: Words) -> bytes:
    language = language_of(say)
    scenario = scenario_of(read_yaml(_written(language), f"{language}.yaml"))
    return workbook_bytes([_beginning(say), *scenario_sheets(scenario)], say)


def warn_of_examples(document: BookDocument) -> None:
    """Warns of the template's example operations and plan's name, where other operations stand beside them."""
    operations = document.tree.parts.get("operations", Node([])).parts.values()
    titles = {str(part.value): part for one in operations if (part := one.parts.get("title")) is not None}
    for given in _examples():
        left = [titles[one["title"]] for one in given["operations"] if one["title"] in titles]
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
    return files("arshjul.formats.workbook").joinpath("templates", f"{language}.yaml").read_bytes()


def _beginning(say: Words) -> SheetOut:
    language = language_of(say)
    rows: list[list[str | float]] = [
        [float(n), table.title(language), say.say(text)] for n, (table, text) in enumerate(_STEPS, start=1)
    ]
    last = say("Save the workbook and run arshjul check: errors have sheet and cell.")
    rows.append([float(len(rows) + 1), "", last])
    title = READ_ME_SHEET[language == "en"]
    headings = [Heading(say("Step"), 7, "whole"), Heading(say("Sheet"), 16), Heading(say("Action"), 110, "wrap")]
    return SheetOut(title, headings, rows, kept=0, about=say("How to fill in this workbook"), colour="#1F4E79")
