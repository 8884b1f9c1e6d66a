"""A workbook that somebody sent: one of ours, or a spreadsheet of their own with the file that maps its columns.

Parts that a spreadsheet does not hold (shifts, areas, agencies, units, rules) come from the present year.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.catalogues import words
from arshjul.formats.own.mapping import map_in, map_text
from arshjul.formats.own.proposal import propose
from arshjul.formats.own.reading import OwnScenario, at_cell, own_in
from arshjul.formats.reading.scenario import ScenarioFile, scenario_file
from arshjul.formats.scenario.references import ids_at
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.marked import marked_workbook
from arshjul.formats.workbook.package import NoWorkbook
from arshjul.formats.workbook.reading import book_in, entries_in, objects_in, same_book, scenario_in
from arshjul.formats.yaml_guard import read_yaml
from arshjul.texts import Words, counted


@dataclass(frozen=True, slots=True)
class SentWorkbook:
    """A sent file with its name, and the scenario; None if something is `wrong`, with every problem."""

    data: bytes
    scenario: Scenario | None = None
    notes: Sequence[Message] = ()
    wrong: Message | None = None
    problems: Sequence[Problem] = ()
    name: str = ""

    def marked(self, say: Words) -> bytes | None:
        """The workbook with its problems marked in its own cells; None if it cannot be read at all."""
        try:
            return marked_workbook(self.data, [one for one in self.problems if one.sheet], (), say)
        except NoWorkbook:
            return None


def read_sent(data: bytes, columns: bytes, year: Scenario) -> SentWorkbook:
    """Reads a sent file. `columns`: the mapping of the columns of a user's own spreadsheet, empty for our workbook."""
    book, map_name = _names(year)
    document = book_in(data, book)
    try:
        if columns:
            read = own_in(document, map_in(read_yaml(columns, map_name)), lambda: year)
        else:
            read = workbook_scenario(document, year.objects)
    except InputError as error:
        return SentWorkbook(data, wrong=error.message, problems=error.problems)
    return SentWorkbook(data, read.scenario, read.notes)


def workbook_scenario(book: BookDocument, known: Collection[str] = ()) -> OwnScenario:
    """The scenario in a workbook of ours, with notes on oddities and on parts that are not taken over.

    `known` are objects that wait for frames already.
    """
    read = scenario_file(scenario_in(book))
    return OwnScenario(read.scenario, [*map(at_cell, read.warnings), *_passed_over(read, known)])


def _passed_over(read: ScenarioFile, known: Collection[str]) -> Iterator[Message]:
    """Notes on rows of entries, and on waiting objects, which are entered elsewhere."""
    document = read.unfolded.written
    if not isinstance(document, BookDocument):
        return
    entries = entries_in(same_book(document), read.scenario).tree.parts.values()
    objects = {id for _, id in ids_at(objects_in(same_book(document), read.scenario).tree, "objects[].id")}
    n_entries, n_objects = sum(len(one.parts) for one in entries), len(objects - set(known))
    if n_entries:
        yield counted(
            n_entries,
            "One row of withdrawals, outcomes or changes is not taken in from the workbook: enter it on the pages.",
            "{n} rows of withdrawals, outcomes or changes are not taken in from the workbook: enter them on the pages.",
        )
    if n_objects:
        yield counted(
            n_objects,
            "One object that waits for a frame stands on the sheet {sheet} and is not taken in: enter it on its "
            "frame's page, or bind it with `arshjul fill`.",
            "{n} objects that wait for frames stand on the sheet {sheet} and are not taken in: enter each on its "
            "frame's page, or bind them all with `arshjul fill`.",
            sheet=document.heads["sites"].sheet.name,
        )


def proposed_columns(data: bytes, year: Scenario) -> bytes:
    """A file that maps the columns of a spreadsheet, to be reviewed. InputError if no sheet looks like operations."""
    say = words(year.language)
    book, _ = _names(year)
    document = book_in(data, book)
    document.refuse(Message("{file} cannot be used.", {"file": book}))
    proposal = propose(document.sheets, year, say("the year in the console"))
    missing = (*proposal.missing, *proposal.teams)
    return map_text(proposal.map, proposal.why, proposal.guessed, missing, proposal.unsaid, say).encode()


def _names(year: Scenario) -> tuple[str, str]:
    """The names of the two files in messages: they are read from memory, so that their sites reach no disk."""
    return ("workbook.xlsx", "columns.yaml") if year.language == "en" else ("arbetsbok.xlsx", "kolumner.yaml")
