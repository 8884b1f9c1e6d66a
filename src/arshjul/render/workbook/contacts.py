"""New addresses of contacts at the portal as a workbook: a row for each. It is as secret as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from arshjul.errors import Message
from arshjul.sheets import Heading, SheetOut, Value, workbook_bytes
from arshjul.texts import Words


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact and its address."""

    party: str
    function: str
    may: list[Message]
    email: str
    address: str
    until: date


def contacts_workbook(rows: Iterable[ContactRow], words: Words) -> bytes:
    """The workbook."""
    headings = [
        Heading(words("Party"), 28, "wrap"),
        Heading(words("Function"), 28, "wrap"),
        Heading(words("May"), 40, "wrap"),
        Heading(words("E-mail"), 28),
        Heading(words("Address"), 70),
        Heading(words("Good until"), 12, "date"),
    ]
    cells: list[list[Value]] = [
        [row.party, row.function, ", ".join(map(words.say, row.may)), row.email, row.address, row.until] for row in rows
    ]
    about = words("Each address is a password: send each to the function that it is for, and delete this file.")
    return workbook_bytes([SheetOut(words("Addresses"), headings, cells, about=about)], words)
