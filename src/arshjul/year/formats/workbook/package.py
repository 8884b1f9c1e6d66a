"""The parts of a workbook's zip file: nothing too large, encrypted or partly hidden is unpacked.

Accepted parts are packed again, so that the library that reads the values sees exactly the parts checked here, however
readers of zip files differ.
"""

import re
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from arshjul.errors import Message, Problem

MOST_BYTES = 5_000_000
MOST_UNPACKED = 50_000_000
MOST_PARTS = 2000
MOST_MARKS = 2_000_000  # tags or attributes: 200,000 filled cells, each with a text of its own, have 1.6 million
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_READ = re.compile(r"(\[Content_Types\]\.xml|_rels/.*|xl/(_rels/.*|[^/]*\.xml|worksheets/.*|chartsheets/.*))")

Parts = dict[str, bytes]
TEXTS = "xl/sharedStrings.xml"
ENTITIES = Message("The workbook declares XML entities: save it again from Excel or LibreOffice.")


class NoWorkbook(Exception):
    """Why the file is not read at all: the kind of problem, and the remedy."""

    def __init__(self, kind: str, text: Message, sheet: str = "", cell: str = "") -> None:
        super().__init__(kind)
        self.kind, self.text, self.sheet, self.cell = kind, text, sheet, cell

    def problem(self, file: str) -> Problem:
        return Problem(self.kind, self.text, file, sheet=self.sheet, cell=self.cell)


def parts_of(data: bytes) -> Parts:
    """The parts that are read, by name. NoWorkbook if the file is none, or not to be trusted."""
    if len(data) > MOST_BYTES:
        values = {"most": MOST_BYTES}
        text = Message("The file has more than {most} bytes: remove pictures and sheets.", values)
        raise NoWorkbook("too-large", text)
    if data.startswith(_OLD):
        text = Message(
            "This is an old .xls, or encrypted: remove its password or label in Excel, and save it as .xlsx."
        )
        raise NoWorkbook("old-format", text)
    try:
        with ZipFile(BytesIO(data)) as file:
            _refuse_doubtful(file.infolist())
            parts = {_named(info): _unpacked(file, info) for info in file.infolist() if _READ.fullmatch(info.filename)}
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise _other_file(data) from None
    _refuse_many_marks(parts)
    return parts


def _refuse_many_marks(parts: Parts) -> None:
    """Refuses XML that packs well and is slow to read: millions of empty texts, rows, styles or attributes."""
    if any(sum(data.count(mark) for data in parts.values()) > MOST_MARKS for mark in (b"<", b"=")):
        values = {"most": MOST_MARKS}
        text = Message("The workbook has more than {most} pieces: copy the cells into a new one.", values)
        raise NoWorkbook("too-large", text)


def repacked(parts: Parts) -> BytesIO:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_STORED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    packed.seek(0)
    return packed


def _no_workbook() -> NoWorkbook:
    text = Message("This is not a workbook, or a damaged one: save it again as .xlsx.")
    return NoWorkbook("no-workbook", text)


def _other_file(data: bytes) -> NoWorkbook:
    if data.startswith(b"%PDF"):
        return NoWorkbook("no-workbook", Message("This is a PDF: choose the Excel workbook (.xlsx)."))
    if data.strip() and not re.search(rb"[\0-\x08\x0e-\x1f]", data):
        text = Message("This is a text file, like .csv: open it in Excel, check the columns and save it as .xlsx.")
        return NoWorkbook("no-workbook", text)
    return _no_workbook()


def _refuse_doubtful(infos: list[ZipInfo]) -> None:
    names = [info.filename for info in infos]
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        values = {"most": MOST_UNPACKED}
        text = Message("Unpacked, the file has more than {most} bytes: copy the cells into a new workbook.", values)
        raise NoWorkbook("too-large", text)
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise NoWorkbook("encrypted", Message("The file is encrypted: save it without a password."))
    if len({name.casefold() for name in names}) != len(names) or any(
        info.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for info in infos
    ):
        raise _no_workbook()
    if "word/document.xml" in names:
        text = Message("This is a Word document: choose the Excel workbook (.xlsx), or copy the table into one.")
        raise NoWorkbook("no-workbook", text)
    if "xl/workbook.bin" in names:
        raise NoWorkbook("old-format", Message("This is a binary workbook (.xlsb): save it as .xlsx."))
    if any(name.startswith("xl/macrosheets/") or name.endswith("vbaProject.bin") for name in names):
        raise NoWorkbook("macro", Message("The workbook has macros: save it as .xlsx without them."))
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise NoWorkbook("external-link", Message(
            "The workbook links to others: break the links (Data, Edit Links, Break Link), so that the "
"values stay."
        ))  # fmt: skip
    if "xl/workbook.xml" not in names:
        raise _no_workbook()


def _named(info: ZipInfo) -> str:
    """The name of a part. The library finds the texts however their name is spelt."""
    return TEXTS if info.filename.casefold() == TEXTS.casefold() else info.filename


def _unpacked(file: ZipFile, info: ZipInfo) -> bytes:
    with file.open(info) as part:
        data = part.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise _no_workbook()
    if info.filename.endswith((".xml", ".rels")) and (_DECLARED.search(data) or b"\0" in data):
        raise NoWorkbook("entity", ENTITIES)
    return data
