"""Crooked workbooks: what people, programs and enemies make of one, each with what must be said of it."""

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table

from arshjul.year.formats.catalogues import words
from arshjul.year.formats.workbook.writing import template
from tests.year.formats.workbook.books import RIGHT, book, data_of

Told = tuple[str, str, str]
"""Sheet, cell and kind of a problem."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOOK, SHEET1 = "xl/workbook.xml", "xl/worksheets/sheet1.xml"


@dataclass(frozen=True, slots=True)
class Crooked:
    """A workbook; `told` is what is wrong, `says` what stands in the first sentence, `warned` what is odd.

    `same`: it is read as the right one is. `holds` is asked of the scenario that was read.
    """

    name: str
    data: Callable[[], bytes]
    told: tuple[Told, ...] = ()
    says: tuple[str, ...] = ()
    warned: tuple[Told, ...] = ()
    same: bool = False
    holds: Callable[[Any], bool] | None = None


def with_parts(data: bytes, parts: Mapping[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    """The file with these parts added or put in place of its own."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", method) as new:
        for info in old.infolist():
            if info.filename not in parts:
                new.writestr(info.filename, old.read(info))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


def patched(data: bytes, part: str, old: str, new: str) -> bytes:
    """The file with something in a part replaced."""
    with ZipFile(BytesIO(data)) as file:
        text = file.read(part).decode()
    assert re.search(old, text), (part, old, text[:400])
    return with_parts(data, {part: re.sub(old, lambda _: new, text, count=1).encode()})


def without(data: bytes, part: str) -> bytes:
    """The file without a part."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != part:
                new.writestr(info.filename, old.read(info))
    return out.getvalue()


def _spelt(name: str, data: bytes) -> bytes:
    """The file with a part's name in other letters."""
    with ZipFile(BytesIO(data)) as file:
        part = next(one for one in file.namelist() if one.casefold() == name.casefold())
        return with_parts(without(data, part), {name: file.read(part)})


@cache
def right() -> bytes:
    """The right workbook."""
    return data_of(book())


@cache
def ours() -> bytes:
    """The empty workbook, as arshjul writes it."""
    return template(words("sv"))


def changed(**cells: Any) -> Callable[[], bytes]:
    """The right one with other values in these cells."""
    return lambda: data_of(book(**cells))


def made(change: Callable[[Workbook], None]) -> Callable[[], bytes]:
    """The right one after a change by hand."""

    def data() -> bytes:
        workbook = book()
        change(workbook)
        return data_of(workbook)

    return data


def sheets(**given: Any) -> Callable[[], bytes]:
    """The right one with other sheets; None: without that sheet."""
    return lambda: data_of(book({name: rows for name, rows in {**RIGHT, **given}.items() if rows is not None}))


def renamed(old: str, new: str) -> Callable[[Workbook], None]:
    def change(workbook: Workbook) -> None:
        workbook[old].title = new

    return change


