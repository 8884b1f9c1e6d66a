"""workbook: writes a scenario, or that of a plan folder, or a party's part of a plan, as an Excel workbook."""

from collections.abc import Sequence
from pathlib import Path

from arshjul.actions.folder.own_spreadsheet import own_scenario
from arshjul.actions.folder.plan_files import history_of
from arshjul.actions.folder.reading import Speak, opened
from arshjul.agenda.channel import Channel, contents
from arshjul.agenda.party import parties, party_meant
from arshjul.agenda.view import views
from arshjul.errors import Message
from arshjul.formats.atomic import write_named
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import PLAN
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.kept import rewritten
from arshjul.formats.workbook.reading import refuse_other_endings
from arshjul.formats.workbook.template import template
from arshjul.formats.workbook.writing import scenario_sheets, scenario_workbook
from arshjul.render.workbook.party import party_workbook as party_sheets
from arshjul.texts import Words


def workbook(source: Path, output: Path, speak: Speak) -> None:
    """A workbook's own parts (columns, sheets, entries of the year) stay in it."""
    refuse_other_endings(output)
    if (source / PLAN).is_file():
        known = opened(source, speak)
        write_named(output, scenario_workbook(known.scenario, known.plan.entries))
        return
    read = read_scenario(source)
    speak(read.scenario.language)
    book = read.unfolded.written
    if isinstance(book, BookDocument):
        write_named(output, rewritten(scenario_sheets(read.scenario), book, words(read.scenario.language)))
    else:
        write_named(output, scenario_workbook(read.scenario))


def party_workbook(folder: Path, given: str, output: Path, speak: Speak) -> None:
    """Writes the contents of the party's calendars in that plan folder, and nothing else."""
    refuse_other_endings(output)
    read = opened(folder, speak)
    every = parties(read.scenario)
    name = party_meant(given, [str(party) for party in every])
    party = next(party for party in every if str(party) == name)
    say = words(read.scenario.language)
    channels = [Channel(party, "full", content) for content in contents(read.scenario, party) if content != "all"]
    seen = views(read.plan, read.scenario, channels, history_of(read), say)
    write_named(output, party_sheets(seen, say))


def workbook_of_own(source: Path, map_path: Path, output: Path, speak: Speak) -> Sequence[Message]:
    """Returns notes on how it was read."""
    refuse_other_endings(output)
    read = own_scenario(source, map_path, speak)
    write_named(output, scenario_workbook(read.scenario))
    return read.notes


def empty_workbook(output: Path, say: Words) -> None:
    refuse_other_endings(output)
    write_named(output, template(say))
