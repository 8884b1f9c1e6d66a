"""unit-list: all that a year asks of one police unit, as a PDF or a workbook."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from arshjul.year.agenda.party import parties, party_meant, party_named
from arshjul.year.agenda.party_view import unit_list, with_told_cards
from arshjul.year.domain.party_view import UnitList
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.pdf import pdf_of, writer_of
from arshjul.year.formats.atomic import write_named
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.unit_list import unit_list_pages, unit_list_sheets
from arshjul.year.planning.check.secret_places import secret_check
from arshjul.year.sheets import workbook_bytes
from arshjul.year.texts import Words

WRITERS: Mapping[str, Callable[[UnitList, date, Words], bytes]] = {
    ".pdf": lambda found, first, say: pdf_of(unit_list_pages(found, first, say)),
    ".xlsx": lambda found, _, say: workbook_bytes(unit_list_sheets(found, say), say),
}


def write_unit_list(scenario: Scenario, plan: Plan, given: str, first: date, output: Path) -> UnitList:
    """By the name's ending; a PDF from that date on. InputError if there is no such unit, or for another ending."""
    made = writer_of(output, WRITERS)
    name = party_meant(given, [str(party) for party in parties(scenario) if party.kind == "police"])
    told = with_told_cards(plan, secret_check(scenario)) if plan.entries.cards else plan
    found = unit_list(scenario, told, party_named(name).id)
    write_named(output, made(found, first, words(scenario.language)))
    return found
