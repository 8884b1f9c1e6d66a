"""workbook: a scenario, or that of a plan folder, or a party's part of a plan, as an Excel workbook.

And a user's own spreadsheet as a scenario: its mapping is proposed once, reviewed, stored and used again.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from arshjul.errors import InputError, Message
from arshjul.year.agenda.channel import Channel, contents
from arshjul.year.agenda.party import parties, party_meant
from arshjul.year.agenda.view import views
from arshjul.year.folder.plan_files import history_of
from arshjul.year.folder.reading import Speak, opened
from arshjul.year.formats.atomic import write_named
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.mapped_workbook.proposal import ColumnProposal, propose
from arshjul.year.formats.mapped_workbook.reading import MappedScenario, read_mapped, rest_scenario
from arshjul.year.formats.plan.plan_folder import PLAN
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.scenario.folder import shown
from arshjul.year.formats.workbook.document import BookDocument
from arshjul.year.formats.workbook.marked import rewritten
from arshjul.year.formats.workbook.reading import opened_book, refuse_other_endings
from arshjul.year.formats.workbook.writing import scenario_sheets, scenario_workbook, template
from arshjul.year.render.workbook import party_workbook as party_sheets
from arshjul.year.texts import Words


def propose_mapping(source: Path, map_path: Path, rest: Path | None, speak: Speak) -> ColumnProposal:
    if rest is None:
        raise InputError(Message("Give --rest SCENARIO, with shifts, areas, agencies, units and rules."))
    scenario = rest_scenario(rest)
    speak(scenario.language)
    document = opened_book(source, shown(source))
    document.refuse(Message("{file} cannot be used.", {"file": shown(source)}))
    proposal = propose(document.sheets, scenario, os.path.relpath(rest, map_path.parent))
    write_named(map_path, proposal.text(words(scenario.language)).encode())
    return proposal


def mapped_scenario(source: Path, map_path: Path, speak: Speak) -> MappedScenario:
    read = read_mapped(source, map_path)
    speak(read.scenario.language)
    return read


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


def workbook_of_mapped(source: Path, map_path: Path, output: Path, speak: Speak) -> Sequence[Message]:
    """Returns notes on how it was read."""
    refuse_other_endings(output)
    read = mapped_scenario(source, map_path, speak)
    write_named(output, scenario_workbook(read.scenario))
    return read.notes


def empty_workbook(output: Path, say: Words) -> None:
    refuse_other_endings(output)
    write_named(output, template(say))
