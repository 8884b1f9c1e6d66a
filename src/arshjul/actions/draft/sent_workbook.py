"""A workbook that somebody sent: one of ours, or a spreadsheet of their own with the file that maps its columns.

Parts that a spreadsheet does not hold (shifts, areas, agencies, units, rules) come from the present year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from arshjul.actions.folder.check import judged
from arshjul.domain.entries.learnt import LEARNT
from arshjul.domain.known_sites import with_known_sites
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import VisitObject
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.catalogues import words
from arshjul.formats.own.mapping import map_in, map_text
from arshjul.formats.own.proposal import propose
from arshjul.formats.own.reading import OwnScenario, at_cell, own_in
from arshjul.formats.reading.scenario import scenario_file
from arshjul.formats.scenario.objects import objects_of
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.marked import marked_workbook
from arshjul.formats.workbook.package import NoWorkbook
from arshjul.formats.workbook.reading import book_in, entries_in, objects_document, objects_in, same_book, scenario_in
from arshjul.formats.yaml_guard import read_yaml
from arshjul.planning.check.secret_places import SECRET_PLACE, secret_doubts
from arshjul.texts import Words, counted
from arshjul.texts.printable import on_one_line

_MOST_OF_NAME = 100
"""Characters of a sent file's name that messages repeat."""


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
        try:
            return marked_workbook(self.data, [one for one in self.problems if one.sheet], (), say)
        except NoWorkbook:
            return None


def read_sent(data: bytes, columns: bytes, year: Scenario, name: str = "") -> SentWorkbook:
    """`columns`: the mapping of a user's own spreadsheet, empty for our workbook; `name`: the file's, for messages."""
    book, map_name = _names(year)
    book = on_one_line(name)[:_MOST_OF_NAME] or book
    document = book_in(data, book)
    try:
        if columns:
            read = own_in(document, map_in(read_yaml(columns, map_name)), lambda: year)
        else:
            read = workbook_scenario(document)
    except InputError as error:
        return SentWorkbook(data, wrong=error.message, problems=error.problems, name=name)
    secret = [doubt.text for doubt in secret_doubts(with_known_sites(read.scenario, year))]
    return SentWorkbook(data, read.scenario, [*read.notes, *secret], name=name)


def workbook_scenario(book: BookDocument) -> OwnScenario:
    read = scenario_file(scenario_in(book))
    document = read.unfolded.written
    if not isinstance(document, BookDocument):
        return OwnScenario(read.scenario, list(map(at_cell, read.warnings)))
    objects = objects_of([objects_in(same_book(document), read.scenario)], read.scenario, document.file)
    doubts = (one for one in judged(read).warnings if one.kind != SECRET_PLACE)  # those are told with all that is known
    notes = [*map(at_cell, [*doubts, *objects.odd_sectors(read.scenario)]), *_passed_over(document, read.scenario)]
    return OwnScenario(replace(read.scenario, objects=objects.objects), notes)


def _passed_over(document: BookDocument, scenario: Scenario) -> Iterator[Message]:
    entries = entries_in(same_book(document), scenario).tree.parts.items()
    if n_entries := sum(len(one.parts) for name, one in entries if name not in LEARNT):
        yield counted(
            n_entries,
            "One row of withdrawals, outcomes or changes was left out: enter it on the pages.",
            "{n} rows of withdrawals, outcomes or changes were left out: enter them on the pages.",
        )


def sent_objects(data: bytes, year: Scenario) -> dict[str, VisitObject]:
    """The objects on a workbook's sheet, whatever else it holds. InputError with the cell of every problem."""
    book, _ = _names(year)
    return objects_of([objects_document(book_in(data, book), year)], year, book).objects


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
