"""workbook: writes a scenario, or that of a plan folder, or a party's part of a plan, as an Excel workbook."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from arshjul.actions.folder.own_spreadsheet import own_scenario
from arshjul.actions.folder.plan_files import history_of
from arshjul.actions.folder.reading import Speak, opened
from arshjul.actions.pdf import pdf_of
from arshjul.agenda.cards_view import with_told_cards
from arshjul.agenda.channel import Channel, contents
from arshjul.agenda.party import parties, party_meant
from arshjul.agenda.unit_list import unit_list
from arshjul.agenda.view import views
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.unit_list import UnitList
from arshjul.errors import InputError, Message
from arshjul.formats.atomic import write_named
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import PLAN
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.unit_list import unit_list_pages, unit_list_sheets
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.kept import rewritten
from arshjul.formats.workbook.reading import refuse_other_endings
from arshjul.formats.workbook.template import template
from arshjul.formats.workbook.writing import scenario_sheets, scenario_workbook
from arshjul.planning.check.secret_places import told_outside
from arshjul.render.workbook.party import party_workbook as party_sheets
from arshjul.sheets import workbook_bytes
from arshjul.texts import Words


def workbook(source: Path, output: Path, speak: Speak) -> None:
    """Writes the scenario of a folder, a workbook or a plan folder to a new workbook.

    The user's own parts of a workbook (columns, sheets, entries of the year) stay in it.
    """
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
    """Writes a user's own spreadsheet as a workbook of ours; returns notes on how it was read."""
    refuse_other_endings(output)
    read = own_scenario(source, map_path, speak)
    write_named(output, scenario_workbook(read.scenario))
    return read.notes


def empty_workbook(output: Path, say: Words) -> None:
    """Writes the workbook to begin with, in that language."""
    refuse_other_endings(output)
    write_named(output, template(say))


WRITERS: Mapping[str, Callable[[UnitList, date, Words], bytes]] = {
    ".pdf": lambda found, first, say: pdf_of(unit_list_pages(found, first, say)),
    ".xlsx": lambda found, _, say: workbook_bytes(unit_list_sheets(found, say), say),
}


def write_unit_list(scenario: Scenario, plan: Plan, given: str, first: date, output: Path) -> UnitList:
    """Writes the list of that unit as the kind of file that the name ends in; a PDF from that date on.

    InputError if there is no such unit, or the name ends otherwise.
    """
    made = WRITERS.get(output.suffix.casefold())
    if made is None:
        values = {"file": output.name, "known": list(WRITERS)}
        raise InputError(Message("{file} must end in one of {known}.", values))
    name = party_meant(given, [str(one) for one in parties(scenario) if one.kind == "police"])
    told = with_told_cards(plan, told_outside(scenario)) if plan.entries.cards else plan
    found = unit_list(scenario, told, name.partition("-")[2])
    write_named(output, made(found, first, words(scenario.language)))
    return found
