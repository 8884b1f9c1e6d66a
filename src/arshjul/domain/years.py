"""The years of a plan: its period, year by year as it goes on, each with its own name."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from arshjul.domain.calendar import Span

_SHORT = timedelta(days=92)
"""A quarter: shorter parts at the ends of a period are no years of their own."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def years_of(period: Span) -> tuple[Span, ...]:
    """The years of a period, from January if it begins near there, otherwise from the date on which it begins."""
    begins = [period.first, *_beginnings(period), period.last + timedelta(days=1)]
    return tuple(Span(first, then - timedelta(days=1)) for first, then in pairwise(begins))


def _beginnings(period: Span) -> Iterator[date]:
    """The first dates of all years but the first."""
    first = date(year_number(period), 1, 1) if _is_calendar_year(period.first) else period.first
    while True:
        first = a_year_later(first)
        if first + _SHORT > period.last:
            return
        yield first


def a_year_later(day: date) -> date:
    """The same date of the next year; of 29 February, the 28th."""
    return date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


def year_number(year: Span) -> int:
    """The number of the calendar year that it is, or begins in."""
    return (year.first + _SHORT).year if _is_calendar_year(year.first) else year.first.year


def year_label(year: Span) -> str:
    """The year in figures: "2027", "2027/28"."""
    number = year_number(year)
    if _is_calendar_year(year.first) or year.last.year == number:
        return str(number)
    return f"{number}/{(number + 1) % 100:02}"


def _is_calendar_year(first: date) -> bool:
    return (first + _SHORT).year > first.year or (first - _SHORT).year < first.year


def name_in(name: str, period: Span, year: Span) -> str:
    """The plan's name in one of its years: "Göteborg 2028" of "Göteborg 2027".

    A name without a year is followed by it if the period has several.
    """
    if period == year:
        return name
    begun, later = years_of(period)[0], year_number(year) - year_number(years_of(period)[0])
    moved = with_years_later(name, year_number(begun), later)
    return moved if _YEAR.search(name) else f"{name} {year_label(year)}"


def with_years_later(text: str, year: int, later: int) -> str:
    """The text with that year and the next, as "2027", "2027/28" or "2027–2028", so many years later."""

    def moved(found: re.Match[str]) -> str:
        digits = "".join(part for part in found[0] if part.isdigit())
        if len(digits) == 4:
            return str(int(digits) + later) if int(digits) in (year, year + 1) else found[0]
        return f"{int(digits[:4]) + later}{found[0][4]}{(int(digits[4:]) + later) % 100:02}"

    return re.sub(rf"(?<!\d)(?:{year}[/–-]{(year + 1) % 100:02}(?!\d)|\d{{4}}(?!\d))", moved, text)
