"""plan.xlsx: the coordinator's plan as sheets, to sort and to filter, with the same content as the page.

And what is given to a party: its own part, made from views like a feed, so that it cannot reveal more; or new
addresses, which are secret.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.year.agenda.entry import EventStatus, FeedEntry
from arshjul.year.agenda.lenders import Lender, Use
from arshjul.year.agenda.overview import Overview, UnplacedView
from arshjul.year.agenda.revised import Changed, Revised, Where
from arshjul.year.agenda.view import View
from arshjul.year.agenda.year import EXCEPTIONAL, STATUS_NAMES, PlannedOperation
from arshjul.year.domain.level import Level
from arshjul.year.render.page.labels import PageLabels
from arshjul.year.render.wheel import labels
from arshjul.year.rules.objectives import UNSETTLED
from arshjul.year.sheets import GREEN, RED, Column, Heading, Look, SheetOut, Thing, Value, table, workbook_bytes
from arshjul.year.texts import Words


def day_columns(words: Words, day: Callable[[Thing], date]) -> list[Column[Thing]]:
    """A date, its ISO week and its weekday."""
    return [
        (Heading(words("Date"), 12, "date"), day),
        (Heading(words("Week"), 8, "whole"), lambda one: day(one).isocalendar().week),
        (Heading(words("Weekday"), 10), lambda one: words.weekday(day(one))),
    ]


def new_groups(keys: Sequence[object]) -> list[int]:
    """The rows, counted from 1, whose key differs from that of the row before."""
    return [row for row, key in enumerate(keys, 1) if row > 1 and key != keys[row - 2]]


_MUCH = 0.75  # the share of an offer from which its use is highlighted
Spots = dict[tuple[int, int], Look]


def plan_workbook(overview: Overview, words: Words) -> bytes:
    """The workbook, the same bytes for the same overview."""
    book = _Book(overview, words)
    sheets = [book.plan(), book.left_out(), book.use()]
    if overview.revised is not None:
        sheets.append(book.changed(overview.revised))
    sheets.append(book.proof())
    return workbook_bytes(sheets, words)


class _Book:
    def __init__(self, overview: Overview, words: Words) -> None:
        self.overview, self.view, self.words = overview, overview.year, words
        self.shifts = {shift.id: shift.name for shift in self.view.shifts}
        values = {"name": self.view.name, "n": self.view.revision, "as_of": self.view.as_of}
        seen = words("{name}, version {n}, as of {as_of}", **values)
        self.about = f"{labels.confidential(words)} {seen}"

    def plan(self) -> SheetOut:
        """A row for each placed operation, in the order of the dates."""
        words, placed = self.words, self.view.operations
        hours = "\n".join(labels.shift_words(shift) for shift in self.view.shifts)
        status = words("Scheduled: the date may change. Confirmed: not moved any more.")
        days: list[Column[PlannedOperation]] = day_columns(words, lambda one: one.slot.day)
        columns: list[Column[PlannedOperation]] = [
            (Heading(words("No."), 10), lambda one: one.id),
            (Heading(words("Operation"), 32, "wrap"), lambda one: self.overview.titles[one.id]),
            *days,
            (Heading(words("Shift"), 10, note=hours), lambda one: self.shifts[one.slot.shift]),
            (Heading(words("Area"), 18, "wrap"), lambda one: self.view.areas[one.area]),
            (Heading(words("Sector"), 16, "wrap"), lambda one: self.view.sectors[one.sector]),
            (Heading(words("Police unit"), 17, "wrap"), self._units),
            (Heading(words("Officers"), 8, "whole"), _officers),
            (Heading(words("Agencies"), 36, "wrap"), lambda one: ", ".join(one.agencies)),
            (Heading(words("Status"), 15, "wrap", note=status), lambda one: STATUS_NAMES[one.status]),
            (Heading(words("Remark"), 16, "wrap"), self._remarks),
        ]
        looks: Spots = {
            (row, len(columns) - 2): "strong" for row, one in enumerate(placed, 1) if one.status in EXCEPTIONAL
        }
        groups = new_groups([(placement.slot.day.year, placement.slot.day.month) for placement in placed])
        return table(words("Plan"), columns, placed, words, kept=2, about=self.about, looks=looks, groups=groups)

    def _units(self, one: PlannedOperation) -> str:
        if one.unit is None:
            return self.words("without police")
        return ", ".join([one.unit, *(f"{besides} ({n})" for besides, n in one.besides)])

    def _remarks(self, one: PlannedOperation) -> str:
        stops = self.overview.stops.get(one.id)
        remarks = [self.words("changed")] if one.changed else []
        return ", ".join([*remarks, *([] if stops is None else [self.words.say(stops.text)])])

    def left_out(self) -> SheetOut:
        """A row for each operation without a place, most expensive first, and why."""
        words = self.words
        warning = words.say(UNSETTLED) if self.overview.is_unsettled else ""
        cost = words("Its cost if unplaced.")
        columns: list[Column[UnplacedView]] = [
            (Heading(words("No."), 10), lambda one: one.id),
            (Heading(words("Operation"), 32, "wrap"), lambda one: one.title),
            (Heading(words("Sector"), 18, "wrap"), lambda one: one.sector),
            (Heading(words("Area"), 18, "wrap"), lambda one: one.area),
            (Heading(words("Priority"), 9, "whole"), lambda one: one.priority),
            (Heading(words("Must"), 8, "centre"), lambda one: words("yes") if one.is_must else None),
            (Heading(words("Points"), 8, "whole", note=cost), lambda one: one.points),
            (Heading(words("Reasons"), 80, "wrap", note=warning), lambda one: "\n".join(map(words.say, one.reasons))),
        ]
        there = self.overview.left_out
        looks: Spots = {(n, 5): "alarm" for n, one in enumerate(there, 1) if one.is_must}
        made = table(words("Unplaced"), columns, there, words, kept=2, about=self.about, colour=RED, looks=looks)
        made.rows = made.rows or [[*[None] * 7, words("All operations are placed.")]]
        return made

    def use(self) -> SheetOut:
        """Two rows for each party: what is planned and what is offered in each month."""
        words, months = self.words, self.view.months
        headings = [
            Heading(words("Party"), 28),
            Heading(words("Counted in"), 11),
            Heading(words("Row"), 11, note=words(
                "Planned: what the plan takes. Offered: what open dates hold within the limits. "
"Coloured from three quarters taken, and when all is."
            )),
            *(Heading(labels.month(month.first, self.view, words), 7, "whole") for month in months),
            Heading(words("in all"), 9, "whole"),
        ]  # fmt: skip
        rows: list[list[Value]] = []
        looks: Spots = {}
        for lender, counted in self._lenders():
            uses = (*lender.by_month, lender.total)
            looks |= {(len(rows) + 1, 3 + n): _share(use) for n, use in enumerate(uses)}
            rows.append([lender.name, counted, words("is planned"), *(use.used for use in uses)])
            rows.append([lender.name, counted, words("offered"), *(use.offered for use in uses)])
            looks |= {(len(rows), n): "quiet" for n in range(len(headings))}
        groups = range(1, len(rows) + 1, 2)
        return SheetOut(
            words("Use"), headings, rows, kept=3, about=self.about, colour=GREEN, looks=looks, groups=groups
        )

    def _lenders(self) -> Iterator[tuple[Lender, str]]:
        yield from ((lender, self.words("officers")) for lender in self.overview.coverage.police)
        yield from ((lender, self.words("teams")) for lender in self.overview.coverage.agencies)

    def changed(self, revised: Revised) -> SheetOut:
        """A row for each operation that a replan changed, and the parties to inform."""
        words = self.words
        musts = {unplaced_view.id for unplaced_view in self.overview.left_out if unplaced_view.is_must}
        columns: list[Column[Changed]] = [
            (Heading(words("No."), 10), lambda one: one.id),
            (Heading(words("Operation"), 32, "wrap"), lambda one: one.title),
            (Heading(words("What"), 16, "wrap"), lambda one: FALLEN if one.id in musts else _kind(one)),
            (Heading(words("Date before"), 12, "date"), lambda one: _date(one.old)),
            (Heading(words("Shift before"), 10), lambda one: self._shift(one.old)),
            (Heading(words("Police unit before"), 17, "wrap"), lambda one: _unit(one.old)),
            (Heading(words("Date now"), 12, "date"), lambda one: _date(one.new)),
            (Heading(words("Shift now"), 10), lambda one: self._shift(one.new)),
            (Heading(words("Police unit now"), 17, "wrap"), lambda one: _unit(one.new)),
            (Heading(words("Remark"), 40, "wrap"), self._why),
            (
                Heading(words("Must be told"), 36, "wrap"),
                lambda one: ", ".join(party.name for party in revised.told if one.id in party.operations),
            ),
        ]
        changed = sorted(revised.changed, key=lambda one: one.id not in musts)
        looks: Spots = {(n, 2): "alarm" for n, one in enumerate(changed, 1) if one.id in musts}
        about = f"{words('Since version {n}.', n=revised.since)} {self.about}"
        made = table(words("Changed"), columns, changed, words, kept=2, about=about, colour="#C58A00", looks=looks)
        made.rows = made.rows or [[*[None] * 9, words("Nothing has changed."), None]]
        return made

    def _why(self, one: Changed) -> str:
        remarks = [self.words("affected")] if one.is_hit else []
        if one.cause is not None:
            remarks.append(self.words("because of {cause}", cause=one.cause))
        return "; ".join([*remarks, *map(self.words.say, one.lost)])

    def _shift(self, where: Where | None) -> str | None:
        return None if where is None else self.shifts[where.slot.shift]

    def proof(self) -> SheetOut:
        """A row for each level: what the plan achieves, and what is proven of it or how much better one may be."""
        words, levels, page = self.words, self.overview.levels, PageLabels(self.words)
        order = words("Aims in order: a later one never spoils an earlier one.")
        columns: list[Column[Level]] = [
            (Heading(words("Aim"), 20, "wrap", note=order), page.aim),
            (Heading(words("Value"), 9, "whole", note=words("Lower is better.")), lambda level: level.value),
            (Heading(words("What the plan achieves"), 50, "wrap"), lambda level: f"{page.value(level)}."),
            (Heading(words("What is proven"), 80, "wrap"), lambda level: page.proof(level, levels)),
        ]
        return table(words("Proof"), columns, levels, words, about=self.about)


def _officers(one: PlannedOperation) -> int | None:
    return None if one.unit is None else one.officers + sum(n for _, n in one.besides)


def _date(where: Where | None) -> date | Message:
    return Message("no place") if where is None else where.slot.day


def _unit(where: Where | None) -> str | Message | None:
    return None if where is None else where.unit or Message("without police")


FALLEN = Message("must, unplaced")


def _kind(one: Changed) -> Message:
    if one.old is None:
        return Message("new in the plan")
    if one.new is None:
        return Message("is called off")
    if one.old.slot != one.new.slot:
        return Message("moved in time")
    if one.old.unit != one.new.unit:
        return Message("another unit")
    return Message("fewer agencies")


def _share(use: Use) -> Look:
    """The look for the used share of an offer."""
    if not use.used:
        return "quiet"
    share = use.used / use.offered if use.offered else 1
    return "full" if share >= 1 else "much" if share >= _MUCH else "some"


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
        (Heading(words("More"), 70, "wrap"), lambda one: in_a_row(one.without_news.description)),
    ]
    shown = [column for column in columns if column[0].form == "clock" or any(map(column[1], entries))]
    looks = {
        (row, column): look
        for row, event in enumerate(events, 1)
        if (look := _LOOKS.get(event.status)) is not None
        for column in ((_STATUS_COLUMN,) if look == "strong" else range(len(shown)))
    }
    groups = new_groups([(event.day.year, event.day.month) for event in events])
    title = words.say(_TITLES[view.channel.content])
    return table(title, shown, entries, words, about=view.calendar_name, looks=looks, groups=groups)


def in_a_row(text: str) -> str:
    """The lines of a description, those of a list after its heading."""
    return " · ".join(text.splitlines()).replace(": · - ", ": ").replace(" · - ", ", ")


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
