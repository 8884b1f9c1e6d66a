"""New calendar addresses as a workbook: a row for each, with its recipient. It is as secret as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from arshjul.errors import Message
from arshjul.sheets import Heading, SheetOut, Value, workbook_bytes
from arshjul.texts import Words


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address, its holder, and the party's contact if the scenario has one."""

    label: str
    party: str
    contact: str
    email: str
    calendar: Message
    level: Message
    https: str
    webcal: str
    until: date


def addresses_workbook(rows: Iterable[AddressRow], words: Words) -> bytes:
    """The workbook."""
    headings = [
        Heading(words("Who gets it"), 30, "wrap"),
        Heading(words("Party"), 28, "wrap"),
        Heading(words("Contact"), 24, "wrap"),
        Heading(words("E-mail"), 28),
        Heading(words("Calendar"), 20),
        Heading(words("Level"), 16),
        Heading(words("Address"), 70),
        Heading(words("Address for Apple"), 70),
        Heading(words("Good until"), 12, "date"),
    ]
    cells: list[list[Value]] = [
        [
            row.label, row.party, row.contact, row.email, words.say(row.calendar), words.say(row.level),
            row.https, row.webcal, row.until,
        ]
        for row in rows
    ]  # fmt: skip
    about = words("Each address is a password: send each to the one person it is for, and delete this file.")
    return workbook_bytes([SheetOut(words("Addresses"), headings, cells, about=about)], words)
