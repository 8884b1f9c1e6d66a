"""A workbook as the tree that the schemas judge: the sections of a scenario, or the entries of a year.

Unreadable cells are noted and reading continues, so that all problems are reported together.
"""

from collections.abc import Iterable
from pathlib import Path

from arshjul.errors import InputError, Message, Problem
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.atomic import read_regular
from arshjul.year.formats.tree import Node
from arshjul.year.formats.workbook import entry_tables, tables
from arshjul.year.formats.workbook.assembly import Assembly
from arshjul.year.formats.workbook.book import read_book
from arshjul.year.formats.workbook.document import BookDocument
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.notation import BookContext
from arshjul.year.formats.workbook.package import MOST_BYTES, NoWorkbook
from arshjul.year.formats.workbook.rows import settle
from arshjul.year.formats.workbook.sheet_kinds import ReadSheet
from arshjul.year.formats.workbook.table import SheetTable
from arshjul.year.formats.workbook.writing import warn_of_examples
from arshjul.year.texts import counted
from arshjul.year.texts.system import why

ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".ods"})
"""The extensions of spreadsheets. Only .xlsx is read; for the others there is a message."""
KNOWN = (*tables.SCENARIO_TABLES, *entry_tables.ENTRY_TABLES)


def _read(document: BookDocument, wanted: Iterable[ReadSheet], context: BookContext) -> None:
    ordered = sorted(wanted, key=lambda one: one.stage)
    book = Assembly(document, ordered, context, KNOWN)
    book.begin()
    for table in ordered:
        if table.id in book.heads:
            table.read(book, book.heads[table.id])
    settle(book.tree)


def is_workbook(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS


def refuse_other_endings(output: Path) -> None:
    """InputError if the name of the output file is not a workbook's, since no program would open it."""
    if output.suffix.lower() != ".xlsx":
        raise InputError(Message("{file} is not the name of a workbook: end it in .xlsx.", {"file": output.name}))


def scenario_document(path: Path) -> BookDocument:
    return scenario_in(opened_book(path, path.name))


def scenario_in(document: BookDocument) -> BookDocument:
    if document.sheets:
        _read(document, tables.SCENARIO_TABLES, BookContext())
        warn_of_examples(document)
    return document


def entries_document(path: Path, name: str, scenario: Scenario) -> BookDocument:
    return _with_any(entries_in(opened_book(path, name), scenario), entry_tables.ENTRY_TABLES)


def objects_document(book: BookDocument, scenario: Scenario) -> BookDocument:
    return _with_any(objects_in(book, scenario), (tables.OBJECTS,))


def _with_any(document: BookDocument, wanted: tuple[SheetTable, ...]) -> BookDocument:
    """The same document; InputError noted if it has none of those sheets."""
    if document.sheets and not document.heads:
        names = [table.sv for table in wanted]
        text = counted(
            len(names),
            "The workbook has no sheet {sheets}.",
            "The workbook has none of the sheets {sheets}.",
            sheets=names,
        )
        document.elsewhere.append(Problem("missing-key", text, document.file))
    return document


def same_book(document: BookDocument) -> BookDocument:
    """The same sheets, with nothing made of them yet."""
    return BookDocument(Node({}), document.file, sheets=document.sheets)


def entries_in(document: BookDocument, scenario: Scenario) -> BookDocument:
    if document.sheets:
        context = BookContext(Lexicon.of(scenario), scenario.span)
        _read(document, entry_tables.ENTRY_TABLES, context)
    return document


def entries_apart(path: Path) -> BookDocument:
    """The lists of entries in a workbook whose scenario cannot be used, with the names that can be read there."""
    book = opened_book(path, path.name)
    context, document = BookContext(), same_book(book)
    if book.sheets:
        _read(book, tables.SCENARIO_TABLES, context)
    if context.year is not None:
        context.lexicon.add_parties()
        _read(document, entry_tables.ENTRY_TABLES, context)
    return document


def objects_in(document: BookDocument, scenario: Scenario) -> BookDocument:
    if document.sheets:
        context = BookContext(Lexicon.of(scenario), scenario.span)
        document.tree.parts["objects"] = Node([])  # a workbook without the sheet has none
        _read(document, (tables.OBJECTS,), context)
    return document


def opened_book(path: Path, name: str) -> BookDocument:
    try:
        data = read_regular(path, MOST_BYTES)
    except OSError as error:
        document = BookDocument(Node({}), name.encode("utf-8", "replace").decode())
        document.stop("unreadable", Message("The file cannot be read: {reason}.", {"reason": why(error)}))
        return document
    return book_in(data, name)


def book_in(data: bytes, name: str) -> BookDocument:
    """The document of a workbook in memory, which errors call by that name."""
    document = BookDocument(Node({}), name.encode("utf-8", "replace").decode())
    try:
        document.sheets = read_book(data)
        if not any(sheet.cells for sheet in document.sheets):
            document.stop("empty", Message("The workbook is empty: begin with the template."))
            document.sheets = []
    except NoWorkbook as error:
        document.elsewhere.append(error.problem(document.file))
        document.whole = False
    return document