@cache
def _bomb() -> bytes:
    """A sheet that unpacks to 60 MB."""
    return with_parts(right(), {SHEET1: b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"})


def _lying_bomb() -> bytes:
    """Such a one of which the zip file says that it unpacks to a kilobyte."""
    real, lie = struct.pack("<I", 60_000_023), struct.pack("<I", 1000)
    assert real in _bomb()
    return _bomb().replace(real, lie)


def _encrypted_flag() -> bytes:
    data = bytearray(right())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _many_rows(n: int) -> bytes:
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>x</t></is></c></row>' for r in range(5, 5 + n))
    return patched(right(), SHEET1, "</sheetData>", rows + "</sheetData>")


def _full(n: int, cell: str) -> bytes:
    """So many rows of 25 columns, each cell of that XML: `at` stands for its place."""
    rows = (
        f'<row r="{r}">'
        + "".join(cell.replace("at", f"{letter}{r}") for letter in "ABCDEFGHIJKLMNOPQRSTUVWXY")
        + "</row>"
        for r in range(6, 6 + n)
    )
    return patched(ours(), "xl/worksheets/sheet1.xml", "</sheetData>", "".join(rows) + "</sheetData>")


def _far_cells() -> bytes:
    """Sheets of two cells, far from each other."""
    workbook = book()
    for n in range(60):
        sheet = workbook.create_sheet(f"B{n}")
        sheet["A1"] = sheet["AX20000"] = 1
    return data_of(workbook)


def _one_text_everywhere() -> bytes:
    """A text of 32,767 signs that stands once in the file and in thousands of cells."""
    data = _full(400, '<c r="at" t="s"><v>0</v></c>')
    return patched(data, "xl/sharedStrings.xml", "<si>.*?</si>", f"<si><t>{'x' * 32_767}</t></si>")


def _pieces(part: str, before: str, piece: str, n: int) -> Callable[[], bytes]:
    """So many empty pieces of XML in a part: they pack to nearly nothing, and each costs time and memory."""
    return cache(lambda: patched(ours(), part, before, piece * n + before))


def _formatted_rows(n: int) -> bytes:
    rows = "".join(
        f'<row r="{r}" s="1" customFormat="1">' + "".join(f'<c r="{c}{r}" s="1"/>' for c in "ABCDEFGH") + "</row>"
        for r in range(5, 5 + n)
    )
    return patched(right(), SHEET1, "</sheetData>", rows + "</sheetData>")


def _cell(xml: str, cell: str = "B2") -> Callable[[], bytes]:
    """The right one with a cell of the first sheet as this XML."""
    return lambda: patched(right(), SHEET1, rf'<c r="{cell}"[^>]*>.*?</c>', xml)


def _insert_rows(workbook: Workbook, n: int) -> None:
    workbook["Insatser"].insert_rows(1, n)


def _heads_in_row_4(workbook: Workbook) -> None:
    _insert_rows(workbook, 3)
    workbook["Insatser"]["A1"] = "Utkast till insatser"
    workbook["Insatser"].merge_cells("A1:F1")


def _merged_heading(workbook: Workbook) -> None:
    sheet = workbook["Insatser"]
    sheet.merge_cells("A1:B1")


def _hide(workbook: Workbook) -> None:
    workbook["Insatser"].row_dimensions[3].hidden = True


def _hide_column(letter: str) -> Callable[[Workbook], None]:
    def change(workbook: Workbook) -> None:
        workbook["Insatser"].column_dimensions[letter].hidden = True

    return change


def _hide_sheet(state: str) -> Callable[[Workbook], None]:
    def change(workbook: Workbook) -> None:
        workbook["Regler"].sheet_state = state

    return change


def _protect(workbook: Workbook) -> None:
    workbook["Insatser"].protection.sheet = True


def _mac_dates(workbook: Workbook) -> None:
    workbook.epoch = CALENDAR_MAC_1904


def _decorated(workbook: Workbook) -> None:
    sheet = workbook["Insatser"]
    sheet["B2"].font, sheet["B2"].fill = Font(bold=True), PatternFill("solid", fgColor="FFFF00")
    sheet["B2"].comment = Comment("ring dem", "jag")
    sheet["B3"].hyperlink = "https://example.org"
    workbook["Ord"].add_table(Table(displayName="Ord1", ref="A1:B3"))


def _gaps(workbook: Workbook) -> None:
    workbook["Insatser"].insert_rows(3, 2)
    workbook["Insatser"].insert_cols(4, 2)


def _loud(workbook: Workbook) -> None:
    for cell in workbook["Insatser"][1]:
        if cell.column_letter not in "MN":
            cell.value = f"  {str(cell.value).upper()}: "


def _broken_heading(workbook: Workbook) -> None:
    workbook["Insatser"]["Q1"] = "Ej\nsamma dag  som"
    workbook["Insatser"]["Q2"] = "OP-2"


def _backwards(workbook: Workbook) -> None:
    sheet = workbook["Poliser"]
    rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value


def _text_cells(workbook: Workbook) -> None:
    """Everything is a text, as after pasting."""
    for sheet in workbook:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, (int, float)):
                    cell.value = f" {cell.value} "
                elif isinstance(cell.value, datetime | date):
                    cell.value = f"\u00a0{cell.value:%Y-%m-%d}"


MANY_TEXTS = _pieces("xl/sharedStrings.xml", "</sst>", "<si/>", 1_900_000)

FILES = (
    Crooked("an old .xls", lambda: OLE + bytes(3000), (("", "", "old-format"),), (".xls", ".xlsx")),
    Crooked("encrypted by a label", lambda: OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"), (("", "", "old-format"),), ("label",)),
    Crooked("a binary workbook", lambda: with_parts(right(), {"xl/workbook.bin": b"x"}), (("", "", "old-format"),), (".xlsb",)),
    Crooked("an open document", lambda: with_parts(without(right(), BOOK), {"content.xml": b"<a/>"}), (("", "", "no-workbook"),), (".xlsx",)),
    Crooked("a text file", lambda: b"Nr;Titel\n1;Krogar\n", (("", "", "no-workbook"),)),
    Crooked("a web page", lambda: b"<html><table><tr><td>Nr</td></tr></table></html>", (("", "", "no-workbook"),)),
    Crooked("nothing", lambda: b"", (("", "", "no-workbook"),)),
    Crooked("cut off", lambda: right()[:3000], (("", "", "no-workbook"),)),
    Crooked("its beginning cut off", lambda: right()[6000:], (("", "", "no-workbook"),)),
    Crooked("noise", lambda: bytes(range(256)) * 40, (("", "", "no-workbook"),)),
    Crooked("a zip file of something else", lambda: with_parts(without(right(), BOOK), {"a.txt": b"x"}), (("", "", "no-workbook"),)),
    Crooked("a part packed in another way", lambda: with_parts(right(), {}, ZIP_BZIP2), (("", "", "no-workbook"),)),
    Crooked("encrypted parts", _encrypted_flag, (("", "", "encrypted"),), ("password",)),
    Crooked("Strict Open XML", lambda: patched(right(), BOOK, "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"), (("", "", "strict"),), ("Strict",)),
    Crooked("macros", lambda: with_parts(right(), {"xl/vbaProject.bin": b"x"}), (("", "", "macro"),), ("macros",)),
    Crooked("old macros", lambda: with_parts(right(), {"xl/macrosheets/sheet1.xml": b"<a/>"}), (("", "", "macro"),)),
    Crooked("links to another workbook", lambda: with_parts(right(), {"xl/externalLinks/externalLink1.xml": b"<a/>"}), (("", "", "external-link"),), ("links",)),
    Crooked("a bomb", _bomb, (("", "", "too-large"),), ("50000000",)),
    Crooked("a bomb that lies about its size", _lying_bomb, (("", "", "no-workbook"),)),
    Crooked("too many parts", lambda: with_parts(right(), {f"xl/media/{n}": b"" for n in range(2001)}), (("", "", "too-large"),)),
    Crooked("too large a file", lambda: with_parts(right(), {"xl/media/a": bytes(range(256)) * 20_000}, 0), (("", "", "too-large"),), ("5000000",)),
    Crooked("an entity in the workbook", lambda: patched(right(), BOOK, "<workbook", '<!DOCTYPE w [<!ENTITY a "b">]><workbook'), (("", "", "entity"),), ("entities",)),
    Crooked("an entity in a sheet", lambda: patched(right(), SHEET1, "<worksheet", '<!DOCTYPE w [<!ENTITY a "b">]><worksheet'), (("", "", "entity"),)),
    Crooked("an entity in the texts", lambda: patched(ours(), "xl/sharedStrings.xml", "<sst", '<!DOCTYPE s SYSTEM "http://example.org/a.dtd"><sst'), (("", "", "entity"),)),
    Crooked("entities in entities", lambda: patched(right(), SHEET1, "<worksheet", '<!DOCTYPE w [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><worksheet'), (("", "", "entity"),)),
    Crooked("a sheet in UTF-16", lambda: with_parts(right(), {SHEET1: "<worksheet/>".encode("utf-16")}), (("", "", "entity"),)),
    Crooked("a sheet that is no XML", lambda: with_parts(right(), {SHEET1: b"<worksheet><sheetData>"}), (("", "", "syntax"),), ("damaged",)),
    Crooked("a sheet that is missing", lambda: without(right(), SHEET1), (("", "", "syntax"),)),
    Crooked("no relations", lambda: without(right(), "xl/_rels/workbook.xml.rels"), (("", "", "syntax"),)),
    Crooked("no shared texts", lambda: without(ours(), "xl/sharedStrings.xml"), (("", "", "syntax"),)),
    Crooked("a text that is not there", _cell('<c r="B2" t="s"><v>99999</v></c>'), (("", "", "syntax"),)),
    Crooked("a number that is none", _cell('<c r="G2"><v>abc</v></c>', "G2"), (("Insatser", "G2", "wrong-type"),), ("abc",)),
    Crooked("too many sheets", lambda: data_of(book({**RIGHT, **{f"Blad {n}": [["a"]] for n in range(100)}})), (("", "", "too-large"),)),
    Crooked("too many rows", lambda: _many_rows(20_001), (("Insatser", "A20002", "too-large"),), ("20000",)),
    Crooked("a cell at the end of the world", lambda: patched(right(), SHEET1, "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), (("Insatser", "XFD1048576", "too-large"),)),
    Crooked("too many cells", lambda: _full(8001, '<c r="at"><v>1</v></c>'), (("Läs mig", "A8003", "too-large"),), ("200000",)),
    Crooked("many sheets with a cell far away", _far_cells, (("B1", "AX20000", "too-large"),)),
    Crooked("a long text in very many cells", _one_text_everywhere, (("Läs mig", "J30", "too-large"),), ("20000000",)),
    Crooked("very many empty texts", _pieces("xl/sharedStrings.xml", "</sst>", "<si/>", 2_000_000), (("", "", "too-large"),)),
    Crooked("many empty texts", MANY_TEXTS, (("", "", "too-large"),), ("200000",)),
    Crooked("many empty texts in another spelling", lambda: _spelt("xl/SharedStrings.xml", MANY_TEXTS()), (("", "", "too-large"),), ("200000",)),
    Crooked("many empty texts beside the right ones", lambda: with_parts(ours(), {"xl/SharedStrings.xml": b"<sst>" + b"<si/>" * 1_900_000 + b"</sst>"}), (("", "", "no-workbook"),)),
    Crooked("very many empty rows", _pieces("xl/worksheets/sheet1.xml", "</sheetData>", "<row/>", 2_000_000), (("", "", "too-large"),)),
    Crooked("very many styles", _pieces("xl/styles.xml", "</cellXfs>", "<xf/>", 2_000_000), (("", "", "too-large"),)),
    Crooked("very many attributes", _pieces("xl/styles.xml", "</cellXfs>", "<xf a='' b='' c='' d='' e=''/>", 400_000), (("", "", "too-large"),)),
    Crooked("columns that are hidden very often", _pieces("xl/worksheets/sheet1.xml", "</cols>", '<col min="1" max="1500000" hidden="1"/>', 20_000)),
    Crooked("an empty workbook", lambda: data_of(book({"Blad1": []})), (("", "", "empty"),), ("template",)),
)  # fmt: skip

FORMS = (
    Crooked("30,000 formatted empty rows", lambda: _formatted_rows(30_000), same=True),
    Crooked("headings in row 4, a merged title above", made(_heads_in_row_4), same=True),
    Crooked("headings in row 10", made(lambda workbook: _insert_rows(workbook, 9)), same=True),
    Crooked("headings in row 11", made(lambda workbook: _insert_rows(workbook, 10)), (("Insatser", "A1", "missing-key"),), ("ten rows",)),
    Crooked("a heading hidden in a merged cell", made(_merged_heading), (("Insatser", "A1", "missing-key"),), ("Titel",)),
    Crooked("a heading twice", changed(Insatser_Q1="Titel"), (("Insatser", "Q1", "duplicate-key"),), ("Titel",)),
    Crooked("an agency's column twice", changed(Insatser_Q1="Miljöförvaltningen"), (("Insatser", "Q1", "duplicate-key"),), ("miljo",)),
    Crooked("a needed column missing", changed(Insatser_B1="Rubrik"), (("Insatser", "A1", "missing-key"),), ("Titel",), (("Insatser", "B1", "ignored-column"),)),
    Crooked("a sheet in both languages", sheets(Operations=RIGHT["Insatser"]), (("Operations", "A1", "duplicate-section"),), ("Insatser",)),
    Crooked("two sheets of one name", lambda: patched(data_of(book({**RIGHT, "Insatse2": RIGHT["Insatser"]})), BOOK, 'name="Insatse2"', 'name="Insatser"'), (("Insatser", "A1", "duplicate-section"),)),
    Crooked("a sheet in small letters, with a space", made(renamed("Insatser", "insatser ")), same=True),
    Crooked("a sheet missing", sheets(Områden=None), (("", "", "missing-key"),), ("Områden",)),
    Crooked("a sheet without a row", sheets(Pass=[["Id", "Namn", "Start", "Slut"]]), (("Pass", "A1", "bad-value"),)),
    Crooked("a sheet without a row, which another names", sheets(Områden=[["Id", "Namn"]]), (("Områden", "A1", "empty"),), ("Områden",)),
    Crooked("operations without a row, and their sites", sheets(Insatser=RIGHT["Insatser"][:1]), (("Insatser", "A1", "empty"),), ("Insatser",)),
    Crooked("a needed sheet of another year's name", made(renamed("Insatser", "Insatser 2027")), (("Insatser 2027", "A1", "missing-key"),), ("Insatser 2027", "Insatser is missing")),
    Crooked("a needed sheet known by its headings", made(renamed("Pass", "Blad9")), (("Blad9", "A1", "missing-key"),), ("Blad9", "Pass")),
    Crooked("a sheet known by its headings", made(renamed("Kalender", "Stängda dagar")), warned=(("Stängda dagar", "A1", "ignored-sheet"),)),
    Crooked("a sheet that is nearly called so", made(renamed("Objekt", "Objekten")), warned=(("Objekten", "A1", "ignored-sheet"),)),
    Crooked("a column that is nearly called so", changed(Insatser_G1="Polisr"), warned=(("Insatser", "G1", "ignored-column"),)),
    Crooked("a hidden column of an agency", made(_hide_column("M")), warned=(("Insatser", "M1", "hidden"),), same=True),
    Crooked("an agency without a column", changed(Insatser_N1=None, Insatser_N2=None), warned=(("Insatser", "A1", "no-teams"),)),
    Crooked("a word where teams belong", changed(Insatser_N2="nej"), (("Insatser", "N2", "wrong-type"),), ("nej", "(1) if optional")),
    Crooked("a week without dates", changed(Insatser_Q1="Vecka", Insatser_Q3="v 19-v21"), warned=(("Insatser", "Q3", "ignored-week"),), same=True),
    Crooked("a week of other dates", changed(Insatser_Q1="Vecka", Insatser_Q2="33–47", Insatser_L2=None), warned=(("Insatser", "Q2", "ignored-week"),)),
    Crooked("the week of the dates", changed(Insatser_Q1="Vecka", Insatser_Q2="5–22", Insatser_L1="Eget"), warned=(("Insatser", "L1", "ignored-column"),)),
    Crooked("a lead agency that sends nobody", changed(Insatser_P3="skatt"), warned=(("Insatser", "P3", "lead-without-team"),)),
    Crooked("merged cells", made(lambda workbook: workbook["Insatser"].merge_cells("D2:D3")), (("Insatser", "D3", "missing-key"),), ("merged cells from D2",)),
    Crooked("merged cells that may be empty", made(lambda workbook: workbook["Insatser"].merge_cells("J2:J3")), warned=(("Insatser", "J2", "merged"),), same=True),
    Crooked("a value in the wrong column of the settings", changed(Regler_D1="Annars", Regler_A7="operations_per_week", Regler_D7=5), warned=(("Regler", "D7", "ignored-value"),), same=True),
    Crooked("the default beside a setting without a value", changed(Regler_D1="Annars", Regler_D6=42, Regler_A7="sector_spacing_days", Regler_D7=0), same=True),
    Crooked("a telephone number that lost its 0", changed(Myndigheter_D1="Telefon", Myndigheter_D2=480450000), warned=(("Myndigheter", "D2", "phone-number"),), holds=lambda scenario: scenario.agencies["miljo"].phone == "480450000"),
    Crooked("a short telephone number", changed(Myndigheter_D1="Telefon", Myndigheter_D2=11414), holds=lambda scenario: scenario.agencies["miljo"].phone == "11414"),
    Crooked("an example of the template left", changed(Insatser_B3="Exempel, verkstäder i syd", Regler_C2="Min plan 2027"), warned=(("Insatser", "B3", "example"), ("Regler", "C2", "example"))),
    Crooked("a hidden row", made(_hide), warned=(("Insatser", "A3", "hidden"),), same=True),
    Crooked("a hidden column", made(_hide_column("G")), warned=(("Insatser", "G1", "hidden"),), same=True),
    Crooked("a hidden sheet", made(_hide_sheet("hidden")), warned=(("Regler", "A1", "hidden"),), same=True),
    Crooked("a very hidden sheet", made(_hide_sheet("veryHidden")), warned=(("Regler", "A1", "hidden"),), same=True),
    Crooked("a protected sheet", made(_protect), warned=(("Insatser", "A1", "protected"),), same=True),
    Crooked("empty rows and columns between", made(_gaps), same=True),
    Crooked("headings in capitals, with spaces and colons", made(_loud), same=True),
    Crooked("columns in another order", made(_backwards), same=True),
    Crooked("the former heading of a frame's visits", changed(Insatser_Q1="Ram: stopp", Insatser_Q2=3), holds=lambda read: read.operations["OP-1"].frame is not None and read.operations["OP-1"].frame.stops == 3),
    Crooked("a heading on two lines", made(_broken_heading), holds=lambda read: read.operations["OP-1"].not_same_day_as == ("OP-2",)),
    Crooked("dates that count from 1904", made(_mac_dates), same=True),
    Crooked("colours, notes, links, a table", made(_decorated), same=True),
    Crooked("all numbers and dates as texts", made(_text_cells), same=True),
    Crooked("texts in the cells themselves", _cell('<c r="B2" t="inlineStr"><is><t>Krogar runt torget</t></is></c>'), same=True),
    Crooked("a text of several looks", _cell('<c r="B2" t="inlineStr"><is><r><t xml:space="preserve">Krogar </t></r><r><rPr><b/></rPr><t>runt torget</t></r></is></c>'), same=True),
    Crooked("settings by their names", changed(Regler_A6=None, Regler_B6="Framförhållning, dagar från nominering"), same=True),
    Crooked("a setting twice", changed(Regler_A6="plan.name"), (("Regler", "C6", "duplicate-key"),)),
    Crooked("a setting that is none", changed(Regler_A6="lead_tme_days"), (("Regler", "A6", "unknown-key"),), ("lead_time_days",)),
)  # fmt: skip

CELLS = (
    Crooked("an ambiguous date", changed(Insatser_H2="12/5-27"), (("Insatser", "H2", "bad-value"),), ("12/5-27", "2027-05-12")),
    Crooked("an ambiguous date with dots", changed(Kalender_C2="1.2.2027"), (("Kalender", "C2", "bad-value"),), ("1.2.2027",)),
    Crooked("no date", changed(Insatser_L2="snart"), (("Insatser", "L2", "wrong-type"),), ("snart",)),
    Crooked("a day that is none", changed(Insatser_H2="2027-02-30"), (("Insatser", "H2", "bad-value"),), ("2027-02-30", "correct it")),
    Crooked("a week that is none", changed(Insatser_H2="v. 54"), (("Insatser", "H2", "bad-value"),), ("v. 54",)),
    Crooked("a week where one date belongs", changed(Insatser_L2="v. 50 2026"), (("Insatser", "L2", "bad-value"),), ("v. 50",)),
    Crooked("a date without a year, which the plan knows", changed(Insatser_H2="12 maj"), holds=lambda s: s.operations["OP-1"].window.first == date(2027, 5, 12)),
    Crooked("a date without a year, of no year", changed(Insatser_H2="30 feb"), (("Insatser", "H2", "bad-value"),), ("30 feb",)),
    Crooked("a date without a year, in two", changed(Insatser_H2="12 maj", Insatser_I2="12 maj 2028", Regler_C4=date(2028, 12, 31)), (("Insatser", "H2", "bad-value"),), ("12 maj", "twice")),
    Crooked("a priority in a word", changed(Insatser_E2="Hög", Insatser_E3="3 låg"), holds=lambda s: [operation.priority for operation in s.operations.values()] == [1, 3]),
    Crooked("a priority in a word that is another's", changed(Insatser_E2="1 låg"), (("Insatser", "E2", "wrong-type"),), ("1 låg",)),
    Crooked("a heading among the rows", changed(Insatser_A4="HÖSTEN"), (("Insatser", "A4", "lone-cell"),), ("HÖSTEN", "heading")),
    Crooked("a sector that stands nowhere", changed(Insatser_C2="Restauranger"), warned=(("Insatser", "C2", "unknown-word"),)),
    Crooked("a kind of day in the singular", changed(Kalender_E1="Slags dag", Kalender_C2=None, Kalender_D2=None, Kalender_E2="klämdag"), holds=lambda s: s.calendar.closed[0] == "bridge_days"),
    Crooked("a kind of day that is none", changed(Kalender_E1="Slags dag", Kalender_C2=None, Kalender_D2=None, Kalender_E2="röd dag"), (("Kalender", "E2", "bad-value"),), ("helgaftnar, klämdagar",)),
    Crooked("a heading one letter off", changed(Insatser_N1="sktat"), warned=(("Insatser", "N1", "ignored-column"),)),
    Crooked("a date with a clock time", changed(Insatser_H2=datetime(2027, 2, 1, 9, 30)), (("Insatser", "H2", "wrong-type"),), ("09:30",)),
    Crooked("a clock time for a date", changed(Insatser_H2=time(9, 30)), (("Insatser", "H2", "wrong-type"),), ("09:30",)),
    Crooked("a year for a date", changed(Insatser_H2=2027), (("Insatser", "H2", "bad-value"),), ("1905",)),
    Crooked("a date of another time", changed(Insatser_H2="1027-02-01"), (("Insatser", "H2", "bad-value"),), ("1027",)),
    Crooked("an end before the beginning", changed(Insatser_I2=date(2027, 1, 5)), (("Insatser", "H2", "bad-value"),), ("2027-01-05",)),
    Crooked("a window without an end", changed(Insatser_I2=None), (("Insatser", "I2", "missing-key"),), ("Till",)),
    Crooked("a window outside the year", changed(Insatser_H2=date(2026, 1, 1), Insatser_I2=date(2026, 2, 1)), (("Insatser", "H2", "outside-plan"),)),
    Crooked("dates with one digit", changed(Insatser_H2="2027-2-1"), same=True),
    Crooked("dates in words", changed(Insatser_H2="den 1:a februari 2027", Insatser_I2="May 31, 2027"), same=True),
    Crooked("a decimal number", changed(Insatser_G2=2.5), (("Insatser", "G2", "wrong-type"),), ("2.5",)),
    Crooked("a thousand with its mark, or one with three decimals", changed(Insatser_G2="1.000"), (("Insatser", "G2", "wrong-type"),), ("1.000",)),
    Crooked("a negative number", changed(Insatser_G2=-2), (("Insatser", "G2", "bad-value"),), ("-2",)),
    Crooked("a huge number", changed(Insatser_G2=1e20), (("Insatser", "G2", "wrong-type"),)),
    Crooked("a number in words", changed(Insatser_G2="två"), (("Insatser", "G2", "wrong-type"),), ("två",)),
    Crooked("yes for a number", changed(Insatser_G2=True), (("Insatser", "G2", "wrong-type"),)),
    Crooked("a date for a number", changed(Insatser_G2=date(2027, 2, 1)), (("Insatser", "G2", "wrong-type"),), ("2027-02-01",)),
    Crooked("no-break spaces", changed(Insatser_D2="\u00a0City\u00a0", Insatser_G2="\u00a02", Insatser_J2="Dag,\u00a0Kväll"), same=True),
    Crooked("narrow spaces in a number", changed(Regler_C6="4\u202f2"), same=True),
    Crooked("a formula with a value", _cell('<c r="G2"><f>1+1</f><v>2</v></c>', "G2"), same=True),
    Crooked("a formula without a value", changed(Insatser_G2="=1+1"), (("Insatser", "G2", "no-value"),), ("formula",)),
    Crooked("a reference that is gone", _cell('<c r="G2" t="e"><v>#REF!</v></c>', "G2"), (("Insatser", "G2", "error-value"),), ("#REF!",)),
    Crooked("a value not found", _cell('<c r="C2" t="e"><f>VLOOKUP(1,A1,1)</f><v>#N/A</v></c>', "C2"), (("Insatser", "C2", "error-value"),), ("#N/A",)),
    Crooked("an error as a text", changed(Insatser_C2="#NAME?"), (("Insatser", "C2", "error-value"),), ("#NAME?",)),
    Crooked("an error in teams", changed(Insatser_M2="#N/A"), (("Insatser", "M2", "error-value"),), ("#N/A",)),
    Crooked("an error in a column of one's own", changed(Insatser_Q1="Eget", Insatser_Q2="#DIV/0!"), warned=(("Insatser", "Q1", "ignored-column"),), same=True),
    Crooked("a title of 32,767 signs", changed(Insatser_B2="x" * 32_767), holds=lambda read: len(read.operations["OP-1"].title) == 32_767),
    Crooked("an id of 32,767 signs", changed(Insatser_A3="x" * 32_767), (("Insatser", "A3", "bad-id"),), ("64",)),
    Crooked("a number that is nearly another", changed(Objekt_A2="OP-11"), (("Objekt", "A2", "unknown-id"),), ("OP-11", 'mean "OP-1"')),
    Crooked("a sector of 65 signs", changed(Insatser_C2="x" * 65), (("Insatser", "C2", "bad-id"),), ("64", "65")),
    Crooked("a text that is like a formula", _cell('<c r="B2" t="inlineStr"><is><t>=HYPERLINK("http://example.org")</t></is></c>'), holds=lambda read: read.operations["OP-1"].title.startswith("=HYPERLINK")),
    Crooked("a text that begins with a sign", changed(Insatser_B2="+cmd|' /C calc'!A0"), holds=lambda read: read.operations["OP-1"].title.startswith("+cmd")),
    Crooked("emoji", changed(Insatser_B2="Krogar 🍻👩‍🍳"), holds=lambda read: read.operations["OP-1"].title == "Krogar 🍻👩‍🍳"),
    Crooked("from right to left", changed(Insatser_B2="مطاعم \u202eabc"), holds=lambda read: read.operations["OP-1"].title == "مطاعم abc"),
    Crooked("a control sign, as Excel writes it", _cell('<c r="B2" t="inlineStr"><is><t>Krogar_x0007_ runt torget</t></is></c>'), same=True),
    Crooked("a date for an id", changed(Insatser_A3=date(2027, 3, 12)), (("Insatser", "A3", "wrong-type"),), ("2027-03-12",)),
    Crooked("a number for an id", changed(Insatser_A3=17), holds=lambda read: "17" in read.operations),
    Crooked("a number for a title", changed(Insatser_B3=2027), holds=lambda read: read.operations["OP-2"].title == "2027"),
    Crooked("an id twice", changed(Insatser_A3="OP-1"), (("Insatser", "A3", "bad-id"),), ("A2",)),
    Crooked("an id with spaces", changed(Insatser_A3="OP 2"), (("Insatser", "A3", "bad-id"),), ("OP 2",)),
    Crooked("no id", changed(Insatser_A3=None), (("Insatser", "A3", "missing-key"),), ("Nr",)),
    Crooked("neither yes nor no", changed(Insatser_F2="kanske"), (("Insatser", "F2", "wrong-type"),), ("kanske",)),
    Crooked("a drop-down pasted over", changed(Enheter_C2="lokala"), (("Enheter", "C2", "bad-value"),), ("lokala", "lokal")),
    Crooked("an unknown shift", changed(Insatser_J2="Dag, Kvällspass"), (("Insatser", "J2", "unknown-id"),), ("Kvällspass", "Kväll")),
    Crooked("an unknown area", changed(Insatser_D2="Centrum"), (("Insatser", "D2", "unknown-id"),), ("Centrum", "Områden", "City")),
    Crooked("a name that two bear", changed(Områden_A2="centrum", Områden_B2="Södra City", Områden_B3="Södra City", Insatser_D2="Södra City", Enheter_D2="syd"), (("Områden", "B3", "bad-value"),), ("Södra City", "B2", "B3")),
    Crooked("a name that two bear, beside what repeats", changed(
        Områden_A2="centrum", Områden_B2="Södra City", Områden_B3="Södra City", Insatser_D2="Södra City", Enheter_D2="syd",
        Insatser_Q1="Upprepas gånger", Insatser_Q3=2, Insatser_R1="Dagar emellan", Insatser_R3="28–42",
    ), (("Områden", "B3", "bad-value"),), ("Södra City", "B2", "B3")),
    Crooked("several where one belongs", changed(Insatser_P2="miljo, skatt"), (("Insatser", "P2", "bad-value"),), ("miljo, skatt", "write one")),
    Crooked("an unknown unit that begins like one", changed(Enheter_B2="Lokalpolisområde Väst", Poliser_A3="lpo", Poliser_A2="Lokalpolisen"), (("Poliser", "A2", "unknown-id"),), ("Lokalpolisområde Väst",)),
    Crooked("an unknown unit", changed(Poliser_A2="lpo-x"), (("Poliser", "A2", "unknown-id"),), ("lpo-x", "Enheter")),
    Crooked("a line of nobody", changed(Lag_A2=None), (("Lag", "A2", "missing-key"),), ("Myndighet",)),
    Crooked("a site of no operation", changed(Objekt_A2="OP-7"), (("Objekt", "A2", "unknown-id"),), ("OP-7",)),
    Crooked("lists with semicolons, breaks and a comma too many", changed(Insatser_J2="Dag;\nKväll,", Insatser_K2="Tisdag; ONS."), same=True),
    Crooked("a run of weekdays over the week's end", changed(Insatser_K2="fre–mån"), holds=lambda read: read.operations["OP-1"].weekdays == {4, 5, 6, 0}),
    Crooked("no weekday", changed(Insatser_K2="vard"), (("Insatser", "K2", "bad-value"),), ("vard",)),
    Crooked("no weekday either", changed(Insatser_K2="mar"), (("Insatser", "K2", "bad-value"),), ("mar",)),
    Crooked("teams with a mark", changed(Insatser_M2="1?"), (("Insatser", "M2", "wrong-type"),), ("1?", "(1)")),
    Crooked("teams below none", changed(Insatser_M2=-1), (("Insatser", "M2", "wrong-type"),), ("-1",)),
    Crooked("teams as a cross", changed(Insatser_M2="x", Insatser_N2=" ( X ) "), same=True),
    Crooked("clock times as times and with a dot", changed(Pass_C2=time(8, 59, 59, 999_000), Pass_D2="15.00", Pass_C3=16 / 24), same=True),
    Crooked("a clock time that is none", changed(Pass_C2="25:00"), (("Pass", "C2", "bad-value"),), ("25:00",)),
    Crooked("yes in English", changed(Insatser_F2="Yes", Enheter_C2="local"), same=True),
    Crooked("a language that is none", changed(Regler_A6="plan.language", Regler_C6="fi"), (("Regler", "C6", "bad-value"),), ("fi",)),
    Crooked("a year that is no date", changed(Regler_C3="2027"), (("Regler", "C3", "wrong-type"),), ("2027",)),
    Crooked("a value missing in the settings", changed(Regler_C2=None), (("Regler", "C2", "missing-key"),), ("plan.name",)),
)  # fmt: skip

ALL = (*FILES, *FORMS, *CELLS)
