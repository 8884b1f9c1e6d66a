"""The notations of dates, weeks, weekdays and clock times."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from arshjul.errors import Message
from arshjul.year.domain.calendar import WEEKDAY_IDS, Span
from arshjul.year.domain.entries.amendment import NOT_HELD
from arshjul.year.formats.words import meant, quoted
from arshjul.year.formats.workbook.book import BookCell
from arshjul.year.formats.workbook.dates import Unreadable, span_in, span_of
from arshjul.year.formats.workbook.notation import (
    NOTHING,
    BookContext,
    Notation,
    OneOf,
    Whole,
    Written,
    listed,
    refuse_date,
    split,
    trimmed,
)
from arshjul.year.texts import WEEKDAYS

_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]+(\d{1,2})[:.](\d{2})(?::00)?")
_WEEKDAY_RUN = re.compile(r"\s*[-–—]\s*")


@dataclass(frozen=True, slots=True)
class Day(Notation):
    """A date. `end`: of a week, its Monday or its Sunday; without it a week is refused."""

    end: Literal["", "first", "last"] = ""
    width: float = 12
    form: Literal["date"] = "date"

    def read(self, cell: BookCell, context: BookContext) -> date:
        span = span_in(cell, context.year)
        if span.first != span.last and not self.end:
            raise Unreadable("bad-value", Message("{given} is more than one date: write one."), cell.shown)
        return span.last if self.end == "last" else span.first

    def write(self, value: object, context: BookContext) -> date:
        return date.fromisoformat(str(value))


_NO_DATE = OneOf({NOT_HELD: ("hölls inte", "not held")})


class Dates(Notation):
    """Dates, weeks and periods: `2027-05-12, v. 19, 2027-07-01 – 2027-07-31`, or that a milestone was not held."""

    width = 26
    form = "wrap"

    def read(self, cell: BookCell, context: BookContext) -> list[object]:
        if cell.kind == "text" and _NO_DATE.knows(trimmed(cell)):
            return [NOT_HELD]
        spans = [span_in(cell, context.year)] if cell.kind != "text" else self._spans(cell, context)
        return [span.first if span.first == span.last else {"from": span.first, "to": span.last} for span in spans]

    def _spans(self, cell: BookCell, context: BookContext) -> list[Span]:
        return [span_of(part, context.year) for part in split(trimmed(cell))]

    def write(self, value: object, context: BookContext) -> Written:
        parts = list(listed(value))
        if parts == [NOT_HELD]:
            return _NO_DATE.write(NOT_HELD, context)
        if len(parts) == 1 and not isinstance(parts[0], Mapping):
            return date.fromisoformat(str(parts[0]))
        return ", ".join(_period(part) for part in parts) or NOTHING


def _period(part: object) -> str:
    return f"{part['from']} – {part['to']}" if isinstance(part, Mapping) else str(part)


def _to_minute(moment: datetime) -> datetime:
    """The nearest minute: spreadsheets count in fractions of a day, with small errors."""
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)


class Clock(Notation):
    width = 9
    form = "centre"

    def read(self, cell: BookCell, context: BookContext) -> str:
        if isinstance(cell.value, time):
            return _to_minute(datetime.combine(date(2000, 1, 1), cell.value)).strftime("%H:%M")
        if cell.kind == "number" and isinstance(cell.value, float) and 0 <= cell.value < 1:
            return (datetime(2000, 1, 1) + timedelta(minutes=round(cell.value * 24 * 60))).strftime("%H:%M")
        match = _CLOCK.fullmatch(trimmed(cell))
        if match is None:
            raise Unreadable("bad-value", Message("{given} is not a clock time: write it like 09:00."), cell.shown)
        return f"{int(match[1]):02}:{match[2]}"

    def write(self, value: object, context: BookContext) -> str:
        """A text, which no program turns into a number."""
        return str(value)


class DayAndTime(Notation):
    width = 17
    form = "moment"

    def read(self, cell: BookCell, context: BookContext) -> str:
        if isinstance(cell.value, datetime):
            return _to_minute(cell.value).isoformat(timespec="minutes")
        match = _MOMENT.fullmatch(trimmed(cell))
        if match is None:
            raise Unreadable(
                "bad-value", Message("{given} is not a moment: write it like 2027-05-12 06:30."), cell.shown
            )
        return f"{match[1]}T{int(match[2]):02}:{match[3]}"

    def write(self, value: object, context: BookContext) -> datetime | str:
        """A moment in the spreadsheet's own type, unless it has seconds."""
        moment = datetime.fromisoformat(str(value))
        return moment if moment.second == 0 else str(value)


