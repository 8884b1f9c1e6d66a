"""A scenario from somebody's own spreadsheet, by its mapping."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.formats.scenario.folder import shown
from arshjul.formats.scenario.reading import read_scenario
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.words import quoted
from arshjul.formats.workbook import tables
from arshjul.formats.workbook.book import BookSheet, read_book
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.headings import plain
from arshjul.formats.workbook.own.mapping import TABLES, ReadMap, read_map
from arshjul.formats.workbook.own.sheets import mapped
from arshjul.formats.workbook.reading import opened_book, scenario_in
from arshjul.formats.workbook.writing import scenario_workbook


@dataclass(frozen=True, slots=True)
class OwnScenario:
    """The scenario, and what is to be said of how it was read."""

    scenario: Scenario
    notes: Sequence[Message]


def read_own(path: Path, map_path: Path, rest: Scenario | None = None) -> OwnScenario:
    """The scenario. InputError with all that is wrong, in the cells of the spreadsheet or the lines of the mapping.

    `rest`: in the place of the scenario that the mapping names.
    """
    read = read_map(map_path)
    document = opened_book(path, shown(path))
    document.refuse(Message("{file} cannot be used.", {"file": shown(path)}))
    hers = mapped(document.sheets, read)
    read.document.refuse(Message("{file} does not fit the workbook.", {"file": shown(map_path)}))
    holds = {one.table.id for one in read.map.sheets}
    if tables.OPERATIONS.id in holds:
        holds.add(tables.SITES.id)
    known = rest or rest_scenario(map_path.parent / read.map.rest)
    document.sheets = [*hers, *_rest(known, holds)]
    scenario_in(document)
    _judge_agencies(document, read)
    read.document.refuse(Message("{file} does not fit the workbook.", {"file": shown(map_path)}))
    return OwnScenario(scenario_of(document), read.notes)


def _judge_agencies(document: BookDocument, read: ReadMap) -> None:
    """Notes columns of teams whose agency nobody knows: in her own workbook they would pass for columns of hers."""
    for n, one in enumerate(read.map.sheets):
        head = document.heads.get(one.table.id)
        unread = () if head is None else {head.sheet.rows[head.row][number].shown for number in head.own}
        for key, headings in (("columns", one.columns.items()), ("always", ((ours, ours) for ours in one.always))):
            for place, ours in headings:
                if ours in unread:
                    text = Message("{given} names no agency of the scenario: write its id.", {"given": quoted(ours)})
                    read.document.add("unknown-id", ("sheets", n, key, place), text)


def rest_scenario(path: Path) -> Scenario:
    """The scenario that what a spreadsheet does not hold comes from."""
    if not path.exists():
        text = Message("There is no {file}, from which the rest is to come: name a scenario.", {"file": shown(path)})
        raise InputError(text)
    return read_scenario(path).scenario


def _rest(scenario: Scenario, without: set[str]) -> list[BookSheet]:
    """The sheets of that scenario but those that the spreadsheet holds itself."""
    sheets = read_book(scenario_workbook(scenario))
    last = 1000  # behind all of hers
    return [
        replace(sheet, position=last + sheet.position)
        for sheet in sheets
        if (table := TABLES.get(plain(sheet.name))) is not None and table.id not in without
    ]
