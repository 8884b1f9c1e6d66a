"""A party's own part of the plan as a workbook. It takes views, like a feed, and can say no more than one."""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from arshjul.agenda.entry import EventStatus, FeedEntry
from arshjul.agenda.view import View
from arshjul.errors import Message
from arshjul.render.workbook.columns import day_cells, day_headings, new_groups
from arshjul.sheets import Heading, Look, SheetOut, Value, workbook_bytes
from arshjul.texts import Words

_STATUS: dict[EventStatus, Message] = {
    "CONFIRMED": Message("confirmed"),
    "TENTATIVE": Message("tentative"),
    "CANCELLED": Message("called off"),
}
_LOOKS: dict[EventStatus, Look] = {"CONFIRMED": "strong", "CANCELLED": "quiet"}
_TITLES = {
    "operations": Message("Operations"),
    "milestones": Message("Milestones"),
    "all": Message("Operations and milestones"),
}


def party_workbook(views: Iterable[View], words: Words) -> bytes:
    """The workbook."""
    return workbook_bytes(party_sheets(views, words), words)


def party_sheets(views: Iterable[View], words: Words) -> list[SheetOut]:
    """A sheet for each of the party's calendars."""
    return [_sheet(view, words) for view in views]


def _sheet(view: View, words: Words) -> SheetOut:
    zone = ZoneInfo(view.timezone)
    entries = sorted(
        view.entries, key=lambda entry: (entry.event.day, _clock(entry.event.starts, zone), entry.event.uid)
    )
    headings = [
        *day_headings(words),
        Heading(words("From"), 8, "clock"),
        Heading(words("To"), 8, "clock"),
        Heading(words("What"), 40, "wrap"),
        Heading(words("Kind"), 11),
        Heading(words("Place"), 18, "wrap"),
        Heading(words("Status"), 13),
        Heading(words("News"), 34, "wrap"),
        Heading(words("More"), 70, "wrap"),
    ]
    looks = {
        (row, column): look
        for row, entry in enumerate(entries, 1)
        if (look := _LOOKS.get(entry.event.status)) is not None
        for column in ((8,) if look == "strong" else range(len(headings)))
    }
    groups = new_groups([(entry.event.day.year, entry.event.day.month) for entry in entries])
    rows = [_row(entry, zone, words) for entry in entries]
    title = words.say(_TITLES[view.channel.content])
    return SheetOut(title, headings, rows, kept=1, about=view.calendar_name, looks=looks, groups=groups)


def _row(entry: FeedEntry, zone: ZoneInfo, words: Words) -> list[Value]:
    event = entry.event
    return [
        *day_cells(event.day, words),
        *(f"{_clock(end, zone):%H:%M}" if isinstance(end, datetime) else None for end in (event.starts, event.ends)),
        event.summary,
        event.category,
        event.location,
        words.say(_STATUS[event.status]),
        None if entry.news is None else entry.news.text,
        " · ".join(entry.without_news.description.splitlines()),
    ]


def _clock(moment: object, zone: ZoneInfo) -> time:
    """The local time of a moment; midnight for a whole day."""
    return moment.astimezone(zone).time() if isinstance(moment, datetime) else time(0)
