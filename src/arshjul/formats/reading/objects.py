"""Objects and entries from files: a single file, a folder's files, or sheets of a workbook."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from arshjul.domain.entries.entries import Entries
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.formats.plan.answers import Proposed
from arshjul.formats.plan.entries import entries_of
from arshjul.formats.scenario.folder import read_file, shown
from arshjul.formats.scenario.objects import ObjectFiles, objects_of
from arshjul.formats.tree import Document
from arshjul.formats.workbook.reading import entries_document, is_workbook, objects_document, opened_book
from arshjul.texts.system import why


def read_objects(path: Path, scenario: Scenario) -> ObjectFiles:
    """InputError with all problems of all files."""
    documents = [
        objects_document(opened_book(file, shown(file)), scenario)
        if is_workbook(file)
        else read_file(file, shown(file))
        for file in _files(path)
    ]
    return objects_of(documents, scenario, shown(path))


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        files = sorted(file for file in path.iterdir() if file.match("objects*.yaml"))
    except OSError as error:
        text = Message("{file} cannot be read: {reason}.", {"file": shown(path), "reason": why(error)})
        raise InputError(text) from None
    if not files:
        text = Message("{folder} has no objects*.yaml: name the file or its folder.", {"folder": shown(path)})
        raise InputError(text)
    return files


def read_entries(
    files: Iterable[Path], scenario: Scenario, known: Entries | None = None, *, proposed: Proposed | None = None
) -> Entries:
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
