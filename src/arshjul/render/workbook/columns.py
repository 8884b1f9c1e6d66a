"""Columns that the sheets of a plan and of a party have in common."""

from collections.abc import Sequence
from datetime import date

from arshjul.sheets import Heading, Value
from arshjul.texts import Words


def day_headings(words: Words) -> list[Heading]:
    """The headings of a date."""
    return [Heading(words("Date"), 12, "date"), Heading(words("Week"), 8, "whole"), Heading(words("Weekday"), 10)]


def day_cells(day: date, words: Words) -> list[Value]:
    """A date, its ISO week and its weekday."""
    return [day, day.isocalendar().week, words.weekday(day)]


def new_groups(keys: Sequence[object]) -> list[int]:
    """The rows, counted from 1, whose key differs from that of the row before."""
    return [row for row, key in enumerate(keys, 1) if row > 1 and key != keys[row - 2]]
