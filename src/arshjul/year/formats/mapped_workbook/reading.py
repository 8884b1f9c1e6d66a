"""A scenario from a user's own spreadsheet, by its mapping."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from arshjul.errors import InputError, Message, Problem
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.mapped_workbook.sheets import TABLES, ReadMap, mapped, no_teams, read_map
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.scenario.folder import shown
from arshjul.year.formats.scenario.references import no_such
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.workbook import tables
from arshjul.year.formats.workbook.book import BookSheet, read_book
from arshjul.year.formats.workbook.document import BookDocument
from arshjul.year.formats.workbook.headings import TEAM_PREFIXES, Head
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.reading import opened_book, scenario_in
from arshjul.year.formats.workbook.table import plain
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.texts import counted


@dataclass(frozen=True, slots=True)
class MappedScenario:
    scenario: Scenario
    notes: Sequence[Message]


def read_mapped(path: Path, map_path: Path) -> MappedScenario:
    """The scenario. InputError with all problems, at cells of the spreadsheet or lines of the mapping."""
    read = read_map(map_path)
    return mapped_in(opened_book(path, path.name), read, lambda: rest_scenario(map_path.parent / read.map.rest))


def mapped_in(document: BookDocument, read: ReadMap, rest: Callable[[], Scenario]) -> MappedScenario:
    """The scenario of an opened spreadsheet. `rest` gives what it does not hold, if it can be used."""
    document.refuse(Message("{file} cannot be used.", {"file": document.file}))
    known = rest()
    hers = mapped(document.sheets, read, Lexicon.of(known))
    read.document.refuse(Message("{file} does not fit the workbook.", {"file": read.document.file}))
    holds = {sheet.table.id for sheet in read.map.sheets}
    if tables.OPERATIONS.id in holds:
        holds.add(tables.SITES.id)
    document.sheets = [*hers, *_rest(known, holds)]
    scenario_in(document)
    _judge_agencies(document, read)
    _judge_teams(document, read, known)
    read.document.refuse(Message("{file} does not fit the workbook.", {"file": read.document.file}))
    scenario = scenario_of(document)
    _judge_leads(scenario, read)
    read.document.refuse(Message("{file} does not fit the workbook.", {"file": read.document.file}))
    return MappedScenario(scenario, (*read.notes, *map(at_cell, document.warnings)))


def at_cell(warning: Problem) -> Message:
    values = {"place": ", ".join(filter(None, (warning.sheet, warning.cell))), "text": warning.text}
    return Message("{place}: {text}", values) if warning.sheet else warning.text


def _judge_agencies(document: BookDocument, read: ReadMap) -> None:
    """Notes unknown agencies: at the mapping for a column of teams, at the cell for a list."""
    for n, sheet in enumerate(read.map.sheets):
        head = document.heads.get(sheet.table.id)
        if head is None:
            continue
        unread = {head.sheet.rows[head.row][number].shown: number for number in head.own}
        mapped = {*sheet.columns.values(), *sheet.always}
        for heading, number in unread.items():
            if heading not in mapped:
                _judge_listed(document, head, heading, number)
        for key, headings in (("columns", sheet.columns.items()), ("always", ((ours, ours) for ours in sheet.always))):
            for place, ours in headings:
                if ours in unread:
                    read.document.add("unknown-id", ("sheets", n, key, place), _no_agency(document, ours))


def _judge_listed(document: BookDocument, head: Head, heading: str, column: int) -> None:
    made = head.sheet.rows[head.row][column].place
    unread = ("ignored-column", made.sheet, made.cell)
    document.warnings = [
        warning for warning in document.warnings if (warning.kind, warning.sheet, warning.cell) != unread
    ]
    for row, cells in head.sheet.rows.items():
        if row > head.row and column in cells:
            document.stopped_at(cells[column].place, "unknown-id", _no_agency(document, heading))


def _no_agency(document: BookDocument, heading: str) -> Message:
    word = next((heading[len(prefix) :] for prefix in TEAM_PREFIXES if plain(heading).startswith(prefix)), heading)
    return no_such(document, word.strip(), "agencies", dict.fromkeys(document.lexicon.all("agencies")), {})


def _judge_leads(scenario: Scenario, read: ReadMap) -> None:
    """Notes each agency that leads operations without taking part in any: its column may have been missed."""
    n = next((n for n, sheet in enumerate(read.map.sheets) if sheet.table is tables.OPERATIONS), None)
    if n is None:
        return
    absent: dict[str, list[str]] = {}
    for operation in scenario.operations.values():
        if (
            operation.lead_agency not in operation.invited
            and operation.lead_agency not in read.map.sheets[n].leads_only
        ):
            absent.setdefault(operation.lead_agency, []).append(operation.id)
    for id, led in absent.items():
        name, example = scenario.agencies[id].name, f"leads_only: [{id}]"
        text = counted(
            len(led),
            "{name} leads {some} but takes no part. Name the column of its teams under columns, or "
            "write {example} if it has none.",
            "{name} leads {n} operations but takes no part ({some}). Name the column of its teams "
            "under columns, or write {example} if it has none.",
            name=name, some=[*led[:5], *(["…"] if len(led) > 5 else [])], example=example,
        )  # fmt: skip
        read.document.add("lead-absent", ("sheets", n, "columns", id), text)


def _judge_teams(document: BookDocument, read: ReadMap, rest: Scenario) -> None:
    """Notes that no column gives the agencies that take part, so that operations would have none."""
    head = document.heads.get(tables.OPERATIONS.id)
    n = next((n for n, sheet in enumerate(read.map.sheets) if sheet.table is tables.OPERATIONS), None)
    if n is not None and head is not None and not head.teams and head.number(("any_of",)) is None:
        read.document.add("missing-key", ("sheets", n, "columns"), no_teams(rest))


def rest_scenario(path: Path) -> Scenario:
    if not path.exists():
        text = Message("{file}, the source of the rest, is missing: name a scenario.", {"file": shown(path)})
        raise InputError(text)
    return read_scenario(path).scenario


def _rest(scenario: Scenario, without: set[str]) -> list[BookSheet]:
    sheets = read_book(scenario_workbook(scenario))
    last = 1000  # behind all of the user's
    return [
        replace(sheet, position=last + sheet.position)
        for sheet in sheets
        if (table := TABLES.get(plain(sheet.name))) is not None and table.id not in without
    ]
