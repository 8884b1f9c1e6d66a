"""The empty workbook: every sheet with its headings, three example rows to overwrite, and a page of instructions."""

from functools import cache
from importlib.resources import files
from typing import Any

from arshjul.errors import Message
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.tree import Node
from arshjul.formats.workbook import entry_tables, tables
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.headings_out import language_of
from arshjul.formats.workbook.settings_rows import LANGUAGES
from arshjul.formats.workbook.table import READ_ME_SHEET
from arshjul.formats.workbook.writing import scenario_sheets
from arshjul.formats.yaml_guard import read_yaml
from arshjul.sheets import Heading, SheetOut, workbook_bytes
from arshjul.texts import Words, counted

_STEPS = (
    (tables.SETTINGS_TABLE, Message("Name the plan and its first and last date. The other values may stand as they are.")),
    (tables.AREAS, Message("Write your areas over the examples: an id that stays, and the name that people see.")),
    (tables.SHIFT_TABLE, Message("The shifts of a day, with their clock times.")),
    (tables.AGENCIES, Message("The agencies that take part. Each has a column of its own in the sheet of operations: its id is the heading.")),
    (tables.UNITS, Message("The police units that lend officers, and where.")),
    (tables.TEAMS, Message("How many teams each agency can send, and when.")),
    (tables.OFFICERS, Message("How many officers each unit offers, and when.")),
    (tables.PROGRAMMES, Message("What operations are for, and the agency that answers for it.")),
    (tables.NAMES_TABLE, Message("Your words for sectors.")),
    (tables.OPERATIONS, Message("A row for each operation. Point at a heading to read what belongs below it; dark headings must be filled in.")),
    (tables.SITES, Message("The sites that are visited. They are secret: this workbook is for you alone.")),
    (tables.CALENDAR, Message("Dates on which nothing is placed.")),
    (tables.MILESTONES, Message("The dates around every operation, a number of days before or after it: planning meeting, evaluation. They get into the calendars.")),
    (tables.MEETINGS, Message("The year's own dates: network meetings, the annual report.")),
    (tables.TARGETS, Message("If you have any: a number of operations of some kinds in a part of the year.")),
    (tables.CALLS, Message("If parties say in the portal what they can offer: on which dates, and by when they answer.")),
    (tables.EXCEPTIONS, Message("If you need it: dates on which an agency can do more, or more operations may be held, than else.")),
    (tables.RISKS, Message("If you know it: shifts that the police often take back. The plan then avoids them.")),
    (tables.EARLIER_YEARS, Message("If you know what was withdrawn in years before: which dates you tell of.")),
    (tables.EARLIER_WITHDRAWALS, Message("What was withdrawn in those years. The plan then avoids what was often taken back.")),
    (entry_tables.WITHDRAWALS, Message("Later, in the year: what the police take back.")),
    (entry_tables.OUTCOMES, Message("Later, in the year: what became of each operation.")),
    (entry_tables.CHANGES, Message("Later, in the year: what becomes other.")),
)  # fmt: skip


def template(say: Words) -> bytes:
    """The workbook to begin with, in that language."""
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
                "An example of the template still stands here, and would be planned: remove the row.",
                "{n} examples of the template still stand here, and would be planned: remove the rows.",
            )
            document.warn("example", text, place)
        name = document.tree.at(("plan", "name"))
        if name is not None and name.value == given["plan"]["name"] and name.place is not None:
            text = Message("The plan still has the template's name, which all who take part would read: give it yours.")
            document.warn("example", text, name.place)


@cache
def _examples() -> tuple[Any, ...]:
    """The templates in all languages."""
    return tuple(read_yaml(_written(language), f"{language}.yaml").tree.value for language in LANGUAGES)


def _written(language: str) -> bytes:
    return files("arshjul.formats.workbook").joinpath("templates", f"{language}.yaml").read_bytes()


def _beginning(say: Words) -> SheetOut:
    """The first sheet: what to fill in, in order."""
    language = language_of(say)
    rows: list[list[str | float]] = [
        [float(n), table.title(language), say.say(text)] for n, (table, text) in enumerate(_STEPS, start=1)
    ]
    last = say("Save the workbook and run arshjul check on it: each mistake is told with its sheet and cell.")
    rows.append([float(len(rows) + 1), "", last])
    title = READ_ME_SHEET[language == "en"]
    headings = [Heading(say("Step"), 7, "whole"), Heading(say("Sheet"), 16), Heading(say("What to do"), 110, "wrap")]
    return SheetOut(title, headings, rows, kept=0, about=say("How to fill in this workbook"), colour="#1F4E79")
