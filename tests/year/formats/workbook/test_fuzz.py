"""Whatever stands in a workbook, or is broken in its file, is told or read: no other error comes out."""

import random
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from arshjul.errors import InputError
from arshjul.year.folder.check import check
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.workbook.marked import marked_workbook
from arshjul.year.formats.workbook.package import NoWorkbook
from tests.examples import often
from tests.year.formats.workbook.books import RIGHT, book, data_of
from tests.year.formats.workbook.test_entries import CHANGES, OBJECTS, OUTCOMES, WITHDRAWALS

ALL = {**RIGHT, "Objekt": OBJECTS, "Avbokningar": WITHDRAWALS, "Utfall": OUTCOMES, "Ändringar": CHANGES}
ODD: tuple[Any, ...] = (
    None, "", " ", "-", "–", "x", "ja", "(1)", "((1)", 0, -1, 2.5, 1e300, float(2**53), True, False, "=1+1", "#N/A", "v. 1", "v. 53", "v. 0",
    date(2027, 2, 1), datetime(1900, 1, 1), datetime(9999, 12, 31, 23, 59), time(23, 59), "12/5-27", "9999-12-31", "0000-01-01", "a" * 32_767,
    "a,b;c\nd", ", , ;", "1–2–3", "miljo", "miljo 1 1", "mån–", "–fre", "\u202e", "\u0000", "٣", "²", "½", "alla", "OP-1", "Nr", "Id",
)  # fmt: skip


def broken(data: bytes, draw: random.Random) -> bytes:
    """The file with a few bytes of one of its parts changed, or its own."""
    if draw.random() < 0.3:
        return _bent(data, draw)
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        chosen = draw.choice([info.filename for info in old.infolist()])
        for info in old.infolist():
            part = old.read(info)
            new.writestr(info.filename, _bent(part, draw) if info.filename == chosen else part)
    return out.getvalue()


def _bent(data: bytes, draw: random.Random) -> bytes:
    bent = bytearray(data)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(bent))
        bent[at : at + draw.randint(0, 4)] = draw.choice(
            [b"", b"<", b">", b'"', b"&#0;", b"9" * 9, bytes([draw.randrange(256)])]
        )
    return bytes(bent)


def odd(draw: random.Random) -> bytes:
    """A workbook with odd values in a few of its cells."""
    made = book(ALL)
    for _ in range(draw.randint(1, 12)):
        sheet = draw.choice(made.worksheets)
        value = draw.choice(ODD)
        if value != "\u0000":
            sheet.cell(draw.randint(1, sheet.max_row + 1), draw.randint(1, sheet.max_column + 1)).value = value
    return data_of(made)


def seen(path: Path, data: bytes) -> None:
    """Checks the workbook, and marks what is wrong in it."""
    path.write_bytes(data)
    wrong: tuple[Any, ...] = ()
    try:
        check(path, lambda _: None)
    except InputError as error:
        wrong = error.problems
        assert wrong
    for problem in wrong:
        assert words("sv").say(problem.text)
    try:
        marked_workbook(data, wrong, (), words("sv"))
    except NoWorkbook:
        assert wrong


@pytest.mark.parametrize("n", often([12], [3000]))
def test_odd_values(tmp_path: Path, n: int) -> None:
    for seed in range(n):
        seen(tmp_path / "odd.xlsx", odd(random.Random(seed)))


@pytest.mark.parametrize("n", often([12], [3000]))
def test_broken_files(tmp_path: Path, n: int) -> None:
    data = data_of(book(ALL))
    for seed in range(n):
        seen(tmp_path / "broken.xlsx", broken(data, random.Random(seed)))
