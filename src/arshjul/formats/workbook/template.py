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
        [float(n), table.title(language), say.say(table.step or table.about or table.word)]
        for n, table in enumerate(_ORDER, start=1)
    ]
    last = say("Save the workbook and run arshjul check: errors have sheet and cell.")
    rows.append([float(len(rows) + 1), "", last])
    title = READ_ME_SHEET[language == "en"]
    headings = [Heading(say("Step"), 7, "whole"), Heading(say("Sheet"), 16), Heading(say("Action"), 110, "wrap")]
    return SheetOut(title, headings, rows, kept=0, about=say("How to fill in this workbook"), colour="#1F4E79")
