"""Columns that the sheets of a plan and of a party have in common."""

from collections.abc import Callable, Sequence
from datetime import date

from arshjul.sheets import Column, Heading, Thing
from arshjul.texts import Words


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
