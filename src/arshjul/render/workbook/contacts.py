"""New addresses, of contacts or of calendars, as a workbook: a row for each. It is as secret as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from arshjul.errors import Message
from arshjul.sheets import Column, Heading, table, workbook_bytes
from arshjul.texts import Words

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ContactRow:
    party: str
    function: str
    may: list[Message]
    email: str
    address: str
    until: date


def contacts_workbook(rows: Iterable[ContactRow], words: Words) -> bytes:
    columns: list[Column[ContactRow]] = [
        (Heading(words("Party"), 28, "wrap"), lambda row: row.party),
        (Heading(words("Function"), 28, "wrap"), lambda row: row.function),
        (Heading(words("May"), 40, "wrap"), lambda row: ", ".join(map(words.say, row.may))),
        (Heading(words("E-mail"), 28), lambda row: row.email),
        (Heading(words("Address"), 70), lambda row: row.address),
        (Heading(words("Good until"), 12, "date"), lambda row: row.until),
    ]
    return _workbook(columns, rows, words)


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
    columns: list[Column[AddressRow]] = [
        (Heading(words("Recipient"), 30, "wrap"), lambda row: row.label),
        (Heading(words("Party"), 28, "wrap"), lambda row: row.party),
        (Heading(words("Contact"), 24, "wrap"), lambda row: row.contact),
        (Heading(words("E-mail"), 28), lambda row: row.email),
        (Heading(words("Calendar"), 20), lambda row: row.calendar),
        (Heading(words("Level"), 16), lambda row: row.level),
        (Heading(words("Address"), 70), lambda row: row.https),
        (Heading(words("Address for Apple"), 70), lambda row: row.webcal),
        (Heading(words("Good until"), 12, "date"), lambda row: row.until),
    ]
    return _workbook(columns, rows, words)


def _workbook(columns: list[Column[Row]], rows: Iterable[Row], words: Words) -> bytes:
    about = words("Each address is a password: send it to its recipient alone, and delete this file.")
    return workbook_bytes([table(words("Addresses"), columns, rows, words, about=about)], words)
