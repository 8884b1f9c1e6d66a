"""workbook: writes a scenario, or that of a plan folder, as an Excel workbook."""

from pathlib import Path

from arshjul.actions.plan_reading import opened
from arshjul.actions.reading import Speak
from arshjul.errors import InputError, Message
from arshjul.formats.atomic import write_named
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import PLAN
from arshjul.formats.scenario.scenario import read_scenario
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.kept import rewritten
from arshjul.formats.workbook.template import template
from arshjul.formats.workbook.writing import scenario_sheets, scenario_workbook
from arshjul.texts import Words


def workbook(source: Path, output: Path, speak: Speak) -> None:
    """Writes the scenario of a folder, a workbook or a plan folder to a workbook of its own.

    What is the user's own in a workbook (columns, sheets, what happened in the year) stays in it.
    """
    refuse_other_endings(output)
    if (source / PLAN).is_file():
        write_named(output, scenario_workbook(opened(source, speak).scenario))
        return
    read = read_scenario(source)
    speak(read.scenario.language)
    book = read.unfolded.written
    if isinstance(book, BookDocument):
        write_named(output, rewritten(scenario_sheets(read.scenario), book, words(read.scenario.language)))
    else:
        write_named(output, scenario_workbook(read.scenario))


def empty_workbook(output: Path, say: Words) -> None:
    """Writes the workbook to begin with, in that language."""
    refuse_other_endings(output)
    write_named(output, template(say))


def refuse_other_endings(output: Path) -> None:
    """InputError where the file that is to be written is not named as a workbook: no program would open it."""
    if output.suffix.lower() != ".xlsx":
        raise InputError(
            Message("{file} is to be a workbook: name it so that it ends in .xlsx.", {"file": output.name})
        )
