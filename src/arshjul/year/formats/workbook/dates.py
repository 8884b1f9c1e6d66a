"""Dates as people write them in a cell: 2027-05-12, 12 maj 2027, v. 19, maj 2027. Ambiguous ones are refused."""

import re
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from functools import partial
from typing import NoReturn

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span
from arshjul.year.formats.words import FIRST_YEAR, LAST_YEAR, quoted
from arshjul.year.formats.workbook.book import BookCell
from arshjul.year.texts import MONTHS

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDS = re.compile(
    r"(?:den\s+)?(\d{1,2})(?:[.:]?[ea]|st|nd|rd|th)?\.?\s+(?:of\s+)?([a-zåäö]{3,9})\.?(?:,?\s+(\d{4}))?", re.I
)
_ENGLISH = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?", re.I)
_WEEK = re.compile(r"(?:v|v\.|vecka|w|wk|week)\s*(\d{1,2})(?:\s*[,/-]?\s*(\d{4}))?", re.I)
_ISO_WEEK = re.compile(r"(\d{4})\s*-?\s*[wv]\.?\s*(\d{1,2})", re.I)
_MONTH = re.compile(r"([a-zåäö]{3,9})\.?(?:,?\s+(\d{4}))?", re.I)
_ISO_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_BETWEEN = re.compile(r"\s+(?:-|–|—|till|t\.o\.m\.|tom|to|through)\s+|\s*(?:–|—|\.\.+|--+)\s*")
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050  # 2000-01-01 and 2099-12-31, as spreadsheets count
_EPOCH = date(1899, 12, 30)
_DAY_OR_WEEK, _ONLY_MONTH = Message("12 May 2027 or week 19 2027"), Message("May 2027")


class Unreadable(Exception):
    """The cell's contents do not fit its column; `given` is what the sentence repeats of them."""

    def __init__(self, kind: str, text: Message, given: str | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.text = text if given is None else replace(text, values={"given": quoted(given)})


def span_in(cell: BookCell, year: Span | None) -> Span:
    """The dates that a cell names; `year` decides if no year is given."""
    if isinstance(cell.value, datetime):
        if cell.value.time() != time(0):
            values = {"given": cell.shown}
            raise Unreadable("wrong-type", Message("{given} has a clock time: write a date.", values))
        return _one(cell.value.date())
    number = cell.value if isinstance(cell.value, float) else 0
    if _FIRST_SERIAL <= number <= _LAST_SERIAL and number == int(number):
        return _one(_EPOCH + timedelta(days=int(number)))
    return span_of(cell.shown, year)


def span_of(text: str, year: Span | None) -> Span:
    bare = " ".join(text.split())
    ends = _BETWEEN.split(bare)
    if len(ends) == 2 and all(ends):
        first, last = _single(ends[0], year), _single(ends[1], year)
        if last.last < first.first:
            values = {"first": str(first.first), "last": str(last.last)}
            raise Unreadable("bad-value", Message("The period ends {last}, before it begins {first}.", values))
        return Span(first.first, last.last)
    return _single(bare, year)


def _single(text: str, year: Span | None) -> Span:
    match = _ISO.fullmatch(text)
    if match:
        return _made(text, int(match[1]), int(match[2]), int(match[3]))
    match = _WORDS.fullmatch(text)
    if match and (month := _month(match[2])):
        return _day(text, match[3], month, int(match[1]), year)
    match = _ENGLISH.fullmatch(text)
    if match and (month := _month(match[1])):
        return _day(text, match[3], month, int(match[2]), year)
    return _several_days(text, year)


def _several_days(text: str, year: Span | None) -> Span:
    if match := _ISO_WEEK.fullmatch(text):
        return _named(text, match[1], year, partial(_week_of, int(match[2])), _DAY_OR_WEEK)
    if match := _WEEK.fullmatch(text):
        return _named(text, match[2], year, partial(_week_of, int(match[1])), _DAY_OR_WEEK)
    if match := _ISO_MONTH.fullmatch(text):
        return _named(text, match[1], year, partial(_month_of, int(match[2])), _ONLY_MONTH)
    if (match := _MONTH.fullmatch(text)) and (month := _month(match[1])):
        return _named(text, match[2], year, partial(_month_of, month), _ONLY_MONTH)
    return _refuse(text)


def _month(word: str) -> int | None:
    """The number of the month that begins with the word, in Swedish or English."""
    plain = word.casefold()
    found = {
        n for months in MONTHS.values() for n, name in enumerate(months, start=1) if name.casefold().startswith(plain)
    }
    return found.pop() if len(found) == 1 else None


def _day(text: str, given: str | None, month: int, day: int, year: Span | None) -> Span:
    if given is None and year is not None:
        _made(text, 2000, month, day)  # a leap year: a date that it does not have is none in any year
    return _named(text, given, year, partial(_day_of, month, day), _DAY_OR_WEEK)


def _named(
    text: str, given: str | None, year: Span | None, span: Callable[[int], Span | None], example: Message
) -> Span:
    """The span of the given year; without one, the only span with a date in the plan's year.

    `span`: that of a calendar or ISO year, if the year has one; `example`: how it is written with its year.
    """
    if given is not None:
        return _checked(text, span(int(given)))
    values = {"given": quoted(text), "example": example}
    if year is None:
        raise Unreadable("bad-value", Message("{given} has no year: write it like {example}.", values))
    spans = map(span, range(year.first.year - 1, year.last.year + 2))
    found = [
        within for within in spans if within is not None and within.first <= year.last and within.last >= year.first
    ]
    if len(found) != 1:
        told = Message("{given} lies outside the plan, or twice in it: write it like {example}.", values)
        raise Unreadable("bad-value", told)
    return found[0]


def _made(text: str, year: int, month: int, day: int) -> Span:
    return _checked(text, _day_of(month, day, year))


def _checked(text: str, span: Span | None) -> Span:
    """The span. Unreadable if there is none, or if it lies in a year that no plan has."""
    if span is None:
        raise Unreadable("bad-value", Message("There is no {given}: correct it."), text)
    return Span(_one(span.first).first, _one(span.last).last)


def _one(day: date) -> Span:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        values = {"year": day.year, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise Unreadable("bad-value", Message("The year {year} is not within {first} to {last}.", values))
    return Span(day, day)


def _day_of(month: int, day: int, year: int) -> Span | None:
    with suppress(ValueError):
        return Span(date(year, month, day), date(year, month, day))
    return None


def _month_of(month: int, year: int) -> Span | None:
    return None if year < MINYEAR else Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _week_of(week: int, year: int) -> Span | None:
    """The ISO week; None if the year has no such week."""
    with suppress(ValueError):
        monday = date.fromisocalendar(year, week, 1)
        return Span(monday, monday + timedelta(days=6)) if year < MAXYEAR else None
    return None


_AMBIGUOUS = re.compile(r"\d{1,4}\s*[/.-]\s*\d{1,2}(\s*[/.-]\s*\d{1,4})?")


def _refuse(text: str) -> NoReturn:
    if _AMBIGUOUS.fullmatch(text):
        told = Message("{given} can be several dates: write it like 2027-05-12, 12 May 2027 or week 19.")
        raise Unreadable("bad-value", told, text)
    told = Message("{given} is not a date: write it like 2027-05-12, 12 May 2027 or week 19.")
    raise Unreadable("wrong-type", told, text)
