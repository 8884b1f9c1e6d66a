"""Dates as people write them in a cell: 2027-05-12, 12 maj 2027, v. 19, maj 2027. Ambiguous ones are refused."""

import re
from calendar import isleap, monthrange
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import NoReturn

from arshjul.domain.calendar import Span
from arshjul.errors import Message
from arshjul.formats.words import FIRST_YEAR, LAST_YEAR, quoted
from arshjul.formats.workbook.book import BookCell
from arshjul.texts import MONTHS

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


class Unreadable(Exception):
    """The cell's contents do not fit its column."""

    def __init__(self, kind: str, text: Message) -> None:
        super().__init__(kind)
        self.kind, self.text = kind, text


def span_in(cell: BookCell, year: Span | None) -> Span:
    """The date, week or month in a cell, as a span of dates. `year` decides if no year is given."""
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
    """The dates that a text names: one, a week, a month, or a period."""
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
    found = _ISO.fullmatch(text)
    if found:
        return _made(text, int(found[1]), int(found[2]), int(found[3]))
    found = _WORDS.fullmatch(text)
    if found and (month := _month(found[2])):
        return _day(text, found[3], month, int(found[1]), year)
    found = _ENGLISH.fullmatch(text)
    if found and (month := _month(found[1])):
        return _day(text, found[3], month, int(found[2]), year)
    return _several_days(text, year)


def _several_days(text: str, year: Span | None) -> Span:
    """The week or month that a text names."""
    found = _ISO_WEEK.fullmatch(text)
    if found:
        return _week(text, int(found[1]), int(found[2]))
    found = _WEEK.fullmatch(text)
    if found:
        return _week(text, int(found[2]), int(found[1])) if found[2] else _week_within(text, int(found[1]), year)
    found = _ISO_MONTH.fullmatch(text)
    if found:
        return _whole_month(text, int(found[1]), int(found[2]))
    found = _MONTH.fullmatch(text)
    if found and (month := _month(found[1])):
        return _whole_month(text, int(found[2]), month) if found[2] else _month_within(text, month, year)
    return _refuse(text)


def _month(word: str) -> int | None:
    """The number of the month that begins with the word, in Swedish or English."""
    plain = word.casefold()
    found = {
        n for months in MONTHS.values() for n, name in enumerate(months, start=1) if name.casefold().startswith(plain)
    }
    return found.pop() if len(found) == 1 else None


def _day(text: str, given: str | None, month: int, day: int, year: Span | None) -> Span:
    """The date; without a year, the one in the plan's year."""
    if given is not None:
        return _made(text, int(given), month, day)
    if year is None:
        values = {"given": quoted(text)}
        raise Unreadable(
            "bad-value", Message("{given} has no year: write it like 12 May 2027 or week 19 2027.", values)
        )
    _made(text, 2000, month, day)  # a leap year: a date that it does not have is none in any year
    found = [
        date(number, month, day)
        for number in range(year.first.year, year.last.year + 1)
        if (month, day) != (2, 29) or isleap(number)
    ]
    within = [one for one in found if year.first <= one <= year.last]
    if len(within) != 1:
        values = {"given": quoted(text)}
        raise Unreadable("bad-value", Message(
            "{given} lies outside the plan, or twice in it: write it like 12 May 2027 or week 19 2027.", values
        ))  # fmt: skip
    return _one(within[0])


def _made(text: str, year: int, month: int, day: int) -> Span:
    try:
        return _one(date(year, month, day))
    except ValueError:
        raise Unreadable("bad-value", Message("There is no {given}.", {"given": quoted(text)})) from None


def _one(day: date) -> Span:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        values = {"year": day.year, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise Unreadable("bad-value", Message("The year {year} is not within {first} to {last}.", values))
    return Span(day, day)


def _whole_month(text: str, year: int, month: int) -> Span:
    first = _made(text, year, month, 1).first
    return Span(first, first.replace(day=monthrange(year, month)[1]))


def _month_within(text: str, month: int, year: Span | None) -> Span:
    """The month of that number with a date in the plan's year."""
    if year is None:
        values = {"given": quoted(text)}
        raise Unreadable("bad-value", Message("{given} has no year: write it like May 2027.", values))
    months = [_whole_month(text, number, month) for number in range(year.first.year, year.last.year + 1)]
    found = [one for one in months if one.first <= year.last and one.last >= year.first]
    if len(found) != 1:
        values = {"given": quoted(text)}
        raise Unreadable("bad-value", Message(
            "{given} lies outside the plan, or twice in it: write it like May 2027.", values
        ))  # fmt: skip
    return found[0]


def _week(text: str, year: int, week: int) -> Span:
    try:
        monday = date.fromisocalendar(year, week, 1) if year < MAXYEAR else None
    except ValueError:
        monday = None
    if monday is None:
        raise Unreadable("bad-value", Message("There is no {given}.", {"given": quoted(text)}))
    return Span(_one(monday).first, _one(monday + timedelta(days=6)).last)


def _week_within(text: str, week: int, year: Span | None) -> Span:
    """The week of that number with a date in the plan's year."""
    if year is None:
        values = {"given": quoted(text)}
        raise Unreadable(
            "bad-value", Message("{given} has no year: write it like 12 May 2027 or week 19 2027.", values)
        )
    found: list[Span] = []
    for number in range(year.first.year - 1, year.last.year + 2):
        try:
            monday = date.fromisocalendar(number, week, 1)
        except ValueError:
            continue
        sunday = monday + timedelta(days=6)
        if sunday >= year.first and monday <= year.last:
            found.append(Span(monday, sunday))
    if len(found) != 1:
        values = {"given": quoted(text)}
        raise Unreadable("bad-value", Message(
            "{given} lies outside the plan, or twice in it: write it like 12 May 2027 or week 19 2027.", values
        ))  # fmt: skip
    return found[0]


_AMBIGUOUS = re.compile(r"\d{1,4}\s*[/.-]\s*\d{1,2}(\s*[/.-]\s*\d{1,4})?")


def _refuse(text: str) -> NoReturn:
    values = {"given": quoted(text)}
    if _AMBIGUOUS.fullmatch(text):
        raise Unreadable("bad-value", Message(
            "{given} can be several dates: write it like 2027-05-12, 12 May 2027 or week 19.", values
        ))  # fmt: skip
    raise Unreadable("wrong-type", Message(
        "{given} is not a date: write it like 2027-05-12, 12 May 2027 or week 19.", values
    ))  # fmt: skip
