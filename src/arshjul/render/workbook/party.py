"""What is given to a party as a workbook: its own part of the plan, or new addresses, which are secret.

Its part is made from views, like a feed, and so cannot reveal more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from arshjul.agenda.entry import EventStatus, FeedEntry
from arshjul.agenda.view import View
from arshjul.errors import Message
from arshjul.render.workbook.plan import day_columns, new_groups
from arshjul.sheets import Column, Heading, Look, SheetOut, table, workbook_bytes
from arshjul.texts import Words

_STATUS: dict[EventStatus, Message] = {
    "CONFIRMED": Message("confirmed"),
    "TENTATIVE": Message("scheduled"),
    "CANCELLED": Message("is called off"),
}
_LOOKS: dict[EventStatus, Look] = {"CONFIRMED": "strong", "CANCELLED": "quiet"}
_STATUS_COLUMN = 6
_TITLES = {
    "operations": Message("Operations"),
    "milestones": Message("Milestones"),
    "all": Message("Operations and milestones"),
}


def party_workbook(views: Iterable[View], words: Words) -> bytes:
    return workbook_bytes(party_sheets(views, words), words)


def party_sheets(views: Iterable[View], words: Words) -> list[SheetOut]:
    return [_sheet(view, words) for view in views]


def _sheet(view: View, words: Words) -> SheetOut:
    zone = ZoneInfo(view.timezone)
    entries = sorted(
        view.entries, key=lambda entry: (entry.event.day, _clock(entry.event.starts, zone), entry.event.uid)
    )
    events = [entry.event for entry in entries]
    days: list[Column[FeedEntry]] = day_columns(words, lambda one: one.event.day)
    columns: list[Column[FeedEntry]] = [
        *days,
        (Heading(words("From"), 8, "clock"), lambda one: _hour(one.event.starts, zone)),
        (Heading(words("To"), 8, "clock"), lambda one: _hour(one.event.ends, zone)),
        (Heading(words("What"), 44, "wrap"), lambda one: one.event.summary),
        (Heading(words("Status"), 13), lambda one: _STATUS[one.event.status]),
        (Heading(words("Kind"), 11), lambda one: one.event.category),
        (Heading(words("Place"), 18, "wrap"), lambda one: one.event.location),
        (Heading(words("News"), 34, "wrap"), lambda one: " ".join(news.text for news in one.news) or None),
        (Heading(words("More"), 70, "wrap"), lambda one: " · ".join(one.without_news.description.splitlines())),
    ]
    shown = [one for one in columns if one[0].form == "clock" or any(map(one[1], entries))]
    looks = {
        (row, column): look
        for row, event in enumerate(events, 1)
        if (look := _LOOKS.get(event.status)) is not None
        for column in ((_STATUS_COLUMN,) if look == "strong" else range(len(shown)))
    }
    groups = new_groups([(event.day.year, event.day.month) for event in events])
    title = words.say(_TITLES[view.channel.content])
    return table(title, shown, entries, words, about=view.calendar_name, looks=looks, groups=groups)


def _hour(moment: object, zone: ZoneInfo) -> str | None:
    """The clock time; None for a whole day."""
    return f"{_clock(moment, zone):%H:%M}" if isinstance(moment, datetime) else None


def _clock(moment: object, zone: ZoneInfo) -> time:
    """The local time of a moment; midnight for a whole day."""
    return moment.astimezone(zone).time() if isinstance(moment, datetime) else time(0)


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
