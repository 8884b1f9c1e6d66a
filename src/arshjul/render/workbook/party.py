"""A party's own part of the plan as a workbook. It is made from views, like a feed, and so cannot reveal more."""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from arshjul.agenda.entry import EventStatus
from arshjul.agenda.view import View
from arshjul.errors import Message
from arshjul.render.workbook.columns import day_cells, day_headings, new_groups
from arshjul.sheets import Heading, Look, SheetOut, Value, workbook_bytes
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
    events = [entry.event for entry in entries]
    days = [day_cells(event.day, words) for event in events]
    columns: list[tuple[Heading, list[Value]]] = [
        *((heading, [cells[n] for cells in days]) for n, heading in enumerate(day_headings(words))),
        (Heading(words("From"), 8, "clock"), [_hour(event.starts, zone) for event in events]),
        (Heading(words("To"), 8, "clock"), [_hour(event.ends, zone) for event in events]),
        (Heading(words("What"), 44, "wrap"), [event.summary for event in events]),
        (Heading(words("Status"), 13), [words.say(_STATUS[event.status]) for event in events]),
        (Heading(words("Kind"), 11), [event.category for event in events]),
        (Heading(words("Place"), 18, "wrap"), [event.location for event in events]),
        (Heading(words("News"), 34, "wrap"), [" ".join(news.text for news in one.news) or None for one in entries]),
        (
            Heading(words("More"), 70, "wrap"),
            [" · ".join(one.without_news.description.splitlines()) for one in entries],
        ),
    ]
    shown = [(heading, values) for heading, values in columns if any(values) or heading.form == "clock"]
    looks = {
        (row, column): look
        for row, event in enumerate(events, 1)
        if (look := _LOOKS.get(event.status)) is not None
        for column in ((_STATUS_COLUMN,) if look == "strong" else range(len(shown)))
    }
    return SheetOut(
        words.say(_TITLES[view.channel.content]),
        [heading for heading, _ in shown],
        list(zip(*(values for _, values in shown), strict=True)),
        about=view.calendar_name,
        looks=looks,
        groups=new_groups([(event.day.year, event.day.month) for event in events]),
    )


def _hour(moment: object, zone: ZoneInfo) -> str | None:
    """The clock time; None for a whole day."""
    return f"{_clock(moment, zone):%H:%M}" if isinstance(moment, datetime) else None


def _clock(moment: object, zone: ZoneInfo) -> time:
    """The local time of a moment; midnight for a whole day."""
    return moment.astimezone(zone).time() if isinstance(moment, datetime) else time(0)
