"""Entries of a year from files: YAML, or the sheets of a workbook."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from arshjul.domain.entries.entries import Entries
from arshjul.domain.scenario import Scenario
from arshjul.formats.plan.answers import Proposed
from arshjul.formats.plan.entries import entries_of
from arshjul.formats.scenario.folder import read_file, shown
from arshjul.formats.tree import Document
from arshjul.formats.workbook.reading import entries_document, is_workbook


def read_entries(
    files: Iterable[Path],
    scenario: Scenario,
    known: Entries | None = None,
    *,
    proposed: Proposed | None = None,
) -> Entries:
    """The entries of all files, judged as `entries_of` does."""
    return entries_of(_documents(files, scenario), scenario, known, proposed)


def _documents(files: Iterable[Path], scenario: Scenario) -> Iterator[Document]:
    """The files as documents; a workbook holds all lists, and is read once even if given several times."""
    books: set[Path] = set()
    for path in files:
        if not is_workbook(path):
            yield read_file(path, shown(path))
        elif path not in books:
            books.add(path)
            yield entries_document(path, shown(path), scenario)