class Weekdays(Notation):
    """Abbreviated weekdays, and ranges of them: `mån, ons–fre`."""

    width = 16

    def read(self, cell: BookCell, context: BookContext) -> list[str]:
        refuse_date(cell)
        found: list[str] = []
        for part in split(trimmed(cell)):
            ends = [self._day(word) for word in _WEEKDAY_RUN.split(part, maxsplit=1)]
            last = ends[-1] if ends[-1] >= ends[0] else ends[-1] + 7
            found += [WEEKDAY_IDS[day % 7] for day in range(ends[0], last + 1)]
        return list(dict.fromkeys(found))

    def _day(self, word: str) -> int:
        stem = word.strip().strip(".").casefold().removesuffix("ar")
        for names in (WEEKDAYS["sv"], WEEKDAYS["en"]):
            for day, name in enumerate(names):
                if len(stem) >= 2 and name.casefold().startswith(stem):
                    return day
        known = [name[:3] for name in WEEKDAYS["sv"]]
        what = Message("{given} is not a weekday: {words}", {"given": quoted(word), "words": ", ".join(known)})
        raise Unreadable("bad-value", meant(what, None))

    def write(self, value: object, context: BookContext) -> str:
        names = WEEKDAYS[context.language]
        return ", ".join(names[WEEKDAY_IDS.index(str(day))][:3] for day in listed(value)) or NOTHING


class Weekday(Notation):
    """One weekday: `tis`."""

    def read(self, cell: BookCell, context: BookContext) -> object:
        """The weekday in the schema's word; several are left to the schema to refuse."""
        found = Weekdays().read(cell, context)
        return found[0] if len(found) == 1 else found

    def write(self, value: object, context: BookContext) -> str:
        return Weekdays().write(value, context)


class Weeks(Notation):
    """ISO weeks: `udda`, `jämna`, or `19, 21`."""

    width = 10

    def read(self, cell: BookCell, context: BookContext) -> object:
        refuse_date(cell)
        word = trimmed(cell).casefold()
        for meaning, words in (("odd", {"odd", "udda"}), ("even", {"even", "jämna", "jämn"})):
            if word in words:
                return meaning
        if cell.kind == "number":
            return [Whole().read(cell, context)]
        return numbers(cell)

    def write(self, value: object, context: BookContext) -> Written:
        if isinstance(value, str):
            return {"odd": ("udda", "odd"), "even": ("jämna", "even")}[value][context.language == "en"]
        return ", ".join(map(str, listed(value))) or NOTHING


class Numbers(Notation):
    width = 10

    def read(self, cell: BookCell, context: BookContext) -> list[int]:
        refuse_date(cell)
        return [Whole().read(cell, context)] if cell.kind == "number" else numbers(cell)

    def write(self, value: object, context: BookContext) -> str:
        return ", ".join(map(str, listed(value))) or NOTHING


def numbers(cell: BookCell) -> list[int]:
    found: list[int] = []
    for part in split(trimmed(cell)):
        if not re.fullmatch(r"[-−+]?\d{1,9}", part, re.ASCII):
            raise Unreadable("wrong-type", Message("{given} is not a whole number: write it like 19, 21."), part)
        found.append(int(part.replace("−", "-")))
    return found
