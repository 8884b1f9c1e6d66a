"""A workbook that somebody sent: one of ours, or a spreadsheet of their own with the file that names its columns.

What a spreadsheet does not hold (shifts, areas, agencies, units, rules) comes from the year as it is here.
"""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.catalogues import words
from arshjul.formats.scenario.reading import ScenarioFile, read_scenario
from arshjul.formats.scenario.references import ids_at
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.marked import marked_workbook
from arshjul.formats.workbook.own.mapping import map_text
from arshjul.formats.workbook.own.proposal import propose
from arshjul.formats.workbook.own.reading import OwnScenario, at_cell, read_own
from arshjul.formats.workbook.package import NoWorkbook
from arshjul.formats.workbook.reading import entries_in, objects_in, opened_book, same_book
from arshjul.texts import Words, counted


@dataclass(frozen=True, slots=True)
class SentWorkbook:
    """What was sent, with its file's name, and the scenario; None where something is `wrong`, with every problem."""

    data: bytes
    scenario: Scenario | None = None
    notes: Sequence[Message] = ()
    wrong: Message | None = None
    problems: Sequence[Problem] = ()
    name: str = ""

    def marked(self, say: Words) -> bytes | None:
        """The workbook with its problems in its own cells; None where nothing of it can be read."""
        try:
            return marked_workbook(self.data, [one for one in self.problems if one.sheet], (), say)
        except NoWorkbook:
            return None


def read_sent(data: bytes, columns: bytes, year: Scenario) -> SentWorkbook:
    """Reads it. `columns`: the file that names the columns of a spreadsheet of one's own, empty for ours."""
    with _laid_out(data, columns, year) as (book, map_path):
        try:
            read = read_own(book, map_path, year) if columns else workbook_scenario(book, year.objects)
        except InputError as error:
            return SentWorkbook(data, wrong=error.message, problems=error.problems)
    return SentWorkbook(data, read.scenario, read.notes)


def workbook_scenario(book: Path, known: Collection[str] = ()) -> OwnScenario:
    """The scenario in a workbook of ours, with all that is odd in it, or stands there and is not taken in.

    `known` are objects that wait for frames already.
    """
    read = read_scenario(book)
    return OwnScenario(read.scenario, [*map(at_cell, read.warnings), *_passed_over(read, known)])


def _passed_over(read: ScenarioFile, known: Collection[str]) -> Iterator[Message]:
    """Notes on rows of what has happened, and on objects that wait: these are entered elsewhere."""
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
    """A file that names the columns of a spreadsheet, to be looked through. InputError where none looks like one."""
    say = words(year.language)
    with _laid_out(data, b"", year) as (book, _):
        document = opened_book(book, book.name)
        document.refuse(Message("{file} cannot be used.", {"file": book.name}))
    found = propose(document.sheets, year, say("the year in the console"))
    missing = (*found.missing, *found.teams)
    return map_text(found.map, found.why, found.guessed, missing, found.unsaid, say).encode()


@contextmanager
def _laid_out(data: bytes, columns: bytes, year: Scenario) -> Iterator[tuple[Path, Path]]:
    """The two as files, under the names that messages give them."""
    book, named = ("workbook.xlsx", "columns.yaml") if year.language == "en" else ("arbetsbok.xlsx", "kolumner.yaml")
    with tempfile.TemporaryDirectory(prefix="arshjul-") as folder:
        at = Path(folder)
        (at / book).write_bytes(data)
        (at / named).write_bytes(columns)
        yield at / book, at / named
